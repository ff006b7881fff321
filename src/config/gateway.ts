/** The gateway's address and the API keys it accepts. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { LOCAL_NAME_PREFIX } from './keys';
import type { SettingReader } from './reader';
import { host, json, parsed, port } from './schemas';

export const API_ROLES = ['backend', 'operator', 'finance', 'card:reveal'] as const;
/** What a key may do; `card:reveal` is a scope that adds to a role. */
export type ApiRole = (typeof API_ROLES)[number];
export type ApiScope = Extract<ApiRole, 'card:reveal'>;

export interface ApiKey {
  /** The actor in every record of what this key did. */
  readonly name: string;
  /** Lower-case hex of SHA-256 of the key's UTF-8 bytes. */
  readonly sha256: string;
  readonly roles: readonly ApiRole[];
}

export interface Listen {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export const DEFAULT_GATEWAY: Listen = { host: '127.0.0.1', port: 8080 };

const REMEDY =
  'write JSON like [{"name": "shop", "sha256": "<64 hex digits>", "roles": ["backend"]}]; npx cardflow keys api --name shop --roles backend makes one';
const SHA256_OF_NOTHING = createHash('sha256').digest('hex');

const apiKey = z.strictObject({
  name: z.string('is missing').regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'is not 1 to 64 letters, digits or . _ @ -'),
  sha256: z
    .string('is missing')
    .regex(/^[0-9a-f]{64}$/, 'is not 64 lower-case hex digits')
    .refine((hash) => hash !== SHA256_OF_NOTHING, 'is the hash of an empty key'),
  roles: z
    .array(z.enum(API_ROLES, `is none of ${API_ROLES.join(', ')}`), 'is missing')
    .refine(
      (roles) => roles.some((role) => role !== 'card:reveal'),
      'needs at least one of backend, operator, finance',
    ),
});

const apiKeys = json(
  z.array(apiKey, 'is no JSON array').superRefine((keys, context) => {
    if (keys.length === 0) context.addIssue({ code: 'custom', message: 'holds no key: nobody could call the API' });
    for (const field of ['name', 'sha256'] as const) {
      keys.forEach((key, index) => {
        if (keys.findIndex((other) => other[field] === key[field]) !== index)
          context.addIssue({ code: 'custom', path: [index, field], message: 'stands there twice' });
      });
    }
  }),
);

export function readListen(reader: SettingReader, prefix: 'GATEWAY' | 'SANDBOX', byDefault: Listen): Listen {
  return {
    host:
      reader.read(`${prefix}_HOST`, host, 'name an address of this machine, like 127.0.0.1 or 0.0.0.0') ??
      byDefault.host,
    // Kubernetes sets GATEWAY_PORT=tcp://… for a service called "gateway".
    port:
      reader.read(
        `${prefix}_PORT`,
        port,
        'give a number from 0 to 65535 (in Kubernetes also set enableServiceLinks: false)',
      ) ?? byDefault.port,
  };
}

export function readApiKeys(reader: SettingReader, production: boolean): readonly ApiKey[] {
  const keys = reader.require('GATEWAY_API_KEYS', apiKeys, REMEDY) ?? [];
  const local = keys.find((key) => key.name.startsWith(LOCAL_NAME_PREFIX));
  if (production && local)
    reader.problems.add(
      'GATEWAY_API_KEYS',
      `key "${local.name}" was made for local use`,
      'make a key of its own for production',
    );
  return keys;
}

/** Requests a minute that each API key may make; 0: as many as it likes. Flows by the hundred and their polls must fit in. */
export const DEFAULT_RATE_LIMIT = 6_000;
const perMinute = parsed((text) =>
  /^\d{1,7}$/.test(text) ? { value: Number(text) } : { wrong: `"${text}" is no number of requests` },
);

export function readRateLimit(reader: SettingReader): number {
  const remedy = 'give the requests a minute that each API key may make, like 6000, or 0 for no limit';
  return reader.read('GATEWAY_RATE_LIMIT', perMinute, remedy) ?? DEFAULT_RATE_LIMIT;
}

/** Where to reach something that listens there from this machine. */
export function localUrl({ host, port }: Listen): string {
  const reachable =
    host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `http://${reachable}:${port}`;
}
