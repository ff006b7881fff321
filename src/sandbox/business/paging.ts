/** Pages and time filters, as the contract's lists have them. */
import type { World } from '../world';

export function page<T>(
  all: readonly T[],
  { pageNum, pageSize }: { readonly pageNum: number; readonly pageSize: number },
): { total: number; list: readonly T[] } {
  const from = (pageNum - 1) * pageSize;
  return { total: all.length, list: all.slice(from, from + pageSize) };
}

/** Both ends inclusive, to the second: that is how finely FalPay writes times. */
export function within(
  world: World,
  at: number,
  range: { readonly startTime?: string; readonly endTime?: string },
): boolean {
  const second = Math.floor(at / 1000) * 1000;
  const start = range.startTime === undefined ? -Infinity : world.instant(range.startTime);
  const end = range.endTime === undefined ? Infinity : world.instant(range.endTime);
  return second >= start && second <= end;
}
