/**
 * Between the wire and the models, guided by the models and the profile: names of fields, ids and amounts as strings or bare numbers. Stricter than the
 * client's reader on purpose: what a client writes otherwise than the profile says is refused here, with the field's name.
 */
import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import type { FalpayProfile } from '../../falpay/contract/profile';
import { Refusal } from '../refusal';

export type WireRules = FalpayProfile['wire'];

/** JSON with every digit kept. @throws Refusal INVALID_PARAMETER */
export function parseJson(body: Buffer): unknown {
  try {
    return parse(body.toString('utf8'));
  } catch {
    throw new Refusal('INVALID_PARAMETER', 'the body is not JSON');
  }
}

export function toJson(value: unknown): Buffer {
  return Buffer.from(stringify(value) ?? 'null', 'utf8');
}

/**
 * Reads a request as its model.
 * @throws Refusal INVALID_PARAMETER that names each field at fault by its path
 */
export function readRequest<Schema extends z.ZodType>(
  schema: Schema,
  body: Buffer,
  rules: WireRules,
): z.output<Schema> {
  const result = schema.safeParse(fromWire(schema, parseJson(body), rules));
  if (result.success) return result.data;
  const issues = result.error.issues.flatMap((issue) => {
    const path = issue.path.join('.');
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          path: path === '' ? key : `${path}.${key}`,
          message: 'is not a field of this request',
        }))
      : [{ path, message: issue.message }];
  });
  throw new Refusal(
    'INVALID_PARAMETER',
    issues.map(({ path, message }) => `${path}: ${message}`).join('; '),
    issues[0]?.path,
  );
}

/** Writes data as the profile wants it; the result is for `toJson`. */
export function toWire(schema: z.ZodType, value: unknown, rules: WireRules): unknown {
  const model = bare(schema);
  if (model instanceof z.ZodObject && isRecord(value)) {
    const names = namesOf(model, rules);
    const shape: Readonly<Record<string, z.ZodType>> = model.shape;
    const pairs: [string, unknown][] = [];
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) pairs.push([names[key] ?? key, toWire(shape[key] ?? z.unknown(), item, rules)]);
    }
    return Object.fromEntries(pairs);
  }
  if (model instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => toWire(model.element as z.ZodType, item, rules));
  return typeof value === 'string' && isBareNumber(model, rules) && /^-?\d+(\.\d+)?$/.test(value)
    ? new LosslessNumber(value)
    : value;
}

function fromWire(schema: z.ZodType, value: unknown, rules: WireRules): unknown {
  const model = bare(schema);
  if (model instanceof z.ZodObject && isRecord(value)) {
    const names = namesOf(model, rules);
    const ours = new Map(Object.entries(names).map(([inside, outside]) => [outside, inside]));
    const shape: Readonly<Record<string, z.ZodType>> = model.shape;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        const key = ours.get(name) ?? name;
        const outside = names[key];
        if (outside !== undefined && outside !== name) {
          throw new Refusal('INVALID_PARAMETER', `${name}: is not a field of this request, ${outside} is`, name);
        }
        return [key, fromWire(Object.hasOwn(shape, key) ? (shape[key] ?? z.unknown()) : z.unknown(), item, rules)];
      }),
    );
  }
  if (model instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => fromWire(model.element as z.ZodType, item, rules));
  if (!isLosslessNumber(value)) return value;
  if (isBareNumber(model, rules)) return value.toString();
  // A number where the model has text stays a number, and the model says so.
  return Number(value.toString());
}

/** Models mark what may be a bare number on the wire. */
function isBareNumber(schema: z.ZodType, rules: WireRules): boolean {
  const kind = schema.meta()?.['wireKind'];
  return (kind === 'id' && rules.ids === 'number') || (kind === 'amount' && rules.amounts === 'number');
}

function namesOf(schema: z.ZodObject, rules: WireRules): Readonly<Record<string, string>> {
  const model = schema.meta()?.['model'];
  return typeof model === 'string' ? (rules.names[model] ?? {}) : {};
}

function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? bare(schema.unwrap() as z.ZodType)
    : schema;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}
