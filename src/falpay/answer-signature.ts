import type { KeyObject } from 'node:crypto';
import type { FalpayProfile } from './contract/profile';
import { verify, type Verification } from './signature';

/** The platform's public keys, the current one first; several while FalPay changes keys. */
export type PlatformKeys = readonly KeyObject[];

/** Checks the signature of an answer or a callback over the bytes as they came. Header names in lower case. */
export function verifyAnswer(
  message: { readonly headers: Readonly<Record<string, string | undefined>>; readonly body: Buffer },
  profile: FalpayProfile,
  keys: PlatformKeys,
): Verification {
  const header = (name: 'timestamp' | 'nonce' | 'signature') => message.headers[profile.headers[name].toLowerCase()];
  return verify(
    { timestamp: header('timestamp'), nonce: header('nonce'), body: message.body },
    header('signature'),
    keys,
    profile.signature,
  );
}
