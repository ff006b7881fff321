/** How the profile writes a model's fields: their names, their words, where they stand. Worked out apart from the client, so that the two check each other. */
import { z } from 'zod';
import type { FalpayProfile } from '../../falpay/contract/profile';

export type WireRules = Pick<FalpayProfile, 'wire' | 'paging' | 'time'>;
export type WireWord = string | number | boolean;

/** In place of a name: the object's fields stand in the object around it. */
export const INLINE = '.';

export interface Field {
  readonly key: string;
  readonly name: string;
  readonly schema: z.ZodType;
  /** Our words with FalPay's, where they differ. */
  readonly words?: ReadonlyMap<string, readonly WireWord[]>;
  /** Of an amount: the field beside it with its currency. */
  readonly amountIn?: string;
}

export class FieldTable {
  private readonly known = new Map<z.ZodObject, readonly Field[]>();

  constructor(private readonly rules: WireRules) {}

  of(model: z.ZodObject): readonly Field[] {
    const fields = this.known.get(model) ?? this.workOut(model);
    this.known.set(model, fields);
    return fields;
  }

  private workOut(model: z.ZodObject): readonly Field[] {
    const name = mark(model, 'model');
    const shape: Readonly<Record<string, z.ZodType>> = model.shape;
    return Object.entries(shape).map(([key, schema]) => ({
      key,
      schema,
      name: this.nameOf(name, key, schema),
      words: this.wordsOf(name, key, schema),
      amountIn: mark(schema, 'amountIn'),
    }));
  }

  /** Listed by name, else a paging key, else formed by rule, except what FalPay's page attests. */
  private nameOf(model: string | undefined, key: string, schema: z.ZodType): string {
    const { wire, paging } = this.rules;
    const listed = model === undefined ? undefined : entry(entry(wire.names, model) ?? {}, key);
    if (listed !== undefined) return listed;
    const pagingKey = mark(schema, 'wirePaging');
    if (pagingKey !== undefined) return String(entry(paging, pagingKey) ?? key);
    if (mark(schema, 'provenance') === 'A') return key;
    switch (wire.naming) {
      case 'camelCase':
        return key;
      case 'PascalCase':
        return key.slice(0, 1).toUpperCase() + key.slice(1);
      case 'snake_case':
        return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    }
  }

  private wordsOf(model: string | undefined, key: string, schema: z.ZodType): Field['words'] {
    const { enums } = this.rules.wire;
    const list = mark(schema, 'wireWords');
    const words = entry(enums, `${model ?? ''}.${key}`) ?? (list === undefined ? undefined : entry(enums, list));
    if (words === undefined) return undefined;
    return new Map(Object.entries(words).map(([ours, theirs]) => [ours, Array.isArray(theirs) ? theirs : [theirs]]));
  }
}

/** What the contract notes on a schema, or on what it makes optional. */
export function mark(schema: z.ZodType, name: string): string | undefined {
  const value = schema.meta()?.[name];
  if (typeof value === 'string') return value;
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? mark(schema.unwrap() as z.ZodType, name)
    : undefined;
}

/** The schema behind what makes it optional. */
export function bare(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? bare(schema.unwrap() as z.ZodType)
    : schema;
}

function entry<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
