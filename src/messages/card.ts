/** A card's life, `card/{cardId}`: what it shows, and the Update by which its limit is changed. */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { PayTotal } from './pay-totals';

export const LIMIT_DIRECTIONS = ['INCREASE', 'DECREASE'] as const;
export type LimitDirection = (typeof LIMIT_DIRECTIONS)[number];

/** 卡片提额 and 卡片降额 less our order number and the card: the amount is the change, a decimal string in major units. */
export interface LimitChangeBody {
  readonly direction: LimitDirection;
  readonly amount: string;
  readonly currency: string;
}

export interface LimitChangeRequest extends LimitChangeBody {
  /** The backend's own number: used once in the card's life. */
  readonly orderNo: string;
  /** Made anew by whoever asks: the answer carries that of the first who asked, which tells a repetition from a start. */
  readonly ticket?: string;
}

/**
 * REFUSED is FalPay's definite no, or ours before anything was sent; FAILED one that an operator gave up while its outcome was unknown;
 * ABORTED one whose turn had not come when the flow was aborted: nothing was sent.
 */
export const LIMIT_CHANGE_STATUSES = ['QUEUED', 'RUNNING', 'WAITING', 'DONE', 'REFUSED', 'FAILED', 'ABORTED'] as const;
export type LimitChangeStatus = (typeof LIMIT_CHANGE_STATUSES)[number];

export interface LimitChange extends LimitChangeBody {
  readonly orderNo: string;
  readonly status: LimitChangeStatus;
  /** ISO 8601 in UTC; absent of a change so old that only its end is kept. */
  readonly requestedAt?: string;
  readonly endedAt?: string;
  /** The card's limit as FalPay showed it before the change, and after it. */
  readonly limitBefore?: string;
  readonly limitAfter?: string;
  readonly error?: string;
  /** The block at which it waits for an operator. */
  readonly blockId?: string;
}

export interface LimitChangeAccepted {
  readonly ticket?: string;
  readonly change: LimitChange;
}

export const changeLimitUpdate = defineUpdate<LimitChangeAccepted, [LimitChangeRequest]>('changeLimit');
/** One change by its order number; null where the card's life knows none. */
export const limitChangeQuery = defineQuery<LimitChange | null, [string]>('limitChange');

export function isOverLimitChange({ status }: Pick<LimitChange, 'status'>): boolean {
  return status !== 'QUEUED' && status !== 'RUNNING' && status !== 'WAITING';
}

/** The card as FalPay shows it, without its number. Amounts are decimal strings in major units, `status` is FalPay's as received. */
export interface CardStanding {
  readonly cardId: string;
  readonly cardOrderNo: string;
  readonly walletId: string;
  readonly status: string;
  readonly last4?: string;
  readonly limit: string;
  readonly used: string;
  readonly available: string;
  readonly currency: string;
  /** FalPay's time. */
  readonly createTime: string;
}

/** A pay order (支付订单) as FalPay shows it, without the card's number. */
export interface CardPayOrder {
  readonly payOrderNo: string;
  readonly originPayOrderNo?: string;
  readonly cardId: string;
  readonly type: string;
  readonly status: string;
  readonly transactionAmount: string;
  readonly transactionCurrency: string;
  readonly billingAmount: string;
  readonly billingCurrency: string;
  readonly fee: string;
  readonly authCode?: string;
  readonly merchantName: string;
  readonly mcc: string;
  readonly merchantCountry?: string;
  readonly reason?: string;
  /** FalPay's time. */
  readonly transactionTime: string;
  readonly settleTime?: string;
}

/** Something that happened to the card, confirmed by query. */
export type CardHappening = {
  /** When the flow learned of it: ISO 8601 in UTC. */
  readonly at: string;
  /** FalPay's time. */
  readonly occurredAt: string;
  readonly status: string;
} & (
  | { readonly what: 'status'; readonly reason?: string }
  | {
      readonly what: 'authorization';
      readonly payOrderNo: string;
      readonly type: string;
      readonly amount: string;
      readonly currency: string;
      readonly merchantName: string;
    }
);

export interface CardLife extends Partial<Omit<CardStanding, 'cardId'>> {
  readonly cardId: string;
  /** When FalPay was last asked for the card: ISO 8601 in UTC. */
  readonly asOf?: string;
  /** Pay orders counted once each, by type, status and currency. */
  readonly payOrders: readonly PayTotal[];
  /** What callbacks claim and FalPay's queries do not show yet. */
  readonly unconfirmed: number;
  /** The newest 50, oldest first. */
  readonly events: readonly CardHappening[];
  /** Those to come and the newest 50, in the order in which they were asked for. */
  readonly limitChanges: readonly LimitChange[];
}
