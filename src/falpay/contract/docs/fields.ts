import { z } from 'zod';
import { isEnvelope, namedModel } from '../catalogue';
import { english } from '../english';
import type { FalpayProfile } from '../profile';
import { INLINE, marked, modelName, unwrap, wireFields } from '../wire-fields';

/** One row for each field: name, type, description in both languages, mark. Fields of unnamed objects stand below theirs. */
export function fieldRows(model: z.ZodObject, profile: FalpayProfile, prefix = ''): readonly (readonly string[])[] {
  const name = modelName(model);
  return wireFields(model, profile).flatMap((field) => {
    const { key, schema } = field;
    const isOptional = schema instanceof z.ZodOptional;
    const description = marked(schema, 'description') ?? '';
    const wireName = name !== undefined && isEnvelope(name) ? envelopeName(key, profile) : field.name;
    const shown = `${prefix}${wireName === INLINE ? `(${key}, its fields beside these)` : wireName}`;
    const inner = unwrap(schema);
    const row = [
      `\`${shown}\`${isOptional ? ' ?' : ''}`,
      typeText(schema),
      description,
      description === '' ? '' : english(description),
      `[${marked(schema, 'provenance') ?? marked(model, 'provenance') ?? ''}]`,
    ];
    const below =
      inner instanceof z.ZodObject && namedModel(inner) === undefined
        ? fieldRows(inner, profile, `${prefix}${wireName}.`)
        : [];
    return [row, ...below];
  });
}

const envelopeName = (key: string, { envelope }: FalpayProfile): string =>
  envelope[key as 'success' | 'code' | 'message' | 'data'] ?? `${key} (not sent)`;

const KINDS: Readonly<Record<string, string>> = { id: 'id', amount: 'decimal', time: 'time', date: 'date' };

/** A type as a person reads it: the model's name, the list of words, or what a text is. */
export function typeText(schema: z.ZodType): string {
  const name = namedModel(schema);
  if (name !== undefined) return name;
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return `${typeText(inner.element as z.ZodType)}[]`;
  if (inner instanceof z.ZodObject) return modelName(inner) === undefined ? 'object' : `part of ${modelName(inner)}`;
  const words = marked(schema, 'wireWords');
  if (inner instanceof z.ZodEnum) return `one of ${inner.options.join(', ')}`;
  if (words !== undefined) return words;
  if (inner instanceof z.ZodNumber) return 'integer';
  if (inner instanceof z.ZodBoolean) return 'boolean';
  if (inner instanceof z.ZodNull) return 'null';
  if (inner instanceof z.ZodUnknown) return 'any';
  return KINDS[marked(schema, 'wireKind') ?? ''] ?? 'string';
}
