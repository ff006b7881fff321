import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { limitChangeBody, limitChangeFingerprint } from '../../client/index';
import type { LimitChange } from '../../messages';
import { problems } from '../answers';
import { BACKENDS, READERS, requireRole } from '../auth';
import { limitChangeAnswer } from '../card-answers';
import type { GatewayDeps } from '../deps';
import { isThere, notKnown } from '../known';
import { limitChangeParams, seenHeaders, waitQuery } from '../schemas';
import { patience, seenBy } from './state';

const TAGS = ['cards'];

/** `/v1/cards/{cardId}/limit-changes/{orderNo}`: 卡片提额 and 卡片降额, one at a time for each card. */
export function limitChangeRoutes(
  instance: FastifyInstance,
  { cardflow, falpay, apiKeys }: GatewayDeps,
  { closing }: { readonly closing: AbortSignal },
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const url = '/v1/cards/:cardId/limit-changes/:orderNo';

  app.put(
    url,
    {
      onRequest: requireRole(apiKeys, BACKENDS),
      schema: {
        tags: TAGS,
        summary: 'Change the limit of a card once',
        description:
          '201 accepted, 200 the same change again, 404 FalPay knows no such card, 409 the number stands for another change, 422 invalid. Changes of one card are carried out one at a time, in order.',
        params: limitChangeParams,
        body: limitChangeBody,
        response: { 200: limitChangeAnswer, 201: limitChangeAnswer, ...problems(400, 401, 403, 404, 409, 422, 503) },
      },
    },
    async ({ params, body }, reply) => {
      const beforeFirst = () => mustExist(falpay, params.cardId);
      const { outcome, change } = await cardflow.changeLimit(params, body, { beforeFirst });
      if (outcome === 'same') return send(reply, change);
      reply.header('location', `/v1/cards/${params.cardId}/limit-changes/${params.orderNo}`);
      return send(reply, change, 201);
    },
  );

  app.get(
    url,
    {
      onRequest: requireRole(apiKeys, READERS),
      schema: {
        tags: TAGS,
        summary: 'Read a limit change; with ?wait= its next state',
        params: limitChangeParams,
        querystring: waitQuery,
        headers: seenHeaders,
        response: { 200: limitChangeAnswer, ...problems(401, 403, 404, 422, 503) },
      },
    },
    async (request, reply) => {
      const { wait } = request.query;
      if (!wait) return send(reply, await cardflow.limitChange(request.params));
      const signal = patience(reply, closing);
      const since = seenBy(request);
      return send(reply, await cardflow.waitForLimitChange(request.params, { ms: wait, since, signal }));
    },
  );
}

/**
 * A card's flow runs for as long as the card lives: for one that does not, it would never end. Where FalPay does not say, the flow finds out.
 * @throws Problem 404
 */
async function mustExist(falpay: GatewayDeps['falpay'], cardId: string): Promise<void> {
  if ((await isThere('card', falpay.getCard({ cardId }))) === false) throw notKnown('card');
}

function send(reply: FastifyReply, change: LimitChange, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({ etag: `"${limitChangeFingerprint(change)}"`, 'cache-control': 'no-store' })
    .send(change);
}
