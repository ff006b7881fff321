/**
 * Card payments (卡片授权订单): approve, decline, reverse, settle, refund. Each is an order of its own that names the authorisation it belongs to; the
 * authorisation's own status moves with them and is pushed again.
 *
 * A shared card holds and spends its wallet's money, a prepaid card its own. The fee is held and taken with the amount.
 */
import type { Decimal } from 'decimal.js';
import { decimal, money } from '../ledger/ledger';
import { Refusal } from '../refusal';
import type { World } from '../world';
import { available, cardAvailable, cardHeld, FEES, frozen, SHOPS } from './accounts';
import { mask } from './card-number';
import type { Card, PayOrder } from './entities';
import { recordFee } from './fees';
import { recordFlow } from './flows';
import { payOrderView } from './pay-orders';

export interface Purchase {
  readonly amount: string;
  readonly currency: string;
  readonly billingAmount: string;
  readonly fee: string;
  readonly merchantName: string;
  readonly mcc: string;
  readonly merchantCountry?: string;
  /** Declined for this reason, whatever the card holds. */
  readonly declineReason?: string;
}

/** A shop asks: approved when the card may and can pay, else declined; both are orders and both are announced. */
export function authorize(world: World, card: Card, purchase: Purchase): PayOrder {
  const wanted = decimal(purchase.billingAmount).plus(purchase.fee);
  const declined = purchase.declineReason ?? whyDeclined(world, card, wanted);
  const payOrderNo = world.ids.next('payOrder');
  const order: PayOrder = {
    payOrderNo,
    cardId: card.cardId,
    walletId: card.walletId,
    maskedCardNo: mask(card.cardNo),
    type: 'AUTH',
    status: declined === undefined ? 'AUTHORIZED' : 'DECLINED',
    transactionAmount: money(decimal(purchase.amount), purchase.currency),
    transactionCurrency: purchase.currency,
    billingAmount: money(decimal(purchase.billingAmount), card.currency),
    billingCurrency: card.currency,
    fee: money(declined === undefined ? decimal(purchase.fee) : decimal('0'), card.currency),
    authCode: declined === undefined ? payOrderNo.slice(-6) : undefined,
    merchantName: purchase.merchantName,
    mcc: purchase.mcc,
    merchantCountry: purchase.merchantCountry,
    reason: declined,
    transactionTime: world.clock.now(),
    held: money(declined === undefined ? wanted : decimal('0'), card.currency),
    settled: money(decimal('0'), card.currency),
    refunded: money(decimal('0'), card.currency),
  };
  if (declined === undefined) {
    const { free, held } = purse(card);
    move(world, card, 'AUTH_HOLD', payOrderNo, free, held, wanted);
    use(world, card, wanted);
  }
  return announced(world, world.payOrders.insert(order));
}

/** What is held, or a part of it, is free again. */
export function reverse(world: World, card: Card, auth: PayOrder, amount?: string): PayOrder {
  requireOpen(auth);
  const released = amount === undefined ? decimal(auth.held) : decimal(amount);
  if (released.lte(0) || released.gt(auth.held))
    throw new Refusal('AMOUNT_TOO_SMALL', `between 0 and the ${auth.held} that are held`, 'amount');
  release(world, card, auth, released);
  const left = decimal(auth.held).minus(released);
  const isOver = left.isZero();
  announced(
    world,
    world.payOrders.update({
      ...auth,
      held: money(left, card.currency),
      status: isOver && decimal(auth.settled).isZero() ? 'REVERSED' : isOver ? 'SETTLED' : auth.status,
    }),
  );
  return follow(world, auth, {
    type: 'REVERSAL',
    status: 'REVERSED',
    billingAmount: money(released, card.currency),
    fee: money(decimal('0'), card.currency),
  });
}

/**
 * The shop is paid: as much as authorised, less, or more. What is left of the hold is freed unless more settlements follow.
 * @throws Refusal INSUFFICIENT_BALANCE when more is settled than held and the difference is not there
 */
export function settle(
  world: World,
  card: Card,
  auth: PayOrder,
  settlement: { readonly amount?: string; readonly isFinal: boolean },
): PayOrder {
  requireOpen(auth);
  const isFirst = decimal(auth.settled).isZero();
  const fee = isFirst ? decimal(auth.fee) : decimal('0');
  const amount = settlement.amount === undefined ? decimal(auth.held).minus(fee) : decimal(settlement.amount);
  if (amount.lte(0)) throw new Refusal('AMOUNT_TOO_SMALL', 'more than zero', 'amount');
  const total = amount.plus(fee);
  const excess = total.minus(auth.held);
  const { free, held } = purse(card);
  if (excess.gt(0)) {
    if (world.ledger.balance(free, card.currency).lt(excess))
      throw new Refusal(
        'INSUFFICIENT_BALANCE',
        `${money(excess, card.currency)} more than held are not there`,
        'amount',
      );
    move(world, card, 'SETTLE_EXCESS', auth.payOrderNo, free, held, excess);
    use(world, card, excess);
  }
  const heldNow = excess.gt(0) ? total : decimal(auth.held);
  const order = follow(world, auth, {
    type: 'SETTLE',
    status: 'SETTLED',
    billingAmount: money(amount, card.currency),
    fee: money(fee, card.currency),
    settleTime: world.clock.now(),
  });
  move(world, card, 'CARD_PAY', order.payOrderNo, held, SHOPS, amount);
  flow(world, card, order, 'CARD_PAY', 'OUT', amount);
  move(world, card, 'FEE', order.payOrderNo, held, FEES, fee);
  flow(world, card, order, 'FEE', 'OUT', fee);
  recordFee(world, card, { feeType: 'TRANSACTION', amount: fee, relatedOrderNo: order.payOrderNo });
  const rest = heldNow.minus(total);
  if (settlement.isFinal) release(world, card, auth, rest);
  const left = settlement.isFinal ? decimal('0') : rest;
  const status = settlement.isFinal || left.isZero() ? 'SETTLED' : auth.status;
  announced(
    world,
    world.payOrders.update({
      ...auth,
      held: money(left, card.currency),
      settled: money(amount.plus(auth.settled), card.currency),
      status,
      settleTime: order.settleTime,
    }),
  );
  return order;
}

/** The shop gives back what was settled, or a part of it. */
export function refund(world: World, card: Card, auth: PayOrder, amount?: string): PayOrder {
  const refundable = decimal(auth.settled).minus(auth.refunded);
  const given = amount === undefined ? refundable : decimal(amount);
  if (given.lte(0) || given.gt(refundable))
    throw new Refusal(
      'AMOUNT_TOO_SMALL',
      `between 0 and the ${money(refundable, card.currency)} that are settled`,
      'amount',
    );
  const order = follow(world, auth, {
    type: 'REFUND',
    status: 'REFUNDED',
    billingAmount: money(given, card.currency),
    fee: money(decimal('0'), card.currency),
  });
  giveBack(world, card, {
    kind: 'CARD_REFUND',
    ref: order.payOrderNo,
    from: SHOPS,
    amount: given,
    flow: { order, type: 'CARD_REFUND' },
  });
  const refunded = given.plus(auth.refunded);
  announced(
    world,
    world.payOrders.update({
      ...auth,
      refunded: money(refunded, card.currency),
      status: auth.status === 'SETTLED' && refunded.eq(auth.settled) ? 'REFUNDED' : auth.status,
    }),
  );
  return order;
}

/** Where a card's payments come from. */
function purse(card: Card): { readonly free: string; readonly held: string } {
  return card.cardMode === 'PREPAID'
    ? { free: cardAvailable(card.cardId), held: cardHeld(card.cardId) }
    : { free: available(card.walletId), held: frozen(card.walletId) };
}

function whyDeclined(world: World, card: Card, wanted: Decimal): string | undefined {
  if (card.status !== 'ACTIVE') return `card is ${card.status}`;
  const wallet = world.wallets.byId(card.walletId);
  if (wallet?.status !== 'NORMAL') return `wallet is ${wallet?.status ?? 'gone'}`;
  if (decimal(card.cardLimit).minus(card.usedAmount).lt(wanted)) return 'card limit exceeded';
  if (world.ledger.balance(purse(card).free, card.currency).lt(wanted)) return 'insufficient balance';
  return undefined;
}

function release(world: World, card: Card, auth: PayOrder, amount: Decimal): void {
  giveBack(world, card, {
    kind: 'AUTH_RELEASE',
    ref: auth.payOrderNo,
    from: purse(card).held,
    amount,
    flow: undefined,
  });
}

/** Back to where it is spent from; a prepaid card that has ended cannot hold it, so its wallet gets it. */
function giveBack(
  world: World,
  card: Card,
  what: {
    kind: string;
    ref: string;
    from: string;
    amount: Decimal;
    flow: { order: PayOrder; type: 'CARD_REFUND' } | undefined;
  },
): void {
  const { kind, ref, from, amount } = what;
  const isClosed = card.cardMode === 'PREPAID' && (card.status === 'CANCELLED' || card.status === 'EXPIRED');
  move(world, card, kind, ref, from, isClosed ? available(card.walletId) : purse(card).free, amount);
  use(world, card, amount.neg());
  if (isClosed) {
    const now = world.cards.byId(card.cardId) ?? card;
    world.cards.update({ ...now, cardLimit: money(decimal(now.cardLimit).minus(amount), card.currency) });
    recordFlow(world, {
      walletId: card.walletId,
      orderNo: ref,
      cardId: card.cardId,
      type: what.flow === undefined ? 'ADJUST' : 'CARD_REFUND',
      direction: 'IN',
      amount,
      currency: card.currency,
    });
  } else if (what.flow !== undefined) {
    flow(world, card, what.flow.order, what.flow.type, 'IN', amount);
  }
}

function move(world: World, card: Card, kind: string, ref: string, from: string, to: string, amount: Decimal): void {
  world.ledger.move({ kind, ref, at: world.clock.now(), from, to, currency: card.currency, amount });
}

/** A wallet's row: a prepaid card's payment leaves its wallet alone. */
function flow(
  world: World,
  card: Card,
  order: PayOrder,
  type: 'CARD_PAY' | 'FEE' | 'CARD_REFUND',
  direction: 'IN' | 'OUT',
  amount: Decimal,
): void {
  if (card.cardMode === 'PREPAID') return;
  recordFlow(world, {
    walletId: card.walletId,
    orderNo: order.payOrderNo,
    cardId: card.cardId,
    type,
    direction,
    amount,
    currency: card.currency,
    remark: order.merchantName,
  });
}

function use(world: World, card: Card, amount: Decimal): void {
  const now = world.cards.byId(card.cardId) ?? card;
  world.cards.update({ ...now, usedAmount: money(amount.plus(now.usedAmount), card.currency) });
}

function requireOpen(auth: PayOrder): void {
  if (auth.type !== 'AUTH' || auth.status !== 'AUTHORIZED')
    throw new Refusal(
      'CARD_STATUS',
      `the order is ${auth.type} ${auth.status}, not an open authorisation`,
      'payOrderNo',
    );
}

function follow(
  world: World,
  auth: PayOrder,
  order: Pick<PayOrder, 'type' | 'status' | 'billingAmount' | 'fee' | 'settleTime'>,
): PayOrder {
  const sameCurrency = auth.transactionCurrency === auth.billingCurrency;
  return announced(
    world,
    world.payOrders.insert({
      ...auth,
      ...order,
      payOrderNo: world.ids.next('payOrder'),
      originPayOrderNo: auth.payOrderNo,
      // In another currency the shop's amount follows at the rate of the authorisation.
      transactionAmount: sameCurrency
        ? order.billingAmount
        : money(
            decimal(auth.transactionAmount).times(order.billingAmount).div(auth.billingAmount),
            auth.transactionCurrency,
          ),
      transactionTime: world.clock.now(),
      held: '0.00',
      settled: '0.00',
      refunded: '0.00',
    }),
  );
}

function announced(world: World, order: PayOrder): PayOrder {
  world.announce('card-authorization', { ...payOrderView(world, order) });
  return order;
}
