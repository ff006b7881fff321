/*
 * How FalPay writes a time: epoch time, or a pattern in the letters that Java's documentation uses. Compiled once.
 */

const FIELDS = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2, SSS: 3 } as const;
type Field = keyof typeof FIELDS;
const NEEDED = { date: ['yyyy', 'MM', 'dd'], time: ['yyyy', 'MM', 'dd', 'HH', 'mm', 'ss'] } as const;

type Token = { readonly field: Field | 'XXX' } | { readonly text: string };

const EPOCH = ['epoch-ms', 'epoch-s'];
const isEpoch = (pattern: string): boolean => EPOCH.includes(pattern);

/** What is wrong with a pattern, or undefined. Less than a second, or than a day, would be lost by leaving a part out. */
export function patternProblem(pattern: string, needed: keyof typeof NEEDED): string | undefined {
  if (isEpoch(pattern))
    return needed === 'time' ? undefined : 'must be a pattern such as "yyyy-MM-dd": a date has no epoch';
  const tokens = tokensOf(pattern);
  if (tokens === undefined)
    return `must be ${needed === 'time' ? '"epoch-ms", "epoch-s" or ' : ''}made of yyyy MM dd HH mm ss SSS XXX, other characters, and letters in '…'`;
  const fields = tokens.flatMap((token) => ('field' in token ? [token.field] : []));
  if (new Set(fields).size !== fields.length) return 'must hold each part once';
  const missing = NEEDED[needed].filter((field) => !fields.includes(field));
  if (missing.length > 0) return `must hold ${missing.join(', ')}`;
  if (needed === 'date' && fields.length > NEEDED.date.length) return 'must hold nothing but yyyy, MM and dd';
  return undefined;
}

/** Whether what the pattern writes is a number in JSON as well. */
export function isWrittenInDigits(pattern: string): boolean {
  return isEpoch(pattern) || (tokensOf(pattern) ?? []).every((token) => 'field' in token && token.field !== 'XXX');
}

/** A moment as the clock on the wall of a zone shows it; `offset` where the text brings its own. */
export interface WallTime {
  readonly date: string;
  readonly time: string;
  readonly millis: string;
  readonly offset?: string;
}

export interface TimePattern {
  write(wall: WallTime & { readonly offset: string }): string;
  read(text: string): WallTime | undefined;
}

const compiled = new Map<string, TimePattern>();

/** @throws RangeError when it is no pattern; the profile's have been checked */
export function timePattern(pattern: string): TimePattern {
  const known = compiled.get(pattern) ?? compile(pattern);
  compiled.set(pattern, known);
  return known;
}

function compile(pattern: string): TimePattern {
  const tokens = tokensOf(pattern);
  if (tokens === undefined) throw new RangeError(`"${pattern}" is no pattern of a time`);
  const expression = new RegExp(
    `^${tokens.map((token) => ('text' in token ? escaped(token.text) : `(?<${token.field}>${shapeOf(token.field)})`)).join('')}$`,
  );
  return {
    write: (wall) => tokens.map((token) => ('text' in token ? token.text : partOf(wall, token.field))).join(''),
    read: (text) => {
      const found = expression.exec(text)?.groups;
      if (!found) return undefined;
      const { yyyy = '', MM = '', dd = '', HH = '00', mm = '00', ss = '00', SSS = '000', XXX } = found;
      const wall = { date: `${yyyy}-${MM}-${dd}`, time: `${HH}:${mm}:${ss}`, millis: SSS };
      return XXX === undefined ? wall : { ...wall, offset: XXX };
    },
  };
}

function partOf(wall: WallTime & { readonly offset: string }, field: Field | 'XXX'): string {
  const [yyyy = '', MM = '', dd = ''] = wall.date.split('-');
  const [HH = '', mm = '', ss = ''] = wall.time.split(':');
  return { yyyy, MM, dd, HH, mm, ss, SSS: wall.millis, XXX: wall.offset }[field];
}

const shapeOf = (field: Field | 'XXX'): string => (field === 'XXX' ? 'Z|[+-]\\d{2}:?\\d{2}' : `\\d{${FIELDS[field]}}`);
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

function tokensOf(pattern: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const scanner = /(yyyy|MM|dd|HH|mm|ss|SSS|XXX)|'([^']+)'|([^A-Za-z']+)/y;
  while (scanner.lastIndex < pattern.length) {
    const found = scanner.exec(pattern);
    if (!found) return undefined;
    const [, field, quoted, plain] = found;
    tokens.push(field === undefined ? { text: quoted ?? plain ?? '' } : { field: field as Field | 'XXX' });
  }
  return tokens.length === 0 ? undefined : tokens;
}
