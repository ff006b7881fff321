import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import {
  cardBinsAnswer,
  merchantAnswer,
  problems,
  rechargeMethodsAnswer,
  walletAnswer,
  walletTransactionsAnswer,
} from '../answers';
import { READERS, requireRole } from '../auth';
import type { CardBins } from '../bins';
import type { GatewayDeps } from '../deps';
import { falpayPeriod, walletTransactionsQuery } from '../falpay-filters';
import { known } from '../known';
import { readPage, type PageNumber } from '../paging';
import { falpayIdParams, rechargeMethodsQuery } from '../schemas';

/** What a backend may ask of FalPay through the gateway: it has neither FalPay's credentials nor our key. Of cards, see cards.ts. */
export function falpayRoutes(
  instance: FastifyInstance,
  { falpay, apiKeys }: GatewayDeps,
  { bins }: { readonly bins: CardBins },
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const onRequest = requireRole(apiKeys, READERS);
  const wallet = (walletId: string) => known('wallet', falpay.getWallet({ walletId }));

  app.get(
    '/v1/card-bins',
    {
      onRequest,
      schema: {
        tags: ['cards'],
        summary: 'Card BINs (获取可用的卡BIN码列表), at most a minute old',
        response: { 200: cardBinsAnswer, ...problems(401, 403, 502, 503) },
      },
    },
    async () => ({ items: [...(await bins.list())] }),
  );

  app.get(
    '/v1/merchants/:id',
    {
      onRequest,
      schema: {
        tags: ['merchants'],
        summary: 'A merchant as FalPay has it (商户详情)',
        params: falpayIdParams,
        response: { 200: merchantAnswer, ...problems(401, 403, 404, 422, 502, 503) },
      },
    },
    ({ params }) => known('merchant', falpay.getMerchant({ merchantId: params.id })),
  );

  app.get(
    '/v1/wallets/:id',
    {
      onRequest,
      schema: {
        tags: ['wallets'],
        summary: 'A wallet with its balances (查询卡钱包信息)',
        params: falpayIdParams,
        response: { 200: walletAnswer, ...problems(401, 403, 404, 422, 502, 503) },
      },
    },
    ({ params }) => wallet(params.id),
  );

  app.get(
    '/v1/wallets/:id/transactions',
    {
      onRequest,
      schema: {
        tags: ['wallets'],
        summary: 'What moved a wallet’s balance (查询卡钱包流水), page by page, in FalPay’s order',
        params: falpayIdParams,
        querystring: walletTransactionsQuery,
        response: { 200: walletTransactionsAnswer, ...problems(401, 403, 404, 422, 502, 503) },
      },
    },
    async ({ params, query }) => {
      const { pageSize, nextPageToken, from, to, ...rest } = query;
      const filters = { walletId: params.id, ...rest, ...falpayPeriod({ from, to }, falpay.profile.time.zone) };
      const ask = async (page: PageNumber) => {
        const { items, pageInfo } = await known('wallet', falpay.listWalletFlows({ ...filters, ...page }));
        return { rows: items, total: pageInfo.total };
      };
      return readPage({ of: 'wallet', ...filters }, { pageSize, nextPageToken }, ask, () => wallet(params.id));
    },
  );

  app.get(
    '/v1/wallets/:id/recharge-methods',
    {
      onRequest,
      schema: {
        tags: ['wallets'],
        summary: 'Ways to recharge a wallet and where to pay (获取充值方式/收款账号)',
        params: falpayIdParams,
        querystring: rechargeMethodsQuery,
        response: { 200: rechargeMethodsAnswer, ...problems(401, 403, 404, 422, 502, 503) },
      },
    },
    ({ params, query }) => known('wallet', falpay.getRechargeInfo({ walletId: params.id, ...query })),
  );
}
