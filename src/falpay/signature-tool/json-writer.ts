import { isLosslessNumber } from 'lossless-json';

/** How a JSON library writes. */
export interface JsonStyle {
  readonly comma: string;
  readonly colon: string;
  /** The indentation of a level; empty: everything on one line. */
  readonly indent: string;
  readonly sortKeys: boolean;
  readonly escape: (quoted: string) => string;
}

/** Writes what `parseLossless` read, every digit of it, in the style of another library. */
export function writeJson(value: unknown, style: JsonStyle, level = 0): string {
  if (typeof value === 'string') return style.escape(JSON.stringify(value));
  if (isLosslessNumber(value)) return value.toString();
  if (typeof value !== 'object' || value === null) return String(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const members = Array.isArray(value)
    ? value.map((item) => writeJson(item, style, level + 1))
    : entriesOf(value, style.sortKeys).map(
        ([key, item]) => `${style.escape(JSON.stringify(key))}${style.colon}${writeJson(item, style, level + 1)}`,
      );
  if (members.length === 0) return open + close;
  if (style.indent === '') return `${open}${members.join(style.comma)}${close}`;
  const line = (depth: number) => `\n${style.indent.repeat(depth)}`;
  return `${open}${line(level + 1)}${members.join(`,${line(level + 1)}`)}${line(level)}${close}`;
}

function entriesOf(value: object, sorted: boolean): readonly (readonly [string, unknown])[] {
  const entries = Object.entries(value);
  return sorted ? entries.sort(([a], [b]) => (a < b ? -1 : 1)) : entries;
}

const asciiOnly = (quoted: string): string =>
  quoted.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
const slashes = (quoted: string): string => quoted.replaceAll('/', '\\/');
const html = (quoted: string): string =>
  quoted.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

const ESCAPES: readonly (readonly [string, (quoted: string) => string])[] = [
  ['', (quoted) => quoted],
  [', other than ASCII written as \\u…', asciiOnly],
  [', "/" written as "\\/"', slashes],
  [', "/" and other than ASCII escaped, as PHP does', (quoted) => slashes(asciiOnly(quoted))],
  [', "<", ">" and "&" escaped, as Go does', html],
];
const LAYOUTS: readonly (readonly [string, Pick<JsonStyle, 'comma' | 'colon' | 'indent'>])[] = [
  ['without spaces', { comma: ',', colon: ':', indent: '' }],
  ['with a space after "," and ":", as Python does', { comma: ', ', colon: ': ', indent: '' }],
  ['indented by 2 spaces', { comma: ',', colon: ': ', indent: '  ' }],
  ['indented by 4 spaces', { comma: ',', colon: ': ', indent: '    ' }],
  ['indented by tabs', { comma: ',', colon: ': ', indent: '\t' }],
];

/** The ways in which JSON libraries write the same content, with what is peculiar to each. */
export function* jsonStyles(): Generator<{ readonly what: string; readonly style: JsonStyle }> {
  for (const sortKeys of [false, true])
    for (const [layout, spacing] of LAYOUTS)
      for (const [escaping, escape] of ESCAPES)
        yield {
          what: `${layout}${sortKeys ? ', keys sorted' : ''}${escaping}`,
          style: { ...spacing, sortKeys, escape },
        };
}
