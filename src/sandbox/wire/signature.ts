/** Makes and checks signatures as the profile describes them. Written apart from the client's, so that the two check each other. */
import { constants, randomBytes, sign as rsaSign, verify as rsaVerify, type KeyObject } from 'node:crypto';
import { isLosslessNumber, parse, stringify } from 'lossless-json';
import type { FalpayProfile } from '../../falpay/contract/profile';
import { wireInstant, wireTime, type TimeRules } from './times';

export type SignatureRules = FalpayProfile['signature'];

/** What is signed, as it stands on the wire. */
export interface Message {
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: Buffer;
  /** Of requests. */
  readonly method?: string;
  readonly path?: string;
  readonly clientId?: string;
}

export interface Signed {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

/** Answers and callbacks may be put together otherwise than requests; callbacks follow answers where nothing else is said. */
export function rulesFor(what: 'request' | 'answer' | 'callback', rules: SignatureRules): SignatureRules {
  if (what === 'request') return rules;
  return { ...rules, ...rules.answers, ...(what === 'callback' ? rules.callbacks : undefined) };
}

/** The text to sign. An empty body signs as the empty string. */
export function stringToSign(message: Message, rules: SignatureRules): Buffer {
  const pieces: Buffer[] = [];
  for (const part of rules.parts) {
    if (pieces.length > 0) pieces.push(Buffer.from(rules.separator));
    if (part === 'body') pieces.push(message.body);
    else if (part === 'sortedFields') pieces.push(Buffer.from(sortedFields(message.body, rules.sortedFields)));
    else pieces.push(Buffer.from(message[part] ?? ''));
  }
  return Buffer.concat([...pieces, Buffer.from(rules.suffix)]);
}

/** Signs a body with a new nonce. @param now epoch milliseconds; the timestamp is written as the profile says */
export function signBody(
  body: Buffer,
  key: KeyObject,
  { rules, time, now }: { rules: SignatureRules; time: TimeRules; now: number },
): Signed {
  const timestamp = writeTimestamp(now, rules, time);
  const nonce = randomBytes(rules.nonceLength).toString('hex').slice(0, rules.nonceLength);
  return { timestamp, nonce, signature: signMessage({ timestamp, nonce, body }, key, rules) };
}

/** The headers that carry a signature. */
export function signatureHeaders(signed: Signed, names: FalpayProfile['headers']): Readonly<Record<string, string>> {
  return {
    ...(names.timestamp === undefined ? {} : { [names.timestamp]: signed.timestamp }),
    ...(names.nonce === undefined ? {} : { [names.nonce]: signed.nonce }),
    [names.signature]: signed.signature,
  };
}

export function signMessage(message: Message, key: KeyObject, rules: SignatureRules): string {
  return rsaSign(digestOf(rules), stringToSign(message, rules), { key, padding: constants.RSA_PKCS1_PADDING }).toString(
    rules.encoding,
  );
}

export function isGenuine(message: Message, signature: string, key: KeyObject, rules: SignatureRules): boolean {
  const bytes = Buffer.from(signature, rules.encoding);
  // Node's decoder skips what is not of the alphabet: a signature is right only to the letter.
  if (bytes.toString(rules.encoding) !== signature) return false;
  return rsaVerify(digestOf(rules), stringToSign(message, rules), { key, padding: constants.RSA_PKCS1_PADDING }, bytes);
}

export function writeTimestamp(now: number, rules: SignatureRules, time: TimeRules): string {
  if (rules.timestampUnit === 'text') return wireTime(now, time);
  return String(rules.timestampUnit === 's' ? Math.floor(now / 1000) : now);
}

/** Epoch milliseconds, or undefined when it is no timestamp as the profile writes it. */
export function timestampMs(timestamp: string, rules: SignatureRules, time: TimeRules): number | undefined {
  if (rules.timestampUnit === 'text') return wireInstant(timestamp, time);
  if (!/^\d{1,15}$/.test(timestamp)) return undefined;
  return Number(timestamp) * (rules.timestampUnit === 's' ? 1000 : 1);
}

function digestOf({ algorithm }: SignatureRules): 'sha256' | 'sha512' {
  return algorithm === 'SHA512withRSA' ? 'sha512' : 'sha256';
}

function sortedFields(body: Buffer, { assign, join, skip }: SignatureRules['sortedFields']): string {
  if (body.length === 0) return '';
  const fields = parse(body.toString('utf8'));
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return '';
  const present = Object.entries(fields as Record<string, unknown>).filter(
    ([, value]) => value !== null && !(skip === 'empty' && value === ''),
  );
  present.sort(([left], [right]) => (left < right ? -1 : 1));
  return present.map(([name, value]) => `${name}${assign}${plain(value)}`).join(join);
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  return isLosslessNumber(value) ? value.toString() : (stringify(value) ?? '');
}
