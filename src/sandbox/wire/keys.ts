/** Reads RSA keys as they come in settings: Base64 without armour, or PEM (also with its line ends written as \n). */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** Base64 without armour: PKCS#8 private, X.509 SPKI public. */
export interface KeyPairText {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** @throws Error that names the setting, and never quotes the key */
export function privateKeyOf(text: string, name: string): KeyObject {
  return rsa(name, 'a private key (PKCS#8 or PKCS#1)', () =>
    firstOf(text, 'PRIVATE KEY', 'RSA PRIVATE KEY', createPrivateKey),
  );
}

/** @throws Error that names the setting */
export function publicKeyOf(text: string, name: string): KeyObject {
  // Node would take a private key for a public one: whoever mixes the two up should hear of it.
  if (/PRIVATE KEY/.test(text)) throw new Error(`${name} is a private key, a public key belongs there`);
  return rsa(name, 'a public key (X.509 SPKI or PKCS#1)', () =>
    firstOf(text, 'PUBLIC KEY', 'RSA PUBLIC KEY', createPublicKey),
  );
}

/** 生成秘钥对: RSA, 2048 bits. */
export function generateKeys(): KeyPairText {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  };
}

function firstOf(text: string, label: string, otherLabel: string, read: (pem: string) => KeyObject): KeyObject {
  const clean = text.trim().replaceAll('\\n', '\n');
  if (clean.startsWith('-----BEGIN')) return read(clean);
  try {
    return read(pem(clean, label));
  } catch {
    return read(pem(clean, otherLabel));
  }
}

function pem(base64: string, label: string): string {
  const lines = base64.replace(/\s+/g, '').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

function rsa(name: string, wanted: string, read: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = read();
  } catch {
    throw new Error(`${name} is not ${wanted}: give it as Base64 without armour, or as PEM`);
  }
  if (key.asymmetricKeyType !== 'rsa')
    throw new Error(`${name} is a key for ${key.asymmetricKeyType ?? 'something else'}, not for RSA`);
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) throw new Error(`${name} is shorter than 2048 bits`);
  return key;
}
