import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair as generate,
  type KeyExportOptions,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { InvalidInput } from './errors';

/** Base64 without armour, as FalPay's key tool (生成秘钥对) hands it out. [I] */
export interface KeyPair {
  /** PKCS#8, Base64. Secret. */
  readonly privateKey: string;
  /** X.509 SubjectPublicKeyInfo, Base64. */
  readonly publicKey: string;
}

/** Makes an RSA-2048 pair. */
export async function generateKeyPair(): Promise<KeyPair> {
  const { privateKey, publicKey } = await promisify(generate)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  return { privateKey: privateKey.toString('base64'), publicKey: publicKey.toString('base64') };
}

/** How key tools write a pair: with or without PEM armour, PKCS#8 and SPKI or both as PKCS#1. */
export interface KeyForm {
  readonly encoding: 'base64' | 'pem';
  readonly pkcs: 8 | 1;
}

/** Writes a key; PEM ends with a line end, Base64 has none. */
export function writeKey(key: KeyObject, { encoding, pkcs }: KeyForm): string {
  const type = pkcs === 1 ? 'pkcs1' : key.type === 'private' ? 'pkcs8' : 'spki';
  return encoding === 'pem'
    ? key.export({ type, format: 'pem' } as KeyExportOptions<'pem'>).toString()
    : key.export({ type, format: 'der' } as KeyExportOptions<'der'>).toString('base64');
}

/** The same pair in another form. */
export const writeKeyPair = (pair: KeyPair, form: KeyForm): KeyPair => ({
  privateKey: writeKey(readPrivateKey(pair.privateKey), form),
  publicKey: writeKey(readPublicKey(pair.publicKey), form),
});

/**
 * Reads our private key: Base64 of PKCS#8 or PKCS#1, or PEM.
 * @param name what to call the key in an error, such as the setting it came from
 * @throws InvalidInput that says what is wrong with it, never quoting it
 */
export function readPrivateKey(text: string, name = 'privateKey'): KeyObject {
  const { der, label } = toDer(text, name);
  if (label?.includes('PUBLIC')) fail(name, 'is a public key where the private key belongs');
  if (label?.includes('ENCRYPTED')) fail(name, 'is encrypted with a passphrase: give it decrypted');
  const key =
    attempt(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })) ??
    attempt(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs1' }));
  if (key) return checkRsa(key, name);
  if (publicKeyOf(der)) fail(name, 'is a public key where the private key belongs');
  return fail(name, 'is neither a PKCS#8 nor a PKCS#1 private key: it is cut off, changed or something else');
}

/**
 * Reads one of the platform's public keys: Base64 of SPKI or PKCS#1, PEM, or an X.509 certificate in PEM.
 * @throws InvalidInput that says what is wrong with it
 */
export function readPublicKey(text: string, name = 'publicKey'): KeyObject {
  const { der, label } = toDer(text, name);
  // Node would take the public half out of a PKCS#1 private key: whoever mixes the two up should hear of it.
  const isPrivate =
    label?.includes('PRIVATE') ??
    attempt(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })) ??
    attempt(() => createPrivateKey({ key: der, format: 'der', type: 'pkcs1' }));
  if (isPrivate) fail(name, 'is a private key where a public key belongs');
  const key = label === 'CERTIFICATE' ? attempt(() => createPublicKey(text)) : publicKeyOf(der);
  if (key) return checkRsa(key, name);
  return fail(name, 'is neither an SPKI nor a PKCS#1 public key: it is cut off, changed or something else');
}

/** Takes several keys apart that came as one setting: separated by commas, or PEM blocks one after the other. */
export function splitKeys(text: string): readonly string[] {
  const blocks = text.match(/-----BEGIN [^-]+-----[\s\S]*?-----END [^-]+-----/g);
  return (
    blocks ??
    text
      .split(',')
      .map((key) => key.trim())
      .filter((key) => key !== '')
  );
}

function toDer(text: string, name: string): { readonly der: Buffer; readonly label?: string } {
  // A PEM in an environment file often has its line ends written as \n.
  const clean = text.trim().replaceAll('\\n', '\n');
  if (clean === '') fail(name, 'is empty');
  const pem = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/.exec(clean);
  if (!pem && clean.includes('-----BEGIN')) fail(name, 'is a PEM block without its END line: it was cut off');
  const body = (pem?.[2] ?? clean).replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body))
    fail(name, 'is not Base64: give the key as Base64 without armour, or as PEM');
  const der = Buffer.from(body, 'base64');
  return pem?.[1] === undefined ? { der } : { der, label: pem[1] };
}

const publicKeyOf = (der: Buffer): KeyObject | undefined =>
  attempt(() => createPublicKey({ key: der, format: 'der', type: 'spki' })) ??
  attempt(() => createPublicKey({ key: der, format: 'der', type: 'pkcs1' }));

function checkRsa(key: KeyObject, name: string): KeyObject {
  if (key.asymmetricKeyType !== 'rsa') fail(name, `is a key for ${key.asymmetricKeyType ?? 'something else'}, not RSA`);
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < 2048) fail(name, `has ${bits} bits: RSA keys must have at least 2048`);
  return key;
}

function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function fail(name: string, message: string): never {
  throw new InvalidInput('RSA key', [{ path: name, message }]);
}
