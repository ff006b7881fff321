/** What 卡钱包流水 shows of an order, reckoned: a row counts when it is booked, and what went back again does not count. */
import type { Money } from '../../falpay/money';
import { isNegative, isZero, received, subtract, sum } from '../../falpay/money';
import type { Movement } from '../../activities';

/** The sum over the rows of that direction and currency, less that of all others in it: a direction that nobody knows is no money of ours. */
export function net<Row extends Pick<Movement, 'direction' | 'currency'>>(
  rows: readonly Row[],
  direction: 'IN' | 'OUT',
  currency: string,
  pick: (row: Row) => string,
): Money {
  const of = (chosen: (row: Row) => boolean) =>
    sum(
      rows.filter((row) => row.currency === currency && chosen(row)).map((row) => received(pick(row), currency)),
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
      const left = net(rows, direction, currency, ({ amount }) => amount);
      return !isZero(left) && !isNegative(left);
    });
}
