/** Reconciliations: their windows, what one wallet's report says, and how a whole one is read. Amounts are decimal strings in major units. */
import type { OrderStep } from './ids';
import type { Stage } from './state';

/**
 * - `MATCHED`: ours and FalPay's say the same
 * - `MISSING_HERE`: FalPay has booked it, no order or flow of ours knows it
 * - `MISSING_THERE`: an order of ours, or a payment, is done, and FalPay's books do not show it
 * - `AMOUNT_DIFFERS`: both know it, with other sums or currencies
 */
export const MARKS = ['MATCHED', 'MISSING_HERE', 'MISSING_THERE', 'AMOUNT_DIFFERS'] as const;
export type Mark = (typeof MARKS)[number];

export const ENTRY_KINDS = [
  'RECHARGE',
  'WITHDRAWAL',
  'CARD_OPENING',
  'CARD_PAYMENT',
  'CARD_REFUND',
  'CARD_FEE',
  'ADJUSTMENT',
  'BALANCE',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/**
 * What became of that which callbacks had missed, once it was fed to its flow. `SETTLED`: the flow agrees now; `PENDING`: it has been told and does not
 * agree yet; `PARKED`: the flow has ended, a person decides at `parked/…`; `DECIDED`: a person has decided so there.
 */
export type FedOutcome = 'SETTLED' | 'PENDING' | 'PARKED' | 'DECIDED';

/** One order, payment, fee or break of the balance, and what both sides say of it. */
export interface ReportEntry {
  readonly mark: Mark;
  readonly kind: EntryKind;
  /** Our order number, or FalPay's number of a payment, a fee or a movement. */
  readonly order: string;
  /** The flow it belongs to. */
  readonly workflowId?: string;
  readonly cardId?: string;
  readonly currency: string;
  /** As the flow, the payment or the fee order has it; net of the fee where it comes in, the fee included where it goes out. */
  readonly ours?: string;
  /** As 卡钱包流水 has it, over all its rows. */
  readonly theirs?: string;
  readonly oursFee?: string;
  readonly theirsFee?: string;
  /** Rows of 卡钱包流水 in the window. */
  readonly flowNos: readonly string[];
  readonly feeOrderNo?: string;
  readonly fed?: FedOutcome;
  /** For a person: what is peculiar about it. */
  readonly note?: string;
}

export interface CurrencySums {
  readonly currency: string;
  /** Absent where no movement tells it. */
  readonly opening?: string;
  readonly in: string;
  readonly out: string;
  readonly fees: string;
  readonly closing?: string;
  /** opening + in − out = closing, and each `balanceAfter` follows from the one before. */
  readonly agrees: boolean;
  readonly movements: number;
}

export type MarkCounts = Readonly<Record<Mark, number>>;

/** One wallet's part of a reconciliation, without its entries. */
export interface WalletSummary {
  readonly walletId: string;
  readonly merchantId?: string;
  /** Days, `yyyy-MM-dd` in FalPay's zone, both included. Earlier than the reconciliation's where days were missed before. */
  readonly from: string;
  readonly to: string;
  readonly marks: MarkCounts;
  /** Entries that are not MATCHED. */
  readonly differences: number;
  /** Of what was fed, how much is settled. */
  readonly fed: number;
  readonly settled: number;
  readonly currencies: readonly CurrencySums[];
  /** Pages of entries, each the result of `reconciliation/{number}.{walletId}.{page}`, from 1. */
  readonly pages: number;
  /** Why FalPay could not be asked about it; nothing else of the summary counts then. */
  readonly failure?: string;
}

export interface WalletLine {
  readonly walletId: string;
  readonly differences: number;
  readonly failed?: true;
}

/** `outputs.reconciliation`. */
export interface ReconciliationOutput {
  readonly from: string;
  readonly to: string;
  readonly wallets: readonly WalletLine[];
  /** Wallets whose books FalPay refused to show, or whose part ended badly. */
  readonly failed: number;
  readonly marks: MarkCounts;
  readonly differences: number;
  readonly fed: number;
  readonly settled: number;
  readonly currencies: readonly CurrencySums[];
}

export interface ReconciliationBody {
  /** Days, `yyyy-MM-dd` in FalPay's zone, both included. */
  readonly from: string;
  readonly to: string;
  /** A wallet that is behind is done from the day after its last one. */
  readonly catchUp?: true;
  readonly progress?: ReconciliationProgress;
}

/** What a reconciliation hands on when it continues as new. */
export interface ReconciliationProgress {
  readonly soFar: ReconciliationOutput;
  /** Wallets that were listed and are not done. */
  readonly left: readonly string[];
  /** The next page of the list; absent when there is none. */
  readonly token?: string;
}

export interface WalletReconciliationBody extends Pick<ReconciliationBody, 'from' | 'to' | 'catchUp'> {
  readonly walletId: string;
  /** The reconciliation it is part of. */
  readonly of: string;
  readonly progress?: WalletProgress;
}

export interface WalletProgress {
  /** The first day that is not done. */
  readonly next: string;
  readonly soFar: WalletSummary;
  readonly settledOrders: readonly string[];
}

export interface ReportPageBody {
  readonly entries: readonly ReportEntry[];
}

/** What the flow of an order knows of it. */
export interface OrderFacts {
  readonly orderNo: string;
  readonly step: OrderStep;
  readonly workflowId: string;
  /** Whether there is such a flow. */
  readonly found: boolean;
  /** It exists and nobody could ask it. */
  readonly silent?: true;
  readonly ended: boolean;
  readonly stage?: Stage;
  /** Whether the flow's outputs have this order. */
  readonly shown: boolean;
  readonly falpayOrderNo?: string;
  readonly ordered?: string;
  /** Credited or debited as far as the flow knows; absent where it knows of no movement. */
  readonly amount?: string;
  readonly fee?: string;
  readonly currency?: string;
  readonly cardId?: string;
  readonly status?: string;
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_MS = 86_400_000;

/** Whether a text is a day that exists. */
export function isDay(text: string): boolean {
  return DAY.test(text) && dayOf(Date.parse(`${text}T00:00:00Z`)) === text;
}

export function addDays(day: string, days: number): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS);
}

/** Both ends included. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS) + 1;
}

function dayOf(ms: number): string {
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString().slice(0, 10);
}

/** `2026-01-31`, or `2026-01-01..2026-01-31`: the number of the reconciliation of these days. */
export function reconciliationNumber(from: string, to: string): string {
  return from === to ? from : `${from}..${to}`;
}

/** `2026-01-31.{walletId}`: a wallet's part of it. */
export function walletPartNumber(number: string, walletId: string): string {
  return `${number}.${walletId}`;
}

/** `2026-01-31.{walletId}.1`: a page of the part's entries. */
export function reportPageNumber(number: string, walletId: string, page: number): string {
  return `${walletPartNumber(number, walletId)}.${page}`;
}

/** The signed query's window and what is reckoned: an hour around the days is read as well, since what belongs together may be booked on both sides of midnight. */
export interface Window {
  readonly from: string;
  readonly to: string;
}

const MARGIN_MS = 3_600_000;

/** As FalPay's times are inside: `yyyy-MM-dd HH:mm:ss` in its zone. */
export function readingWindow({ from, to }: Window): { readonly startTime: string; readonly endTime: string } {
  return {
    startTime: clock(Date.parse(`${from}T00:00:00Z`) - MARGIN_MS),
    endTime: clock(Date.parse(`${addDays(to, 1)}T00:00:00Z`) + MARGIN_MS - 1_000),
  };
}

export function isWithin(time: string, { from, to }: Window): boolean {
  return time >= `${from} 00:00:00` && time < `${addDays(to, 1)} 00:00:00`;
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

export function noMarks(): MarkCounts {
  return { MATCHED: 0, MISSING_HERE: 0, MISSING_THERE: 0, AMOUNT_DIFFERS: 0 };
}

export function countMarks(entries: readonly Pick<ReportEntry, 'mark'>[]): MarkCounts {
  const counts: Record<Mark, number> = { ...noMarks() };
  for (const { mark } of entries) counts[mark] += 1;
  return counts;
}

export function addMarks(left: MarkCounts, right: MarkCounts): MarkCounts {
  return {
    MATCHED: left.MATCHED + right.MATCHED,
    MISSING_HERE: left.MISSING_HERE + right.MISSING_HERE,
    MISSING_THERE: left.MISSING_THERE + right.MISSING_THERE,
    AMOUNT_DIFFERS: left.AMOUNT_DIFFERS + right.AMOUNT_DIFFERS,
  };
}

export function differencesIn({ MISSING_HERE, MISSING_THERE, AMOUNT_DIFFERS }: MarkCounts): number {
  return MISSING_HERE + MISSING_THERE + AMOUNT_DIFFERS;
}
