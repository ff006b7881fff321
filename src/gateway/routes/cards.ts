import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { cardAnswer, cardFeesAnswer, cardTransactionsAnswer, problems } from '../answers';
import { READERS, requireRole } from '../auth';
import type { GatewayDeps } from '../deps';
import { cardFeesQuery, cardTransactionsQuery, falpayPeriod } from '../falpay-filters';
import { known } from '../known';
import { readPage, type PageNumber } from '../paging';
import { falpayIdParams } from '../schemas';

/** `/v1/cards/{id}`: a card as FalPay has it, without its number, and what it paid. */
export function cardRoutes(instance: FastifyInstance, { falpay, apiKeys }: GatewayDeps): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const onRequest = requireRole(apiKeys, READERS);
  const card = (cardId: string) => known('card', falpay.getCard({ cardId }));

  app.get(
    '/v1/cards/:id',
    {
      onRequest,
      schema: {
        tags: ['cards'],
        summary: 'A card (查询卡片详细信息), without its number and CVV',
        params: falpayIdParams,
        response: { 200: cardAnswer, ...problems(401, 403, 404, 422, 502, 503) },
      },
    },
    ({ params }) => card(params.id),
  );

  app.get(
    '/v1/cards/:id/transactions',
    {
      onRequest,
      schema: {
        tags: ['cards'],
        summary: 'What a card paid (分页查询卡片支付订单记录), page by page, in FalPay’s order',
        params: falpayIdParams,
        querystring: cardTransactionsQuery,
        response: { 200: cardTransactionsAnswer, ...problems(401, 403, 404, 422, 502, 503) },
      },
    },
    async ({ params, query }) => {
      const { pageSize, nextPageToken, from, to, ...rest } = query;
      const param = { cardId: params.id, ...rest, ...falpayPeriod({ from, to }, falpay.profile.time.zone) };
      const ask = async (page: PageNumber) => {
        const { list, total } = await known('card', falpay.listCardPayOrders({ ...page, param }));
        return { rows: list, total };
      };
      return readPage({ of: 'card', ...param }, { pageSize, nextPageToken }, ask, () => card(params.id));
    },
  );

  app.get(
    '/v1/cards/:id/fees',
    {
      onRequest,
      schema: {
        tags: ['cards'],
        summary: 'What a card cost (查询卡片手续费订单记录), page by page, in FalPay’s order',
        params: falpayIdParams,
        querystring: cardFeesQuery,
        response: { 200: cardFeesAnswer, ...problems(401, 403, 404, 422, 502, 503) },
      },
    },
    async ({ params, query }) => {
      const { pageSize, nextPageToken, ...dates } = query;
      const param = { cardId: params.id, ...falpayPeriod(dates, falpay.profile.time.zone) };
      const ask = async (page: PageNumber) => {
        const { list, total } = await known('card', falpay.listCardFees({ ...page, param }));
        return { rows: list, total };
      };
      return readPage({ of: 'card-fees', ...param }, { pageSize, nextPageToken }, ask, () => card(params.id));
    },
  );
}
