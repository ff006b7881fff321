import { createSign, createVerify, randomBytes, type KeyObject } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import { parseLossless, stringifyLossless } from './contract/codec';
import type { FalpayProfile } from './contract/profile';

/** How messages are signed; the profile's `signature` entry. */
export type SignatureScheme = FalpayProfile['signature'];

/** What a signature can cover. `body` is exactly what is or was on the wire. */
export interface SignedMessage {
  /** As in the header: epoch milliseconds by default. */
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: Buffer | string;
}

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
 * The bytes that are signed: the scheme's parts, joined by its separator. An empty body signs as the empty string. [I]
 * @throws SyntaxError when the scheme signs sorted fields and the body is no JSON object
 */
export function signedBytes(message: SignedMessage, scheme: SignatureScheme): Buffer {
  const separator = Buffer.from(scheme.separator);
  const parts = scheme.parts.map((part): Buffer => {
    if (part === 'timestamp') return Buffer.from(message.timestamp);
    if (part === 'nonce') return Buffer.from(message.nonce);
    return part === 'body' ? Buffer.from(message.body) : Buffer.from(sortedFields(message.body));
  });
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part])));
}

function sortedFields(body: Buffer | string): string {
  if (body.length === 0) return '';
  const parsed = parseLossless(body.toString());
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new SyntaxError('only a JSON object has fields to sign');
  return Object.entries(parsed)
    .filter(([, value]) => value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : textOf(value)}`)
    .join('&');
}

const textOf = (value: unknown): string => (isLosslessNumber(value) ? value.toString() : stringifyLossless(value));

/** Signs a message: SHA256withRSA (PKCS#1 v1.5), in the scheme's encoding. */
export function sign(message: SignedMessage, privateKey: KeyObject, scheme: SignatureScheme): string {
  return createSign('RSA-SHA256').update(signedBytes(message, scheme)).sign(privateKey, scheme.encoding);
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
  const key = publicKeys.findIndex((candidate) => createVerify('RSA-SHA256').update(signed).verify(candidate, bytes));
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

/** Now as the scheme's timestamp. */
export function timestampOf(millis: number, scheme: SignatureScheme): string {
  return String(scheme.timestampUnit === 's' ? Math.floor(millis / 1000) : millis);
}

/** Epoch milliseconds of a timestamp header, or undefined when it is none. */
export function millisOf(timestamp: string | undefined, scheme: SignatureScheme): number | undefined {
  if (timestamp === undefined || !/^\d{9,14}$/.test(timestamp)) return undefined;
  return scheme.timestampUnit === 's' ? Number(timestamp) * 1000 : Number(timestamp);
}
