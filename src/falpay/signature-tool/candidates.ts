import { createHash } from 'node:crypto';
import { isLosslessNumber, stringify } from 'lossless-json';
import { parseLossless } from '../contract/codec';
import type { SignedPart } from '../contract/profile';
import { utf8 } from '../envelope-reader';
import { type SignatureScheme, signedBytes, type SignedMessage } from '../signature';
import { jsonStyles, writeJson } from './json-writer';

/** What may have stood in the place of the body when the message was signed. */
export interface Content {
  readonly kind: 'as-is' | 'whitespace' | 'reserialised' | 'fields' | 'derived';
  /** Completes "it was signed over …". */
  readonly what: string;
  readonly bytes: Buffer;
  /** Two changes at once: worth a look only where nothing else differs. */
  readonly twofold?: true;
}

/** In which order, and with what between them, the parts may have been signed. */
export interface Arrangement {
  readonly what: string;
  readonly join: (message: Parts, content: Buffer) => Buffer;
}

/** All that can be signed but the body. */
export type Parts = Omit<SignedMessage, 'body'>;

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** What the profile expects, the body as it is, and as editors, transports and JSON libraries may have changed it; no two are equal. */
export function contentsOf(body: Buffer, expected?: Buffer): readonly Content[] {
  const found = new Map<string, Content>();
  const first: Content[] = expected === undefined || expected.equals(body) ? [] : [fieldsAsAgreed(expected)];
  for (const content of [...first, asIs(body), ...whitespace(body), ...rewritten(body), ...derived(body)]) {
    const id = content.bytes.toString('latin1');
    if (!found.has(id)) found.set(id, content);
  }
  return [...found.values()];
}

const fieldsAsAgreed = (bytes: Buffer): Content => ({ kind: 'fields', what: 'the sorted fields', bytes });
const asIs = (bytes: Buffer): Content => ({ kind: 'as-is', what: 'the body as it is', bytes });

function* whitespace(body: Buffer): Generator<Content> {
  const changed = (what: string, bytes: Buffer): Content => ({ kind: 'whitespace', what, bytes });
  const hasBom = body.subarray(0, 3).equals(BOM);
  const bare = hasBom ? body.subarray(3) : body;
  if (hasBom) yield changed('the body without the byte order mark (BOM) at its begin', bare);
  else yield changed('the body with a byte order mark (BOM) before it', Buffer.concat([BOM, body]));
  // Latin-1 maps bytes to characters one to one: bodies that are no UTF-8 survive it.
  const text = bare.toString('latin1');
  const edit = (what: string, edited: string) => changed(what, Buffer.from(edited, 'latin1'));
  yield edit('the body without the line end at its end', text.replace(/\r?\n$/, ''));
  yield edit('the body without spaces and line ends at its begin and end', text.replace(/^\s+|\s+$/g, ''));
  yield edit('the body with a line end (LF) after it', `${text}\n`);
  yield edit('the body with a line end (CR LF) after it', `${text}\r\n`);
  yield edit('the body with LF where it has CR LF', text.replaceAll('\r\n', '\n'));
  yield edit('the body with CR LF where it has LF', text.replace(/\r?\n/g, '\r\n'));
  yield edit('the body with LF for CR LF, and none at its end', text.replaceAll('\r\n', '\n').replace(/\n+$/, ''));
  yield edit('the body with CR LF for LF, and one at its end', `${text.replace(/\r?\n/g, '\r\n').trimEnd()}\r\n`);
}

function* rewritten(body: Buffer): Generator<Content> {
  const text = utf8(body)?.replace(/^\ufeff/, '');
  const parsed = text === undefined ? undefined : jsonOf(text);
  if (text === undefined || parsed === undefined) return;
  const rewrite = (how: string, edited: string): Content => ({
    kind: 'reserialised',
    what: `the body's JSON written again ${how}`,
    bytes: Buffer.from(edited),
  });
  for (const { what, style } of jsonStyles()) {
    const written = writeJson(parsed.value, style);
    yield rewrite(what, written);
    yield { ...rewrite(`${what}, with a line end (LF) after it`, `${written}\n`), twofold: true };
  }
  yield rewrite('by JavaScript (long numbers lose digits, 1.0 becomes 1)', JSON.stringify(JSON.parse(text)));
  if (!isRecord(parsed.value)) return;
  const { value } = parsed;
  yield rewrite('without its null fields', stringify(without(value, (item) => item === null)) ?? '');
  yield* sortedFields(value);
}

function* sortedFields(value: Readonly<Record<string, unknown>>): Generator<Content> {
  const present = without(value, (item) => item === null);
  const filled = without(value, (item) => item === null || item === '');
  const fields = (what: string, text: string): Content => ({ kind: 'fields', what, bytes: Buffer.from(text) });
  yield fields('the top-level fields as key=value&key=value, by key', asQuery(present));
  yield fields('the top-level fields as key=value&key=value, by key, empty ones left out', asQuery(filled));
  yield fields(
    'the values of the top-level fields, by key',
    sorted(present)
      .map(([, item]) => textOf(item))
      .join(''),
  );
}

function* derived(body: Buffer): Generator<Content> {
  const digest = (name: 'sha256' | 'md5') => createHash(name).update(body).digest('hex');
  const made = (what: string, text: string): Content => ({ kind: 'derived', what, bytes: Buffer.from(text) });
  yield made('the SHA-256 of the body, in hexadecimal', digest('sha256'));
  yield made('the MD5 of the body, in hexadecimal', digest('md5'));
  yield made('the Base64 of the body', body.toString('base64'));
  yield made('an empty body', '');
}

const SEPARATORS = ['\n', '', '&', '|', ',', '.', ':', ';', ' ', '\r\n', '-', '_'];
// The content stands for the body, or for what is made of it.
const ORDERS: readonly (readonly SignedPart[])[] = [
  ['body'],
  ['timestamp', 'body'],
  ['body', 'timestamp'],
  ['nonce', 'body'],
  ['body', 'nonce'],
  ['timestamp', 'nonce', 'body'],
  ['timestamp', 'body', 'nonce'],
  ['nonce', 'timestamp', 'body'],
  ['nonce', 'body', 'timestamp'],
  ['body', 'timestamp', 'nonce'],
  ['body', 'nonce', 'timestamp'],
];
/** Of requests, whose method and path may be signed as well. */
const ORDERS_OF_REQUESTS: readonly (readonly SignedPart[])[] = [
  ['method', 'path', 'timestamp', 'nonce', 'body'],
  ['method', 'path', 'body', 'timestamp', 'nonce'],
  ['method', 'path', 'body'],
  ['path', 'timestamp', 'nonce', 'body'],
  ['path', 'body'],
  ['clientId', 'timestamp', 'nonce', 'body'],
  ['clientId', 'timestamp', 'body'],
];

/** How the profile puts the signed parts together. */
export function ownArrangement(scheme: SignatureScheme): Arrangement {
  // The fields, sorted or otherwise, come as a content of their own.
  const parts = scheme.parts.map((part) => (part === 'sortedFields' ? 'body' : part));
  return {
    what: described(parts, scheme.separator, scheme.suffix),
    join: (message, body) => signedBytes({ ...message, body }, { ...scheme, parts }),
  };
}

/** What the profile has in the place of the body: the body, or its fields; undefined when it has none to sort. */
export function ownContent(body: Buffer, scheme: SignatureScheme): Buffer | undefined {
  if (!scheme.parts.includes('sortedFields')) return body;
  try {
    return signedBytes(
      { timestamp: '', nonce: '', body },
      { ...scheme, parts: ['sortedFields'], separator: '', suffix: '' },
    );
  } catch {
    return undefined;
  }
}

/** Ways in which other platforms put them together. */
export function* otherArrangements(message: Parts): Generator<Arrangement> {
  const orders = [...ORDERS, ...ORDERS_OF_REQUESTS.filter((order) => order.every((part) => hasPart(message, part)))];
  for (const order of orders)
    for (const separator of order.length === 1 ? ['\n'] : SEPARATORS)
      for (const end of separator === '' ? [''] : ['', separator]) yield arrange(order, separator, end);
  for (const order of orders.slice(1))
    yield {
      what: order.map((part) => `${part}=<${part}>`).join('&'),
      join: (parts, content) => joined(order, parts, { content, separator: '&', before: (part) => `${part}=` }),
    };
}

const hasPart = (message: Parts, part: SignedPart): boolean =>
  part === 'body' || part === 'sortedFields' || message[part] !== undefined;

function arrange(order: readonly SignedPart[], separator: string, end: string): Arrangement {
  return {
    what: described(order, separator, end),
    join: (parts, content) => Buffer.concat([joined(order, parts, { content, separator }), Buffer.from(end)]),
  };
}

function joined(
  order: readonly SignedPart[],
  parts: Parts,
  how: {
    readonly content: Buffer;
    readonly separator: string;
    readonly before?: (part: SignedPart) => string;
  },
): Buffer {
  const pieces = order.flatMap((part, index) => [
    Buffer.from(`${index === 0 ? '' : how.separator}${how.before?.(part) ?? ''}`),
    part === 'body' || part === 'sortedFields' ? how.content : Buffer.from(parts[part] ?? ''),
  ]);
  return Buffer.concat(pieces);
}

const described = (order: readonly SignedPart[], separator: string, end: string): string =>
  `${order.map((part) => `<${part}>`).join(visible(separator))}${visible(end)}`;

const visible = (text: string): string => JSON.stringify(text).slice(1, -1);

/** The timestamp as it is and in the other unit, with the name of what was done to it. */
export function timestampsOf({ timestamp }: Pick<SignedMessage, 'timestamp'>): readonly (readonly [string, string])[] {
  if (/^\d{13}$/.test(timestamp))
    return [
      ['', timestamp],
      ['seconds', timestamp.slice(0, 10)],
    ];
  if (/^\d{10}$/.test(timestamp))
    return [
      ['', timestamp],
      ['milliseconds', `${timestamp}000`],
    ];
  return [['', timestamp]];
}

function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: parseLossless(text) };
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
const without = (value: Readonly<Record<string, unknown>>, drop: (item: unknown) => boolean) =>
  Object.fromEntries(Object.entries(value).filter(([, item]) => !drop(item)));
const sorted = (value: Readonly<Record<string, unknown>>) => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
const asQuery = (value: Readonly<Record<string, unknown>>) =>
  sorted(value)
    .map(([key, item]) => `${key}=${textOf(item)}`)
    .join('&');
const textOf = (item: unknown): string => (typeof item === 'string' ? item : (stringify(item) ?? ''));
