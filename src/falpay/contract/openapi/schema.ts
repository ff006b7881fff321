import { z } from 'zod';
import { eitherOf, isEnvelope, models, namedModel } from '../catalogue';
import { english } from '../english';
import type { FalpayProfile } from '../profile';
import { INLINE, marked, modelName, unwrap, wireFields, type WireField } from '../wire-fields';

/** A schema of OpenAPI 3.1, which is JSON Schema. */
export type JsonSchema = { readonly [key: string]: unknown };

/** What a schema says of itself beside its shape: both languages and where the fact comes from. */
export function labelled(description: string | undefined, provenance: string | undefined): JsonSchema {
  return {
    ...(description === undefined ? {} : { description: `${description} / ${english(description)}` }),
    ...(provenance === undefined ? {} : { 'x-provenance': provenance }),
  };
}

/** A model or value as the profile has it on the wire; named models are referred to. */
export function schemaOf(schema: z.ZodType, profile: FalpayProfile): JsonSchema {
  const name = namedModel(schema);
  const label = labelled(marked(schema, 'description'), marked(schema, 'provenance'));
  if (name !== undefined) return { $ref: `#/components/schemas/${name}`, ...label };
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return { ...objectSchema(inner, profile), ...label };
  if (inner instanceof z.ZodArray)
    return { ...constraints(inner), items: schemaOf(inner.element as z.ZodType, profile), ...label };
  return { ...leafSchema(inner, profile), ...label };
}

/** A named model in full. */
export function componentSchema(name: string, profile: FalpayProfile): JsonSchema {
  const model = models.get(name);
  if (model === undefined) throw new Error(`no model is called ${name}`);
  const either = eitherOf(model).map((key) => ({
    required: wireFields(model, profile).flatMap((field) => (field.key === key ? [field.name] : [])),
  }));
  return {
    ...objectSchema(model, profile),
    ...(either.length === 0 ? {} : { anyOf: either }),
    ...labelled(model.meta()?.description, marked(model, 'provenance')),
  };
}

function objectSchema(model: z.ZodObject, profile: FalpayProfile): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const field of flatFields(model, profile)) {
    properties[field.name] = fieldSchema(field, profile);
    if (!(field.schema instanceof z.ZodOptional) && !acceptsNothing(field.schema)) required.push(field.name);
  }
  const name = modelName(model);
  return {
    type: 'object',
    ...(name === undefined ? {} : { 'x-model': name }),
    properties,
    ...(required.length === 0 ? {} : { required }),
  };
}

const acceptsNothing = (schema: z.ZodType): boolean => unwrap(schema) instanceof z.ZodUnknown;

/** The fields as they stand beside each other on the wire, those of inline objects among them. */
function flatFields(model: z.ZodObject, profile: FalpayProfile): readonly WireField[] {
  const name = modelName(model);
  return wireFields(model, profile).flatMap((field) => {
    if (name !== undefined && isEnvelope(name)) return underEnvelopeName(field, profile);
    const inner = unwrap(field.schema);
    return field.name === INLINE && inner instanceof z.ZodObject ? flatFields(inner, profile) : [field];
  });
}

/** The envelope's names stand in a place of their own; where the code alone tells, there is no `success`. */
function underEnvelopeName(field: WireField, { envelope }: FalpayProfile): readonly WireField[] {
  const name = envelope[field.key as 'success' | 'code' | 'message' | 'data'];
  return name === undefined ? [] : [{ ...field, name }];
}

function fieldSchema({ key, name, schema, words }: WireField, profile: FalpayProfile): JsonSchema {
  const written = schemaOf(schema, profile);
  // The envelope's own fields are what they are, whatever the rest of the wire is like. [A]
  if (marked(schema, 'provenance') === 'A' && ENVELOPE_KEYS.includes(key)) return envelopeField(key, written, profile);
  const inner = unwrap(schema);
  const known = (inner instanceof z.ZodEnum ? inner.options : (inner.meta()?.['examples'] ?? [])) as readonly string[];
  const list = marked(schema, 'wireWords');
  const paging = marked(schema, 'wirePaging');
  const theirs = known.map((word) => words?.toWire(word) ?? word);
  const isClosed = inner instanceof z.ZodEnum;
  return {
    ...written,
    ...(theirs.length === 0 ? {} : { type: typesOf(theirs), [isClosed ? 'enum' : 'x-known-values']: theirs }),
    ...(list === undefined ? {} : { 'x-word-list': list }),
    ...(paging === undefined ? {} : { 'x-paging': paging }),
    ...(name === key ? {} : { 'x-name-inside': key }),
  };
}

const ENVELOPE_KEYS = ['success', 'code', 'message'];

function envelopeField(key: string, written: JsonSchema, { envelope }: FalpayProfile): JsonSchema {
  const { enum: _words, 'x-kind': _kind, ...rest } = written;
  const type = { success: 'boolean', code: envelope.codes === 'number' ? 'integer' : 'string' }[key] ?? 'string';
  const name = envelope[key as 'success' | 'code' | 'message'];
  return { ...rest, type, ...(name === key ? {} : { 'x-name-inside': key }) };
}

function typesOf(words: readonly (string | number | boolean)[]): unknown {
  const types = [...new Set(words.map((word) => (typeof word === 'number' ? 'integer' : typeof word)))];
  return types.length === 1 ? types[0] : types;
}

const KEPT = [
  'type',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'const',
];

const knownConstraints = new WeakMap<z.ZodType, JsonSchema>();

/** What zod says of a value, less its marks and what a format says already. */
function constraints(schema: z.ZodType): JsonSchema {
  const known = knownConstraints.get(schema) ?? readConstraints(schema);
  knownConstraints.set(schema, known);
  return known;
}

function readConstraints(schema: z.ZodType): JsonSchema {
  const { $defs: _defs, ...written } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const isFormatted = written['format'] === 'date' || written['format'] === 'email';
  return Object.fromEntries(
    KEPT.filter((key) => written[key] !== undefined && !(isFormatted && key === 'pattern')).map((key) => [
      key,
      written[key],
    ]),
  );
}

function leafSchema(schema: z.ZodType, { wire, time, paging }: FalpayProfile): JsonSchema {
  const written = constraints(schema);
  const kind = marked(schema, 'wireKind');
  const bare = (type: 'integer' | 'number', more: JsonSchema = {}): JsonSchema => ({ type, ...more, 'x-kind': kind });
  if (kind === 'id')
    return wire.ids === 'number' ? bare('integer', { format: 'int64' }) : { ...written, 'x-kind': kind };
  // Rates have no unit: what is money says of which currency it is.
  if (kind === 'amount' && wire.amountUnit === 'minor' && marked(schema, 'amountIn') !== undefined)
    return wire.amounts === 'number'
      ? bare('integer', { 'x-unit': 'minor' })
      : { type: 'string', pattern: '^-?\\d+$', 'x-unit': 'minor', 'x-kind': kind };
  if (kind === 'amount') return wire.amounts === 'number' ? bare('number') : { ...written, 'x-kind': kind };
  if (kind === 'time') {
    const format = { 'x-format': time.format, 'x-kind': kind };
    return time.writtenAs === 'number'
      ? { type: 'integer', format: 'int64', ...format }
      : { type: 'string', ...format };
  }
  if (kind === 'date')
    return time.date === 'yyyy-MM-dd'
      ? { ...written, 'x-kind': kind }
      : { type: 'string', 'x-format': time.date, 'x-kind': kind };
  if (schema instanceof z.ZodBoolean && typeof wire.booleans.true !== 'boolean') {
    const words = [wire.booleans.true, wire.booleans.false];
    return { type: typesOf(words), enum: words, 'x-kind': 'boolean' };
  }
  if (marked(schema, 'wirePaging') === 'pageNum') return { ...written, minimum: paging.firstPage };
  return written;
}
