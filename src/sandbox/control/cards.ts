/** Cards by hand: issue or refuse, freeze, unfreeze, cancel, and what shops do with them. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { authorize, refund, reverse, settle } from '../business/authorizations';
import { cardView, changeCardStatus, failCard, issueCard } from '../business/cards';
import type { Card, PayOrder } from '../business/entities';
import { chargeMonthlyFee } from '../business/fees';
import { payOrderView } from '../business/pay-orders';
import { decimal } from '../ledger/ledger';
import type { Sandbox } from '../sandbox';
import { amount, ControlError, currency, found, read, reason } from './input';

const issue = z.strictObject({ outcome: z.enum(['ACTIVE', 'FAILED']).default('ACTIVE'), reason });
const status = z.strictObject({ status: z.enum(['ACTIVE', 'FROZEN', 'CANCELLED', 'EXPIRED']), reason });
const partial = z.strictObject({ amount: amount.optional() });
const settlement = z.strictObject({
  /** What the shop takes, in the card's currency; default: what is held. */
  amount: amount.optional(),
  /** `false`: more settlements of this authorisation follow. */
  final: z.boolean().default(true),
});
const purchase = z.strictObject({
  amount,
  /** Of the shop; default: the card's. */
  currency: currency.optional(),
  /** In the card's currency; needed when the shop's is another. */
  billingAmount: amount.optional(),
  fee: amount.default('0'),
  merchantName: z.string().min(1).max(100).default('SANDBOX SHOP'),
  mcc: z
    .string()
    .regex(/^\d{4}$/, 'four digits')
    .default('5999'),
  merchantCountry: z
    .string()
    .regex(/^[A-Z]{2}$/, 'an ISO 3166 code')
    .optional(),
  /** Declines, with this reason. */
  decline: z.string().min(1).max(500).optional(),
});

interface Named {
  Params: { name: string };
}
interface OfAuthorization {
  Params: { name: string; payOrderNo: string };
}

/** `:name` is FalPay's card id or our order number. */
export function cardRoutes(app: FastifyInstance, { world }: Sandbox): void {
  const cardNamed = (name: string): Card => found(world.cards.byIdOrOrderNo(name), 'card', name);
  const shown = (card: Card) => cardView(world, card);

  app.post<Named>('/sandbox/cards/:name/issue', ({ params: { name }, body }) => {
    const { outcome, reason: why } = read(issue, body);
    return world.database.transaction(() => {
      const card = cardNamed(name);
      return shown(
        outcome === 'ACTIVE' ? issueCard(world, card) : failCard(world, card, why ?? 'refused by the issuer'),
      );
    });
  });

  app.post<Named>('/sandbox/cards/:name/status', ({ params: { name }, body }) => {
    const wanted = read(status, body);
    return world.database.transaction(() =>
      shown(changeCardStatus(world, cardNamed(name), wanted.status, wanted.reason)),
    );
  });

  app.post<Named>('/sandbox/cards/:name/monthly-fee', ({ params: { name }, body }) => {
    read(z.strictObject({}), body);
    return world.database.transaction(() => {
      chargeMonthlyFee(world, cardNamed(name));
      return shown(cardNamed(name));
    });
  });

  app.post<Named>('/sandbox/cards/:name/authorizations', ({ params: { name }, body }) => {
    const { decline, ...bought } = read(purchase, body);
    return world.database.transaction(() => {
      const card = cardNamed(name);
      if (card.status === 'PENDING' || card.status === 'FAILED')
        throw new ControlError(409, `the card is ${card.status}: nobody can pay with it`);
      const shopCurrency = bought.currency ?? card.currency;
      if (shopCurrency !== card.currency && bought.billingAmount === undefined) {
        throw new ControlError(400, 'the request does not fit', [
          { field: 'billingAmount', message: `needed: what ${bought.amount} ${shopCurrency} are in ${card.currency}` },
        ]);
      }
      const billingAmount = bought.billingAmount ?? bought.amount;
      if (decimal(billingAmount).isZero())
        throw new ControlError(400, 'the request does not fit', [{ field: 'amount', message: 'more than zero' }]);
      return payOrderView(
        world,
        authorize(world, card, { ...bought, currency: shopCurrency, billingAmount, declineReason: decline }),
      );
    });
  });

  /** What happens to an authorisation of this card, in one transaction. */
  const onAuthorization = (
    { name, payOrderNo }: OfAuthorization['Params'],
    act: (card: Card, auth: PayOrder) => PayOrder,
  ) =>
    world.database.transaction(() => {
      const card = cardNamed(name);
      const auth = found(world.payOrders.byId(payOrderNo), 'authorisation', payOrderNo);
      if (auth.cardId !== card.cardId || auth.type !== 'AUTH')
        throw new ControlError(404, `card ${name} has no authorisation ${payOrderNo}`);
      return payOrderView(world, act(card, auth));
    });

  app.post<OfAuthorization>('/sandbox/cards/:name/authorizations/:payOrderNo/reverse', ({ params, body }) => {
    const part = read(partial, body).amount;
    return onAuthorization(params, (card, auth) => reverse(world, card, auth, part));
  });

  app.post<OfAuthorization>('/sandbox/cards/:name/authorizations/:payOrderNo/settle', ({ params, body }) => {
    const { amount: settled, final: isFinal } = read(settlement, body);
    return onAuthorization(params, (card, auth) => settle(world, card, auth, { amount: settled, isFinal }));
  });

  app.post<OfAuthorization>('/sandbox/cards/:name/authorizations/:payOrderNo/refund', ({ params, body }) => {
    const part = read(partial, body).amount;
    return onAuthorization(params, (card, auth) => refund(world, card, auth, part));
  });
}
