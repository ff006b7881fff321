/** Makes and checks signatures as the profile describes them. Written apart from the client's, so that the two check each other. */
import { constants, randomBytes, sign as rsaSign, verify as rsaVerify, type KeyObject } from 'node:crypto';
import { isLosslessNumber, parse, stringify } from 'lossless-json';
import type { FalpayProfile } from '../../falpay/contract/profile';

export type SignatureRules = FalpayProfile['signature'];

/** What is signed, as it stands on the wire. */
export interface Message {
  readonly timestamp: string;
  readonly nonce: string;
  readonly body: Buffer;
}

export interface Signed {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

/** The text to sign. An empty body signs as the empty string. */
export function stringToSign(message: Message, rules: SignatureRules): Buffer {
  const pieces: Buffer[] = [];
  for (const part of rules.parts) {
    if (pieces.length > 0) pieces.push(Buffer.from(rules.separator));
    switch (part) {
      case 'timestamp':
        pieces.push(Buffer.from(message.timestamp));
        break;
      case 'nonce':
        pieces.push(Buffer.from(message.nonce));
        break;
      case 'body':
        pieces.push(message.body);
        break;
      case 'sortedFields':
        pieces.push(Buffer.from(sortedFields(message.body)));
        break;
    }
  }
  return Buffer.concat(pieces);
}

/** @param now epoch milliseconds; the timestamp's unit is the profile's */
export function signBody(body: Buffer, key: KeyObject, rules: SignatureRules, now: number): Signed {
  const timestamp = String(rules.timestampUnit === 's' ? Math.floor(now / 1000) : now);
  const nonce = randomBytes(rules.nonceLength).toString('hex').slice(0, rules.nonceLength);
  return { timestamp, nonce, signature: signMessage({ timestamp, nonce, body }, key, rules) };
}

export function signMessage(message: Message, key: KeyObject, rules: SignatureRules): string {
  return rsaSign('sha256', stringToSign(message, rules), { key, padding: constants.RSA_PKCS1_PADDING }).toString(
    rules.encoding,
  );
}

export function isGenuine(message: Message, signature: string, key: KeyObject, rules: SignatureRules): boolean {
  const bytes = Buffer.from(signature, rules.encoding);
  // Node's decoder skips what is not of the alphabet: a signature is right only to the letter.
  if (bytes.toString(rules.encoding) !== signature) return false;
  return rsaVerify('sha256', stringToSign(message, rules), { key, padding: constants.RSA_PKCS1_PADDING }, bytes);
}

/** Epoch milliseconds, or undefined when it is no timestamp of the profile's unit. */
export function timestampMs(timestamp: string, rules: SignatureRules): number | undefined {
  if (!/^\d{1,15}$/.test(timestamp)) return undefined;
  return Number(timestamp) * (rules.timestampUnit === 's' ? 1000 : 1);
}

function sortedFields(body: Buffer): string {
  if (body.length === 0) return '';
  const fields = parse(body.toString('utf8'));
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return '';
  const present = Object.entries(fields as Record<string, unknown>).filter(([, value]) => value !== null);
  present.sort(([left], [right]) => (left < right ? -1 : 1));
  return present.map(([name, value]) => `${name}=${plain(value)}`).join('&');
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  return isLosslessNumber(value) ? value.toString() : (stringify(value) ?? '');
}
