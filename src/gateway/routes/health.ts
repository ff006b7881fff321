import type { FastifyInstance } from 'fastify';
import type { GatewayDeps } from '../deps';

/** `/healthz`: the process lives. `/readyz`: Temporal answers, so that callbacks and starts can be taken. */
export function healthRoutes(app: FastifyInstance, { ready, registry }: GatewayDeps): void {
  app.get('/healthz', { schema: { tags: ['health'] } }, async () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { tags: ['health'] } }, async (_request, reply) => {
    const temporal = await ready();
    return reply.code(temporal ? 200 : 503).send({ status: temporal ? 'ready' : 'not ready', temporal });
  });
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
