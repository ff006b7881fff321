import type { FastifyInstance } from 'fastify';
import { TemporalUnavailableError } from '../../client/index';
import type { GatewayDeps } from '../deps';
import type { GatewayMetrics } from '../observe';
import { Problem } from '../problem';

const BODY_LIMIT = 256 * 1024;

/**
 * `POST /callbacks/falpay/{topic}`, or wherever the profile says: verified on the raw bytes, handed to Temporal, and only then acknowledged.
 * FalPay sends again whatever was not.
 */
export function callbackRoutes(app: FastifyInstance, deps: GatewayDeps, metrics: GatewayMetrics): void {
  // In a scope of its own: no other route may see unparsed bodies, and these no parsed ones.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const path of deps.callbacks.paths) callbackRoute(scope, path, deps, metrics);
  });
}

function callbackRoute(
  scope: FastifyInstance,
  path: string,
  { log, callbacks, cardflow }: GatewayDeps,
  metrics: GatewayMetrics,
): void {
  scope.route<{ Body: Buffer | undefined }>({
    method: 'POST',
    url: `/callbacks/falpay${path}`,
    bodyLimit: BODY_LIMIT,
    schema: { hide: true },
    handler: async (request, reply) => {
      const reading = callbacks.read(path, request.headers, request.body ?? Buffer.alloc(0));
      if (!reading.ok) {
        metrics.callback(path, reading.reason);
        log.warn({ requestId: request.id, path, reason: reading.reason, detail: reading.detail }, 'callback refused');
        throw REFUSALS[reading.reason];
      }
      const { eventId, topic, ref, stale } = reading.event;
      const outcome = await cardflow.callbacks.route(reading.event).catch((error: unknown) => {
        metrics.callback(path, error instanceof TemporalUnavailableError ? 'unavailable' : 'failed');
        throw error;
      });
      metrics.callback(path, outcome);
      log.info({ requestId: request.id, topic, outcome, eventId, ref, stale }, 'callback taken');
      return reply.code(callbacks.acknowledgement.status).send(callbacks.acknowledgement.body);
    },
  });
}

/** One answer for every doubt: what exactly is wrong helps only who tries to forge. */
const REFUSALS = {
  unauthentic: new Problem({ status: 401, code: 'unauthentic', detail: 'The signature is not accepted.' }),
  unreadable: new Problem({ status: 400, code: 'unreadable', detail: 'The body does not fit its topic.' }),
} as const;
