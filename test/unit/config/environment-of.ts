/** Complete environments for each process, made of real keys, that a test then spoils in one place. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, type Problem } from '../../../src/config';

export type Env = Record<string, string | undefined>;

export interface Pair {
  readonly privatePem: string;
  readonly publicPem: string;
}

export function rsaPair(modulusLength = 2048): Pair {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return {
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** The Base64 inside a PEM. */
export function bare(pem: string): string {
  return pem.replace(/-----[A-Z ]+-----|\s/g, '');
}

export const client = rsaPair();
export const platform = rsaPair();

export const API_KEY = {
  name: 'shop',
  sha256: createHash('sha256').update('k'.repeat(32)).digest('hex'),
  roles: ['backend'],
};

export const workerEnv: Env = {
  CARDFLOW_ENVIRONMENT: 'test',
  FALPAY_BASE_URL: 'https://openapi.falpay.example',
  FALPAY_CLIENT_ID: '1904371880045457410',
  FALPAY_CLIENT_SECRET: 'client-secret-value',
  FALPAY_PRIVATE_KEY: client.privatePem,
  FALPAY_PLATFORM_PUBLIC_KEYS: platform.publicPem,
};
export const gatewayEnv: Env = { ...workerEnv, GATEWAY_API_KEYS: JSON.stringify([API_KEY]) };
export const sandboxEnv: Env = {
  FALPAY_CLIENT_ID: '1904371880045457410',
  FALPAY_CLIENT_SECRET: 'client-secret-value',
  SANDBOX_CLIENT_PUBLIC_KEY: client.publicPem,
  SANDBOX_PLATFORM_PRIVATE_KEY: platform.privatePem,
};

const codecKey = Buffer.alloc(32, 7).toString('base64');
export const productionEnv: Env = {
  ...workerEnv,
  CARDFLOW_ENVIRONMENT: 'production',
  CODEC_KEYS: JSON.stringify({ '2026-01': codecKey }),
};

/** The mistakes that a load tells; none when it succeeds. */
export function problemsOf(load: () => unknown): readonly Problem[] {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Files of one test file, gone afterwards. */
export function temporaryFiles(): {
  readonly write: (name: string, text: string) => string;
  readonly path: (name: string) => string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'cardflow-config-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  return {
    path,
    write: (name, text) => {
      writeFileSync(path(name), text);
      return path(name);
    },
  };
}
