import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';

/*
 * The one seam between the wire and the models. Whatever FalPay writes differently from what we assume (numbers for
 * strings, other names, other words for a status) is translated here, guided by the model, so that nothing inside
 * ever sees it.
 */

/** How FalPay wants and sends what is text inside; from the profile. [I] */
export interface WireRules {
  /** Ids of FalPay in requests: as JSON strings or as bare numbers. */
  readonly ids: 'string' | 'number';
  /** Amounts in requests: as JSON strings or as bare numbers. */
  readonly amounts: 'string' | 'number';
  /** Wire names of fields, by model and inside name, where they differ. */
  readonly names: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const AS_ASSUMED: WireRules = { ids: 'string', amounts: 'string', names: {} };

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
 * counts, a null stands for an absent optional field, and names are ours. What does not fit is left for the schema to
 * name.
 */
export function decode(schema: z.ZodType, value: unknown, rules: WireRules = AS_ASSUMED): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return isPlainObject(value) ? decodeObject(inner, value, rules) : value;
  if (inner instanceof z.ZodArray) {
    const element = inner.element as z.ZodType;
    return Array.isArray(value) ? value.map((item) => decode(element, item, rules)) : value;
  }
  if (inner instanceof z.ZodNumber) return asCount(value);
  if (isLosslessNumber(value)) return value.toString();
  if (typeof value === 'number' && inner instanceof z.ZodString) return String(value);
  return value;
}

function decodeObject(schema: z.ZodObject, value: Readonly<Record<string, unknown>>, rules: WireRules): unknown {
  const names = namesOf(schema, rules);
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  const decoded: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(shape)) {
    const wireKey = names[key] ?? key;
    // Own fields only: a `__proto__` in a body must not lend its fields to the model.
    if (!Object.hasOwn(value, wireKey)) continue;
    const wireValue = value[wireKey];
    if (wireValue === null && field instanceof z.ZodOptional) continue;
    decoded[key] = decode(field, wireValue, rules);
  }
  return decoded;
}

/** From a checked model to the wire; the result is for `stringifyLossless` only. */
export function encode(schema: z.ZodType, value: unknown, rules: WireRules = AS_ASSUMED): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject && isPlainObject(value)) {
    const names = namesOf(inner, rules);
    const shape = inner.shape as Readonly<Record<string, z.ZodType>>;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [names[key] ?? key, encode(shape[key] ?? z.unknown(), item, rules)]),
    );
  }
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    const element = inner.element as z.ZodType;
    return value.map((item) => encode(element, item, rules));
  }
  if (typeof value === 'string' && writtenAsNumber(inner, value, rules)) return new LosslessNumber(value);
  return value;
}

function writtenAsNumber(schema: z.ZodType, value: string, rules: WireRules): boolean {
  const kind = schema.meta()?.['wireKind'];
  if (kind === 'id') return rules.ids === 'number' && /^(0|[1-9]\d*)$/.test(value);
  return kind === 'amount' && rules.amounts === 'number';
}

function namesOf(schema: z.ZodObject, rules: WireRules): Readonly<Record<string, string>> {
  const model = schema.meta()?.['model'];
  return (typeof model === 'string' ? rules.names[model] : undefined) ?? {};
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema;
}

function asCount(value: unknown): unknown {
  const text = isLosslessNumber(value) ? value.toString() : value;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) return text;
  return Number(text);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}
