/** What a card's life takes along: through continue-as-new, and out of a run that was terminated, aborted or reset. */
import { defineQuery } from '@temporalio/workflow';
import type { ActionRecord } from './state';
import type { CardHappening, CardStanding, LimitChange } from './card';
import type { PayShare, PayTotal } from './pay-totals';

/** A pay order that is counted by itself, so that its next status replaces this one. */
export interface PayEntry extends PayShare {
  readonly payOrderNo: string;
  /** FalPay's `transactionTime`: texts that sort as the times do. */
  readonly time: string;
  /** Statuses it had before: a late callback about one of them is no news. */
  readonly past: readonly string[];
  /** It came from FalPay's list: what its callback says was not told to anybody yet. */
  readonly untold?: true;
}

export interface PayMemory {
  /** Pay orders up to this time stand in `old` alone: a change among them means to count anew. */
  readonly upTo?: string;
  readonly old: readonly PayTotal[];
  /** The newest ones, all later than `upTo`. */
  readonly recent: readonly PayEntry[];
}

/** What a callback said that FalPay's query has not borne out yet. */
export interface Claim {
  /** Absent: the card's own status. */
  readonly payOrderNo?: string;
  readonly status: string;
  /** FalPay's time: `transactionTime` or `operateTime`; empty where nobody said when. */
  readonly time: string;
  /** Of a status without a time: FalPay's clock when it was seen. */
  readonly seenAt?: string;
  readonly reason?: string;
  /** It was waited for long enough: a person was asked. */
  readonly blocked?: true;
}

export interface ChangeInHand {
  readonly orderNo: string;
  /** FalPay accepted it, and its query did not show the new limit yet. */
  readonly taken?: true;
  /** FalPay showed a limit that was neither the one before nor the one after, and which: since then no limit proves anything. */
  readonly unclear?: string;
}

export interface ChangesMemory {
  /** Those to come, in order, and the newest ended ones. */
  readonly known: readonly LimitChange[];
  /** Of older ones `[orderNo, status, direction, amount, currency]`: a repetition must not become a second change. */
  readonly older: readonly LimitChangeEnd[];
  readonly inHand?: ChangeInHand;
}
export type LimitChangeEnd = readonly [
  orderNo: string,
  status: LimitChange['status'],
  direction: LimitChange['direction'],
  amount: string,
  currency: string,
];

export interface CardMemory {
  readonly standing?: CardStanding & { readonly asOf: string };
  /** FalPay's time of the newest status that was confirmed. */
  readonly statusTime?: string;
  /** Absent until FalPay's list has been counted once. */
  readonly payOrders?: PayMemory;
  readonly events: readonly CardHappening[];
  readonly claims: readonly Claim[];
  /** Claims had to be given up for their number: FalPay's list is to be counted anew. */
  readonly countDue?: true;
  readonly changes: ChangesMemory;
  readonly actions: readonly ActionRecord[];
  /** How many events were told: the next one has the number that follows. */
  readonly told: number;
  /** The run was reset: what others knew that ended is to be asked for once more. */
  readonly recall?: true;
}

export interface CardBody {
  /** Absent at the beginning of a life, when an earlier one may be remembered by Temporal alone. */
  readonly memory?: CardMemory;
}

export const memoryQuery = defineQuery<CardMemory>('memory');
