import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkReachable, startDevServer } from './dev-server';
import type { Guardian } from './guardian';
import type { LocalKeys } from './local-keys';
import {
  gatewaySettings,
  sandboxSettings,
  surroundings,
  workerSettings,
  type LocalStackSettings,
} from './local-settings';
import { startProcess, type ManagedProcess } from './managed-process';
import { projectRoot } from './paths';
import { isFree, loopback, portNear } from './ports';
import { untilReady } from './ready';
import type { Report } from './report';
import type { TemporalServer } from './temporal-server';

/** A worker finishes the calls under way: one that is cut off leaves an outcome to look up. */
const DRAIN_MS = 45_000;

type Part = 'sandbox' | 'gateway' | 'worker';

export interface StackOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataFolder: string;
  readonly keys: LocalKeys;
  readonly delay: string;
  readonly guardian: Guardian;
  readonly signal: AbortSignal;
}

export interface TemporalAt {
  readonly address: string;
  readonly namespace: string;
  readonly ui?: string;
}

/** The processes of one start: the same programs, configured by the same environment, as anywhere else. */
export class Stack {
  readonly #options: StackOptions;
  readonly #taken = new Set<number>();
  readonly #processes: ManagedProcess[] = [];
  #settings: LocalStackSettings | undefined;

  constructor(options: StackOptions) {
    this.#options = options;
    mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
  }

  get gatewayUrl(): string {
    return `http://${loopback}:${this.#settings?.ports.gateway}`;
  }

  get sandboxUrl(): string {
    return `http://${loopback}:${this.#settings?.ports.sandbox}`;
  }

  /** Starts the server, or takes the one that runs, and settles all ports. */
  async startTemporal(server: TemporalServer, report: Report): Promise<TemporalAt> {
    const temporal =
      server.kind === 'running' ? await foreign(server.address) : await this.#ownServer(server.path, report);
    const { env, keys, dataFolder, delay } = this.#options;
    this.#settings = {
      temporalAddress: temporal.address,
      keys,
      dataFolder,
      delay,
      ports: {
        gateway: await this.#port('gateway', Number(env['GATEWAY_PORT'] ?? 8080), report),
        sandbox: await this.#port('sandbox', Number(env['SANDBOX_PORT'] ?? 8090), report),
        workerMetrics: await this.#port('worker', Number(env['METRICS_PORT'] ?? 9464), report),
      },
    };
    return temporal;
  }

  /** Starts one of our own processes and waits until it says that it is ready. */
  async start(part: Part): Promise<string> {
    const settings = this.#settings;
    if (settings === undefined) throw new Error('Temporal comes first: it settles the addresses');
    const { env, guardian, dataFolder, signal } = this.#options;
    const { ports } = settings;
    const what = {
      sandbox: { own: sandboxSettings(settings, env), ready: `http://${loopback}:${ports.sandbox}/sandbox/ledger` },
      gateway: { own: gatewaySettings(settings), ready: `http://${loopback}:${ports.gateway}/readyz` },
      worker: { own: workerSettings(settings), ready: `http://${loopback}:${ports.workerMetrics}/readyz` },
    }[part];
    const child = startProcess({
      name: part,
      command: process.execPath,
      args: ['--import', 'tsx', join('src', `${part}.ts`)],
      cwd: projectRoot,
      env: { ...surroundings(env), ...what.own },
      logFile: join(dataFolder, 'logs', `${part}.log`),
      guardian,
      graceMs: DRAIN_MS,
    });
    this.#processes.push(child);
    await untilReady(child, what.ready, signal);
    return new URL(what.ready).origin;
  }

  /** Settles when any process ends, with what to tell about it; while we stop them ourselves nobody listens. */
  async broken(): Promise<string> {
    return Promise.race(
      this.#processes.map(async (child) => {
        const how = await child.ended;
        return `The ${child.name} ended (${how}):\n${child.tail()}\n  → its log: ${child.logFile}`;
      }),
    );
  }

  /** First those who take work in, then the sandbox that still sends callbacks, the server last. */
  async stop(): Promise<void> {
    const named = (...names: string[]): ManagedProcess[] => this.#processes.filter(({ name }) => names.includes(name));
    await Promise.all(named('gateway', 'worker').map((child) => child.stop()));
    await Promise.all(named('sandbox').map((child) => child.stop()));
    await Promise.all(this.#processes.map((child) => child.stop()));
  }

  async #ownServer(binary: string, report: Report): Promise<TemporalAt> {
    const { dataFolder, guardian } = this.#options;
    const port = await this.#port('Temporal', 7233, report);
    const uiPort = await this.#port('Temporal UI', 8233, report);
    const server = await startDevServer({
      binary,
      port,
      uiPort,
      dbFile: join(dataFolder, 'temporal.db'),
      logFile: join(dataFolder, 'logs', 'temporal.log'),
      guardian,
    });
    this.#processes.push(server.process);
    return { address: server.address, namespace: 'default', ui: server.ui };
  }

  async #port(what: string, preferred: number, report: Report): Promise<number> {
    const port = await portNear(preferred, this.#taken);
    if (port !== preferred && !(await isFree(preferred))) report(`port ${preferred} is in use: ${what} takes ${port}`);
    this.#taken.add(port);
    return port;
  }
}

/** A server of the user's own; where its UI is, nobody can tell. */
async function foreign(address: string): Promise<TemporalAt> {
  await checkReachable(address);
  return { address, namespace: 'default' };
}
