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

/** What went that way in each other currency and did not come back: two rows of one sum are not one. */
export function foreignAmong<Row extends Pick<Movement, 'direction' | 'currency' | 'amount'>>(
  rows: readonly Row[],
  direction: 'IN' | 'OUT',
  ours: string,
): readonly Money[] {
  const others = new Set(rows.map(({ currency }) => currency).filter((currency) => currency !== ours));
  return [...others]
    .map((currency) => net(rows, direction, currency, ({ amount }) => amount))
    .filter((left) => !isZero(left) && !isNegative(left));
}

/** Of a recharge: a row that takes of what came. A fee is reckoned apart: it stands in the row of what came as well. */
export function takesBack({ direction, type }: Pick<Movement, 'direction' | 'type'>): boolean {
  return direction !== 'IN' && type !== 'FEE';
}
