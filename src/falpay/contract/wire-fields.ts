import { z } from 'zod';
import type { FalpayProfile } from './profile-schema';
import { type WordMap, wordMap } from './wire-words';

/** What of the profile says how models are written on the wire. */
export type WireRules = Pick<FalpayProfile, 'wire' | 'paging' | 'time'>;

/** The wire name of an object whose fields stand in the object around it. */
export const INLINE = '.';

/** One field of a model, and how it stands on the wire. */
export interface WireField {
  /** Its name inside. */
  readonly key: string;
  /** Its name on the wire, or `INLINE`. */
  readonly name: string;
  readonly schema: z.ZodType;
  readonly words: WordMap | undefined;
  /** Of an amount: the field beside it that holds its currency. */
  readonly amountIn: string | undefined;
}

const known = new WeakMap<WireRules, WeakMap<z.ZodObject, readonly WireField[]>>();

/** The fields of a model under the profile: each name from `wire.names`, else from `paging`, else formed by `wire.naming`. */
export function wireFields(model: z.ZodObject, rules: WireRules): readonly WireField[] {
  const ofRules = known.get(rules) ?? new WeakMap<z.ZodObject, readonly WireField[]>();
  known.set(rules, ofRules);
  const fields = ofRules.get(model) ?? fieldsOf(model, rules);
  ofRules.set(model, fields);
  return fields;
}

function fieldsOf(schema: z.ZodObject, { wire, paging }: WireRules): readonly WireField[] {
  const model = modelName(schema);
  const names = (model !== undefined && Object.hasOwn(wire.names, model) && wire.names[model]) || {};
  return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).map(([key, field]) => {
    const list = marked(field, 'wireWords');
    const pagingKey = marked(field, 'wirePaging') as Exclude<keyof typeof paging, 'firstPage'> | undefined;
    const name =
      (Object.hasOwn(names, key) ? names[key] : undefined) ??
      (pagingKey === undefined ? undefined : paging[pagingKey]) ??
      formed(key, field, wire.naming);
    return {
      key,
      name,
      schema: field,
      words: wordMap(wire, { list, model, key }),
      amountIn: marked(field, 'amountIn'),
    };
  });
}

/** Names that stand on FalPay's page are certain: no rule for the others changes them. */
function formed(key: string, field: z.ZodType, naming: FalpayProfile['wire']['naming']): string {
  if (naming === 'camelCase' || marked(field, 'provenance') === 'A') return key;
  if (naming === 'PascalCase') return key.charAt(0).toUpperCase() + key.slice(1);
  return key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/** The names that a model has on the wire, those of objects included whose fields stand in it. */
export function wireNames(model: z.ZodObject, rules: WireRules): readonly string[] {
  return wireFields(model, rules).flatMap(({ name, schema }) => {
    const inner = unwrap(schema);
    return name === INLINE && inner instanceof z.ZodObject ? wireNames(inner, rules) : [name];
  });
}

/** The name of the model a schema is, or is written as. */
export const modelName = (schema: z.ZodType): string | undefined => marked(schema, 'model');

/** A mark of the contract on a schema, or on what it makes optional. */
export function marked(schema: z.ZodType, mark: string): string | undefined {
  const value = schema.meta()?.[mark];
  if (typeof value === 'string') return value;
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? marked(schema.unwrap() as z.ZodType, mark)
    : undefined;
}

/** The schema behind `optional` and `nullable`. */
export function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema;
}
