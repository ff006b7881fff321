/** The SDK's native runtime: its logs go to our logger, its metrics to a port of this machine that our own metrics server reads. */
import { createServer, type AddressInfo } from 'node:net';
import { Runtime, type LogMetadata, type Logger as SdkLogger } from '@temporalio/worker';
import type { LogLevel } from '../config';
import type { Logger } from '../logging';

type SdkLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const satisfies Record<
  SdkLevel,
  LogLevel
>;

/** Everything the SDK, workflows (`log`) and activities (`log`) write, as JSON lines of ours. */
export function sdkLogger(log: Logger): SdkLogger {
  const write = (level: SdkLevel, message: string, meta: LogMetadata = {}): void => {
    const { error, ...fields } = meta;
    log[LEVELS[level]](error instanceof Error ? { ...fields, err: error } : meta, message);
  };
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}

/** For webpack, whose report is of interest only when something is wrong. */
export function bundleLogger(log: Logger): SdkLogger {
  const logger = sdkLogger(log);
  return {
    ...logger,
    log: (level, message, meta) => logger.log(level === 'INFO' ? 'DEBUG' : level, message, meta),
    info: logger.debug,
  };
}

export interface InstalledRuntime {
  /** Where the native metrics are read, when they were asked for. */
  readonly metricsUrl?: string;
}

/** Once per process, before the first connection. Signals are the process's own business: see src/worker.ts. */
export async function installRuntime({
  log,
  metrics,
}: {
  readonly log: Logger;
  readonly metrics: boolean;
}): Promise<InstalledRuntime> {
  const bindAddress = metrics ? `127.0.0.1:${await freePort()}` : undefined;
  Runtime.install({
    logger: sdkLogger(log),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(bindAddress === undefined
        ? {}
        : { metrics: { prometheus: { bindAddress, unitSuffix: true, countersTotalSuffix: true } } }),
    },
  });
  return bindAddress === undefined ? {} : { metricsUrl: `http://${bindAddress}/metrics` };
}

/** The native exporter takes an address and does not tell which port 0 became. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
