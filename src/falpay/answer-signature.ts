import type { KeyObject } from 'node:crypto';
import type { FalpayProfile } from './contract/profile';
import { answerScheme, callbackScheme, verify, type Verification } from './signature';

/** The platform's public keys, the current one first; several while FalPay changes keys. */
export type PlatformKeys = readonly KeyObject[];

/** What FalPay sent, as it came; header names in lower case. */
export interface FromFalpay {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** Checks the signature of a callback over the bytes as they came: there must be one. */
export const verifyCallbackSignature = (
  message: FromFalpay,
  profile: FalpayProfile,
  keys: PlatformKeys,
): Verification => check(message, profile, keys, callbackScheme(profile.signature));

/**
 * Checks the signature of an answer over the bytes as they came, as far as the policy asks for one.
 * @returns why the answer must not be believed, or undefined
 */
export function doubtAbout(
  answer: FromFalpay,
  profile: FalpayProfile,
  keys: PlatformKeys,
  policy: FalpayProfile['signature']['answerSignature'],
): string | undefined {
  const isSigned = answer.headers[profile.headers.signature.toLowerCase()] !== undefined;
  if (policy === 'ignored' || (policy === 'ifPresent' && !isSigned)) return undefined;
  const verification = check(answer, profile, keys, answerScheme(profile.signature));
  return verification.ok ? undefined : verification.detail;
}

function check(
  { headers, body }: FromFalpay,
  profile: FalpayProfile,
  keys: PlatformKeys,
  scheme: FalpayProfile['signature'],
): Verification {
  const header = (name = '') => headers[name.toLowerCase()];
  const { timestamp, nonce, signature } = profile.headers;
  return verify({ timestamp: header(timestamp), nonce: header(nonce), body }, header(signature), keys, scheme);
}
