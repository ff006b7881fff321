import type { FastifyInstance } from 'fastify';
import { TemporalUnavailableError } from '../../client/index';
import { CALLBACK_TOPICS, type CallbackTopic } from '../../messages';
import type { GatewayDeps } from '../deps';
import type { GatewayMetrics } from '../observe';
import { Problem } from '../problem';

const BODY_LIMIT = 256 * 1024;

/**
 * `POST /callbacks/falpay/{topic}`: verified on the raw bytes, handed to Temporal, and only then acknowledged. FalPay sends again whatever was not.
 */
export function callbackRoutes(app: FastifyInstance, deps: GatewayDeps, metrics: GatewayMetrics): void {
  const { log, callbacks, cardflow } = deps;
  // In a scope of its own: no other route may see unparsed bodies, and this one no parsed ones.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.route<{ Params: { topic: string }; Body: Buffer | undefined }>({
      method: 'POST',
      url: '/callbacks/falpay/:topic',
      bodyLimit: BODY_LIMIT,
      schema: { hide: true },
      onRequest: async ({ params }) => {
        topicOf(params.topic);
      },
      handler: async (request, reply) => {
        const topic = topicOf(request.params.topic);
        const reading = callbacks.read(topic, request.headers, request.body ?? Buffer.alloc(0));
        if (!reading.ok) {
          metrics.callback(topic, reading.reason);
          log.warn(
            { requestId: request.id, topic, reason: reading.reason, detail: reading.detail },
            'callback refused',
          );
          throw REFUSALS[reading.reason];
        }
        const { event } = reading;
        const outcome = await cardflow.callbacks.route(event).catch((error: unknown) => {
          metrics.callback(topic, error instanceof TemporalUnavailableError ? 'unavailable' : 'failed');
          throw error;
        });
        metrics.callback(topic, outcome);
        log.info(
          { requestId: request.id, topic, outcome, eventId: event.eventId, ref: event.ref, stale: event.stale },
          'callback taken',
        );
        return reply.code(callbacks.acknowledgement.status).send(callbacks.acknowledgement.body);
      },
    });
  });
}

/** One answer for every doubt: what exactly is wrong helps only who tries to forge. */
const REFUSALS = {
  unauthentic: new Problem({ status: 401, code: 'unauthentic', detail: 'The signature is not accepted.' }),
  unreadable: new Problem({ status: 400, code: 'unreadable', detail: 'The body does not fit its topic.' }),
} as const;

function topicOf(text: string): CallbackTopic {
  const topic = CALLBACK_TOPICS.find((known) => known === text);
  if (topic) return topic;
  throw new Problem({ status: 404, code: 'no-such-topic', detail: `Topics: ${CALLBACK_TOPICS.join(', ')}.` });
}
