/** What 卡钱包流水 shows of an order, reckoned: a row counts when it is booked, and what went back again does not count. */
import type { Money } from '../../falpay/money';
import { isNegative, isZero, received, subtract, sum } from '../../falpay/money';
import type { Movement } from '../../activities';

/** The sum of one column over the rows of that direction and currency, less that of the rows the other way. */
export function net(
  rows: readonly Movement[],
  direction: 'IN' | 'OUT',
  currency: string,
  column: 'amount' | 'fee',
): Money {
  const of = (chosen: (row: Movement) => boolean) =>
    sum(
      rows.filter((row) => row.currency === currency && chosen(row)).map((row) => received(row[column], currency)),
      currency,
    );
  return subtract(
    of((row) => row.direction === direction),
    of((row) => row.direction !== direction),
  );
}

/** A currency other than ours in which money went that way and did not come back. */
export function foreignAmong(rows: readonly Movement[], direction: 'IN' | 'OUT', ours: string): string | undefined {
  return rows
    .map(({ currency }) => currency)
    .find((currency) => {
      if (currency === ours) return false;
      const left = net(rows, direction, currency, 'amount');
      return !isZero(left) && !isNegative(left);
    });
}
