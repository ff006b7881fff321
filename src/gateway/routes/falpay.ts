import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { cardBinsAnswer, problems, rechargeMethodsAnswer } from '../answers';
import { READERS, requireRole } from '../auth';
import type { CardBins } from '../bins';
import type { GatewayDeps } from '../deps';
import { rechargeMethodsQuery, walletParams } from '../schemas';

/** What a backend may ask of FalPay through the gateway: it has neither FalPay's credentials nor our key. */
export function falpayRoutes(
  instance: FastifyInstance,
  { falpay, apiKeys }: GatewayDeps,
  { bins }: { readonly bins: CardBins },
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const onRequest = requireRole(apiKeys, READERS);

  app.get(
    '/v1/card-bins',
    {
      onRequest,
      schema: {
        tags: ['falpay'],
        summary: 'Card BINs (获取可用的卡BIN码列表), at most a minute old',
        response: { 200: cardBinsAnswer, ...problems(401, 403, 502, 503) },
      },
    },
    async () => ({ items: [...(await bins.list())] }),
  );

  app.get(
    '/v1/wallets/:id/recharge-methods',
    {
      onRequest,
      schema: {
        tags: ['falpay'],
        summary: 'Ways to recharge a wallet and where to pay (获取充值方式/收款账号)',
        params: walletParams,
        querystring: rechargeMethodsQuery,
        response: { 200: rechargeMethodsAnswer, ...problems(401, 403, 422, 502, 503) },
      },
    },
    ({ params, query }) => falpay.getRechargeInfo({ walletId: params.id, ...query }),
  );
}
