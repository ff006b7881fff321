/** A FalPay callback as it travels to the flow it belongs to: verified, parsed, and still only a hint. */
import { defineSignal } from '@temporalio/workflow';

export const CALLBACK_TOPICS = [
  'merchant-audit',
  'wallet-audit',
  'wallet-recharge',
  'wallet-withdrawal',
  'card-authorization',
  'card-status',
] as const;
export type CallbackTopic = (typeof CALLBACK_TOPICS)[number];

export interface CallbackEvent {
  readonly eventId: string;
  readonly topic: CallbackTopic;
  /** As FalPay wrote it. */
  readonly occurredAt: string;
  /** ISO 8601, the gateway's clock. */
  readonly receivedAt: string;
  /** Signed longer ago than the profile's limit: always confirmed by query. */
  readonly stale: boolean;
  /** Our order number, when FalPay sent it. */
  readonly orderNo?: string;
  /** FalPay's id of the entity: merchantId, walletId, orderNo or cardId. */
  readonly ref: string;
  /** FalPay's other ids in the body, to find the flow by when our order number is absent. */
  readonly ids: { readonly merchantId?: string; readonly walletId?: string; readonly cardId?: string };
  /** The topic's data model of the contract; values are strings. */
  readonly data: Readonly<Record<string, unknown>>;
}

export const callbackSignal = defineSignal<[CallbackEvent]>('callback');

/** `parked/{topic}/{ref}`: where a callback waits that no flow claims yet. */
export function parkedNumber(event: Pick<CallbackEvent, 'topic' | 'ref'>): string {
  return `${event.topic}/${event.ref}`;
}
