/** Words that name the same in field names of different makers. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['no', 'num', 'number', 'sn'],
  ['amount', 'amt', 'money'],
  ['currency', 'ccy', 'cur'],
  ['remark', 'memo', 'note', 'notes', 'desc', 'description', 'comment'],
  ['phone', 'mobile', 'tel', 'telephone'],
  ['address', 'addr'],
  ['email', 'mail'],
  ['birth', 'birthday', 'dob'],
  ['expiry', 'expire', 'expiration', 'valid'],
  ['time', 'at', 'date', 'datetime'],
  ['status', 'state'],
  ['reason', 'cause', 'msg', 'message'],
  ['list', 'records', 'rows', 'items', 'data'],
  ['size', 'limit'],
  ['type', 'kind', 'mode'],
];
const MEANING = new Map(SYNONYMS.flatMap((group) => group.map((word) => [word, group[0] ?? word] as const)));

/** The words of a name, whatever its case: `merchantOrderNo`, `merchant_order_number` → merchant, order, no. */
export function wordsOfName(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => MEANING.get(word.toLowerCase()) ?? word.toLowerCase());
}

/** The letters of a name alone: `merchant_id` and `merchantId` are one. */
export const bareName = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/** 0 to 1: how alike two names are. */
export function nameLikeness(a: string, b: string): number {
  if (bareName(a) === bareName(b)) return 1;
  return Math.max(shareOf(wordsOfName(a), wordsOfName(b)), 0.9 * shareOf(pairsOf(bareName(a)), pairsOf(bareName(b))));
}

/** 0 to 1: how alike two descriptions are; 0 where one says nothing. */
export function textLikeness(a: string, b: string): number {
  const [left, right] = [plain(a), plain(b)];
  if (left === '' || right === '') return 0;
  return left === right ? 1 : shareOf(pairsOf(left), pairsOf(right));
}

/** What follows a comma or a bracket explains; what is before it names. */
const plain = (text: string): string => (text.split(/[，,；;（(：:]/)[0] ?? '').replace(/\s+/g, '');

/** Dice's coefficient over lists, repetitions counted. */
function shareOf(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const left = [...b];
  const shared = a.filter((item) => {
    const at = left.indexOf(item);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return (2 * shared.length) / (a.length + b.length);
}

const pairsOf = (text: string): readonly string[] =>
  text.length === 1 ? [text] : [...text].slice(1).map((char, index) => `${text[index] ?? ''}${char}`);

/** One to one, the best first: pairs that reach the threshold. */
export function bestPairs<Left, Right>(
  left: readonly Left[],
  right: readonly Right[],
  by: { readonly score: (a: Left, b: Right) => number; readonly least: number },
): readonly { readonly left: Left; readonly right: Right; readonly score: number }[] {
  const scored = left
    .flatMap((a) => right.map((b) => ({ left: a, right: b, score: by.score(a, b) })))
    .filter(({ score }) => score >= by.least)
    .sort((a, b) => b.score - a.score);
  const taken = new Set<unknown>();
  return scored.filter((pair) => {
    if (taken.has(pair.left) || taken.has(pair.right)) return false;
    taken.add(pair.left);
    taken.add(pair.right);
    return true;
  });
}
