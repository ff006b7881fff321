import { createSign, createVerify, randomBytes, type KeyObject } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import { parseLossless, stringifyLossless } from './contract/codec';
import { defaultProfile } from './contract/profile.default';
import type { FalpayProfile } from './contract/profile';
import { formatTime, parseTime } from './contract/time';

/** How messages are signed; the profile's `signature` entry. */
export type SignatureScheme = FalpayProfile['signature'];

/** What a signature can cover. `body` is exactly what is or was on the wire. */
export interface SignedMessage {
  /** As in the header: epoch milliseconds by default. */
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: Buffer | string;
  /** Of requests: the HTTP method, in capitals. */
  readonly method?: string;
  /** Of requests: the path as in the request line, without its query. */
  readonly path?: string;
  /** Of requests: our client id. */
  readonly clientId?: string;
}

/** How FalPay signs its answers, where that differs from how we sign. */
export const answerScheme = (scheme: SignatureScheme): SignatureScheme => ({ ...scheme, ...scheme.answers });

/** How FalPay signs its callbacks: as its answers, where the profile says nothing else. */
export const callbackScheme = (scheme: SignatureScheme): SignatureScheme => ({
  ...answerScheme(scheme),
  ...scheme.callbacks,
});

export type Verification =
  /** `key`: which of the platform's keys it was, from 0; old keys still in use show here. */
  | { readonly ok: true; readonly key: number }
  | {
      readonly ok: false;
      readonly reason: 'missing' | 'malformed' | 'mismatch';
      /** Why, for the log: not for whoever sent it. */
      readonly detail: string;
    };

/**
 * The bytes that are signed: the scheme's parts, joined by its separator, and its suffix. An empty body signs as the
 * empty string. [I]
 * @throws SyntaxError when the scheme signs sorted fields and the body is no JSON object
 */
export function signedBytes(message: SignedMessage, scheme: SignatureScheme): Buffer {
  const separator = Buffer.from(scheme.separator);
  const parts = scheme.parts.map((part): Buffer => {
    if (part === 'body') return Buffer.from(message.body as string);
    return Buffer.from(part === 'sortedFields' ? sortedFields(message.body, scheme) : (message[part] ?? ''));
  });
  const joined = parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]));
  return Buffer.concat([...joined, Buffer.from(scheme.suffix)]);
}

function sortedFields(body: Buffer | string, { sortedFields: { assign, join, skip } }: SignatureScheme): string {
  if (body.length === 0) return '';
  const parsed = parseLossless(body.toString());
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new SyntaxError('only a JSON object has fields to sign');
  return Object.entries(parsed)
    .filter(([, value]) => value !== null && !(skip === 'empty' && value === ''))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}${assign}${typeof value === 'string' ? value : textOf(value)}`)
    .join(join);
}

const textOf = (value: unknown): string => (isLosslessNumber(value) ? value.toString() : stringifyLossless(value));

const DIGEST = { SHA256withRSA: 'RSA-SHA256', SHA512withRSA: 'RSA-SHA512' } as const;

/** Signs a message: the scheme's algorithm (PKCS#1 v1.5), in its encoding. */
export function sign(message: SignedMessage, privateKey: KeyObject, scheme: SignatureScheme): string {
  return createSign(DIGEST[scheme.algorithm]).update(signedBytes(message, scheme)).sign(privateKey, scheme.encoding);
}

/**
 * Checks a signature against each of the platform's keys, so that FalPay can change keys without a moment of silence.
 * Never throws for what came from outside.
 */
export function verify(
  message: {
    readonly timestamp?: string | undefined;
    readonly nonce?: string | undefined;
    readonly body: Buffer | string;
  },
  signature: string | undefined,
  publicKeys: readonly KeyObject[],
  scheme: SignatureScheme,
): Verification {
  const { timestamp = '', nonce = '', body } = message;
  const missing = [
    ...(signature ? [] : ['signature']),
    ...(scheme.parts.includes('timestamp') && !timestamp ? ['timestamp'] : []),
    ...(scheme.parts.includes('nonce') && !nonce ? ['nonce'] : []),
  ];
  if (!signature || missing.length > 0)
    return { ok: false, reason: 'missing', detail: `there is no ${missing.join(', no ')} header` };
  const bytes = Buffer.from(signature, scheme.encoding);
  if (!isEncoded(signature, scheme.encoding))
    return { ok: false, reason: 'malformed', detail: `the signature is not ${scheme.encoding}` };

  let signed: Buffer;
  try {
    signed = signedBytes({ timestamp, nonce, body }, scheme);
  } catch {
    return { ok: false, reason: 'malformed', detail: 'the body is not the JSON object whose fields would be signed' };
  }
  const key = publicKeys.findIndex((candidate) =>
    createVerify(DIGEST[scheme.algorithm]).update(signed).verify(candidate, bytes),
  );
  if (key >= 0) return { ok: true, key };
  const tried = publicKeys.length === 1 ? 'the platform key' : `any of the ${publicKeys.length} platform keys`;
  return {
    ok: false,
    reason: 'mismatch',
    detail: `the signature does not fit ${tried}: another key signed it, or the body was changed or parsed and written again`,
  };
}

function isEncoded(text: string, encoding: SignatureScheme['encoding']): boolean {
  if (encoding === 'hex') return /^([0-9a-fA-F]{2})+$/.test(text);
  return encoding === 'base64' ? /^[A-Za-z0-9+/]+={0,2}$/.test(text) : /^[A-Za-z0-9_-]+={0,2}$/.test(text);
}

/** A number used once, of the scheme's length, from `[0-9a-f]`. */
export function newNonce(scheme: SignatureScheme): string {
  return randomBytes(Math.ceil(scheme.nonceLength / 2))
    .toString('hex')
    .slice(0, scheme.nonceLength);
}

/** Now as the scheme's timestamp; `time` is the profile's, for timestamps that are text. */
export function timestampOf(millis: number, scheme: SignatureScheme, time = defaultProfile.time): string {
  if (scheme.timestampUnit === 'text') return formatTime(new Date(millis), time);
  return String(scheme.timestampUnit === 's' ? Math.floor(millis / 1000) : millis);
}

/** Epoch milliseconds of a timestamp header, or undefined when it is none. */
export function millisOf(
  timestamp: string | undefined,
  scheme: SignatureScheme,
  time = defaultProfile.time,
): number | undefined {
  if (timestamp === undefined) return undefined;
  if (scheme.timestampUnit === 'text') return parseTime(timestamp, time)?.getTime();
  if (!/^\d{9,14}$/.test(timestamp)) return undefined;
  return scheme.timestampUnit === 's' ? Number(timestamp) * 1000 : Number(timestamp);
}

/**
 * The headers that make a message genuine, under the profile's names: what was signed of time and nonce, and the
 * signature.
 */
export function signatureHeaders(
  message: Omit<SignedMessage, 'timestamp' | 'nonce'>,
  by: {
    readonly key: KeyObject;
    readonly profile: FalpayProfile;
    readonly now: number;
    readonly scheme: SignatureScheme;
  },
): Readonly<Record<string, string>> {
  const { key, profile, now, scheme } = by;
  const { headers } = profile;
  const [timestamp, nonce] = [timestampOf(now, scheme, profile.time), newNonce(scheme)];
  return {
    ...(headers.timestamp === undefined ? {} : { [headers.timestamp]: timestamp }),
    ...(headers.nonce === undefined ? {} : { [headers.nonce]: nonce }),
    [headers.signature]: sign({ ...message, timestamp, nonce }, key, scheme),
  };
}
