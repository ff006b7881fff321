import type { StatusMeaning } from './contract/profile';

/** What the profile says of an HTTP status: the exact one first, then its class (`5xx`). */
export function meaningOfStatus(
  status: number,
  table: Readonly<Record<string, StatusMeaning>>,
): StatusMeaning | undefined {
  return table[String(status)] ?? table[classOf(status)];
}

/** Whether a list of the profile holds the status or its class. */
export const isListed = (status: number, list: readonly string[]): boolean =>
  list.includes(String(status)) || list.includes(classOf(status));

const classOf = (status: number): string => `${Math.floor(status / 100)}xx`;
