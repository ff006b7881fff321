/** Audits by hand, money that arrives by hand, orders that end by hand. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { decideCardholder } from '../business/cardholders';
import { decideMerchantAudit, getMerchant } from '../business/merchants';
import { failRecharge, receiveRecharge } from '../business/recharges';
import { decideWalletAudit, getWallet } from '../business/wallets';
import { finishWithdrawal } from '../business/withdrawals';
import { arrivalSchema } from '../plans';
import type { Sandbox } from '../sandbox';
import { found, read, reason } from './input';

const decision = z.strictObject({ decision: z.enum(['APPROVED', 'REJECTED']), reason });
const arrival = arrivalSchema.omit({ delayMs: true });
const ending = z.strictObject({ status: z.enum(['SUCCESS', 'FAILED']).default('SUCCESS'), reason });

interface Named {
  Params: { name: string };
}

/** `:name` is FalPay's id or our order number. */
export function auditRoutes(app: FastifyInstance, { world }: Sandbox): void {
  const { database } = world;

  app.post<Named>('/sandbox/audits/merchants/:name', ({ params: { name }, body }) => {
    const decided = read(decision, body);
    return database.transaction(() => {
      const merchant = decideMerchantAudit(
        world,
        found(world.merchants.byIdOrOrderNo(name), 'merchant', name),
        decided,
      );
      return getMerchant(world, { merchantId: merchant.merchantId });
    });
  });

  app.post<Named>('/sandbox/audits/wallets/:name', ({ params: { name }, body }) => {
    const decided = read(decision, body);
    return database.transaction(() => {
      const wallet = decideWalletAudit(world, found(world.wallets.byIdOrOrderNo(name), 'wallet', name), decided);
      return getWallet(world, { walletId: wallet.walletId });
    });
  });

  app.post<Named>('/sandbox/audits/cardholders/:name', ({ params: { name }, body }) => {
    const decided = read(decision, body);
    return database.transaction(() =>
      decideCardholder(world, found(world.cardholders.byIdOrOrderNo(name), 'cardholder', name), decided),
    );
  });

  app.post<Named>('/sandbox/recharges/:name/arrivals', ({ params: { name }, body }) => {
    const arrived = read(arrival, body);
    return database.transaction(() =>
      receiveRecharge(world, found(world.recharges.byIdOrOrderNo(name), 'recharge', name), arrived),
    );
  });

  app.post<Named>('/sandbox/recharges/:name/fail', ({ params: { name }, body }) => {
    read(z.strictObject({}), body);
    return database.transaction(() =>
      failRecharge(world, found(world.recharges.byIdOrOrderNo(name), 'recharge', name)),
    );
  });

  app.post<Named>('/sandbox/withdrawals/:name/finish', ({ params: { name }, body }) => {
    const { status, reason: why } = read(ending, body);
    return database.transaction(() =>
      finishWithdrawal(
        world,
        found(world.withdrawals.byIdOrOrderNo(name), 'withdrawal', name),
        status === 'FAILED' ? (why ?? 'refused by the bank') : undefined,
      ),
    );
  });
}
