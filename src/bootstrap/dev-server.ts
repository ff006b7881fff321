import { Connection } from '@temporalio/client';
import { setTimeout as pause } from 'node:timers/promises';
import { BootstrapFailure, failure } from './failure';
import type { Guardian } from './guardian';
import { startProcess, type ManagedProcess } from './managed-process';
import { isFree, loopback } from './ports';

/** Flows live for weeks, and a repeated start must be recognised for as long as the retention lasts (design.md §2 rule 11). */
const RETENTION_DAYS = 90;
const READY_WITHIN_MS = 60_000;

/**
 * The dev server has one history shard whose queues it polls 20 times a second: each step waits up to 50 ms for nothing.
 *
 * A workflow of three no-op activities, alone (median) and 64 in parallel (flows a second), on 2 cores, file + WAL:
 *   as it comes                      350 ms   16/s
 *   eager activities                 200 ms   35/s
 *   eager and 100 polls a second      67 ms   27/s
 *   eager and 400 polls a second      71 ms   27/s   (2,000: the same)
 * More for the visibility queue, or one partition for the task queues, changed nothing that could be told from noise.
 */
const dynamicConfig: Readonly<Record<string, string>> = {
  'history.transferProcessorMaxPollRPS': '400',
  'history.timerProcessorMaxPollRPS': '400',
  'system.enableActivityEagerExecution': 'true',
};

export interface DevServerOptions {
  /** The `temporal` program. */
  readonly binary: string;
  readonly port: number;
  /** No UI without it. */
  readonly uiPort?: number;
  /** Kept between starts; in memory without it. */
  readonly dbFile?: string;
  readonly namespaces?: readonly string[];
  readonly logFile: string;
  readonly guardian: Guardian;
}

export interface DevServer {
  readonly address: string;
  readonly ui?: string;
  readonly process: ManagedProcess;
}

/**
 * Starts a Temporal server for one machine; returns when it answers requests for its namespace.
 *
 * @throws BootstrapFailure it ended early or did not answer, with the last lines of its log
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { uiPort, port } = options;
  // Else the server that has the port would answer for ours, which is about to fail.
  for (const wanted of uiPort === undefined ? [port] : [port, uiPort]) {
    if (!(await isFree(wanted))) {
      throw failure(
        `The Temporal server cannot have port ${wanted}: it is in use.`,
        'end the program that has it, or start again: another port is taken then',
      );
    }
  }
  const process = startProcess({
    name: 'Temporal server',
    command: options.binary,
    args: argumentsFor(options),
    env: serverEnvironment(),
    logFile: options.logFile,
    guardian: options.guardian,
  });
  const address = `${loopback}:${port}`;
  try {
    await ready(address, process, options.dbFile);
  } catch (error) {
    await process.stop();
    throw error;
  }
  return { address, process, ...(uiPort === undefined ? {} : { ui: `http://${loopback}:${uiPort}` }) };
}

/**
 * Makes sure that a server of the user's own answers, before anything waits for it in vain.
 *
 * @throws BootstrapFailure it does not, with what was seen
 */
export async function checkReachable(address: string): Promise<void> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '5s' });
    await connection.close();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(
      `No Temporal server answers at ${address} (CARDFLOW_DEV_TEMPORAL_ADDRESS): ${reason}`,
      'start it, correct the address, or unset CARDFLOW_DEV_TEMPORAL_ADDRESS to get a server of our own',
    );
  }
}

function argumentsFor({ port, uiPort, dbFile, namespaces = [] }: DevServerOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', loopback, '--port', String(port), '--log-level', 'error'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']),
    ...(dbFile === undefined
      ? []
      : ['--db-filename', dbFile, ...pragma('journal_mode=wal'), ...pragma('synchronous=normal')]),
    ...namespaces.flatMap((namespace) => ['--namespace', namespace]),
    ...Object.entries(dynamicConfig).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
  ];
}

function pragma(statement: string): string[] {
  return ['--sqlite-pragma', statement];
}

/** Nothing of the user's Temporal settings: they are about another server. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

async function ready(address: string, server: ManagedProcess, dbFile: string | undefined): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  let last = 'no answer yet';
  while (Date.now() < deadline) {
    if (!server.running()) {
      throw failure(
        `The Temporal server ended at once (${await server.ended}):\n${server.tail()}`,
        earlyEndRemedy(server, dbFile),
      );
    }
    try {
      await prepareNamespace(address);
      return;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await pause(50);
  }
  throw new BootstrapFailure(
    `The Temporal server at ${address} did not answer within ${READY_WITHIN_MS / 1000} s (${last}).\n${server.tail()}`,
    [],
  );
}

function earlyEndRemedy({ logFile, tail }: ManagedProcess, dbFile: string | undefined): string {
  if (/bind|address already in use/i.test(tail())) return 'another program took the port meanwhile: start again';
  if (/malformed|not a database|corrupt/i.test(tail()))
    return `its database ${dbFile ?? ''} is damaged: move it away and start again (log: ${logFile})`;
  return `its log: ${logFile}`;
}

/**
 * Waits for the namespace and sets its retention. The server's own default is a day, after which finished flows would be
 * forgotten and could be started a second time.
 */
async function prepareNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: '2s' });
  try {
    await connection.workflowService.updateNamespace({
      namespace: 'default',
      config: { workflowExecutionRetentionTtl: { seconds: (RETENTION_DAYS * 86_400) as never } },
    });
  } finally {
    await connection.close();
  }
}
