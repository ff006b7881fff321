import type { FalpayProfile } from './profile';

type TimeRules = FalpayProfile['time'];

/** Writes an instant as FalPay wants it: `yyyy-MM-dd HH:mm:ss` in the profile's zone. [I] */
export function formatTime(instant: Date, rules: TimeRules): string {
  const local = new Date(instant.getTime() + offsetMs(rules.zone)).toISOString();
  return `${local.slice(0, 10)}${rules.format.includes('T') ? 'T' : ' '}${local.slice(11, 19)}`;
}

/**
 * Reads a time of FalPay; without an offset of its own it is in the profile's zone. Takes `T` for the space,
 * fractions of a second and epoch milliseconds as well. [I]
 * @returns undefined when it is no time that exists
 */
export function parseTime(text: string, rules: TimeRules): Date | undefined {
  if (/^\d{13}$/.test(text)) return new Date(Number(text));
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/.exec(text);
  if (!match) return undefined;
  const [, date = '', time = '', fraction = '', zone = rules.zone] = match;
  const instant = new Date(`${date}T${time}${fraction.slice(0, 4)}Z`);
  // Date rolls 31 February over to March: a time that does not exist must not become one that does.
  if (Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(`${date}T${time}`)) return undefined;
  return new Date(instant.getTime() - offsetMs(zone));
}

function offsetMs(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
