/** What a card's life asks FalPay: the card, its pay orders, its limit; and Temporal: what an earlier life of the card knew. */
import type {
  ApiCardApplyVo,
  ApiCardDecreaseQuotaDto,
  ApiCardIncreaseQuotaDto,
  VcCardPayOrderDto,
} from '../falpay/contract';
import { insideTime, parseTime } from '../falpay/contract';
import type { CardMemory, CardPayOrder, CardStanding, PayEntry, PayMemory, PayTotal } from '../messages';
import { addUp } from '../messages';
import type { ActivityDeps, Looked, Permit } from './deps';
import { createOnce, currentRun, ownAnswer } from './failures';
import { goesOn } from './progress';

/** FalPay takes at most 90 days in one query. */
const WINDOW_MS = 30 * 86_400_000;
/** FalPay's clock may be ahead of ours. */
const AHEAD_MS = 86_400_000;

export interface LimitOrder<Dto> {
  readonly order: Dto;
  /** The limit when it is done, for whoever reads the history: whether it proves anything, the flow alone knows. */
  readonly limitAfter: string;
  readonly permit: Permit;
}

export interface PayCount {
  readonly payOrders: PayMemory;
  /** Of those that were asked for, the ones that FalPay lists. */
  readonly asked: readonly CardPayOrder[];
}

export function cardLifeActivities({ falpay, cards }: ActivityDeps) {
  return {
    /** 查询卡片详细信息 [N], with limit and use, without the card's number. */
    async readCard({ cardId }: { cardId: string }): Promise<Looked<CardStanding>> {
      const card = await falpay.getCard({ cardId });
      return { run: currentRun(), found: card && standingOf(card) };
    },

    /** 查询卡片支付订单详情 [N]. */
    async readPayOrder({ payOrderNo }: { payOrderNo: string }): Promise<Looked<CardPayOrder>> {
      const order = await falpay.getCardPayOrder({ payOrderNo });
      return { run: currentRun(), found: order && payOrderOf(order) };
    },

    /**
     * 分页查询卡片支付订单记录 [N] from the card's creation on, each order once: sums, the newest `keep` by themselves, and those asked for.
     * @param upTo FalPay's time: then only orders up to it, as sums alone
     */
    async countPayOrders({
      cardId,
      from,
      upTo,
      keep,
      ask,
    }: {
      cardId: string;
      from: string;
      upTo?: string;
      keep: number;
      ask: readonly string[];
    }): Promise<PayCount> {
      const entries = new Map<string, PayEntry>();
      const asked = new Map<string, CardPayOrder>();
      const wanted = new Set(ask);
      for (const window of windowsOf(from, upTo, falpay.profile.time)) {
        for await (const row of falpay.cardPayOrders({ cardId, ...window })) {
          goesOn();
          // A filter that FalPay does not know it may ignore.
          if (row.cardId !== cardId || (upTo !== undefined && row.transactionTime > upTo)) continue;
          const order = payOrderOf(row);
          entries.set(order.payOrderNo, entryOf(order));
          if (wanted.has(order.payOrderNo)) asked.set(order.payOrderNo, order);
        }
      }
      return { payOrders: keptOf([...entries.values()], upTo, keep), asked: [...asked.values()] };
    },

    /** 卡片提额 [N]. No query knows it by its number: a run that may not send it asks the flow, which knows whether the limit tells. */
    async increaseCardLimit({ order, permit }: LimitOrder<ApiCardIncreaseQuotaDto>): Promise<true> {
      return createOnce<true>(permit.run, 'increaseCardLimit', order.limitOrderNo, {
        send: async () => {
          await falpay.increaseCardLimit(order);
          return true;
        },
      });
    },

    /** 卡片降额 [N]; the rest as of 卡片提额. */
    async decreaseCardLimit({ order, permit }: LimitOrder<ApiCardDecreaseQuotaDto>): Promise<true> {
      return createOnce<true>(permit.run, 'decreaseCardLimit', order.limitOrderNo, {
        send: async () => {
          await falpay.decreaseCardLimit(order);
          return true;
        },
      });
    },

    /** What runs of the card's flow that have ended without a successor knew, the newest first; of this run: which one it is. */
    async recallCard({ cardId }: { cardId: string }): Promise<{ run: string; lives: readonly CardMemory[] }> {
      const run = currentRun();
      return { run, lives: await ownAnswer(cards.earlierLives(cardId, run, goesOn)) };
    },
  };
}

function standingOf(card: ApiCardApplyVo): CardStanding {
  const { cardId, cardOrderNo, walletId, status, last4, cardLimit, usedAmount, availableLimit, currency } = card;
  return {
    cardId,
    cardOrderNo,
    walletId,
    status,
    last4,
    limit: cardLimit,
    used: usedAmount,
    available: availableLimit,
    currency,
    createTime: card.createTime,
  };
}

function payOrderOf({ maskedCardNo: _masked, walletId: _wallet, ...order }: VcCardPayOrderDto): CardPayOrder {
  return order;
}

function entryOf(order: CardPayOrder): PayEntry {
  const { payOrderNo, type, status, billingAmount, billingCurrency, fee, transactionTime } = order;
  return {
    payOrderNo,
    type,
    status,
    amount: billingAmount,
    currency: billingCurrency,
    fee,
    time: transactionTime,
    past: [],
    untold: true,
  };
}

/** Orders of one second are parted by nothing: they stay together on one side. */
function keptOf(entries: readonly PayEntry[], upTo: string | undefined, keep: number): PayMemory {
  const newestFirst = entries.toSorted((left, right) => (left.time < right.time ? 1 : left.time > right.time ? -1 : 0));
  const edge = upTo ?? newestFirst[keep]?.time;
  const isOld = ({ time }: PayEntry) => edge !== undefined && time <= edge;
  const old: PayTotal[] = addUp([], newestFirst.filter(isOld));
  return { ...(edge !== undefined && { upTo: edge }), old, recent: newestFirst.filter((entry) => !isOld(entry)) };
}

/** From `from` to `upTo` or beyond now, in pieces that FalPay takes; both ends of a piece belong to it. */
function* windowsOf(
  from: string,
  upTo: string | undefined,
  time: { readonly format: string; readonly zone: string },
): Generator<{ readonly startTime?: string; readonly endTime?: string }> {
  const instant = (text: string) => parseTime(text, { format: 'yyyy-MM-dd HH:mm:ss', zone: time.zone })?.getTime();
  const wholeSecond = (at: number, round: (seconds: number) => number) =>
    insideTime(new Date(round(at / 1_000) * 1_000), time.zone);
  const first = instant(from);
  const end = upTo === undefined ? Date.now() + AHEAD_MS : instant(upTo);
  // Times that cannot be read bound nothing: then FalPay is asked for all there is.
  if (first === undefined || end === undefined) return yield {};
  for (let start = first; start <= end; start += WINDOW_MS) {
    const last = Math.min(start + WINDOW_MS, end);
    yield { startTime: wholeSecond(start, Math.floor), endTime: wholeSecond(last, Math.ceil) };
  }
}
