/** Reads a wallet's books, page by page: each page is an activity's result, so that a worker that dies costs one page. */
import type { Activities, CardRecord, Page, PageRequest } from '../../activities';
import type { VcCardFeeOrderVo, VcCardPayOrderVo } from '../../falpay/contract';
import type { OrderFacts, WalletRegister, Window } from '../../messages';
import { beganWith, parseOrderNo, parseWorkflowId } from '../../messages';
import { boundedLongReads, boundedReads, longReads, patientReads } from '../flow/calls';
import type { Flow } from '../flow/flow';
import { isLimitChange, limitChangeOf } from './adjustments';
import type { BookedRow, Books, Knowledge } from './books';
import { ownRows } from './books';
import { cardOrderOf, disagreeing } from './orders';
import { unlistedPayments } from './payments';

/** Numbers that one activity looks up at FalPay one after the other. */
const LOOKED_UP_AT_ONCE = 50;
/** Orders whose flows are asked in one activity. */
const ORDERS_AT_ONCE = 100;

/**
 * A read that FalPay or Temporal does not answer for now is tried again for two hours; flows that began before 0.3 never give up. An abort leaves it.
 */
export function ask<T>(flow: Flow<unknown>, summary: string, call: (calls: Activities) => Promise<T>): Promise<T> {
  const { policy } = flow;
  const reads = beganWith(policy, 3) ? boundedReads : patientReads;
  return flow.leavable(() => call(reads(policy.queryTimeoutMs, summary)));
}

/** One that is tried until it is answered: without it nothing of a reconciliation can go on. */
export function askOn<T>(flow: Flow<unknown>, summary: string, call: (calls: Activities) => Promise<T>): Promise<T> {
  return flow.leavable(() => call(patientReads(flow.policy.queryTimeoutMs, summary)));
}

/** The same for many questions in one: however slowly each is answered, it is not begun again for that. */
export function askMany<T>(flow: Flow<unknown>, summary: string, call: (calls: Activities) => Promise<T>): Promise<T> {
  const reads = beganWith(flow.policy, 3) ? boundedLongReads : longReads;
  return flow.leavable(() => call(reads(summary)));
}

export async function readBooks(flow: Flow<unknown>, walletId: string, window: Window): Promise<Books> {
  const rows = await everyPage(
    flow,
    'movements',
    { walletId, window },
    (row: BookedRow) => row.flowNo,
    (calls, request) => calls.pageOfWalletFlows(request),
  );
  const payOrders = await everyPage(
    flow,
    'payments',
    { walletId, window },
    (order: VcCardPayOrderVo) => order.payOrderNo,
    (calls, request) => calls.pageOfPayOrders(request),
  );
  const fees = await everyPage(
    flow,
    'fees',
    { walletId, window },
    (fee: VcCardFeeOrderVo) => fee.feeOrderNo,
    (calls, request) => calls.pageOfFees(request),
  );
  return { window, rows, payOrders, fees };
}

/** How many rows FalPay has of a window, of whichever of its lists is the longest. */
export async function countRows(flow: Flow<unknown>, walletId: string, window: Window): Promise<number> {
  const count = async (what: string, page: (calls: Activities, first: PageRequest) => Promise<Page<unknown>>) => {
    const summary = `how many ${what} ${window.from}..${window.to}`;
    return (await ask(flow, summary, (calls) => page(calls, { walletId, window, pageNum: 1 }))).total;
  };
  const movements = await count('movements', (calls, first) => calls.pageOfWalletFlows(first));
  if (!beganWith(flow.policy, 3)) return movements;
  // Payments of prepaid cards move no money of the wallet.
  const payments = await count('payments', (calls, first) => calls.pageOfPayOrders(first));
  const fees = await count('fees', (calls, first) => calls.pageOfFees(first));
  return Math.max(movements, payments, fees);
}

/** Counts the rows that came, not pages: FalPay may send smaller pages than asked for. A row that moves to the next page meanwhile comes once. */
async function everyPage<Row>(
  flow: Flow<unknown>,
  what: string,
  { walletId, window }: Omit<PageRequest, 'pageNum'>,
  keyOf: (row: Row) => string,
  call: (calls: Activities, request: PageRequest) => Promise<Page<Row>>,
): Promise<readonly Row[]> {
  const rows = new Map<string, Row>();
  for (let pageNum = 1, received = 0; ; pageNum += 1) {
    const summary = `${what} ${window.from}..${window.to}, page ${pageNum}`;
    const page = await ask(flow, summary, (calls) => call(calls, { walletId, window, pageNum }));
    for (const row of page.rows) if (!rows.has(keyOf(row))) rows.set(keyOf(row), row);
    received += page.received;
    if (page.received === 0 || received >= page.total) return [...rows.values()];
  }
}

/** Asks FalPay for the cards, and our flows for the orders, that the books or the register name. */
export async function readKnowledge(
  flow: Flow<unknown>,
  walletId: string,
  books: Books,
  register: WalletRegister | null,
): Promise<{ readonly books: Books; readonly known: Knowledge }> {
  const named = [...books.rows, ...books.payOrders, ...books.fees].flatMap(({ cardId }) => cardId ?? []);
  const registered = register?.cards ?? [];
  const cardIds = [...new Set([...registered.map(({ cardId }) => cardId), ...named])];
  const found = await inBatches(cardIds, LOOKED_UP_AT_ONCE, (part) =>
    askMany(flow, `cards ${part[0]}…`, (calls) => calls.findCards({ cardIds: part })),
  );
  // FalPay's fees do not name their wallet: one of another wallet's card is none of this.
  const cards = new Map(found.filter((card) => card.walletId === walletId).map((card) => [card.cardId, card]));
  const foreign = new Set(found.filter((card) => card.walletId !== walletId).map(({ cardId }) => cardId));
  const own: Books = { ...books, fees: books.fees.filter(({ cardId }) => !foreign.has(cardId)) };
  const exact = beganWith(flow.policy, 3);
  const cardIdsByChange = exact ? cardsOfLimitChanges(own, register) : new Map<string, string>();
  const orders = await readOrders(flow, orderNosIn(own, cards, register), cardIdsByChange);
  const ourCards = new Set(registered.map(({ cardId }) => cardId));
  for (const { cardId } of orders.values()) if (cardId !== undefined) ourCards.add(cardId);
  const known: Knowledge = { orders, allRows: new Map(), cards, ourCards, exact };
  return { books: own, known: { ...known, allRows: await readAllRows(flow, walletId, own, known) } };
}

export async function readOrders(
  flow: Flow<unknown>,
  orderNos: readonly string[],
  cardIdsByChange: ReadonlyMap<string, string> = new Map(),
): Promise<ReadonlyMap<string, OrderFacts>> {
  const facts = await inBatches(orderNos, ORDERS_AT_ONCE, (part) => {
    const cardIds = Object.fromEntries([...cardIdsByChange].filter(([orderNo]) => part.includes(orderNo)));
    const question = { orderNos: part, ...(Object.keys(cardIds).length > 0 && { cardIds }) };
    return askMany(flow, `what flows know of ${part[0]}…`, (calls) => calls.readOrders(question));
  });
  return new Map(facts.map((one) => [one.orderNo, one]));
}

/** A limit change's number does not tell its card, which alone knows of it: the register does while it is open, the row afterwards. */
function cardsOfLimitChanges(books: Books, register: WalletRegister | null): ReadonlyMap<string, string> {
  const booked = ownRows(books).flatMap((row) => {
    const orderNo = limitChangeOf(row);
    return orderNo === undefined || row.cardId === undefined ? [] : [[orderNo, row.cardId] as const];
  });
  const registered = (register?.orders ?? []).flatMap(({ orderNo, workflowId }) => {
    const flow = isLimitChange(orderNo) ? parseWorkflowId(workflowId) : undefined;
    return flow?.kind === 'card' ? [[orderNo, flow.number] as const] : [];
  });
  return new Map([...booked, ...registered]);
}

function orderNosIn(
  books: Books,
  cards: ReadonlyMap<string, CardRecord>,
  register: WalletRegister | null,
): readonly string[] {
  const numbers = new Set(register?.orders.map(({ orderNo }) => orderNo));
  for (const row of ownRows(books)) {
    if (row.merchantOrderNo !== undefined) numbers.add(row.merchantOrderNo);
    const cardOrder = cardOrderOf(row, { cards });
    if (cardOrder !== undefined) numbers.add(cardOrder);
  }
  // A card that the register does not have is ours all the same where a flow has it.
  const registered = new Set(register?.cards.map(({ cardId }) => cardId));
  for (const { cardId, cardOrderNo } of cards.values()) if (!registered.has(cardId)) numbers.add(cardOrderNo);
  return [...numbers].filter((orderNo) => parseOrderNo(orderNo) !== undefined);
}

async function readAllRows(
  flow: Flow<unknown>,
  walletId: string,
  books: Books,
  known: Knowledge,
): Promise<Knowledge['allRows']> {
  const orderNos = [...disagreeing(books, known)].filter((orderNo) => known.orders.has(orderNo));
  const parts = await inBatches(orderNos, LOOKED_UP_AT_ONCE, async (part) =>
    Object.entries(
      await askMany(flow, `movements of ${part[0]}…`, (calls) => calls.rowsOfOrders({ walletId, orderNos: part })),
    ),
  );
  return new Map(parts);
}

/** Payments that rows name and the window's list does not have: FalPay may list a payment under the day on which it was authorised. */
export async function readUnlisted(flow: Flow<unknown>, books: Books): ReturnType<Activities['findPayOrders']> {
  return inBatches(unlistedPayments(books), LOOKED_UP_AT_ONCE, (part) =>
    askMany(flow, `payments ${part[0]}…`, (calls) => calls.findPayOrders({ payOrderNos: part })),
  );
}

export async function inBatches<T, Result>(
  all: readonly T[],
  size: number,
  work: (part: readonly T[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < all.length; from += size) results.push(...(await work(all.slice(from, from + size))));
  return results;
}
