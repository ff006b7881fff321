import { isEnvelope } from '../catalogue';
import type { Compared, ContractDiff, Difference, Part } from './difference';
import { findObject, isFieldOf } from './find-object';
import { matchFields } from './match-fields';
import { matchOperations, type OperationPair } from './match-operations';
import { wordsInText } from './schema-reader';
import type { DocumentShape, FieldShape, OperationShape, Shape } from './shape';

/** Compares what we assume (our own export) with what a document of FalPay's says. */
export function compareContracts(ours: DocumentShape, theirs: DocumentShape): ContractDiff {
  const { pairs, missing, extra } = matchOperations(ours, theirs);
  const run = new Comparison(theirs);
  for (const pair of pairs) run.operation(pair);
  return {
    differences: [
      ...merged([
        ...missing.map((one) => wholeOperation('missing', one.id, one, { ours: titled(one) })),
        ...extra.map((one) => wholeOperation('extra', one.title || one.path, one, { theirs: titled(one) })),
        ...run.differences,
      ]),
    ],
    compared: merged(run.compared),
    operations: pairs.map(({ ours: own, theirs: other }) => ({ ours: own.id, path: other.path, method: other.method })),
    notes: notesOn(theirs),
  };
}

const titled = ({ method, path, title }: OperationShape): string => `${method} ${path} ${title}`.trim();

const wholeOperation = (
  kind: 'missing' | 'extra',
  name: string,
  { isCallback }: OperationShape,
  sides: Pick<Difference, 'ours' | 'theirs'>,
): Difference => ({ kind, part: isCallback ? 'callback' : 'operation', operations: [name], field: '', ...sides });

function notesOn(theirs: DocumentShape): readonly string[] {
  return [
    ...(theirs.statesRequired ? [] : ['The document says of no field whether it is required: that was not compared.']),
    ...(theirs.statesHeaders ? [] : ['The document states no headers: those of the signature were not compared.']),
    ...(theirs.operations.some(({ isCallback }) => isCallback)
      ? []
      : ['The document has no callbacks (no webhooks, nothing under 异步回调): those of ours are listed as missing.']),
  ];
}

/** Where the comparison is: of which operation and part, below which model. */
interface At {
  readonly operation: string;
  readonly part: Part;
  readonly model?: string | undefined;
  /** Within the model: the fields of unnamed objects on the way. */
  readonly path: string;
}

class Comparison {
  readonly differences: Difference[] = [];
  readonly compared: Compared[] = [];

  constructor(private readonly theirs: DocumentShape) {}

  operation({ ours, theirs }: OperationPair): void {
    const operation = ours.id;
    const whole = {
      part: ours.isCallback ? ('callback' as const) : ('operation' as const),
      operations: [operation],
      field: '',
    };
    // A callback's path is where we take it, not FalPay's choice.
    if (!ours.isCallback && ours.path !== theirs.path)
      this.differences.push({ ...whole, kind: 'renamed', ours: ours.path, theirs: theirs.path });
    if (!ours.isCallback && ours.method !== theirs.method)
      this.differences.push({ ...whole, kind: 'method', ours: ours.method, theirs: theirs.method });
    this.#query(ours, theirs);
    if (this.theirs.statesHeaders && theirs.headers.length > 0)
      this.#fields(ours.headers, theirs.headers, { operation, part: 'header', path: '' });
    if (ours.isCallback) return this.#callback(ours, theirs);
    this.#body(ours.request, theirs.request, { operation, part: 'request', path: '' });
    this.#body(ours.answer, theirs.answer, { operation, part: 'answer', path: '' });
  }

  /** The credentials may travel in the body instead: then they are looked for there. */
  #query(ours: OperationShape, theirs: OperationShape): void {
    const at = { operation: ours.id, part: 'query' as const, path: '' };
    const isMoved = ours.query.length > 0 && theirs.query.length === 0 && theirs.request !== undefined;
    if (!isMoved) return this.#fields(ours.query, theirs.query, at);
    const where = theirs.isJson ? 'json' : 'form';
    this.#differ(at, '', { kind: 'renamed', ours: 'query', theirs: where, note: 'its parameters are in the body' });
    this.#fields(ours.query, theirs.request?.fields() ?? [], at);
  }

  /** What stands around the data can be built in any way: the data is found by its fields, the rest among what is left. */
  #callback(ours: OperationShape, theirs: OperationShape): void {
    const at: At = { operation: ours.id, part: 'callback', path: '' };
    const parts = ours.request?.fields() ?? [];
    const data = parts.find(({ name, shape }) => shape.type === 'object' && name === 'data');
    const found = data && theirs.request && findObject(data.shape, theirs.request);
    if (data === undefined || found === undefined || found.at === data.name)
      return this.#body(ours.request, theirs.request, at);
    this.#field(data, { ...data, name: found.at === '' ? '.' : found.at, shape: found.shape }, at, found.score);
    const beside = found.beside.filter(({ name }) => !isFieldOf(data.shape, name));
    this.#fields(
      parts.filter((part) => part !== data),
      beside,
      at,
    );
  }

  #body(ours: Shape | undefined, theirs: Shape | undefined, at: At): void {
    if (ours !== undefined && theirs !== undefined) return this.#shapes(ours, theirs, at);
    if (ours === undefined && theirs === undefined) return;
    const name = (shape: Shape | undefined) => (shape ? (shape.model ?? shape.type) : 'none');
    this.#differ(at, '', { kind: theirs === undefined ? 'missing' : 'extra', ours: name(ours), theirs: name(theirs) });
  }

  /** Two values that were found to be the same thing; the types of scalars are compared with their field. */
  #shapes(ours: Shape, theirs: Shape, at: At): void {
    if (saysNothing(ours) || saysNothing(theirs)) return;
    if (ours.type !== theirs.type) {
      const isComposite = [ours.type, theirs.type].some((type) => type === 'object' || type === 'array');
      if (isComposite) this.#differ(at, '', { kind: 'type', ours: ours.type, theirs: theirs.type });
      return;
    }
    if (ours.type === 'object') {
      const inModel = ours.model === undefined ? at : { ...at, model: placeOf(ours.model), path: '' };
      return this.#fields(ours.fields(), theirs.fields(), inModel);
    }
    if (ours.items && theirs.items) this.#shapes(ours.items(), theirs.items(), { ...at, path: `${at.path}[]` });
  }

  #fields(ours: readonly FieldShape[], theirs: readonly FieldShape[], at: At): void {
    // Nothing is said of an object whose fields are not listed.
    if (theirs.length === 0 && ours.length > 0 && at.part !== 'query' && at.part !== 'callback') {
      return this.#differ(at, '', { kind: 'missing', ours: 'its fields', theirs: 'an object without fields' });
    }
    const { pairs, inlined, missing, extra } = matchFields(ours, theirs);
    for (const { ours: field, theirs: other, confidence } of pairs) this.#field(field, other, at, confidence);
    for (const { ours: field, fields } of inlined) {
      const within = field.shape.fields();
      const found = matchFields(within, fields);
      this.#differ(at, field.inside, {
        kind: 'renamed',
        ours: field.name,
        theirs: '.',
        confidence: found.pairs.length / within.length,
        note: 'its fields stand beside the others',
        marks: field.shape.marks,
      });
      this.#fields(within, fields, {
        ...at,
        model: field.shape.model ?? at.model,
        path: field.shape.model ? '' : at.path,
      });
    }
    for (const field of missing)
      this.#differ(at, field.inside, {
        kind: 'missing',
        ours: `${field.name}: ${typeOf(field)}${field.required ? '' : ', optional'}`,
        marks: field.shape.marks,
      });
    for (const field of extra)
      this.#differ(at, field.name, {
        kind: 'extra',
        theirs: `${field.name}: ${typeOf(field)}${field.required ? '' : ', optional'}${field.description ? ` (${field.description})` : ''}`,
      });
  }

  #field(ours: FieldShape, theirs: FieldShape, at: At, confidence: number): void {
    const { marks } = ours.shape;
    if (ours.name !== theirs.name)
      this.#differ(at, ours.inside, { kind: 'renamed', ours: ours.name, theirs: theirs.name, confidence, marks });
    if (this.theirs.statesRequired && ours.required !== theirs.required && at.part !== 'header')
      this.#differ(at, ours.inside, {
        kind: 'required',
        ours: ours.required ? 'required' : 'optional',
        theirs: theirs.required ? 'required' : 'optional',
        marks,
      });
    const areWords = this.#words(ours, theirs, at);
    const [ourType, theirType] = [ours.shape.type, theirs.shape.type];
    if (!areWords && differs(ours.shape, theirs.shape))
      this.#differ(at, ours.inside, { kind: 'type', ours: typeOf(ours), theirs: typeOf(theirs), marks });
    this.compared.push({
      ...this.#place(at, ours.inside),
      ...{ ours: ours.name, theirs: theirs.name, ourType, theirType, marks },
    });
    if (ourType === theirType && (ourType === 'object' || ourType === 'array'))
      this.#shapes(ours.shape, theirs.shape, { ...at, path: `${at.path}${ours.inside}.` });
  }

  /** @returns whether the difference of the values explains one of the types */
  #words(ours: FieldShape, theirs: FieldShape, at: At): boolean {
    const known = ours.shape.words ?? [];
    if (known.length === 0 || known.length === 1) return false;
    const stated = theirs.shape.words ?? [];
    const words = stated.length > 0 ? stated : wordsInText(theirs.description);
    if (words.length === 0) return false;
    const [left, right] = [known.map(({ value }) => value), words.map(({ value }) => value)];
    if (left.length === right.length && left.every((value) => right.includes(value))) return false;
    this.#differ(at, ours.inside, {
      kind: 'enum',
      ours: left.join(', '),
      theirs: words.map(({ value, meaning }) => (meaning === undefined ? value : `${value} (${meaning})`)).join(', '),
      marks: ours.shape.marks,
      words,
      ...(stated.length > 0 ? {} : { note: 'read out of its description' }),
    });
    return words.some(({ isText }) => !isText);
  }

  #place({ operation, part, model, path }: At, field: string) {
    const within = `${path}${field}`.replace(/\.$/, '');
    return { part, operations: [operation], field: within, ...(model === undefined ? {} : { model }) };
  }

  #differ(at: At, field: string, difference: Omit<Difference, 'part' | 'operations' | 'model' | 'field'>): void {
    this.differences.push({ ...this.#place(at, field), ...difference });
  }
}

/** The envelopes differ in what they carry, which is compared by itself; of themselves they are one. */
const placeOf = (model: string): string => (isEnvelope(model) ? 'RestResult' : model);

/** Counts are counts, whether a document calls them integer or number. */
const differs = (ours: Shape, theirs: Shape): boolean =>
  ours.type !== theirs.type &&
  !saysNothing(ours) &&
  !saysNothing(theirs) &&
  !(ours.type === 'integer' && theirs.type === 'number');

/** Nothing is read from the data of a void answer, so whatever a document says of it is right. */
const saysNothing = ({ type }: Shape): boolean => type === 'any' || type === 'null';

const typeOf = ({ shape }: FieldShape): string => {
  if (shape.type !== 'array') return shape.type;
  const items = shape.items?.();
  return `array of ${items?.model ?? items?.type ?? 'any'}`;
};

/** Built alike for all operations or callbacks. */
const SHARED: readonly Part[] = ['header', 'callback'];

/** A model's field is one place, whichever operations have it. */
function merged<Found extends Difference | Compared>(found: readonly Found[]): readonly Found[] {
  const places = new Map<string, Found>();
  for (const one of found) {
    const where = one.model ?? (SHARED.includes(one.part) ? one.part : `${one.part} ${one.operations.join()}`);
    const kind = 'kind' in one ? `${one.kind} ${one.theirs ?? ''}` : one.theirs;
    // Whole operations are never one.
    const whole = one.field === '' ? one.operations.join() : '';
    const key = `${where} ${whole} ${one.field} ${kind}`;
    const before = places.get(key);
    const operations = [...new Set([...(before?.operations ?? []), ...one.operations])];
    places.set(key, before === undefined ? one : { ...before, operations });
  }
  return [...places.values()];
}
