/** What a wallet's register holds, and how news change it: told twice, a thing stands there once. */
import type { RegisteredCard, RegisteredOrder, WalletNews, WalletReconciled, WalletRegister } from '../../messages';

/** Together they keep the register, which travels through continue-as-new and queries, below a megabyte. */
export const ORDERS_KEPT = 3_000;
export const CARDS_KEPT = 5_000;
/** Settled orders that are told of again, by a flow that was reset, are not taken up once more. */
const SETTLED_REMEMBERED = 1_000;

/** The register with what only its next run needs. */
export interface CarriedRegister extends WalletRegister {
  readonly lately: readonly string[];
}

export function newRegister(walletId: string, since: string): CarriedRegister {
  return {
    walletId,
    since,
    orders: [],
    cards: [],
    counts: { orders: 0, settled: 0, cards: 0, dropped: 0 },
    lately: [],
  };
}

/** A part that is malformed is left out: news can be sent by hand from the Temporal UI. */
export function withNews(register: CarriedRegister, news: WalletNews): CarriedRegister {
  const known = new Set([...register.orders.map(({ orderNo }) => orderNo), ...register.lately]);
  const orders = unique(listOf(news.orders, 'orderNo'), ({ orderNo }) => orderNo).filter(
    ({ orderNo }) => !known.has(orderNo),
  );
  const issued = new Set(register.cards.map(({ cardId }) => cardId));
  const cards = unique(listOf(news.cards, 'cardId'), ({ cardId }) => cardId).filter(
    ({ cardId }) => !issued.has(cardId),
  );
  const kept = {
    orders: latest([...register.orders, ...orders], ORDERS_KEPT),
    cards: latest([...register.cards, ...cards], CARDS_KEPT),
  };
  const { counts } = register;
  return {
    ...register,
    merchantId: register.merchantId ?? textOf(news.merchantId),
    currency: register.currency ?? textOf(news.currency),
    orders: kept.orders.list,
    cards: kept.cards.list,
    counts: {
      ...counts,
      orders: counts.orders + orders.length,
      cards: counts.cards + cards.length,
      dropped: counts.dropped + kept.orders.dropped + kept.cards.dropped,
    },
  };
}

/** The cursor only moves forward: a day that is reconciled once more changes nothing of it. */
export function withReconciled(register: CarriedRegister, { to, closing, settled }: WalletReconciled): CarriedRegister {
  const done = new Set<unknown>(Array.isArray(settled) ? settled : []);
  const orders = register.orders.filter(({ orderNo }) => !done.has(orderNo));
  const gone = register.orders.filter(({ orderNo }) => done.has(orderNo)).map(({ orderNo }) => orderNo);
  const moves = textOf(to) !== undefined && to !== undefined && to > (register.reconciledTo ?? '');
  return {
    ...register,
    orders,
    counts: { ...register.counts, settled: register.counts.settled + gone.length },
    lately: [...register.lately, ...gone].slice(-SETTLED_REMEMBERED),
    ...(moves && { reconciledTo: to, closing: closing ?? {} }),
  };
}

/** What readers see of it. */
export function shownRegister({ lately: _carried, ...register }: CarriedRegister): WalletRegister {
  return register;
}

function latest<T>(all: readonly T[], most: number): { list: readonly T[]; dropped: number } {
  return { list: all.slice(-most), dropped: Math.max(0, all.length - most) };
}

function unique<T extends RegisteredOrder | RegisteredCard>(
  all: readonly T[],
  keyOf: (one: T) => string,
): readonly T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}

function listOf<T extends object>(value: readonly T[] | undefined, key: keyof T): readonly T[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [];
  return all.filter((one): one is T => typeof (one as T | null)?.[key] === 'string');
}

function textOf(value: string | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
