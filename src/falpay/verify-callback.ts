import type { KeyObject } from 'node:crypto';
import { verifyCallbackSignature } from './answer-signature';
import { parseCallback, topicOf, topicsAt } from './contract/callback-message';
import { type CallbackBody, type CallbackTopic, callbackTopics } from './contract/callbacks';
import { parseLossless } from './contract/codec';
import type { FalpayProfile } from './contract/profile';
import { defaultProfile } from './contract/profile.default';
import { insideTime } from './contract/time';
import { utf8 } from './envelope-reader';
import { InvalidInput, type InputIssue } from './errors';
import { readPublicKey } from './keys';
import { callbackScheme, millisOf } from './signature';

/** A callback as it came. */
export interface ReceivedCallback {
  /** What the address it came to says of it: the topic, where the receiver knows it. */
  readonly topic?: CallbackTopic;
  /** Or the address's path below the one FalPay was given, such as `/merchant-audit`. Neither: any topic. */
  readonly path?: string;
  /** The body's bytes, before any parser touched them. */
  readonly rawBody: Buffer | string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Epoch milliseconds of arrival; this machine's clock when left out. */
  readonly now?: number;
}

/** Whom to believe. */
export interface CallbackTrust {
  /** FalPay's public keys, the current one first: Base64 SPKI or PKCS#1, PEM, or read before. */
  readonly keys: readonly (KeyObject | string)[];
  /** The default profile when left out. */
  readonly profile?: FalpayProfile;
}

/** Why a callback is refused; for the log: its sender gets the status and no more. */
export type CallbackFault =
  | 'missing-header'
  | 'malformed-signature'
  | 'wrong-signature'
  | 'bad-timestamp'
  | 'future-timestamp'
  | 'too-old'
  | 'unreadable-json'
  | 'schema';

export type CallbackCheck =
  | {
      readonly ok: true;
      readonly event: CallbackBody;
      /** Signed longer ago than the profile's limit, or at a time that is not signed: believe only a query. */
      readonly stale: boolean;
      /** Which of the platform's keys signed it, from 0. */
      readonly key: number;
    }
  | {
      readonly ok: false;
      readonly status: 400 | 401;
      readonly reason: CallbackFault;
      readonly detail: string;
      /** With `schema`: the fields at fault. */
      readonly issues?: readonly InputIssue[];
    };

const FAULTS = { missing: 'missing-header', malformed: 'malformed-signature', mismatch: 'wrong-signature' } as const;

/**
 * Checks a callback's signature over its raw bytes, then its time, and only then parses it. Never throws for what came
 * from outside.
 * @throws InvalidInput when one of the keys is none
 */
export function verifyCallback(received: ReceivedCallback, trust: CallbackTrust): CallbackCheck {
  const { profile = defaultProfile } = trust;
  const keys = trust.keys.map((key, index) => (typeof key === 'string' ? readPublicKey(key, `keys.${index}`) : key));
  const body = Buffer.from(received.rawBody as string);
  const headers = lowerCased(received.headers);
  const verification = verifyCallbackSignature({ headers, body }, profile, keys);
  if (!verification.ok)
    return { ok: false, status: 401, reason: FAULTS[verification.reason], detail: verification.detail };

  const age = ageOf(headers, received.now ?? Date.now(), profile);
  if ('reason' in age) return { ok: false, status: 401, ...age };

  const parsed = read(body);
  if (!parsed.ok) return { ok: false, status: 400, reason: 'unreadable-json', detail: parsed.detail };
  try {
    return {
      ok: true,
      event: readEvent(received, parsed.value, {
        profile,
        headers,
        cameAt: insideTime(age.signedAt, profile.time.zone),
      }),
      stale: age.stale,
      key: verification.key,
    };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { ok: false, status: 400, reason: 'schema', detail: error.message, issues: error.issues };
  }
}

function readEvent(
  { topic, path }: ReceivedCallback,
  body: unknown,
  reading: { readonly profile: FalpayProfile; readonly headers: Headers; readonly cameAt: string },
): CallbackBody {
  const candidates = topic ? [topic] : path === undefined ? callbackTopics : topicsAt(path, reading.profile);
  return parseCallback(topicOf(candidates, body, reading), body, reading);
}

type Headers = Readonly<Record<string, string | undefined>>;
type Age =
  { readonly stale: boolean; readonly signedAt: Date } | { readonly reason: CallbackFault; readonly detail: string };

function ageOf(headers: Headers, now: number, profile: FalpayProfile): Age {
  const { callbacks } = profile;
  const scheme = callbackScheme(profile.signature);
  const { timestamp = '' } = profile.headers;
  // A time that the signature does not cover could be anybody's.
  if (!scheme.parts.includes('timestamp')) return { stale: true, signedAt: new Date(now) };
  const signedAt = millisOf(headers[timestamp.toLowerCase()], scheme, profile.time);
  if (signedAt === undefined)
    return { reason: 'bad-timestamp', detail: `${timestamp} is no time in the profile's timestampUnit` };
  const ageMs = now - signedAt;
  if (-ageMs > callbacks.maxFutureSkewMs)
    return { reason: 'future-timestamp', detail: `signed ${-ageMs} ms in the future: one of the two clocks is wrong` };
  const stale = ageMs > callbacks.staleAfterMs;
  if (stale && callbacks.enforceFreshness)
    return { reason: 'too-old', detail: `signed ${ageMs} ms ago, and the profile enforces freshness` };
  return { stale, signedAt: new Date(signedAt) };
}

function read(
  body: Buffer,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly detail: string } {
  const text = utf8(body);
  if (text === undefined) return { ok: false, detail: 'the body is not UTF-8' };
  try {
    return { ok: true, value: parseLossless(text) };
  } catch {
    return { ok: false, detail: 'the body is not JSON' };
  }
}

function lowerCased(headers: ReceivedCallback['headers']): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      // Two signatures in one request: which one counts is not for us to guess.
      typeof value === 'string' || value === undefined ? value : value.length === 1 ? value[0] : undefined,
    ]),
  );
}
