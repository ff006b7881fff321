/** A wallet whose books are sound, as FalPay would list them: what the tests then spoil. */
import type { VcCardFeeOrderVo, VcCardPayOrderVo } from '../../../src/falpay/contract';
import { add, amount, received, subtract, sum, type Money } from '../../../src/falpay/money';
import type { OrderFacts } from '../../../src/messages';
import type { BookedRow, Books, Knowledge } from '../../../src/workflows/reconciling/books';

export const DAY = '2026-01-31';
export const WALLET = '700';
export const SHARED = '800';
export const PREPAID = '801';
const CURRENCY = 'USD';

export type Happening =
  | { readonly is: 'recharge'; readonly parts: readonly string[]; readonly fee: string }
  | { readonly is: 'withdrawal'; readonly net: string; readonly fee: string }
  | { readonly is: 'card'; readonly fee: string }
  | {
      readonly is: 'payment';
      readonly amount: string;
      readonly fee: string;
      readonly refund?: string;
      readonly prepaid: boolean;
    }
  | { readonly is: 'monthly fee'; readonly amount: string };

export interface World {
  readonly books: Books;
  readonly known: Knowledge;
}

/** @param seconds the time of day of each happening; several may be at the same second */
export function worldOf(happenings: readonly Happening[], seconds: readonly number[], opening: string): World {
  const rows: BookedRow[] = [];
  const payOrders: VcCardPayOrderVo[] = [];
  const fees: VcCardFeeOrderVo[] = [];
  const orders = new Map<string, OrderFacts>();
  let held: Money = received(opening, CURRENCY);
  const times = [...seconds].sort((left, right) => left - right);
  happenings.forEach((happening, index) => {
    const at = clockAt(times[index] ?? 0);
    const book = (row: Pick<BookedRow, 'type' | 'direction' | 'orderNo'> & Partial<BookedRow> & { amount: string }) => {
      const change = received(row.amount, CURRENCY);
      held = row.direction === 'IN' ? add(held, change) : subtract(held, change);
      rows.push({
        flowNo: `F${rows.length + 1}`,
        walletId: WALLET,
        fee: '0.00',
        balanceAfter: held.amount,
        currency: CURRENCY,
        status: 'SUCCESS',
        createTime: at,
        ...row,
      });
    };
    const know = (facts: Omit<OrderFacts, 'found' | 'ended' | 'shown' | 'workflowId' | 'currency'>) =>
      orders.set(facts.orderNo, {
        found: true,
        ended: true,
        shown: true,
        currency: CURRENCY,
        workflowId: 'wallet-recharge/R',
        ...facts,
      });
    switch (happening.is) {
      case 'recharge': {
        const orderNo = `R-${index}_RC1`;
        happening.parts.forEach((part, number) =>
          book({
            type: 'RECHARGE',
            direction: 'IN',
            orderNo: `O${index}`,
            merchantOrderNo: orderNo,
            amount: part,
            fee: number === 0 ? happening.fee : '0.00',
          }),
        );
        know({
          orderNo,
          step: 'recharge',
          amount: total(happening.parts),
          fee: happening.fee,
          ordered: total([...happening.parts, happening.fee]),
        });
        break;
      }
      case 'withdrawal': {
        const orderNo = `D-${index}_WD1`;
        const gross = total([happening.net, happening.fee]);
        book({
          type: 'WITHDRAW',
          direction: 'OUT',
          orderNo: `O${index}`,
          merchantOrderNo: orderNo,
          amount: gross,
          fee: happening.fee,
        });
        know({ orderNo, step: 'withdrawal', amount: gross, fee: happening.fee, ordered: happening.net });
        break;
      }
      case 'card': {
        const orderNo = `I-${index}_IC1`;
        const cardId = `9${index}`;
        book({
          type: 'OPEN_CARD_FEE',
          direction: 'OUT',
          orderNo: cardId,
          merchantOrderNo: orderNo,
          cardId,
          amount: happening.fee,
        });
        fees.push(feeOf(`E${index}`, cardId, happening.fee, at, orderNo));
        know({ orderNo, step: 'card', cardId, status: 'ACTIVE' });
        break;
      }
      case 'payment': {
        const cardId = happening.prepaid ? PREPAID : SHARED;
        const payOrderNo = `P${index}`;
        payOrders.push(payOrderOf(payOrderNo, cardId, happening.amount, happening.fee, at, 'SETTLE'));
        if (!isNothing(happening.fee)) fees.push(feeOf(`E${index}`, cardId, happening.fee, at, payOrderNo));
        if (!happening.prepaid) {
          book({ type: 'CARD_PAY', direction: 'OUT', orderNo: payOrderNo, cardId, amount: happening.amount });
          if (!isNothing(happening.fee))
            book({ type: 'FEE', direction: 'OUT', orderNo: payOrderNo, cardId, amount: happening.fee });
        }
        if (happening.refund === undefined) break;
        payOrders.push(payOrderOf(`B${index}`, cardId, happening.refund, '0.00', at, 'REFUND'));
        if (!happening.prepaid)
          book({ type: 'CARD_REFUND', direction: 'IN', orderNo: `B${index}`, cardId, amount: happening.refund });
        break;
      }
      case 'monthly fee':
        book({ type: 'FEE', direction: 'OUT', orderNo: SHARED, cardId: SHARED, amount: happening.amount });
        fees.push(feeOf(`E${index}`, SHARED, happening.amount, at));
    }
  });
  const cardIds = [...orders.values()].flatMap(({ cardId }) => cardId ?? []);
  const cards = new Map(
    [SHARED, PREPAID, ...cardIds].map((cardId) => [
      cardId,
      { cardId, walletId: WALLET, cardOrderNo: `I-${cardId}_IC9`, status: 'ACTIVE', prepaid: cardId === PREPAID },
    ]),
  );
  return {
    books: {
      window: { from: DAY, to: DAY },
      rows: rows.toReversed(),
      payOrders: payOrders.toReversed(),
      fees: fees.toReversed(),
    },
    known: { orders, allRows: new Map(), cards, ourCards: new Set(cards.keys()), exact: true },
  };
}

function payOrderOf(
  payOrderNo: string,
  cardId: string,
  billingAmount: string,
  fee: string,
  transactionTime: string,
  type: 'SETTLE' | 'REFUND',
): VcCardPayOrderVo {
  return {
    payOrderNo,
    cardId,
    walletId: WALLET,
    maskedCardNo: '************0000',
    type,
    status: type === 'SETTLE' ? 'SETTLED' : 'REFUNDED',
    transactionAmount: billingAmount,
    transactionCurrency: CURRENCY,
    billingAmount,
    billingCurrency: CURRENCY,
    fee,
    merchantName: 'SHOP',
    mcc: '5999',
    transactionTime,
  };
}

function feeOf(
  feeOrderNo: string,
  cardId: string,
  sumTaken: string,
  createTime: string,
  relatedOrderNo?: string,
): VcCardFeeOrderVo {
  const feeType = relatedOrderNo === undefined ? 'MONTHLY' : 'TRANSACTION';
  return {
    feeOrderNo,
    cardId,
    relatedOrderNo,
    feeType,
    amount: sumTaken,
    currency: CURRENCY,
    status: 'SUCCESS',
    createTime,
  };
}

function clockAt(second: number): string {
  const part = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${DAY} ${part(second / 3_600)}:${part((second % 3_600) / 60)}:${part(second % 60)}`;
}

function total(amounts: readonly string[]): string {
  return sum(
    amounts.map((one) => received(one, CURRENCY)),
    CURRENCY,
  ).amount;
}

const isNothing = (text: string): boolean => /^0(\.0+)?$/.test(amount(text));
