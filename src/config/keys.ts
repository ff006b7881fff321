/** RSA keys as settings, and the mark of keys that were made for this machine only. */
import type { KeyObject } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { InvalidInput } from '../falpay/errors';
import { readPrivateKey, readPublicKey, splitKeys } from '../falpay/keys';
import { parsed } from './schemas';

/** A line before the PEM block of each key that `npm start` makes: production refuses such a key. RFC 7468 allows text there. */
export const LOCAL_KEY_MARKER = '# cardflow: local key, made by npm start; not for production';

/** Ids of codec keys and names of API keys that begin so were made for local use too. */
export const LOCAL_NAME_PREFIX = 'local-';

export function markLocalKey(pem: string): string {
  return `${LOCAL_KEY_MARKER}\n${pem}`;
}

export function isLocalKey(text: string): boolean {
  return text.includes(LOCAL_KEY_MARKER);
}

/** PKCS#8 in PEM, whatever the spelling was. */
export function privatePem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** X.509 SPKI in PEM; of a private key its public half. */
export function publicPem(key: KeyObject): string {
  return publicHalf(key).export({ type: 'spki', format: 'pem' }).toString();
}

export const privateKey = parsed((text) => attempt(() => readPrivateKey(text)));
export const publicKey = parsed((text) => attempt(() => readPublicKey(text)));

/** Several keys: PEM blocks one after the other, or commas between. */
export const publicKeys = parsed<readonly KeyObject[]>((text) => {
  const parts = splitKeys(text);
  if (parts.length === 0) return { wrong: 'holds no key' };
  const keys: KeyObject[] = [];
  for (const [index, part] of parts.entries()) {
    const result = attempt(() => readPublicKey(part));
    if ('wrong' in result) return { wrong: `key ${index + 1} of ${parts.length} ${result.wrong}` };
    keys.push(result.value);
  }
  return { value: keys };
});

function publicHalf(key: KeyObject): KeyObject {
  return key.type === 'private' ? createPublicKey(key) : key;
}

export function samePublicKey(a: KeyObject, b: KeyObject): boolean {
  return publicHalf(a).equals(publicHalf(b));
}

function attempt(read: () => KeyObject): { readonly value: KeyObject } | { readonly wrong: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof InvalidInput) return { wrong: error.issues.map(({ message }) => message).join('; ') };
    throw error;
  }
}
