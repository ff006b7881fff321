import { type FieldShape, type Marks, NO_FIELDS, type Shape, type ShapeType, type Word } from './shape';

export type Json = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Follows references within a document. */
export class References {
  constructor(private readonly document: Json) {}

  /** What a reference leads to, with the last name on the way; other values as they are. */
  follow(value: unknown): { readonly value: Json; readonly name?: string } {
    let current = value;
    let name: string | undefined;
    // A reference to a reference to itself ends somewhere, too.
    for (let hops = 0; hops < 20 && isRecord(current) && typeof current['$ref'] === 'string'; hops += 1) {
      const segments = current['$ref'].split('/').slice(1).map(unescape);
      name = segments.at(-1);
      const target = segments.reduce<unknown>((at, segment) => (isRecord(at) ? at[segment] : undefined), this.document);
      const { $ref: _ref, ...beside } = current;
      current = isRecord(target) ? { ...target, ...beside } : {};
    }
    return { value: isRecord(current) ? current : {}, ...(name === undefined ? {} : { name }) };
  }
}

const unescape = (segment: string): string => {
  try {
    return decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return segment;
  }
};

/** Reads a schema of OpenAPI 3.0 or 3.1. */
export function readShape(schema: unknown, references: References): Shape {
  const { value, name } = references.follow(schema);
  const merged = withParts(value, references);
  const type = typeOf(merged);
  const model = textOf(merged['x-model']) ?? name;
  const words = wordsOf(merged);
  return {
    type,
    ...(model === undefined ? {} : { model }),
    fields: type === 'object' ? () => fieldsOf(merged, references) : NO_FIELDS,
    ...(type === 'array' ? { items: () => readShape(merged['items'] ?? {}, references) } : {}),
    ...(words.length === 0 ? {} : { words }),
    marks: marksOf(merged),
  };
}

/** `allOf` is one object made of several; of `oneOf` and `anyOf` the first that says something else than null. */
function withParts(schema: Json, references: References): Json {
  const parts = (key: string): readonly Json[] =>
    Array.isArray(schema[key])
      ? (schema[key] as unknown[]).map((part) => withParts(references.follow(part).value, references))
      : [];
  const alternative = [...parts('oneOf'), ...parts('anyOf')].find((part) => saysAType(part) && part['type'] !== 'null');
  const all = [...parts('allOf'), ...(alternative && !saysAType(schema) ? [alternative] : []), schema];
  if (all.length === 1) return schema;
  return {
    ...Object.assign({}, ...all),
    properties: Object.assign({}, ...all.map((part) => part['properties'])) as Json,
    required: all.flatMap((part) => (Array.isArray(part['required']) ? (part['required'] as unknown[]) : [])),
  };
}

const saysAType = (schema: Json): boolean =>
  ['type', 'properties', 'items', 'enum', 'allOf'].some((key) => schema[key] !== undefined);

const TYPES: readonly string[] = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'];

function typeOf(schema: Json): ShapeType {
  const stated = [schema['type']].flat().filter((type): type is ShapeType => TYPES.includes(type as string));
  const type = stated.find((one) => one !== 'null') ?? stated[0];
  if (type !== undefined) return type;
  if (isRecord(schema['properties']) && Object.keys(schema['properties']).length > 0) return 'object';
  if (schema['items'] !== undefined) return 'array';
  const [value] = Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : [];
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'integer' : 'any';
}

function fieldsOf(schema: Json, references: References): readonly FieldShape[] {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).map(([name, property]) => {
    const { value } = references.follow(property);
    // Required and null is as good as absent.
    const isNullable = value['nullable'] === true || [value['type']].flat().includes('null');
    return {
      name,
      inside: textOf(value['x-name-inside']) ?? name,
      required: required.includes(name) && !isNullable,
      description: describe(isRecord(property) ? { ...value, ...property } : value),
      shape: readShape(property, references),
    };
  });
}

/** Apifox keeps a field's Chinese name in `title` and the rest in `description`. */
export function describe(schema: Json): string {
  const texts = [textOf(schema['title']), textOf(schema['description'])?.split(' / ')[0]];
  return [...new Set(texts.filter((text) => text !== undefined && text !== ''))].join('，');
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function marksOf(schema: Json): Marks {
  const mark = (name: string, key: string) => (typeof schema[key] === 'string' ? { [name]: schema[key] } : {});
  return {
    ...mark('kind', 'x-kind'),
    ...mark('list', 'x-word-list'),
    ...mark('paging', 'x-paging'),
    ...mark('provenance', 'x-provenance'),
  };
}

function wordsOf(schema: Json): readonly Word[] {
  const constant = schema['const'] === undefined ? [] : [schema['const']];
  const stated = [schema['enum'], schema['x-known-values'], constant].find(
    (list) => Array.isArray(list) && list.length > 0,
  );
  const meanings = meaningsOf(schema);
  if (Array.isArray(stated))
    return (stated as unknown[])
      .filter((value) => value !== null)
      .map((value) => {
        const meaning = meanings.get(String(value));
        return {
          value: String(value),
          isText: typeof value === 'string',
          ...(meaning === undefined ? {} : { meaning }),
        };
      });
  return [];
}

/** Apifox says what a value means in extensions of its own, of two kinds. */
function meaningsOf(schema: Json): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const list = schema['x-apifox-enum'];
  if (Array.isArray(list))
    for (const entry of list.filter(isRecord)) {
      const meaning = [entry['name'], entry['description']].filter((text) => typeof text === 'string' && text !== '');
      if (meaning.length > 0) found.set(String(entry['value']), meaning.join(' '));
    }
  const apifox = schema['x-apifox'];
  const descriptions = isRecord(apifox) ? apifox['enumDescriptions'] : schema['x-enum-descriptions'];
  if (isRecord(descriptions))
    for (const [value, meaning] of Object.entries(descriptions))
      if (typeof meaning === 'string') found.set(value, meaning);
  return found;
}

/** Values that stand in a description only, as in 状态：1 待审核，2 通过. A guess: never taken for a list that is stated. */
export function wordsInText(description: string): readonly Word[] {
  const found = [...description.matchAll(/(?<![\w.-])([A-Za-z0-9_]{1,40})\s*[:：=、-]?\s*([\u4e00-\u9fff]{2,12})/g)];
  const words = found.map(([, value = '', meaning = '']) => ({ value, isText: !/^\d+$/.test(value), meaning }));
  return words.length >= 2 ? words : [];
}
