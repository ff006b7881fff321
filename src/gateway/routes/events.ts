import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { eventPageAnswer, problems } from '../answers';
import { READERS, requireRole } from '../auth';
import type { GatewayDeps } from '../deps';
import { eventsQuery } from '../schemas';
import { patience } from './state';

/** `/v1/events`: what was pushed, for a backend that missed some of it, or that would rather ask than be called. */
export function eventRoutes(
  instance: FastifyInstance,
  { cardflow, apiKeys }: GatewayDeps,
  { closing }: { readonly closing: AbortSignal },
): void {
  instance.withTypeProvider<ZodTypeProvider>().get(
    '/v1/events',
    {
      onRequest: requireRole(apiKeys, READERS),
      schema: {
        tags: ['events'],
        summary: 'Events in order, a few seconds behind; with ?wait= the next ones',
        querystring: eventsQuery,
        response: { 200: eventPageAnswer, ...problems(401, 403, 422, 503) },
      },
    },
    async ({ query: { wait, ...request } }, reply) => {
      const page = await cardflow.events(request, wait ? { ms: wait, signal: patience(reply, closing) } : undefined);
      return reply.header('cache-control', 'no-store').send({ ...page, items: [...page.items] });
    },
  );
}
