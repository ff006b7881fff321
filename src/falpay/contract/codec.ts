import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { defaultProfile } from './profile.default';
import type { WireWord } from './profile-schema';
import { fromMinor, toMinor } from './minor-units';
import { dateFromWire, dateToWire, timeFromWire, timeToWire } from './time';
import { INLINE, marked, unwrap, type WireField, wireFields, wireNames, type WireRules } from './wire-fields';

/*
 * The one seam between the wire and the models. Whatever FalPay writes differently from what we assume (numbers for
 * strings, other names, other words for a status, other times) is translated here, guided by the model and the profile,
 * so that nothing inside ever sees it.
 */

export type { WireRules } from './wire-fields';

/** Parses JSON without turning a number into a JS number: 19-digit ids and decimals keep every digit. */
export function parseLossless(text: string): unknown {
  return parse(text);
}

/** Writes what `encode` made. */
export function stringifyLossless(value: unknown): string {
  return stringify(value) ?? '';
}

/**
 * From the wire to what `schema` can check: numbers become text where the model has text and JS numbers where it has
 * counts, a null stands for an absent optional field, and names, words and times are ours. What does not fit is left
 * for the schema to name.
 * @param value parsed from JSON, with or without loss
 */
export function decode(schema: z.ZodType, value: unknown, rules: WireRules = defaultProfile): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return isPlainObject(value) ? decodeObject(inner, value, rules) : value;
  if (inner instanceof z.ZodArray) {
    const element = inner.element as z.ZodType;
    return Array.isArray(value) ? value.map((item) => decode(element, item, rules)) : value;
  }
  if (inner instanceof z.ZodNumber) return asCount(value, firstPageOf(inner, rules));
  if (inner instanceof z.ZodBoolean) return asBoolean(value, rules);
  const text = isLosslessNumber(value) || typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string') return text;
  const kind = marked(inner, 'wireKind');
  if (kind === 'time') return timeFromWire(text, rules.time);
  return kind === 'date' ? dateFromWire(text, rules.time) : text;
}

function decodeObject(schema: z.ZodObject, value: PlainObject, rules: WireRules): PlainObject {
  const decoded: Record<string, unknown> = {};
  for (const field of wireFields(schema, rules)) {
    const { key, name } = field;
    if (name === INLINE) {
      const inner = unwrap(field.schema);
      const isThere = inner instanceof z.ZodObject && wireNames(inner, rules).some((its) => Object.hasOwn(value, its));
      if (isThere || !isOptional(field)) decoded[key] = decode(field.schema, value, rules);
      continue;
    }
    // Own fields only: a `__proto__` in a body must not lend its fields to the model.
    if (!Object.hasOwn(value, name)) continue;
    if (value[name] === null && isOptional(field)) continue;
    decoded[key] = decodeField(field, value[name], rules);
  }
  return rules.wire.amountUnit === 'minor' ? inMajorUnits(schema, decoded, rules) : decoded;
}

/** Only when all fields are read: an amount's currency may stand behind it. */
function inMajorUnits(schema: z.ZodObject, decoded: Record<string, unknown>, rules: WireRules): PlainObject {
  for (const { key, amountIn } of wireFields(schema, rules)) {
    const amount = decoded[key];
    if (amountIn !== undefined && typeof amount === 'string')
      decoded[key] = fromMinor(amount, decoded[amountIn], rules.wire);
  }
  return decoded;
}

function decodeField({ schema, words }: WireField, value: unknown, rules: WireRules): unknown {
  const isWord = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  if (words && (isWord || isLosslessNumber(value))) return words.toInside(String(value));
  return decode(schema, value, rules);
}

/** From a checked model to the wire; the result is for `stringifyLossless` only. */
export function encode(schema: z.ZodType, value: unknown, rules: WireRules = defaultProfile): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject && isPlainObject(value)) return encodeObject(inner, value, rules);
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const element = inner.element as z.ZodType;
    return value.map((item) => encode(element, item, rules));
  }
  if (inner instanceof z.ZodNumber && typeof value === 'number') return value + firstPageOf(inner, rules) - 1;
  if (inner instanceof z.ZodBoolean && typeof value === 'boolean')
    return wireWord(rules.wire.booleans[value ? 'true' : 'false']);
  return typeof value === 'string' ? encodeText(inner, value, rules) : value;
}

function encodeObject(schema: z.ZodObject, value: PlainObject, rules: WireRules): PlainObject {
  const encoded: Record<string, unknown> = {};
  const isMinor = rules.wire.amountUnit === 'minor';
  for (const { key, name, schema: field, words, amountIn } of wireFields(schema, rules)) {
    const given = value[key];
    if (!Object.hasOwn(value, key) || given === undefined) continue;
    const isInMinor = isMinor && amountIn !== undefined && typeof given === 'string';
    const item = isInMinor ? toMinor(given, value[amountIn], rules.wire) : given;
    const written = words && typeof item === 'string' ? wireWord(words.toWire(item)) : encode(field, item, rules);
    if (name === INLINE && isPlainObject(written)) Object.assign(encoded, written);
    else encoded[name] = written;
  }
  return encoded;
}

function encodeText(schema: z.ZodType, text: string, { wire, time }: WireRules): unknown {
  const kind = marked(schema, 'wireKind');
  if (kind === 'date') return dateToWire(text, time);
  const written = kind === 'time' ? timeToWire(text, time) : text;
  const isNumber =
    (kind === 'id' && wire.ids === 'number' && /^\d+$/.test(written)) ||
    (kind === 'amount' && wire.amounts === 'number') ||
    (kind === 'time' && time.writtenAs === 'number');
  // What JSON would not read back as it is, such as the id "007", stays text.
  return isNumber && isJsonNumber(written) ? new LosslessNumber(written) : written;
}

const isJsonNumber = (text: string): boolean => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
const wireWord = (word: WireWord): unknown => (typeof word === 'number' ? new LosslessNumber(String(word)) : word);
const isOptional = ({ schema }: WireField): boolean => schema instanceof z.ZodOptional;

/** Pages are counted from 1 inside. */
function firstPageOf(schema: z.ZodType, { paging }: WireRules): 0 | 1 {
  return marked(schema, 'wirePaging') === 'pageNum' ? paging.firstPage : 1;
}

function asCount(value: unknown, firstPage: 0 | 1): unknown {
  const text = isLosslessNumber(value) || typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) return text;
  return Number(text) + 1 - firstPage;
}

function asBoolean(value: unknown, { wire }: WireRules): unknown {
  if (typeof value === 'object' && !isLosslessNumber(value)) return value;
  const text = String(value);
  if (text === String(wire.booleans.true)) return true;
  return text === String(wire.booleans.false) ? false : value;
}

type PlainObject = Readonly<Record<string, unknown>>;

function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}
