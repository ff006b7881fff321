/** Process: the gateway. Starts and lives while Temporal is away; SIGTERM and SIGINT let its requests finish, a second one ends it at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { CardflowClient } from './client/index';
import { loadGatewayConfig, type GatewayConfig } from './config';
import { FalpayClient } from './falpay';
import { buildGateway } from './gateway/app';
import { callbackReader } from './gateway/callback-reader';
import { gatewayFiles } from './gateway/files';
import { createLogger, type Logger } from './logging';
import { configOrExit, stopSignals } from './process';
import { lazyConnection, temporalClient } from './temporal/connection';
import { falpayCallMetrics, processRegistry } from './temporal/metrics';
import { registerSearchAttributes, SearchAttributesError } from './temporal/search-attributes';

const SERVICE = 'gateway';
/** The first and the longest pause before search attributes are tried again. */
const REGISTER_AGAIN_MS = { first: 1_000, longest: 30_000 } as const;

async function main(): Promise<void> {
  const config = configOrExit(SERVICE, loadGatewayConfig);
  const log = createLogger({ service: SERVICE, level: config.logLevel, environment: config.environment });
  const stop = stopSignals(log, { first: 'gateway finishes its requests', second: 'second signal: ended at once' });
  try {
    await run(config, log, stop);
    log.info('gateway stopped');
    process.exit(0);
  } catch (error) {
    log.fatal({ err: error }, 'gateway failed');
    process.exit(1);
  }
}

async function run(config: GatewayConfig, log: Logger, stop: AbortSignal): Promise<void> {
  const registry = processRegistry(SERVICE);
  const connection = lazyConnection(config.temporal);
  const cardflow = new CardflowClient({
    temporal: temporalClient(connection, config),
    environment: config.environment,
  });
  const falpay = new FalpayClient({ ...config.falpay, hooks: falpayCallMetrics(registry) });
  let registered = false;
  const app = buildGateway({
    cardflow,
    falpay,
    callbacks: callbackReader(falpay),
    ready: async () => registered && !stop.aborted && (await cardflow.isReady()),
    apiKeys: config.gateway.apiKeys,
    rateLimit: config.gateway.rateLimit,
    files: gatewayFiles(config.files),
    log,
    registry,
  });
  try {
    const url = await app.listen(config.gateway).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EADDRINUSE' ? new Error(portTaken(config), { cause: error }) : error;
    });
    log.info({ url, temporal: config.temporal.address, namespace: config.temporal.namespace }, 'gateway listens');

    // Starts carry search attributes: without them every start is refused.
    const registering = keepRegistering(() => registerSearchAttributes(connection, config.temporal.namespace, stop), {
      onFailure: (error) => log.warn({ err: error }, explainRegistration(error, config)),
      stop,
    }).then(() => {
      registered = !stop.aborted;
      if (registered) log.info('gateway is ready');
    });
    await until(stop);
    await app.close();
    await registering;
  } finally {
    falpay.close();
    // The connection ends with the process: closed while Temporal is away, the SDK's pending retries would throw into nowhere.
  }
}

async function keepRegistering(
  register: () => Promise<unknown>,
  { onFailure, stop }: { readonly onFailure: (error: unknown) => void; readonly stop: AbortSignal },
): Promise<void> {
  const stopped = until(stop).then(() => true);
  for (let pauseMs: number = REGISTER_AGAIN_MS.first; !stop.aborted; pauseMs *= 2) {
    // A lost server keeps a call waiting for as long as the SDK retries; a stop must not wait for that.
    const done = await Promise.race([register().then(() => true), stopped]).catch((error: unknown) => {
      onFailure(error);
      return false;
    });
    if (done) return;
    await pause(Math.min(pauseMs, REGISTER_AGAIN_MS.longest), undefined, { signal: stop }).catch(() => undefined);
  }
}

function until(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
}

function explainRegistration(error: unknown, { temporal }: GatewayConfig): string {
  if (error instanceof SearchAttributesError) return error.message;
  const { address, namespace } = temporal;
  return `Temporal at ${address}, namespace "${namespace}", cannot be used yet: is it running, are TEMPORAL_* right?`;
}

function portTaken({ gateway: { host, port } }: GatewayConfig): string {
  return `GATEWAY_PORT ${port} on ${host} is in use by another program: end it, choose another port, or 0 for a free one`;
}

void main();
