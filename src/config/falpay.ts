/** FalPay's address, our credentials and both sides' keys. */
import { z } from 'zod';
import type { FalpayProfile } from '../falpay/contract/profile';
import { isSandboxUrl } from './environment';
import { isLocalKey, privateKey, privatePem, publicKey, publicKeys, publicPem, samePublicKey } from './keys';
import type { SettingReader } from './reader';
import { httpUrl } from './schemas';
import type { SettingName } from './settings';

export interface FalpayAccess {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Signs our requests. PKCS#8 in PEM. */
  readonly privateKey: string;
  /** Verify answers and callbacks; several during a rotation. SPKI in PEM. */
  readonly platformPublicKeys: readonly string[];
}

const MAKE_KEYS = 'npx cardflow keys generate makes a pair';

/** Spaces inside an id or a secret are a slip of pasting. */
const token = z.string().regex(/^\S+$/, 'holds a space');

/**
 * Undefined when a part is missing or wrong; each is noted.
 * @param profile may know FalPay's address; the setting wins, since one profile serves several environments
 */
export function readFalpay(
  reader: SettingReader,
  production: boolean,
  profile: FalpayProfile | undefined,
): FalpayAccess | undefined {
  const { problems } = reader;
  const baseUrl = readBaseUrl(reader, profile);
  const clientId = reader.require('FALPAY_CLIENT_ID', token, 'FalPay shows it in its console');
  const clientSecret = reader.require('FALPAY_CLIENT_SECRET', token, 'FalPay shows it in its console');
  const ours = reader.require('FALPAY_PRIVATE_KEY', privateKey, `give our own RSA key; ${MAKE_KEYS}`);
  const theirs = reader.require(
    'FALPAY_PLATFORM_PUBLIC_KEYS',
    publicKeys,
    'give the public keys FalPay shows in its console',
  );
  if (ours && theirs?.some((key) => samePublicKey(key, ours)))
    problems.add(
      'FALPAY_PLATFORM_PUBLIC_KEYS',
      'holds our own public key',
      'give FalPay’s public keys; ours belongs into FalPay’s console',
    );
  if (production) {
    if (baseUrl !== undefined && isSandboxUrl(baseUrl))
      problems.add(
        'FALPAY_BASE_URL',
        'is a sandbox’s: not https, or on this machine; production refuses it',
        'give FalPay’s https address, or another CARDFLOW_ENVIRONMENT',
      );
    refuseLocal(reader, 'FALPAY_PRIVATE_KEY');
    refuseLocal(reader, 'FALPAY_PLATFORM_PUBLIC_KEYS');
  }
  return baseUrl && clientId && clientSecret && ours && theirs
    ? { baseUrl, clientId, clientSecret, privateKey: privatePem(ours), platformPublicKeys: theirs.map(publicPem) }
    : undefined;
}

function readBaseUrl(reader: SettingReader, profile: FalpayProfile | undefined): string | undefined {
  const remedy = 'write it like https://openapi.example.com';
  const known = profile?.http.baseUrl?.replace(/\/+$/, '');
  if (reader.text('FALPAY_BASE_URL') === undefined && known !== undefined) return known;
  return reader.require('FALPAY_BASE_URL', httpUrl, remedy);
}

interface Credentials {
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
}

/** The client's public key as the sandbox needs it: given, or derived from the private one. */
export function readClientPublicKey(reader: SettingReader): string | undefined {
  const derive =
    reader.text('SANDBOX_CLIENT_PUBLIC_KEY') === undefined && reader.text('FALPAY_PRIVATE_KEY') !== undefined;
  const key = derive
    ? reader.read('FALPAY_PRIVATE_KEY', privateKey, `give our own RSA key; ${MAKE_KEYS}`)
    : reader.require(
        'SANDBOX_CLIENT_PUBLIC_KEY',
        publicKey,
        'give the public key that belongs to FALPAY_PRIVATE_KEY, or that key itself',
      );
  return key && publicPem(key);
}

export function readCredentials(reader: SettingReader): Credentials {
  return {
    clientId: reader.require('FALPAY_CLIENT_ID', token, 'choose one; client and sandbox must have the same'),
    clientSecret: reader.require('FALPAY_CLIENT_SECRET', token, 'choose one; client and sandbox must have the same'),
  };
}

function refuseLocal(reader: SettingReader, name: SettingName): void {
  if (isLocalKey(reader.text(name) ?? ''))
    reader.problems.add(
      name,
      'was made by npm start for local use; production refuses it',
      `take the real key; ${MAKE_KEYS}`,
    );
}

/** The sandbox's own signing key, PKCS#8 in PEM. */
export function readPlatformPrivateKey(reader: SettingReader, need: 'required' | 'optional'): string | undefined {
  const remedy =
    'give the key whose public half is in FALPAY_PLATFORM_PUBLIC_KEYS; npx cardflow keys generate makes a pair';
  if (need === 'required') reader.demand('SANDBOX_PLATFORM_PRIVATE_KEY', remedy);
  const key = reader.read('SANDBOX_PLATFORM_PRIVATE_KEY', privateKey, remedy);
  return key && privatePem(key);
}
