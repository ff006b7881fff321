/** What is going on inside: state, ledger, callbacks with their tries, calls. */
import type { FastifyInstance } from 'fastify';
import { parse } from 'lossless-json';
import { z } from 'zod';
import { callbacks, callbackTopics, operationNames, operationRow } from '../../falpay/contract';
import { cardView } from '../business/cards';
import { getMerchant } from '../business/merchants';
import { payOrderView } from '../business/pay-orders';
import { getWallet } from '../business/wallets';
import { CALL_FAULTS, CALLBACK_FAULTS } from '../faults/rules';
import { statement } from '../ledger/statement';
import type { OutgoingCallback } from '../callbacks/outbox';
import type { Sandbox } from '../sandbox';
import { found, listLimit, read } from './input';

const stateQuery = z.strictObject({ limit: listLimit });
const callbackQuery = z.strictObject({
  topic: z.string().optional(),
  ref: z.string().optional(),
  state: z.string().optional(),
  limit: listLimit,
});
const requestQuery = z.strictObject({
  operation: z.string().optional(),
  orderNo: z.string().optional(),
  limit: listLimit,
});

export function insightRoutes(app: FastifyInstance, sandbox: Sandbox): void {
  const { world, outbox, requests } = sandbox;
  const iso = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : new Date(at).toISOString();

  const callbackShown = (callback: OutgoingCallback) => ({
    eventId: callback.eventId,
    topic: callback.topic,
    ref: callback.ref,
    state: callback.state,
    nextTryAt: iso(callback.nextAt),
    fault: callback.fault,
    tries: outbox.triesOf(callback.eventId).map((one) => ({ ...one, at: iso(one.at) })),
    // A profile may write ids as bare numbers: their digits are kept as text.
    body: parse(callback.body, undefined, (digits) => digits),
  });

  /** The latest of each kind, newest first. Never a card's number. */
  app.get('/sandbox/state', ({ query }) => {
    const { limit } = read(stateQuery, query);
    return {
      seed: sandbox.seed,
      settings: sandbox.settings.current,
      plans: world.plans.list(),
      counts: {
        merchants: world.merchants.count(),
        wallets: world.wallets.count(),
        recharges: world.recharges.count(),
        withdrawals: world.withdrawals.count(),
        cardholders: world.cardholders.count(),
        cards: world.cards.count(),
        payOrders: world.payOrders.count(),
      },
      merchants: world.merchants.latest(limit).map(({ merchantId }) => getMerchant(world, { merchantId })),
      wallets: world.wallets.latest(limit).map(({ walletId }) => getWallet(world, { walletId })),
      recharges: world.recharges.latest(limit),
      withdrawals: world.withdrawals.latest(limit),
      cardholders: world.cardholders.latest(limit),
      cards: world.cards.latest(limit).map((card) => cardView(world, card)),
      payOrders: world.payOrders.latest(limit).map((order) => payOrderView(world, order)),
    };
  });

  app.get('/sandbox/ledger', () => statement(world));

  /** What operations, topics and faults there are, under FalPay's names: for whoever offers a choice of them. */
  app.get('/sandbox/words', () => ({
    operations: operationNames.map((name) => ({ name, title: operationRow(name).title })),
    topics: callbackTopics.map((name) => ({ name, title: callbacks[name].title })),
    faults: { calls: CALL_FAULTS, callbacks: CALLBACK_FAULTS },
  }));

  app.get('/sandbox/callbacks', ({ query }) => ({
    callbacks: outbox.list(read(callbackQuery, query)).map(callbackShown),
  }));

  app.post<{ Params: { eventId: string } }>('/sandbox/callbacks/:eventId/resend', ({ params: { eventId } }) => {
    found(outbox.byId(eventId), 'callback', eventId);
    outbox.resend(eventId);
    return callbackShown(found(outbox.byId(eventId), 'callback', eventId));
  });

  app.get('/sandbox/requests', ({ query }) => ({
    requests: requests.list(read(requestQuery, query)).map((one) => ({ ...one, at: iso(one.at) })),
  }));
}
