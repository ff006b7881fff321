import type { FalpayProfile } from './profile-schema';
import { timePattern, type WallTime } from './time-pattern';

type TimeRules = Pick<FalpayProfile['time'], 'format' | 'zone'>;
type DateRules = Pick<FalpayProfile['time'], 'date'>;

/*
 * Inside, a time is `yyyy-MM-dd HH:mm:ss` in FalPay's zone (with `.SSS` where FalPay tells milliseconds), whatever it is
 * on the wire: so times can be compared as texts, and a person sees what FalPay's own pages show. [I]
 */
const INSIDE = timePattern('yyyy-MM-dd HH:mm:ss');
const INSIDE_WITH_MILLIS = timePattern('yyyy-MM-dd HH:mm:ss.SSS');
const INSIDE_DATE = timePattern('yyyy-MM-dd');

/** An instant as FalPay writes times; whatever is finer than its format is cut off. [I] */
export function formatTime(instant: Date, { format, zone }: TimeRules): string {
  if (format === 'epoch-ms') return String(instant.getTime());
  if (format === 'epoch-s') return String(Math.floor(instant.getTime() / 1000));
  return timePattern(format).write(wallOf(instant, zone));
}

/**
 * Reads a time of FalPay's; without an offset of its own it is in the profile's zone. Beside the profile's format it
 * takes ISO 8601 with a space for the `T`, and epoch milliseconds: a format can change with one release of FalPay. [I]
 * @returns undefined when it is no time that exists
 */
export function parseTime(text: string, { format, zone }: TimeRules): Date | undefined {
  if (format === 'epoch-s' && /^\d{1,11}$/.test(text)) return new Date(Number(text) * 1000);
  if (format === 'epoch-ms' && /^\d{1,15}$/.test(text)) return fourDigitYear(new Date(Number(text)));
  const wall = format.startsWith('epoch') ? undefined : timePattern(format).read(text);
  if (wall) return instantOf(wall, zone);
  if (/^\d{13}$/.test(text)) return new Date(Number(text));
  const iso = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/.exec(text);
  if (!iso) return undefined;
  const [, date = '', time = '', fraction = '', offset = zone] = iso;
  return instantOf({ date, time, millis: fraction.slice(0, 3).padEnd(3, '0'), offset }, zone);
}

/** An instant as it is inside. */
export function insideTime(instant: Date, zone: string): string {
  const wall = wallOf(instant, zone);
  return (wall.millis === '000' ? INSIDE : INSIDE_WITH_MILLIS).write(wall);
}

/** From the wire to the inside; what is no time stays as it came. */
export function timeFromWire(text: string, rules: TimeRules): string {
  const instant = parseTime(text, rules);
  return instant === undefined ? text : insideTime(instant, rules.zone);
}

/** From the inside to the wire; what is no time stays as it is. */
export function timeToWire(inside: string, rules: TimeRules): string {
  const wall = INSIDE.read(inside) ?? INSIDE_WITH_MILLIS.read(inside);
  const instant = wall && instantOf(wall, rules.zone);
  return instant === undefined ? inside : formatTime(instant, rules);
}

/** A date such as a birthday, from the wire; what is none stays as it came. */
export const dateFromWire = (text: string, { date }: DateRules): string => rewritten(text, date, 'yyyy-MM-dd');

/** A date, to the wire. */
export function dateToWire(inside: string, { date }: DateRules): string {
  return date === 'yyyy-MM-dd' ? inside : rewritten(inside, 'yyyy-MM-dd', date);
}

function rewritten(text: string, from: string, to: string): string {
  const wall = timePattern(from).read(text) ?? INSIDE_DATE.read(text);
  return wall ? timePattern(to).write({ ...wall, offset: 'Z' }) : text;
}

function wallOf(instant: Date, zone: string): WallTime & { readonly offset: string } {
  const local = new Date(instant.getTime() + offsetMs(zone)).toISOString();
  return { date: local.slice(0, 10), time: local.slice(11, 19), millis: local.slice(20, 23), offset: zone };
}

function instantOf({ date, time, millis, offset }: WallTime, zone: string): Date | undefined {
  const instant = new Date(`${date}T${time}.${millis}Z`);
  // Date rolls 31 February over to March: a time that does not exist must not become one that does.
  if (Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(`${date}T${time}`)) return undefined;
  return new Date(instant.getTime() - offsetMs(offset ?? zone));
}

// What cannot be written as a text of its length must not become one that sorts wrongly.
const fourDigitYear = (instant: Date): Date | undefined => (instant.getUTCFullYear() < 9999 ? instant : undefined);

function offsetMs(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
