/** Values of any model of the contract, made from the model itself. */
import fc from 'fast-check';
import { z } from 'zod';
import { wordLists, type FalpayProfile, type WordListName } from '../../../src/falpay';
import { marked, unwrap } from '../../../src/falpay/contract/wire-fields';

/** What times can carry under a profile, and whether ids and times come that are none. */
export interface Limits {
  readonly millis: boolean;
  readonly odd: boolean;
  /** Amounts have the decimals of their currency, which is one. */
  readonly cents: boolean;
}

export const limitsOf = ({ time, wire }: FalpayProfile): Limits => ({
  cents: wire.amountUnit === 'minor',
  millis: time.format === 'epoch-ms' || time.format.includes('SSS'),
  odd: true,
});

const regularIds = fc.oneof(
  fc.bigInt({ min: 0n, max: 10n ** 20n }).map(String),
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,19}$/),
);
const ids = ({ odd }: Limits): fc.Arbitrary<string> =>
  odd ? fc.oneof(regularIds, fc.constantFrom('007', '1e5', '-1', '1.0')) : regularIds;
const amounts = fc.stringMatching(/^-?(0|[1-9]\d{0,17})(\.\d{1,8})?$/);
// Not -0.00, which comes back as 0.00.
const dollars = fc.stringMatching(/^-?(0|[1-9]\d{0,17})\.\d\d$/).filter((text) => text !== '-0.00');
// Two days within the four-digit years on either side, whatever the zone.
const instants = fc.integer({ min: Date.UTC(1971, 0, 1), max: Date.UTC(2286, 10, 18) });

function times({ millis, odd }: Limits): fc.Arbitrary<string> {
  const text = instants.map((at) => new Date(millis ? at : at - (at % 1000)).toISOString());
  const inside = text.map((iso) => iso.replace('T', ' ').replace(/(\.000)?Z$/, ''));
  return odd ? fc.oneof({ weight: 9, arbitrary: inside }, { weight: 1, arbitrary: fc.constant('soon') }) : inside;
}

const strangeWords = fc.stringMatching(/^z[a-z]{3,10}$/);

/** Words we know, and words that FalPay may add; theirs never begin with z in arbitrary-profile.ts. */
function words(list: string): fc.Arbitrary<string> {
  const known = (wordLists as Readonly<Record<string, readonly string[]>>)[list as WordListName] ?? ['USD', 'HK'];
  return fc.oneof(fc.constantFrom(...known), strangeWords);
}

// Making an arbitrary costs more than a value of it.
const made = new Map<string, WeakMap<z.ZodType, fc.Arbitrary<unknown>>>();

export function arbitraryValue(schema: z.ZodType, limits: Limits): fc.Arbitrary<unknown> {
  const key = JSON.stringify(limits);
  const bySchema = made.get(key) ?? new WeakMap<z.ZodType, fc.Arbitrary<unknown>>();
  made.set(key, bySchema);
  const arbitrary = bySchema.get(schema) ?? arbitraryFor(schema, limits);
  bySchema.set(schema, arbitrary);
  return arbitrary;
}

function arbitraryFor(schema: z.ZodType, limits: Limits): fc.Arbitrary<unknown> {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return objects(inner, limits);
  if (inner instanceof z.ZodArray)
    return fc.array(arbitraryValue(inner.element as z.ZodType, limits), { maxLength: 3 });
  if (inner instanceof z.ZodBoolean) return fc.boolean();
  if (inner instanceof z.ZodNumber) return fc.integer({ min: 1, max: 1_000_000 });
  const list = marked(inner, 'wireWords');
  if (list === 'currency' && limits.cents) return fc.constant('USD');
  if (list !== undefined) return words(list);
  switch (marked(inner, 'wireKind')) {
    case 'id':
      return ids(limits);
    case 'amount':
      return limits.cents ? dollars : amounts;
    case 'time':
      return times(limits);
    case 'date':
      return instants.map((at) => new Date(at).toISOString().slice(0, 10));
    default:
      return fc.string({ unit: 'grapheme', maxLength: 12 });
  }
}

/** Never without any field: where its fields stand in the object around it, an empty object leaves no trace. */
function objects(schema: z.ZodObject, limits: Limits): fc.Arbitrary<unknown> {
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  const fields = Object.fromEntries(Object.entries(shape).map(([key, field]) => [key, arbitraryValue(field, limits)]));
  const requiredKeys = Object.entries(shape).flatMap(([key, field]) => (field instanceof z.ZodOptional ? [] : [key]));
  return fc.record(fields, { requiredKeys }).filter((value) => Object.keys(value as object).length > 0);
}
