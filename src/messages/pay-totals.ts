/** Sums over a card's pay orders. */
import { add, amount, received } from '../falpay/money';

/** Pay orders of one type, status and billing currency; amounts are decimal strings in major units. */
export interface PayTotal {
  readonly type: string;
  readonly status: string;
  readonly currency: string;
  readonly count: number;
  readonly amount: string;
  readonly fee: string;
}

/** What one pay order is worth in the sums. */
export type PayShare = Omit<PayTotal, 'count'>;

/** The sums with more pay orders, or other sums, added: sorted, so that equal sums read the same. */
export function addUp(totals: readonly PayTotal[], more: Iterable<PayShare & { readonly count?: number }>): PayTotal[] {
  const sums = new Map(totals.map((total) => [keyOf(total), total]));
  for (const { type, status, currency, amount: value, fee, count = 1 } of more) {
    const key = keyOf({ type, status, currency });
    const sum = sums.get(key) ?? { type, status, currency, count: 0, amount: '0', fee: '0' };
    sums.set(key, {
      ...sum,
      count: sum.count + count,
      amount: plus(sum.amount, value, currency),
      fee: plus(sum.fee, fee, currency),
    });
  }
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, total]) => total);
}

function plus(left: string, right: string, currency: string): string {
  return add({ amount: amount(left), currency }, received(right, currency)).amount;
}

function keyOf({ type, status, currency }: Pick<PayTotal, 'type' | 'status' | 'currency'>): string {
  return JSON.stringify([type, status, currency]);
}
