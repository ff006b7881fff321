/** One line in the log and one observation in the metrics for each request: who asked and for what by name, never its body, query or headers. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Counter, Histogram, type Registry } from 'prom-client';

/** A caller's id is kept when it can do no harm in a log line. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._:-]{1,64}$/.test(given) ? given : randomUUID();
}

export type CallbackOutcome =
  'signalled' | 'duplicate' | 'parked' | 'unauthentic' | 'unreadable' | 'unavailable' | 'failed';

export interface GatewayMetrics {
  readonly registry: Registry;
  /** @param path what it came to, below `/callbacks/falpay`: the topic itself need not be known */
  callback(path: string, outcome: CallbackOutcome): void;
}

export function observe(app: FastifyInstance, log: Logger, registry: Registry): GatewayMetrics {
  const duration = new Histogram({
    name: 'cardflow_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer; long polls included',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  const callbacks = new Counter({
    name: 'cardflow_callbacks_total',
    help: 'FalPay callbacks by path and by what became of them',
    labelNames: ['path', 'outcome'] as const,
    registers: [registry],
  });

  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.addHook('onResponse', async (request, reply) => {
    // The pattern, not the path: business numbers would make a series each.
    const route = request.is404 ? 'none' : (request.routeOptions.url ?? 'none');
    const { method, id: requestId } = request;
    const status = reply.statusCode;
    duration.observe({ method, route, status: String(status) }, reply.elapsedTime / 1_000);
    const quiet = QUIET.has(route) && status < 400;
    const ms = Math.round(reply.elapsedTime);
    log[quiet ? 'debug' : 'info'](
      { requestId, method, route, status, ms, key: request.actor, of: namedBy(request) },
      'request',
    );
  });
  return { registry, callback: (path, outcome) => callbacks.inc({ path, outcome }) };
}

/** The names in the path of what may change something, as in `{orderNo: "D-1"}`: which key ordered it must be told from the log. What could be no name of ours is left out. */
function namedBy({ actor, method, params }: FastifyRequest): Readonly<Record<string, string>> | undefined {
  if (actor === undefined || method === 'GET' || method === 'HEAD') return undefined;
  const names = Object.entries(params ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && /^[\w.:~-]{1,200}$/.test(entry[1]),
  );
  return names.length === 0 ? undefined : Object.fromEntries(names);
}

/** Asked every few seconds by machines. */
const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
