/**
 * A card's pay orders, each counted once however often it is told. The newest are kept one by one; of the older ones only the sums, and up to
 * which time those reach: what is not kept and not later than that cannot be added, it can only be counted anew.
 */
import type { CardPayOrder, PayEntry, PayMemory, PayTotal } from '../../messages';
import { addUp } from '../../messages';

export const ENTRIES_KEPT = 500;
/** Statuses of one order that are remembered. */
const PAST_KEPT = 5;

/** How far an order of such a status has come; of one that we do not know nothing can be said. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['AUTHORIZED', 1],
  ['DECLINED', 2],
  ['REVERSED', 2],
  ['SETTLED', 2],
  ['REFUNDED', 3],
]);

/** `news`: a status that it did not have; `amended`: another amount or fee under the status that it has; `earlier`: FalPay's answer is behind; `beyond`: to be counted anew. */
export type Folded = 'news' | 'amended' | 'known' | 'earlier' | 'beyond';

export class PayLedger {
  private readonly entries: Map<string, PayEntry>;
  private upTo?: string;
  private old: readonly PayTotal[];
  private sums?: readonly PayTotal[];

  constructor(
    { upTo, old, recent }: PayMemory,
    private readonly kept = ENTRIES_KEPT,
  ) {
    this.upTo = upTo;
    this.old = old;
    this.entries = new Map(recent.map((entry) => [entry.payOrderNo, entry]));
  }

  /** Up to where only sums are kept. */
  get edge(): string | undefined {
    return this.upTo;
  }

  /** Whether an order of that time can no longer be told from those counted. */
  isBeyond(payOrderNo: string, time: string): boolean {
    return !this.entries.has(payOrderNo) && this.upTo !== undefined && time <= this.upTo;
  }

  /** Whether a callback can say nothing of the order that was not told before. */
  isKnown(payOrderNo: string, claimed: Pick<PayEntry, 'status' | 'amount' | 'fee'>): boolean {
    const entry = this.entries.get(payOrderNo);
    if (!entry || entry.untold) return false;
    const { status, amount, fee } = entry;
    return (
      (status === claimed.status && amount === claimed.amount && fee === claimed.fee) ||
      hasPassed(entry, claimed.status)
    );
  }

  /** Whether a claimed status is one that the order has, had, or went past. */
  hasReached(payOrderNo: string, status: string): boolean {
    const entry = this.entries.get(payOrderNo);
    return entry !== undefined && (entry.status === status || hasPassed(entry, status));
  }

  fold(order: CardPayOrder): Folded {
    const { payOrderNo, status } = order;
    const entry = this.entries.get(payOrderNo);
    if (!entry && this.isBeyond(payOrderNo, order.transactionTime)) return 'beyond';
    if (entry && isEarlier(status, entry.status)) return 'earlier';
    const changed = entry?.status !== status;
    const isNews = changed || entry.untold === true;
    const past = entry && changed ? [...entry.past, entry.status].slice(-PAST_KEPT) : (entry?.past ?? []);
    this.entries.set(payOrderNo, entryOf(order, entry?.time ?? order.transactionTime, past));
    this.sums = undefined;
    this.evict();
    if (isNews) return 'news';
    return entry?.amount === order.billingAmount && entry.fee === order.fee ? 'known' : 'amended';
  }

  /** FalPay's own sums up to the edge, in place of ours. */
  recounted(old: readonly PayTotal[]): void {
    this.old = old;
    this.sums = undefined;
  }

  totals(): readonly PayTotal[] {
    this.sums ??= addUp(this.old, this.entries.values());
    return this.sums;
  }

  memory(): PayMemory {
    return {
      ...(this.upTo !== undefined && { upTo: this.upTo }),
      old: this.old,
      recent: [...this.entries.values()],
    };
  }

  /** Orders of one second are parted by nothing: they go together. */
  private evict(): void {
    if (this.entries.size <= this.kept) return;
    const all = [...this.entries.values()];
    const edge = all.reduce((oldest, { time }) => (time < oldest ? time : oldest), all[0]?.time ?? '');
    const gone = all.filter(({ time }) => time <= edge);
    for (const { payOrderNo } of gone) this.entries.delete(payOrderNo);
    this.old = addUp(this.old, gone);
    this.upTo = edge;
  }
}

function entryOf(order: CardPayOrder, time: string, past: readonly string[]): PayEntry {
  const { payOrderNo, type, status, billingAmount, billingCurrency, fee } = order;
  return { payOrderNo, type, status, amount: billingAmount, currency: billingCurrency, fee, time, past };
}

/** Whether the status lies behind what FalPay shows of an order now. */
export function isEarlier(status: string, now: string): boolean {
  const [before, after] = [RANKS.get(status), RANKS.get(now)];
  return before !== undefined && after !== undefined && before < after;
}

function hasPassed({ status: now, past }: PayEntry, status: string): boolean {
  return past.includes(status) || isEarlier(status, now);
}
