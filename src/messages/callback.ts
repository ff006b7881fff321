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
  /** The run that could no longer take it: while that run is closing it is not handed back to it. */
  readonly parkedBy?: string;
}

/** As many characters as the gateway lets FalPay's ids have; they become workflow ids and search attributes. */
const NAME_MAX = 128;
/** Of what is only compared and shown. */
const TEXT_MAX = 512;

/** Whether a signal's argument is a callback: one can be sent by hand from the Temporal UI, where nothing stands in front of the flow. */
export function isCallbackEvent(value: unknown): value is CallbackEvent {
  const event = fieldsOf(value);
  if (!event || !isCallbackShaped(value)) return false;
  const { eventId, occurredAt, receivedAt, ref, orderNo, ids } = event;
  const { merchantId, walletId, cardId } = fieldsOf(ids) ?? {};
  return (
    [eventId, occurredAt, receivedAt].every((text) => isText(text, TEXT_MAX)) &&
    isText(ref, NAME_MAX) &&
    [orderNo, merchantId, walletId, cardId].every((name) => name === undefined || isText(name, NAME_MAX)) &&
    !Array.isArray(event['data'])
  );
}

/** What flows that began before 0.3 take for a callback: they replay what they have heard. */
export function isCallbackShaped(value: unknown): value is CallbackEvent {
  const event = fieldsOf(value);
  const texts = ['eventId', 'occurredAt', 'receivedAt', 'ref'].every((field) => typeof event?.[field] === 'string');
  const orderNo = event?.['orderNo'];
  return (
    texts &&
    CALLBACK_TOPICS.some((topic) => topic === event?.['topic']) &&
    (orderNo === undefined || typeof orderNo === 'string') &&
    fieldsOf(event?.['ids']) !== undefined &&
    fieldsOf(event?.['data']) !== undefined
  );
}

function isText(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= longest;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

export function movesMoney({ topic }: Pick<CallbackEvent, 'topic'>): boolean {
  return topic === 'wallet-recharge' || topic === 'wallet-withdrawal' || topic === 'card-authorization';
}

/** What event ids begin with of what a reconciliation read in FalPay's books, and no callback told. */
export const FROM_BOOKS = 'reconciliation.';

/** What a callback says of the money of one order, as FalPay wrote it. */
export interface MoneyTold {
  readonly status: string;
  /** All that has come for a recharge, net of the fee; the sum of a withdrawal, without it. */
  readonly amount: string;
  readonly fee: string;
  readonly currency: string;
}

/** Undefined of a callback that tells of something else, or not all of it. */
export function moneyTold({ topic, data }: Pick<CallbackEvent, 'topic' | 'data'>): MoneyTold | undefined {
  if (topic !== 'wallet-recharge' && topic !== 'wallet-withdrawal') return undefined;
  const { status, fee, currency } = data;
  const amount = data[topic === 'wallet-recharge' ? 'creditedAmount' : 'amount'];
  return typeof status === 'string' &&
    typeof amount === 'string' &&
    typeof fee === 'string' &&
    typeof currency === 'string'
    ? { status, amount, fee, currency }
    : undefined;
}

export const callbackSignal = defineSignal<[CallbackEvent]>('callback');

/** `parked/{topic}/{ref}`: where a callback waits that no flow claims yet. */
export function parkedNumber(event: Pick<CallbackEvent, 'topic' | 'ref'>): string {
  return `${event.topic}/${event.ref}`;
}
