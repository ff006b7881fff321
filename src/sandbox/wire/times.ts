/**
 * Times and dates as the profile writes them. Inside, a time is `yyyy-MM-dd HH:mm:ss` in FalPay's zone and a date `yyyy-MM-dd`, whatever the wire has.
 */
import type { FalpayProfile } from '../../falpay/contract/profile';

export type TimeRules = FalpayProfile['time'];

const INSIDE_TIME = 'yyyy-MM-dd HH:mm:ss';
const INSIDE_DATE = 'yyyy-MM-dd';
const LENGTH: Readonly<Record<string, string>> = { yyyy: '\\d{4}', SSS: '\\d{3}', XXX: 'Z|[+-]\\d{2}:?\\d{2}' };
const TOKEN = /yyyy|MM|dd|HH|mm|ss|SSS|XXX|'[^']+'|[^A-Za-z']+/g;

/** An instant as it is inside; whole seconds. */
export function insideTime(at: number, zone: string): string {
  return write(at, INSIDE_TIME, zone);
}

/** Epoch milliseconds of a time as it is inside. */
export function instantOf(inside: string, zone: string): number | undefined {
  return read(inside, INSIDE_TIME, zone);
}

/** A time of the inside as the wire has it; what is no time stays. */
export function timeToWire(inside: string, rules: TimeRules): string {
  const at = instantOf(inside, rules.zone);
  return at === undefined ? inside : wireTime(at, rules);
}

/** An instant as the wire has it. */
export function wireTime(at: number, { format, zone }: TimeRules): string {
  if (format === 'epoch-ms') return String(at);
  return format === 'epoch-s' ? String(Math.floor(at / 1000)) : write(at, format, zone);
}

/** Epoch milliseconds of a time on the wire, in exactly the profile's format. */
export function wireInstant(text: string, { format, zone }: TimeRules): number | undefined {
  if (format === 'epoch-ms' || format === 'epoch-s') {
    return /^\d{1,14}$/.test(text) ? Number(text) * (format === 'epoch-s' ? 1000 : 1) : undefined;
  }
  return read(text, format, zone);
}

/** A time on the wire as it is inside; undefined when it is none. */
export function timeFromWire(text: string, rules: TimeRules): string | undefined {
  const at = wireInstant(text, rules);
  return at === undefined ? undefined : insideTime(at, rules.zone);
}

export function dateToWire(inside: string, { date }: TimeRules): string {
  const at = read(inside, INSIDE_DATE, 'Z');
  return at === undefined ? inside : write(at, date, 'Z');
}

export function dateFromWire(text: string, { date }: TimeRules): string | undefined {
  const at = read(text, date, 'Z');
  return at === undefined ? undefined : write(at, INSIDE_DATE, 'Z');
}

function write(at: number, pattern: string, zone: string): string {
  const wall = new Date(at + offsetMs(zone)).toISOString();
  const parts: Readonly<Record<string, string>> = {
    yyyy: wall.slice(0, 4),
    MM: wall.slice(5, 7),
    dd: wall.slice(8, 10),
    HH: wall.slice(11, 13),
    mm: wall.slice(14, 16),
    ss: wall.slice(17, 19),
    SSS: wall.slice(20, 23),
    XXX: zone,
  };
  return pattern.replace(TOKEN, (token) => parts[token] ?? token.replaceAll("'", ''));
}

function read(text: string, pattern: string, zone: string): number | undefined {
  const shape = pattern.replace(TOKEN, (token) =>
    /^[A-Za-z]/.test(token)
      ? `(?<${token}>${LENGTH[token] ?? '\\d{2}'})`
      : token.replaceAll("'", '').replace(/[^\w\s]/g, '\\$&'),
  );
  const found = new RegExp(`^${shape}$`).exec(text)?.groups;
  if (found === undefined) return undefined;
  const { yyyy, MM, dd, HH = '00', mm = '00', ss = '00', SSS = '000', XXX = zone } = found;
  const wall = `${yyyy}-${MM}-${dd}T${HH}:${mm}:${ss}.${SSS}Z`;
  const at = Date.parse(wall);
  // 31 February is no day: what does not come out as it went in never was.
  if (Number.isNaN(at) || new Date(at).toISOString() !== wall) return undefined;
  return at - offsetMs(XXX);
}

function offsetMs(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  const size = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return sign === '-' ? -size : size;
}
