/** Pages and time filters, as the contract's lists have them. */
export function page<T>(
  all: readonly T[],
  { pageNum, pageSize }: { readonly pageNum: number; readonly pageSize: number },
): { total: number; list: readonly T[] } {
  const from = (pageNum - 1) * pageSize;
  return { total: all.length, list: all.slice(from, from + pageSize) };
}

/** Both ends inclusive. Texts of one zone and one format sort as their times do. */
export function within(time: string, range: { readonly startTime?: string; readonly endTime?: string }): boolean {
  return (
    (range.startTime === undefined || time >= range.startTime) && (range.endTime === undefined || time <= range.endTime)
  );
}
