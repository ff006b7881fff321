/**
 * Between the wire and the models, guided by the models and the profile: names, words, times, ids and amounts as the profile writes them. Stricter than
 * the client's reader on purpose: what a client writes otherwise than the profile says is refused here, with the field's name.
 */
import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { Refusal } from '../refusal';
import { bare, FieldTable, INLINE, mark, type Field, type WireRules, type WireWord } from './fields';
import { dateFromWire, dateToWire, timeFromWire, timeToWire } from './times';
import { inUnits } from './units';

type Fields = Readonly<Record<string, unknown>>;

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

export class WireCodec {
  private readonly fields: FieldTable;

  constructor(private readonly rules: WireRules) {
    this.fields = new FieldTable(rules);
  }

  /** The name on the wire of a field at the top of a model. */
  nameOf(model: z.ZodType, key: string): string {
    const inner = bare(model);
    const field = inner instanceof z.ZodObject ? this.fields.of(inner).find((one) => one.key === key) : undefined;
    return field?.name ?? key;
  }

  /**
   * Reads a request as its model.
   * @throws Refusal INVALID_PARAMETER that names each field at fault by its path
   */
  readRequest<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.output<Schema> {
    const result = schema.safeParse(this.read(schema, parseJson(body)));
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
  write(schema: z.ZodType, value: unknown): unknown {
    const model = bare(schema);
    if (model instanceof z.ZodObject && isRecord(value)) {
      const written: Record<string, unknown> = {};
      for (const { key, name, schema: field, words, amountIn } of this.fields.of(model)) {
        const given = value[key];
        if (given === undefined) continue;
        const item = this.inUnits(given, amountIn, value, 'minor');
        const word = typeof item === 'string' ? words?.get(item)?.[0] : undefined;
        const one = word === undefined ? this.write(field, item) : asWritten(word);
        Object.assign(written, name === INLINE && isRecord(one) ? one : { [name]: one });
      }
      return written;
    }
    if (model instanceof z.ZodArray && Array.isArray(value))
      return value.map((item) => this.write(model.element as z.ZodType, item));
    if (typeof value === 'boolean' && model instanceof z.ZodBoolean)
      return asWritten(this.rules.wire.booleans[value ? 'true' : 'false']);
    if (typeof value === 'number' && isPageNumber(model)) return value - 1 + this.rules.paging.firstPage;
    return typeof value === 'string' ? this.writeText(model, value) : value;
  }

  private writeText(model: z.ZodType, text: string): unknown {
    const { time } = this.rules;
    const kind = mark(model, 'wireKind');
    if (kind === 'date') return dateToWire(text, time);
    const written = kind === 'time' ? timeToWire(text, time) : text;
    return this.isBareNumber(kind) && isNumeral(written) ? new LosslessNumber(written) : written;
  }

  /** From the wire to what the model can check. @throws Refusal for a name or a word that is the model's and not the wire's */
  read(schema: z.ZodType, value: unknown): unknown {
    const model = bare(schema);
    if (model instanceof z.ZodObject && isRecord(value)) return this.readObject(model, value);
    if (model instanceof z.ZodArray && Array.isArray(value))
      return value.map((item) => this.read(model.element as z.ZodType, item));
    if (model instanceof z.ZodBoolean) return this.readBoolean(value);
    if (typeof value === 'string') return this.readText(model, value);
    if (!isLosslessNumber(value)) return value;
    if (isPageNumber(model)) return Number(value.toString()) + 1 - this.rules.paging.firstPage;
    // A number where the model has text stays a number, and the model says so.
    return this.isBareNumber(mark(model, 'wireKind'))
      ? this.readText(model, value.toString())
      : Number(value.toString());
  }

  private readText(model: z.ZodType, text: string): string {
    const kind = mark(model, 'wireKind');
    if (kind === 'time') return timeFromWire(text, this.rules.time) ?? `not ${this.rules.time.format}: ${text}`;
    if (kind === 'date') return dateFromWire(text, this.rules.time) ?? `not ${this.rules.time.date}: ${text}`;
    return text;
  }

  private readObject(model: z.ZodObject, value: Fields): Fields {
    const fields = this.fields.of(model);
    const byName = new Map(fields.filter(({ name }) => name !== INLINE).map((field) => [field.name, field]));
    const read: Record<string, unknown> = {};
    const strangers = new Map<string, unknown>();
    for (const [name, item] of Object.entries(value)) {
      const field = byName.get(name);
      if (field === undefined) strangers.set(name, item);
      else read[field.key] = this.readField(field, item);
    }
    for (const { key, name, schema } of fields) {
      if (name !== INLINE) continue;
      // What is not this object's belongs to those whose fields stand in it.
      const names = this.namesIn(schema);
      const its = [...strangers].filter(([stranger]) => names.has(stranger));
      for (const [stranger] of its) strangers.delete(stranger);
      if (its.length > 0 || !(schema instanceof z.ZodOptional)) read[key] = this.read(schema, Object.fromEntries(its));
    }
    for (const [name, item] of strangers) {
      const meant = fields.find(({ key }) => key === name)?.name;
      if (meant !== undefined) {
        throw new Refusal('INVALID_PARAMETER', `${name}: is not a field of this request, ${meant} is`, name);
      }
      read[name] = isLosslessNumber(item) ? Number(item.toString()) : item;
    }
    for (const { key, amountIn } of fields) {
      if (amountIn !== undefined && key in read) read[key] = this.inUnits(read[key], amountIn, read, 'major');
    }
    return read;
  }

  private readField(field: Field, item: unknown): unknown {
    const { name, schema } = field;
    if (typeof item === 'string' && isNumeral(item) && this.isBareNumber(mark(schema, 'wireKind'))) {
      throw new Refusal('INVALID_PARAMETER', `${name}: must be a bare number, not text`, name);
    }
    return readWord(field, item) ?? this.read(schema, item);
  }

  /** The names on the wire that an object brings into the one around it. */
  private namesIn(schema: z.ZodType): ReadonlySet<string> {
    const model = bare(schema);
    if (!(model instanceof z.ZodObject)) return new Set();
    return new Set(
      this.fields
        .of(model)
        .flatMap((field) => (field.name === INLINE ? [...this.namesIn(field.schema)] : [field.name])),
    );
  }

  private inUnits(amount: unknown, amountIn: string | undefined, around: Fields, to: 'major' | 'minor'): unknown {
    const isMinor = this.rules.wire.amountUnit === 'minor' && amountIn !== undefined && typeof amount === 'string';
    return isMinor ? inUnits(amount, around[amountIn], to, this.rules) : amount;
  }

  private readBoolean(value: unknown): unknown {
    const { booleans } = this.rules.wire;
    if (isWritten(booleans.true, value)) return true;
    return isWritten(booleans.false, value) ? false : String(value);
  }

  private isBareNumber(kind: string | undefined): boolean {
    const { wire, time } = this.rules;
    return (
      (kind === 'id' && wire.ids === 'number') ||
      (kind === 'amount' && wire.amounts === 'number') ||
      (kind === 'time' && time.writtenAs === 'number')
    );
  }
}

/** Our word for one of the profile's; undefined where the field has none, or FalPay's list is longer than ours. */
function readWord({ name, words }: Field, item: unknown): string | undefined {
  if (words === undefined) return undefined;
  const found = [...words].find(([, theirs]) => theirs.some((word) => isWritten(word, item)));
  if (found) return found[0];
  const meant = typeof item === 'string' ? words.get(item)?.[0] : undefined;
  if (meant === undefined) return undefined;
  throw new Refusal('INVALID_PARAMETER', `${name}: is not a word of this field, ${String(meant)} is`, name);
}

const asWritten = (word: WireWord): unknown => (typeof word === 'number' ? new LosslessNumber(String(word)) : word);

/** To the letter: `1` is not `"1"`. */
const isWritten = (word: WireWord, value: unknown): boolean =>
  typeof word === 'number' ? isLosslessNumber(value) && value.toString() === String(word) : value === word;

/** As JSON writes numbers: "007" is none. */
const isNumeral = (text: string): boolean => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);

const isPageNumber = (model: z.ZodType): boolean => mark(model, 'wirePaging') === 'pageNum';

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}
