/** What callbacks missed, as callbacks: hints as always, which the flows confirm by query. Fed twice, one is the same event. */
import type { VcCardPayOrderVo } from '../../falpay/contract';
import type { Money } from '../../falpay/money';
import { add, compare, isZero, received, subtract } from '../../falpay/money';
import type { CallbackEvent, CallbackTopic, ReportEntry } from '../../messages';
import { FROM_BOOKS, isWithin } from '../../messages';
import { foreignAmong } from '../steps/movements';
import type { Books, Knowledge } from './books';
import { isBooked } from './books';

/** When the books were read. */
export interface SeenAt {
  /** ISO 8601 in UTC. */
  readonly instant: string;
  /** The same as FalPay's clock has it. */
  readonly clock: string;
}

export interface Missed {
  readonly event: CallbackEvent;
  /** The entry's order, whose flow is asked again afterwards. */
  readonly order: string;
}

/** Money and cards of our orders that the flows do not know. Where no flow of ours has the number there is nobody to tell: the report does. */
export function missedOrders(
  walletId: string,
  { orders, cards, allRows }: Knowledge,
  entries: readonly ReportEntry[],
  at: SeenAt,
): readonly Missed[] {
  return entries.flatMap((entry): readonly Missed[] => {
    const { mark, kind, order, currency, theirs, theirsFee = '0', cardId, flowNos } = entry;
    const facts = orders.get(order);
    // Without a row in this window it was fed when its day was reconciled.
    if ((mark !== 'MISSING_HERE' && mark !== 'AMOUNT_DIFFERS') || !facts?.found || facts.silent || flowNos.length === 0)
      return [];
    if (kind === 'CARD_OPENING') {
      const card = cardId === undefined ? undefined : cards.get(cardId);
      return card ? [{ order, event: cardStatus(walletId, card, 'opening', at) }] : [];
    }
    if (theirs === undefined || (kind !== 'RECHARGE' && kind !== 'WITHDRAWAL')) return [];
    const [amount, fee] = [received(theirs, currency), received(theirsFee, currency)];
    const known = received(facts.amount ?? '0', currency);
    const rows = (allRows.get(order) ?? []).filter(isBooked);
    const foreign = foreignAmong(rows, kind === 'RECHARGE' ? 'IN' : 'OUT', currency);
    const isMore = compare(amount, known) > 0;
    if (!isMore && foreign.length === 0 && !(isZero(amount) && !isZero(fee))) return [];
    const ref = facts.falpayOrderNo ?? falpayOrderNoOf(order, allRows) ?? order;
    if (kind === 'WITHDRAWAL') {
      const data = { withdrawOrderNo: order, status: 'SUCCESS', amount: subtract(amount, fee).amount, fee: fee.amount };
      return [{ order, event: moneyEvent('wallet-withdrawal', { walletId, ref, order, currency, data, at }) }];
    }
    const gross = add(amount, fee);
    const ordered = facts.ordered ?? gross.amount;
    const whole = compare(gross, received(ordered, currency)) >= 0;
    const arrived = (credited: Money, withheld: string): Missed => {
      const data = {
        rechargeOrderNo: order,
        status: whole ? 'SUCCESS' : 'PROCESSING',
        amount: ordered,
        creditedAmount: credited.amount,
        fee: withheld,
      };
      const told = { walletId, ref, order, currency: credited.currency, data, at };
      return { order, event: moneyEvent('wallet-recharge', told) };
    };
    const own = isMore || foreign.length === 0 ? [arrived(amount, fee.amount)] : [];
    return [...own, ...foreign.map((money) => arrived(money, '0'))];
  });
}

/** Every payment of the window, and the status of every card: the card's own flow tells what it knows already from what it does not. */
export function cardEvents(
  walletId: string,
  books: Books,
  { cards, ourCards }: Knowledge,
  others: readonly VcCardPayOrderVo[],
  at: SeenAt,
): readonly CallbackEvent[] {
  const payments = [...books.payOrders.filter((order) => isWithin(order.transactionTime, books.window)), ...others]
    .filter(({ cardId }) => ourCards.has(cardId))
    // As they happened: FalPay lists the newest first.
    .toSorted((left, right) =>
      left.transactionTime < right.transactionTime ? -1 : left.transactionTime > right.transactionTime ? 1 : 0,
    );
  const statuses = [...cards.values()].filter(({ cardId }) => ourCards.has(cardId));
  return [
    ...payments.map((order) => ({
      ...hint('card-authorization', `${order.payOrderNo}.${order.status}.${order.billingAmount}`, at),
      occurredAt: order.settleTime ?? order.transactionTime,
      ref: order.cardId,
      ids: { walletId, cardId: order.cardId },
      data: { ...order },
    })),
    ...statuses.map((card) => cardStatus(walletId, card, books.window.to, at)),
  ];
}

function cardStatus(
  walletId: string,
  { cardId, cardOrderNo, status }: { readonly cardId: string; readonly cardOrderNo: string; readonly status: string },
  seen: string,
  at: SeenAt,
): CallbackEvent {
  return {
    ...hint('card-status', `${cardId}.${status}.${seen}`, at),
    orderNo: cardOrderNo,
    ref: cardId,
    ids: { walletId, cardId },
    // Without a time: nobody said when, and what a callback says of it counts for more.
    data: { cardId, cardOrderNo, status },
  };
}

function moneyEvent(
  topic: 'wallet-recharge' | 'wallet-withdrawal',
  told: {
    readonly walletId: string;
    readonly ref: string;
    readonly order: string;
    readonly currency: string;
    readonly data: Readonly<Record<string, string>>;
    readonly at: SeenAt;
  },
): CallbackEvent {
  const { walletId, ref, order, currency, data, at } = told;
  const fact = [order, data['creditedAmount'] ?? data['amount'], data['fee'], currency].join('.');
  return {
    ...hint(topic, fact, at),
    orderNo: order,
    ref,
    ids: { walletId },
    data: { orderNo: ref, walletId, currency, ...data },
  };
}

/** Stale as to its proof: no signature of FalPay's stands behind it, so that it is confirmed by query whatever the profile says. */
function hint(topic: CallbackTopic, fact: string, at: SeenAt) {
  return {
    eventId: `${FROM_BOOKS}${topic}.${fact}`,
    topic,
    occurredAt: at.clock,
    receivedAt: at.instant,
    stale: true,
  } as const;
}

function falpayOrderNoOf(order: string, allRows: Knowledge['allRows']): string | undefined {
  return allRows.get(order)?.[0]?.orderNo;
}
