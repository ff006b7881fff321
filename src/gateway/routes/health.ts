import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { GatewayDeps } from '../deps';

const liveAnswer = z.object({ status: z.literal('ok') });
const readyAnswer = z.object({
  status: z.enum(['ready', 'not ready']),
  temporal: z.boolean().describe('Whether Temporal answers'),
});

/** `/healthz`: the process lives. `/readyz`: Temporal answers, so that callbacks and starts can be taken. */
export function healthRoutes(instance: FastifyInstance, { ready, registry }: GatewayDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const open = { tags: ['health'], security: [] };
  app.get(
    '/healthz',
    { schema: { ...open, summary: 'Whether the process lives', response: { 200: liveAnswer } } },
    async () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        ...open,
        summary: 'Whether callbacks and starts can be taken',
        response: { 200: readyAnswer, 503: readyAnswer },
      },
    },
    async (_request, reply) => {
      const temporal = await ready();
      return reply.code(temporal ? 200 : 503).send({ status: temporal ? 'ready' : 'not ready', temporal });
    },
  );
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  );
}
