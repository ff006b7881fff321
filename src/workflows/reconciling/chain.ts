/** The balance of a wallet: opening + in − out = closing, and each `balanceAfter` follows from the one before. */
import type { Money } from '../../falpay/money';
import { add, compare, received, subtract, sum } from '../../falpay/money';
import type { CurrencySums } from '../../messages';
import type { BookedRow } from './books';
import { grouped } from './grouped';

export interface Break {
  readonly flowNo: string;
  readonly currency: string;
  /** What the balance was to be after the row, and what FalPay says it was. */
  readonly expected: string;
  readonly found: string;
  readonly note: string;
}

export interface Balance {
  readonly sums: CurrencySums;
  readonly breaks: readonly Break[];
}

/**
 * @param rows booked ones of the window, newest first
 * @param before what the wallet held when the window began, by currency, where that is known
 * @returns one balance for each currency that has rows or is known to be held
 */
export function balances(
  rows: readonly BookedRow[],
  before: Readonly<Record<string, string>> = {},
): readonly Balance[] {
  const currencies = new Set([...Object.keys(before), ...rows.map(({ currency }) => currency)]);
  return [...currencies].sort().map((currency) => {
    const own = inOrder(rows.filter((row) => row.currency === currency).toReversed(), before[currency]);
    return balanceOf(currency, own, before[currency]);
  });
}

function balanceOf(currency: string, rows: readonly BookedRow[], before: string | undefined): Balance {
  const breaks: Break[] = [];
  const [first] = rows;
  const opening = before ?? (first && beforeOf(first).amount);
  let held = opening;
  for (const row of rows) {
    const expected = held === undefined ? undefined : afterOf(row, held);
    if (expected !== undefined && !same(expected.amount, row.balanceAfter, currency)) {
      const note =
        row === first && before !== undefined
          ? `the day before ended with ${before}`
          : 'the balance before it does not lead here';
      breaks.push({ flowNo: row.flowNo, currency, expected: expected.amount, found: row.balanceAfter, note });
    }
    held = row.balanceAfter;
  }
  const total = (direction: string) =>
    totalOf(
      rows.filter((row) => row.direction === direction),
      currency,
      (row) => row.amount,
    );
  const [moneyIn, moneyOut] = [total('IN'), total('OUT')];
  const reckoned = opening === undefined ? undefined : subtract(add(received(opening, currency), moneyIn), moneyOut);
  const adds = reckoned === undefined || held === undefined || same(reckoned.amount, held, currency);
  return {
    sums: {
      currency,
      ...(opening !== undefined && { opening }),
      in: moneyIn.amount,
      out: moneyOut.amount,
      fees: totalOf(rows, currency, (row) => row.fee).amount,
      ...(held !== undefined && { closing: held }),
      agrees: adds && breaks.length === 0,
      movements: rows.length,
    },
    breaks,
  };
}

/** Rows of one second have no order of their own in FalPay's times: it is told by the balances, each of which one row leads from and another to. */
function inOrder(rows: readonly BookedRow[], before: string | undefined): readonly BookedRow[] {
  const seconds = grouped(rows.toSorted(byTime), ({ createTime }) => createTime);
  const ordered: BookedRow[] = [];
  for (const group of seconds.values()) {
    const start = ordered.at(-1)?.balanceAfter ?? before;
    ordered.push(...(group.length === 1 ? group : (trail(group, start) ?? group)));
  }
  return ordered;
}

/** A way from balance to balance that takes every row once (Hierholzer); undefined when there is none. */
function trail(rows: readonly BookedRow[], from: string | undefined): readonly BookedRow[] | undefined {
  const leaving = grouped(rows, (row) => plain(beforeOf(row).amount));
  const arriving = grouped(rows, (row) => plain(row.balanceAfter));
  const surplus = [...leaving].find(([balance, out]) => out.length > (arriving.get(balance)?.length ?? 0))?.[0];
  const [first] = rows;
  const start =
    from !== undefined && leaving.has(plain(from))
      ? plain(from)
      : (surplus ?? (first && plain(beforeOf(first).amount)));
  if (start === undefined) return undefined;
  const open: { balance: string; by?: BookedRow }[] = [{ balance: start }];
  const taken: BookedRow[] = [];
  for (let here = open.at(-1); here !== undefined; here = open.at(-1)) {
    const next = leaving.get(here.balance)?.pop();
    if (next) open.push({ balance: plain(next.balanceAfter), by: next });
    else {
      open.pop();
      if (here.by) taken.push(here.by);
    }
  }
  taken.reverse();
  const isWhole = taken.length === rows.length && taken.every((row, index) => leads(taken[index - 1], row));
  return isWhole ? taken : undefined;
}

function leads(earlier: BookedRow | undefined, row: BookedRow): boolean {
  return earlier === undefined || plain(earlier.balanceAfter) === plain(beforeOf(row).amount);
}

function byTime(left: BookedRow, right: BookedRow): number {
  return left.createTime < right.createTime ? -1 : left.createTime > right.createTime ? 1 : 0;
}

function beforeOf(row: BookedRow): Money {
  return changed(row, received(row.balanceAfter, row.currency), -1);
}

function afterOf(row: BookedRow, held: string): Money {
  return changed(row, received(held, row.currency), 1);
}

/** A direction that is neither IN nor OUT moves nothing that we could reckon with: it shows as a break. */
function changed({ direction, amount, currency }: BookedRow, from: Money, sign: 1 | -1): Money {
  const change = received(amount, currency);
  if (direction === 'IN') return sign === 1 ? add(from, change) : subtract(from, change);
  if (direction === 'OUT') return sign === 1 ? subtract(from, change) : add(from, change);
  return from;
}

function totalOf(rows: readonly BookedRow[], currency: string, pick: (row: BookedRow) => string): Money {
  return sum(
    rows.map((row) => received(pick(row), currency)),
    currency,
  );
}

function same(left: string, right: string, currency: string): boolean {
  return compare(received(left, currency), received(right, currency)) === 0;
}

/** "100.0" and "100.00" are one balance. */
function plain(amount: string): string {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}
