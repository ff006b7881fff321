import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { reportCsv } from '../../client/index';
import { isDay } from '../../messages';
import { problems } from '../answers';
import { READERS, requireRole } from '../auth';
import type { GatewayDeps } from '../deps';
import { reconciliationAnswer } from '../reconciliation-answers';

const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

const params = z.strictObject({
  date: z
    .string()
    .refine((text) => text.split('..').length <= 2 && text.split('..').every(isDay), {
      error: 'must be a day as in 2026-01-31, or days as in 2026-01-01..2026-01-31',
    })
    .describe('A day in FalPay’s time zone, or the days of a reconciliation on demand: 2026-01-01..2026-01-31'),
});
const query = z.strictObject({ format: z.enum(['json', 'csv'], { error: 'must be json or csv' }).optional() });

/** `/v1/reconciliations/{date}`: what a reconciliation found, as JSON or CSV. */
export function reconciliationRoutes(instance: FastifyInstance, { cardflow, apiKeys }: GatewayDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  app.get(
    '/v1/reconciliations/:date',
    {
      onRequest: requireRole(apiKeys, READERS),
      schema: {
        tags: ['reconciliations'],
        summary: 'Read the report of a day; CSV by ?format=csv or Accept: text/csv',
        params,
        querystring: query,
        response: {
          200: {
            content: { 'application/json': { schema: reconciliationAnswer }, 'text/csv': { schema: z.string() } },
          },
          ...problems(401, 403, 404, 422, 503),
        },
      },
    },
    async (request, reply) => {
      const { date } = request.params;
      const report = await cardflow.reconciliation(date);
      void reply.header('cache-control', 'no-store').header('vary', 'accept');
      if (!wantsCsv(request.query.format, request.headers.accept)) return report;
      return reply
        .header('content-disposition', `attachment; filename="reconciliation-${date}.csv"`)
        .type(CSV_TYPE)
        .serializer((text: unknown) => String(text))
        .send(reportCsv(report) as never);
    },
  );
}

/** The query's word counts before the header's: a link in a browser cannot choose headers. */
function wantsCsv(format: 'json' | 'csv' | undefined, accept = ''): boolean {
  if (format !== undefined) return format === 'csv';
  return /(^|,)\s*text\/csv\b/i.test(accept) && !/(^|,)\s*application\/json\b/i.test(accept);
}
