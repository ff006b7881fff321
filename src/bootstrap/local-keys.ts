import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiRole } from '../config/gateway';
import { LOCAL_NAME_PREFIX, markLocalKey } from '../config/keys';

/** The roles a local API key is made for. */
const roles = ['backend', 'operator', 'finance'] as const;
export type LocalRole = (typeof roles)[number];

/** The operator's may show cards too, so that it can be tried here; at a real place that is a key of its own. */
const rolesOf: Readonly<Record<LocalRole, readonly ApiRole[]>> = {
  backend: ['backend'],
  operator: ['operator', 'card:reveal'],
  finance: ['finance'],
};

export interface LocalKeys {
  readonly clientId: string;
  readonly clientSecretFile: string;
  readonly clientPrivateKeyFile: string;
  readonly clientPublicKeyFile: string;
  readonly platformPrivateKeyFile: string;
  readonly platformPublicKeyFile: string;
  /** Files that hold one API key each, for `curl` and the like. */
  readonly apiKeyFiles: Readonly<Record<LocalRole, string>>;
  /** What the gateway gets: names, roles and hashes. */
  readonly apiKeysFile: string;
}

/**
 * Keys for this machine alone, made at the first start and kept, so that yesterday's flows still find their signatures
 * valid. Files are readable by their owner only, and carry a mark that `production` refuses.
 */
export function localKeys(folder: string): LocalKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (name: string): string => join(folder, name);
  const client = keyPair(file('client-private.pem'), file('client-public.pem'));
  const platform = keyPair(file('platform-private.pem'), file('platform-public.pem'));
  const apiKeyFiles = { backend: file('backend.key'), operator: file('operator.key'), finance: file('finance.key') };
  const hashes = roles.map((role) => {
    const key = kept(apiKeyFiles[role], () => `cfk_${LOCAL_NAME_PREFIX}${randomBytes(24).toString('base64url')}`);
    return {
      name: `${LOCAL_NAME_PREFIX}${role}`,
      sha256: createHash('sha256').update(key).digest('hex'),
      roles: rolesOf[role],
    };
  });
  const apiKeysFile = file('api-keys.json');
  write(apiKeysFile, JSON.stringify(hashes));
  const clientSecretFile = file('client-secret');
  kept(clientSecretFile, () => randomBytes(24).toString('base64url'));
  return {
    // FalPay's are 19 digits; the first is never 0.
    clientId: kept(
      file('client-id'),
      () => `9${String(randomBytes(8).readBigUInt64BE()).padStart(20, '0').slice(-18)}`,
    ),
    clientSecretFile,
    clientPrivateKeyFile: client.privateFile,
    clientPublicKeyFile: client.publicFile,
    platformPrivateKeyFile: platform.privateFile,
    platformPublicKeyFile: platform.publicFile,
    apiKeyFiles,
    apiKeysFile,
  };
}

function keyPair(
  privateFile: string,
  publicFile: string,
): { readonly privateFile: string; readonly publicFile: string } {
  const privateKey = kept(privateFile, () => {
    const { privateKey: made } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return markLocalKey(made.export({ type: 'pkcs8', format: 'pem' }).toString());
  });
  // Always derived: the two files can then never disagree.
  write(publicFile, createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString());
  return { privateFile, publicFile };
}

/** What the file holds, or what is made now and kept. */
function kept(file: string, make: () => string): string {
  const found = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (found !== '') return found;
  const made = make().trim();
  write(file, made);
  return made;
}

/** Whole or not at all: a start that dies here must not leave half a key for the next. */
function write(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
