import { z } from 'zod';
import { InvalidInput } from '../../errors';
import { isEnvelope } from '../catalogue';
import { operationNames } from '../operations';
import { type FalpayProfile, loadProfile } from '../profile';
import { defaultProfile } from '../profile.default';
import { wireFields } from '../wire-fields';
import type { Compared, ContractDiff, Difference } from './difference';
import { guessWords } from './word-meanings';

/** A profile drafted from a comparison. */
export interface ProfileDraft {
  /** What differs from the default profile: the content of an override file. */
  readonly override: Tree;
  /** Entries that could not be, with what is wrong with them. */
  readonly refused: readonly string[];
  /** Renames that are likely and not certain: to be read by a person. */
  readonly guesses: readonly string[];
  /** What the profile cannot express, or what has to be decided by a person. */
  readonly open: readonly string[];
}

export interface Tree {
  readonly [key: string]: unknown;
}

/**
 * Drafts the override file that makes the profile say what the document says: paths, names, types and values. Guesses
 * are to be read by a person; what is not sure enough to be written is listed as open.
 */
export function draftProfile(diff: ContractDiff, current: FalpayProfile): ProfileDraft {
  const entries: [path: readonly string[], value: unknown][] = [
    ...operationEntries(diff),
    ...nameEntries(diff.compared, diff, current),
    ...kindEntries(diff.compared),
    ...wordEntries(diff),
  ];
  const { profile, refused } = accepted(current, entries);
  return {
    override: (differenceFrom(defaultProfile, profile) ?? {}) as Tree,
    refused,
    guesses: guessesIn(diff),
    open: openQuestions(diff, profile),
  };
}

type Entry = [path: readonly string[], value: unknown];

function operationEntries({ operations, differences }: ContractDiff): Entry[] {
  const calls = operations.filter(({ ours }) => (operationNames as readonly string[]).includes(ours));
  const paths = calls.map(({ ours, path }): Entry => [
    ours === 'getToken' ? ['token', 'path'] : ['operations', ours, 'path'],
    path,
  ]);
  const methods = new Set(calls.filter(({ ours }) => ours !== 'getToken').map(({ method }) => method));
  const [method] = methods;
  const moved = differences.find(
    ({ part, kind, field, ours }) => part === 'query' && kind === 'renamed' && field === '' && ours === 'query',
  );
  const token = calls.find(({ ours }) => ours === 'getToken');
  return [
    ...paths,
    ...(methods.size === 1 ? [[['http', 'method'], method] as Entry] : []),
    ...(moved === undefined ? [] : [[['token', 'transport'], moved.theirs] as Entry]),
    ...(token === undefined ? [] : [[['token', 'method'], token.method] as Entry]),
  ];
}

const NAMINGS = ['camelCase', 'snake_case', 'PascalCase'] as const;
type Naming = (typeof NAMINGS)[number];

/** Each name where the profile has it; for models the rule that leaves the fewest names to list. */
function nameEntries(compared: readonly Compared[], diff: ContractDiff, current: FalpayProfile): Entry[] {
  const entries: Entry[] = [];
  const ofModels: Compared[] = [];
  for (const field of compared) {
    const { part, model, marks, ours, theirs } = field;
    if (model !== undefined && isEnvelope(model)) entries.push([['envelope', last(field)], theirs]);
    else if (marks.paging !== undefined) entries.push([['paging', marks.paging], theirs]);
    else if (model !== undefined) ofModels.push(field);
    else if (part === 'query')
      entries.push(...namedLike(current.token.parameters, ours, ['token', 'parameters'], theirs));
    else if (part === 'header') entries.push(...namedLike(current.headers, ours, ['headers'], theirs));
    else if (part === 'callback')
      entries.push(
        ...namedLike(
          current.callbacks.fields,
          `body.${ours}`,
          ['callbacks', 'fields'],
          theirs === '.' ? 'body' : `body.${theirs}`,
        ),
      );
  }
  for (const { kind, model, field, theirs, marks } of diff.differences)
    if (kind === 'renamed' && theirs === '.' && model !== undefined)
      entries.push(
        marks?.paging === undefined ? [['wire', 'names', model, field], '.'] : [['paging', marks.paging], '.'],
      );
  const naming = bestNaming(ofModels, current);
  entries.push([['wire', 'naming'], naming]);
  for (const field of ofModels) {
    const { model = '', theirs } = field;
    const key = last(field);
    const isFormed = formed(key, field.marks.provenance, naming, current) === theirs;
    // A name that the rule forms needs no entry, and an entry of before is in the way.
    const entry: Entry = [['wire', 'names', model, key], isFormed ? undefined : theirs];
    if (!isFormed || current.wire.names[model]?.[key] !== undefined) entries.push(entry);
  }
  return entries;
}

/** The field's own name, without the objects on the way to it. */
const last = ({ field }: Pick<Compared, 'field'>): string => field.split('.').at(-1) ?? field;

function namedLike(known: object, wireName: string, at: readonly string[], theirs: string): Entry[] {
  return Object.entries(known)
    .filter(([, value]) => value === wireName)
    .map(([key]) => [[...at, key], theirs]);
}

function bestNaming(fields: readonly Compared[], current: FalpayProfile): Naming {
  const exceptions = (naming: Naming) =>
    fields.filter((field) => formed(last(field), field.marks.provenance, naming, current) !== field.theirs).length;
  return [...NAMINGS].sort((a, b) => exceptions(a) - exceptions(b))[0] ?? 'camelCase';
}

/** What the wire seam makes of a name under a rule: asked of it, so that the two cannot differ. */
function formed(key: string, provenance: string | undefined, naming: Naming, { wire, ...rest }: FalpayProfile): string {
  const stub = z.object({ [key]: z.unknown().meta({ provenance }) });
  return wireFields(stub, { ...rest, wire: { ...wire, naming, names: {} } })[0]?.name ?? key;
}

/** How ids, amounts and times are written: one rule for all, taken from the most. */
function kindEntries(compared: readonly Compared[]): Entry[] {
  const written = (kind: string): 'string' | 'number' | undefined => {
    const types = compared.filter(({ marks }) => marks.kind === kind).map(({ theirType }) => theirType);
    const numbers = types.filter((type) => type === 'integer' || type === 'number').length;
    const strings = types.filter((type) => type === 'string').length;
    return numbers + strings === 0 ? undefined : numbers > strings ? 'number' : 'string';
  };
  const entry = (path: readonly string[], value: unknown): Entry[] => (value === undefined ? [] : [[path, value]]);
  const codes = compared.find(
    ({ model, field }) => model !== undefined && isEnvelope(model) && field === 'code',
  )?.theirType;
  const times = written('time');
  const booleans = compared.filter(({ ourType }) => ourType === 'boolean').map(({ theirType }) => theirType);
  const areNumbers = booleans.filter((type) => type === 'integer').length * 2 > booleans.length;
  return [
    ...entry(['wire', 'booleans'], areNumbers ? { true: 1, false: 0 } : undefined),
    ...entry(['wire', 'ids'], written('id')),
    ...entry(['wire', 'amounts'], written('amount')),
    // A number can only be epoch time; in which unit, the document seldom says.
    ...(times === 'number' ? entry(['time', 'writtenAs'], 'number') : []),
    ...(times === 'number' ? entry(['time', 'format'], 'epoch-ms') : []),
    ...entry(
      ['envelope', 'codes'],
      codes === 'integer' || codes === 'number' ? 'number' : codes === 'string' ? codes : undefined,
    ),
  ];
}

/** The values of each list of words, where they can be told apart: for the whole list where no field of it speaks against that. */
function wordEntries({ differences, compared }: ContractDiff): Entry[] {
  const lists = new Map<string, { readonly at: string; readonly map: Tree }[]>();
  for (const { kind, marks, words = [], model, field } of differences) {
    if (kind !== 'enum' || marks?.list === undefined || model === undefined) continue;
    const guessed = [...guessWords(marks.list, words)].map(
      ([word, { value, isText }]) => [word, isText ? value : Number(value)] as const,
    );
    const map = Object.fromEntries(guessed.filter(([word, value]) => word !== value));
    if (Object.keys(map).length > 0)
      lists.set(marks.list, [...(lists.get(marks.list) ?? []), { at: `${model}.${field}`, map }]);
  }
  return [...lists].flatMap(([list, found]): Entry[] => {
    const [first] = found;
    const isOne = found.every(({ map }) => JSON.stringify(map) === JSON.stringify(first?.map));
    const others = compared.filter(
      (field) => field.marks.list === list && !found.some(({ at }) => at === placeOf(field)),
    );
    const fits = ({ theirType }: Compared) =>
      Object.values(first?.map ?? {}).every((value) => typeof value === jsType(theirType));
    if (first !== undefined && isOne && others.every(fits)) return [[['wire', 'enums', list], first.map]];
    return found.map(({ at, map }) => [['wire', 'enums', at], map]);
  });
}

const placeOf = ({ model, field }: Compared): string => `${model ?? ''}.${field}`;
const jsType = (type: string): string => (type === 'integer' ? 'number' : type);

/** Lays the entries over the profile; what would make it invalid is left out and told. */
function accepted(current: FalpayProfile, entries: readonly Entry[]) {
  let profile: FalpayProfile = current;
  const refused: string[] = [];
  const apply = (on: FalpayProfile, some: readonly Entry[]) =>
    loadProfile(some.reduce<Tree>((tree, [path, value]) => withEntry(tree, path, value), on));
  try {
    return { profile: apply(current, entries), refused };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
  }
  // One of them is at fault: found by adding them one after the other.
  for (const entry of entries) {
    try {
      profile = apply(profile, [entry]);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      refused.push(`${entry[0].join('.')} = ${JSON.stringify(entry[1])} was left out: ${error.message}`);
    }
  }
  return { profile, refused };
}

function withEntry(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): Tree {
  const inner = tree[key];
  if (rest.length > 0) return { ...tree, [key]: withEntry(isTree(inner) ? inner : {}, rest, value) };
  const { [key]: _before, ...others } = tree;
  return value === undefined ? others : { ...others, [key]: value };
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parts of `changed` that differ from `base`; undefined when none does. What was taken away is null. */
function differenceFrom(base: unknown, changed: unknown): unknown {
  if (!isTree(base) || !isTree(changed)) return JSON.stringify(base) === JSON.stringify(changed) ? undefined : changed;
  const keys = [...new Set([...Object.keys(base), ...Object.keys(changed)])];
  const found = keys.flatMap((key) => {
    const difference = key in changed ? differenceFrom(base[key], changed[key]) : null;
    return difference === undefined ? [] : [[key, difference] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

const nameOf = ({ model, operations, part, field }: Difference): string =>
  [model ?? (part === 'header' || part === 'callback' ? part : `${operations.join(', ')} ${part}`), field]
    .filter((text) => text !== '')
    .join('.');

/** Where a person settles it. */
function remedyFor({ part, model, operations, field }: Difference): string {
  if (model !== undefined && isEnvelope(model)) return 'the profile’s `envelope`';
  if (model !== undefined || field === '') return 'a change of src/falpay/contract';
  if (part === 'header') return 'the profile’s `headers` and `signature`';
  if (part === 'callback') return 'the profile’s `callbacks`';
  return operations.includes('getToken') ? 'the profile’s `token`' : 'a change of src/falpay/contract';
}

/** The renames that are not certain. */
export const guessesIn = ({ differences }: ContractDiff): readonly string[] =>
  differences
    .filter(({ kind, confidence = 1 }) => kind === 'renamed' && confidence < 1)
    .map((one) => `${nameOf(one)}: ${one.ours} is taken for ${one.theirs} there`);

/** What no entry of a profile can settle, or none may without being asked. */
export function openQuestions({ differences, compared }: ContractDiff, profile: FalpayProfile): readonly string[] {
  return [...moneyQuestions(compared, profile), ...differences.flatMap(openQuestion)];
}

/** Whole numbers may be cents. A guess here would be wrong by a factor of a hundred. */
function moneyQuestions(compared: readonly Compared[], { wire }: FalpayProfile): readonly string[] {
  const amounts = compared.filter(({ marks }) => marks.kind === 'amount').map(({ theirType }) => theirType);
  const whole = amounts.filter((type) => type === 'integer').length;
  if (wire.amountUnit === 'minor' || whole * 2 <= amounts.length) return [];
  return ['amounts are integers there: are they in minor units (cents)? Then set wire.amountUnit to "minor"'];
}

function openQuestion(difference: Difference): readonly string[] {
  const { kind, ours, theirs, marks, words = [] } = difference;
  const at = nameOf(difference);
  switch (kind) {
    case 'renamed':
      return [`${at}: ${theirs} there, ${ours} here`];
    case 'missing':
    case 'extra':
      return [`${at}: ${kind} there (${theirs ?? ours}); ${remedyFor(difference)}`];
    case 'required':
      return [`${at}: ${theirs} there; ${remedyFor(difference)}`];
    case 'type':
    case 'method':
      return [`${at}: ${theirs} there, ${ours} here`];
    case 'enum': {
      const guessed = [...guessWords(marks?.list ?? '', words).values()];
      const unknown = words.filter((word) => !guessed.includes(word)).map(({ value }) => value);
      const known = unknown.length === 0 ? `${theirs} there, ${ours} here` : `what do ${unknown.join(', ')} mean?`;
      return [`${at}: ${known}`];
    }
  }
}
