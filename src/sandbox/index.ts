/**
 * The FalPay sandbox: a FalPay that runs on this machine, for newcomers, tests and benchmarks.
 *
 * It shares the contract's models and profile with the client and none of its code, so that the two check each other.
 */
import { randomBytes, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { loadProfile, type FalpayProfile } from '../falpay/contract/profile';
import { createLogger, type Logger } from '../logging';
import { systemClock, type Clock } from './clock';
import { Sandbox } from './sandbox';
import { buildServer } from './server';
import type { SandboxSettings } from './settings';
import { Database } from './store/database';
import { WireCodec } from './wire/codec';
import { privateKeyOf, publicKeyOf } from './wire/keys';

export { DEFAULT_SETTINGS, type SandboxSettings } from './settings';
export { generateKeys } from './wire/keys';

export interface SandboxOptions {
  /** The credentials that 获取令牌 accepts. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Checks requests. Base64 without armour or PEM, when it is text. */
  readonly clientPublicKey: KeyObject | string;
  /** Signs answers and callbacks. */
  readonly platformPrivateKey: KeyObject | string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Keeps everything over a restart; without it, memory. */
  readonly dbFile?: string;
  readonly profile?: FalpayProfile;
  readonly settings?: Partial<SandboxSettings>;
  /** The same seed gives the same ids and faults to the same calls. Default: chance, so that two sandboxes never issue the same id. */
  readonly seed?: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
}

export interface SandboxServer {
  readonly app: FastifyInstance;
  /** `http://host:port`, once started. */
  readonly url: string;
  /** @throws Error when the port is taken */
  start(): Promise<void>;
  /** Ends everything: calls under way have a second to end, callbacks under way are sent again after the next start from the same file. */
  stop(): Promise<void>;
  /** FalPay is down: connections are refused, everything is kept, callbacks still go out. */
  pause(): Promise<void>;
  /** Up again, at the same address. */
  resume(): Promise<void>;
}

/** How long calls under way may take to end. */
const STOP_PATIENCE_MS = 1_000;

/** @throws Error when a key or the database file cannot be used; the message names which */
export function createSandbox(options: SandboxOptions): SandboxServer {
  const profile = options.profile ?? loadProfile();
  const platformKey = asKey(options.platformPrivateKey, (text) => privateKeyOf(text, 'platformPrivateKey'));
  const clientKey = asKey(options.clientPublicKey, (text) => publicKeyOf(text, 'clientPublicKey'));
  const database = new Database(options.dbFile);
  const sandbox = new Sandbox({
    database,
    clock: options.clock ?? systemClock,
    log: options.logger ?? createLogger({ service: 'sandbox', level: 'warn' }),
    voice: { profile, platformKey, codec: new WireCodec(profile) },
    clientKey,
    client: { id: options.clientId, secret: options.clientSecret },
    seed: options.seed ?? randomBytes(8).toString('hex'),
    settings: options.settings ?? {},
  });
  const app = buildServer(sandbox);
  const host = options.host ?? '127.0.0.1';
  let port = options.port ?? 0;
  let isStopped = false;

  const listen = async (): Promise<void> => {
    const { server } = app;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    port = (server.address() as AddressInfo).port;
  };
  const close = async (patienceMs: number): Promise<void> => {
    const { server } = app;
    if (!server.listening) return;
    const closed = once(server, 'close');
    // Closes idle connections too; those with a call under way end with it.
    server.close();
    const timer = setTimeout(() => server.closeAllConnections(), patienceMs);
    await closed;
    clearTimeout(timer);
  };

  return {
    app,
    get url() {
      return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    },
    async start() {
      await app.ready();
      await listen();
      sandbox.start();
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      await close(STOP_PATIENCE_MS);
      await sandbox.stop();
      await app.close();
      database.close();
    },
    pause: () => close(0),
    resume: listen,
  };
}

function asKey(key: KeyObject | string, parse: (text: string) => KeyObject): KeyObject {
  return typeof key === 'string' ? parse(key) : key;
}
