/** Profiles as any provider could have them: names, words, times and numbers written in whatever way the profile allows. */
import fc from 'fast-check';
import { z } from 'zod';
import { InvalidInput, loadProfile, wordLists, type FalpayProfile } from '../../../src/falpay';
import { modelsOnTheWire } from '../../../src/falpay/contract/model-names';
import { unwrap } from '../../../src/falpay/contract/wire-fields';

const models = [...modelsOnTheWire()].map(([name, schemas]) => ({
  name,
  fields: [...new Set(schemas.flatMap(({ shape }) => Object.keys(shape)))],
  objects: Object.entries(schemas[0]?.shape ?? {})
    .filter(([, field]) => unwrap(field as z.ZodType) instanceof z.ZodObject)
    .map(([field]) => field),
}));

const pick = <Value>(from: readonly Value[], share: readonly boolean[]): readonly Value[] =>
  from.filter((_, index) => share[index]);
const some = <Value>(from: readonly Value[]): fc.Arbitrary<readonly Value[]> =>
  fc.array(fc.boolean(), { minLength: from.length, maxLength: from.length }).map((share) => pick(from, share));

/** New names for all fields of some models, and objects whose fields stand in the object around them. */
const names = fc
  .record({
    renamed: some(models),
    inlined: fc.subarray(
      models.flatMap(({ name, objects }) => objects.map((field) => ({ name, field }))),
      { maxLength: 3 },
    ),
    pieces: fc.array(fc.string({ maxLength: 12 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ renamed, inlined, pieces }) => {
    const found: Record<string, Record<string, string>> = {};
    for (const { name, fields } of renamed)
      found[name] = Object.fromEntries(fields.map((field, index) => [field, `${pieces[index % 3]}${index}.`]));
    for (const { name, field } of inlined) found[name] = { ...found[name], [field]: '.' };
    return found;
  });

const wireWord = fc.oneof(
  fc.integer({ min: -1000, max: 100_000 }),
  fc.stringMatching(/^[a-y][a-z0-9-]{0,6}$/),
  fc.boolean(),
);
/** Sixteen words of FalPay's that differ, numbers and texts and at times a boolean among them. */
const theirWords = fc
  .record({ first: fc.integer({ min: -50, max: 100_000 }), stem: fc.stringMatching(/^[a-y]{1,5}$/), odd: fc.nat(40) })
  .map(({ first, stem, odd }) =>
    Array.from({ length: 16 }, (_, index) =>
      index === odd ? true : index % 2 === odd % 2 ? first + index : `${stem}${index}`,
    ),
  );
const words = fc
  .record(
    Object.fromEntries(
      Object.entries(wordLists).map(([list, all]) => [
        list,
        fc.record({ mapped: some(all as readonly string[]), theirs: theirWords, several: fc.boolean() }),
      ]),
    ),
  )
  .map((lists) =>
    Object.fromEntries(
      Object.entries(lists).map(([list, { mapped, theirs, several }]) => [
        list,
        Object.fromEntries(
          mapped.map((word, index) => [word, several ? [theirs[index], theirs[index + 8]] : theirs[index]]),
        ),
      ]),
    ),
  );

const TIME_FORMATS = [
  'epoch-ms',
  'epoch-s',
  'yyyy-MM-dd HH:mm:ss',
  "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  'yyyyMMddHHmmss',
  'yyyyMMddHHmmssSSS',
  'dd.MM.yyyy, HH:mm:ss',
  "MM/dd/yyyy 'at' HH-mm-ss XXX",
];
const IN_DIGITS = /^(epoch-.+|[yMdHmsS]+)$/;
const time = fc.record({ format: fc.constantFrom(...TIME_FORMATS), asNumber: fc.boolean() }).chain((chosen) =>
  fc.record({
    format: fc.constant(chosen.format),
    writtenAs: fc.constant(chosen.asNumber && IN_DIGITS.test(chosen.format) ? 'number' : 'string'),
    zone: fc.oneof(fc.constant('Z'), fc.stringMatching(/^[+-](0\d|1[0-4]):(00|15|30|45)$/)),
    date: fc.constantFrom('yyyy-MM-dd', 'yyyyMMdd', 'dd/MM/yyyy', "yyyy'年'MM'月'dd'日'"),
  }),
);

const paging = fc
  .uniqueArray(fc.stringMatching(/^[a-z_]{1,12}$/), { minLength: 5, maxLength: 5 })
  .chain(([pageNum, pageSize, param, total, list]) =>
    fc.record({
      pageNum: fc.constant(`p-${pageNum}`),
      pageSize: fc.constant(`p-${pageSize}`),
      param: fc.constantFrom('.', `p-${param}`),
      total: fc.constant(`p-${total}`),
      list: fc.constant(`p-${list}`),
      firstPage: fc.constantFrom(0, 1),
    }),
  );

const booleans = fc
  .uniqueArray(wireWord, { minLength: 2, maxLength: 2, selector: String })
  .map(([yes, no]) => ({ true: yes, false: no }));

const written = fc.constantFrom('string', 'number');
const wire = fc.record({
  ids: written,
  amounts: written,
  amountUnit: fc.constantFrom('major', 'minor'),
  booleans,
  naming: fc.constantFrom('camelCase', 'snake_case', 'PascalCase'),
  names,
  enums: words,
});

/** What is generated and allowed, with how it differs from the default: one that contradicts itself is refused, which is another test's business. */
export const arbitraryProfile: fc.Arbitrary<{ readonly override: object; readonly profile: FalpayProfile }> = fc
  .record({ wire, time, paging })
  .map((override) => {
    try {
      return { override, profile: loadProfile(override) };
    } catch (error) {
      if (error instanceof InvalidInput) return undefined;
      throw error;
    }
  })
  .filter((made) => made !== undefined);
