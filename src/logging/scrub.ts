/** What must not reach a log, in objects (by key) and in finished lines (by pattern). */
import { maskCardNumbers } from './card-numbers';

const REMOVED = '[removed]';
const MAX_DEPTH = 6;

/** Compared without case, `_` and `-`: `client_secret`, `clientSecret` and `Client-Secret` are one. */
const SECRET_KEYS = new Set([
  ...[
    'password',
    'secret',
    'clientsecret',
    'accesstoken',
    'refreshtoken',
    'token',
    'apikey',
    'authorization',
    'cookie',
  ],
  ...['privatekey', 'secretaccesskey', 'setcookie', 'codeckeys', 'xfalpaysignature'],
  // The card itself.
  ...['cardno', 'cardnumber', 'pan', 'cvv', 'cvv2', 'cvc', 'pin'],
  // Identity papers and what tells who somebody is.
  ...['certno', 'certfrontkey', 'certbackkey', 'holdingcertkey', 'birthdate', 'firstname', 'lastname', 'accountname'],
  ...['phone', 'contactphone', 'email', 'contactemail', 'contactname', 'accountno'],
]);

const isSecretKey = (key: string) => SECRET_KEYS.has(key.replace(/[_-]/g, '').toLowerCase());

/** A copy that is fit for a log: plain data, secrets removed, errors reduced to what is known to be harmless. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'number' || typeof value === 'bigint') return scrubNumber(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  if (depth >= MAX_DEPTH) return '[too deep]';
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((item) => scrub(item, depth + 1));
  if (value instanceof Map || value instanceof Set) return scrub([...value], depth);
  if ('toJSON' in value && typeof value.toJSON === 'function')
    return scrub((value.toJSON as () => unknown)(), depth + 1);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      isSecretKey(key) && item != null ? REMOVED : scrub(item, depth + 1),
    ]),
  );
}

/** A number is text to the scanner; when it is a card number it must not stay a number, or the line would be no JSON. */
function scrubNumber(value: number | bigint): unknown {
  const text = String(value);
  const masked = maskCardNumbers(text);
  if (masked !== text) return masked;
  return typeof value === 'bigint' ? text : value;
}

/** Fields of errors (FalPay's, Node's, gRPC's, Temporal's) that hold no URL, header or body. */
const HARMLESS = [
  'type',
  'code',
  'operation',
  'orderNo',
  'requestId',
  'httpStatus',
  'retryAfterMs',
  'issues',
  'problems',
  'syscall',
  'address',
  'port',
  'path',
  'nonRetryable',
  'workflowId',
  'activityType',
  'statusCode',
] as const;

/**
 * An error as data. Only known fields are taken over: an HTTP client's error carries its request, and that one the token call's URL with the client's
 * secret, headers and bodies.
 */
export function describeError(error: Error, depth = 0): Readonly<Record<string, unknown>> {
  const fields = error as Error & Readonly<Record<string, unknown>>;
  const known = HARMLESS.filter((key) => fields[key] !== undefined).map((key) => [key, scrub(fields[key], depth + 1)]);
  return {
    ...Object.fromEntries(known),
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...(error.cause instanceof Error && depth < MAX_DEPTH ? { cause: describeError(error.cause, depth + 1) } : {}),
    ...(error instanceof AggregateError && depth < MAX_DEPTH
      ? { errors: error.errors.slice(0, 5).map((inner) => scrub(inner, depth + 1)) }
      : {}),
  };
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, REMOVED],
  // The token call's query carries the client's secret; other queries may carry order data.
  [/(https?:\/\/)[^\s"'/@]+@/g, '$1'],
  [/(https?:\/\/[^\s"'\\?]+)\?[^\s"'\\]*/g, '$1?[removed]'],
  [/("url":"[^"?]*)\?[^"]*/g, '$1?[removed]'],
  [/\b(client_secret|access_token)=[^\s"'&\\]+/gi, `$1=${REMOVED}`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/-]{8,}=*/g, `$1 ${REMOVED}`],
  [/\bwhsec_[A-Za-z0-9+/=]+/g, REMOVED],
  // SDK Core prints the commands of a completion it cannot take, with their payloads.
  [/\bCommands: \[WFCommand(?:[^"\\]|\\.)*/g, `Commands: ${REMOVED}`],
];

/** A key and its text or whole number, in JSON; inside a text the quotes would be escaped. */
const MEMBER = /(?<!\\)"([\w.-]+)":("(?:[^"\\]|\\.)*"|\d+(?=[,}]))/g;

/** The last net: runs over each finished line, whatever wrote it (a child logger's bindings pass no formatter). */
export function scrubLine(line: string): string {
  const members = line.replace(MEMBER, (member, key: string, value: string) => {
    if (isSecretKey(key)) return `"${key}":"${REMOVED}"`;
    const masked = maskCardNumbers(value);
    return masked !== value && !value.startsWith('"') ? `"${key}":"${masked}"` : member;
  });
  return maskCardNumbers(
    PATTERNS.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), members),
  );
}
