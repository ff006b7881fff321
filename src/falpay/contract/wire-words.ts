import type { FalpayProfile, WireWord } from './profile-schema';

/** Marks a word of FalPay's that would be mistaken for one of ours. */
const NOT_OURS = '?';

/** The words of one field: ours inside, FalPay's on the wire. */
export interface WordMap {
  toWire(word: string): WireWord;
  toInside(text: string): string;
}

/**
 * The words the profile maps for a field, by its list or by its own name, which wins; undefined when it maps none.
 *
 * What is not mapped stays as it comes, with one exception: where the profile says that FalPay's word for APPROVED is 1,
 * a text APPROVED from FalPay is none of its words. It becomes `?APPROVED`, so that it cannot pass for a success.
 */
export function wordMap(
  { enums }: Pick<FalpayProfile['wire'], 'enums'>,
  field: { readonly list: string | undefined; readonly model: string | undefined; readonly key: string },
): WordMap | undefined {
  const { list, model, key } = field;
  const words = own(enums, `${model ?? ''}.${key}`) ?? own(enums, list ?? '');
  if (!words) return undefined;
  const inside = new Map(
    Object.entries(words).flatMap(([word, theirs]) => [theirs].flat().map((one) => [String(one), word])),
  );
  const wire = new Map(Object.entries(words).map(([word, theirs]) => [word, [theirs].flat()[0] ?? word]));
  return {
    toWire: (word) => wire.get(word) ?? (word.startsWith(NOT_OURS) ? word.slice(NOT_OURS.length) : word),
    toInside: (text) => inside.get(text) ?? (wire.has(text) || text.startsWith(NOT_OURS) ? NOT_OURS + text : text),
  };
}

function own<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
