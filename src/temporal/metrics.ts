/** What a worker shows on METRICS_PORT: /metrics for Prometheus, /healthz and /readyz for whoever runs the process. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CallHooks } from '../falpay/caller';
import type { Logger } from '../logging';

export interface Health {
  /** False: restart this process. */
  alive(): boolean;
  /** What it still waits for, or why it takes no work; undefined when it works. */
  notReady(): string | undefined;
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

export function processRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Times each FalPay call by operation and outcome. Ids and order numbers are no labels: they would never end. */
export function falpayCallMetrics(registry: Registry): CallHooks {
  const duration = new Histogram({
    name: 'cardflow_falpay_call_duration_seconds',
    help: 'FalPay calls by operation and outcome',
    labelNames: ['operation', 'outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  return {
    onCall: ({ operation, outcome, durationMs }) => duration.observe({ operation, outcome }, durationMs / 1_000),
  };
}

/** One alert for an outage, however many flows wait for its end: a line of the log, and a gauge to alert on. */
export function falpayOutageAlert(registry: Registry, log: Logger): CallHooks {
  const since = new Gauge({
    name: 'cardflow_falpay_unavailable_since_seconds',
    help: 'Unix time since when calls to FalPay are held back; 0 while it can be used',
    registers: [registry],
  });
  since.set(0);
  return {
    onOutage: (outage) => {
      since.set(outage.since / 1_000);
      log.error(
        { since: new Date(outage.since).toISOString(), reason: outage.reason },
        'FalPay cannot be used: all flows wait, and go on by themselves when it can',
      );
    },
    onRecovery: (outage) => {
      since.set(0);
      log.info({ since: new Date(outage.since).toISOString() }, 'FalPay can be used again');
    },
  };
}

/** @throws Error the port is taken */
export async function serveMetrics(options: {
  readonly port: number;
  readonly registry: Registry;
  readonly health: Health;
  /** The native SDK's exporter. */
  readonly nativeUrl?: string;
}): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    void answer(path, options).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});

async function answer(path: string, options: Parameters<typeof serveMetrics>[0]): Promise<Answer> {
  const { registry, health, nativeUrl } = options;
  if (path === '/healthz') return health.alive() ? json(200, { status: 'ok' }) : json(503, { status: 'failed' });
  if (path === '/readyz') {
    const reason = health.notReady();
    return reason === undefined ? json(200, { status: 'ready' }) : json(503, { status: 'not ready', reason });
  }
  if (path === '/metrics')
    return { status: 200, type: registry.contentType, body: `${await registry.metrics()}\n${await native(nativeUrl)}` };
  return json(404, { status: 'not found', paths: ['/healthz', '/readyz', '/metrics'] });
}

/** Our own metrics are worth having while the native ones cannot be read. */
async function native(url: string | undefined): Promise<string> {
  if (url === undefined) return '';
  try {
    const { data } = await axios.get<string>(url, { timeout: 2_000, responseType: 'text', proxy: false });
    return data;
  } catch {
    return '# the metrics of the Temporal SDK could not be read\n';
  }
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`METRICS_PORT ${port} is in use by another program: choose another, or 0 for a free one`, {
              cause: error,
            })
          : error,
      ),
    );
    server.listen(port, '0.0.0.0', resolve);
  });
}
