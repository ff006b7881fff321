/** Recharges, withdrawals and card openings: our order ↔ its rows in 卡钱包流水. */
import type { Money } from '../../falpay/money';
import { compare, isZero, received, sum } from '../../falpay/money';
import type { Mark, OrderFacts, ReportEntry, Window } from '../../messages';
import { isWithin, parseOrderNo } from '../../messages';
import { foreignAmong, net, takesBack } from '../steps/movements';
import type { BookedRow, Books, Knowledge } from './books';
import { isBooked, ownRows } from './books';
import { grouped } from './grouped';

export type MoneyStep = 'recharge' | 'withdrawal';

/** What a row of each kind of order looks like. */
const ROWS = {
  recharge: { kind: 'RECHARGE', type: 'RECHARGE', direction: 'IN' },
  withdrawal: { kind: 'WITHDRAWAL', type: 'WITHDRAW', direction: 'OUT' },
} as const;

/** Booked rows by the order of ours that they are about; under undefined those that name none that can be ours. */
function rowsByOrder(
  rows: readonly BookedRow[],
  step: MoneyStep,
  { orders, exact }: Pick<Knowledge, 'orders' | 'exact'>,
): ReadonlyMap<string | undefined, readonly BookedRow[]> {
  const { type, direction } = ROWS[step];
  // Without our number FalPay's own tells it, where a flow has heard of it.
  const byFalpays = new Map<string, string>();
  for (const { step: placed, falpayOrderNo, orderNo } of orders.values())
    if (placed === step && falpayOrderNo !== undefined) byFalpays.set(falpayOrderNo, orderNo);
  return grouped(
    rows.filter(
      (row) =>
        isBooked(row) && ((row.type === type && row.direction === direction) || (exact && givenBackOf(row) === step)),
    ),
    ({ merchantOrderNo, orderNo }) => {
      if (merchantOrderNo === undefined) return byFalpays.get(orderNo);
      return parseOrderNo(merchantOrderNo)?.step === step ? merchantOrderNo : undefined;
    },
  );
}

/** Of which kind of order a row shows what went back: its flow nets it, too. */
export function givenBackOf(row: BookedRow): MoneyStep | undefined {
  const step = row.merchantOrderNo === undefined ? undefined : parseOrderNo(row.merchantOrderNo)?.step;
  if (step === 'recharge') return takesBack(row) ? step : undefined;
  return step === 'withdrawal' && row.direction === 'IN' ? step : undefined;
}

interface Compared {
  readonly entry: ReportEntry;
  /** All that are known of the order, of whatever day. */
  readonly rows: readonly BookedRow[];
}

/** Every order of this step that rows of the window name, or that we have placed. */
function compareOrders(books: Books, known: Knowledge, step: MoneyStep): readonly Compared[] {
  const { orders, allRows, exact } = known;
  const read = rowsByOrder(books.rows, step, known);
  const numbers = new Set(
    [...rowsByOrder(ownRows(books), step, known).keys()].filter((orderNo) => orderNo !== undefined),
  );
  for (const { orderNo, step: placed } of orders.values()) if (placed === step) numbers.add(orderNo);
  return [...numbers].map((orderNo) => {
    const every = allRows.get(orderNo);
    const asked = every && (rowsByOrder(every, step, known).get(orderNo) ?? []);
    const seen = read.get(orderNo) ?? [];
    const rows = exact ? eachOnce([...(asked ?? []), ...seen]) : (asked ?? seen);
    return { entry: moneyEntry(step, orderNo, rows, orders.get(orderNo)), rows };
  });
}

/** A row that the window shows counts, whether FalPay finds it by our number or not. */
function eachOnce(rows: readonly BookedRow[]): readonly BookedRow[] {
  return [...new Map(rows.map((row) => [row.flowNo, row])).values()];
}

/** One entry for each order that has rows in the window, and for each that differs since before. */
export function moneyEntries(books: Books, known: Knowledge, step: MoneyStep): readonly ReportEntry[] {
  const own = rowsByOrder(ownRows(books), step, known);
  const strangers = (own.get(undefined) ?? []).map((row) => stranger(ROWS[step].kind, row, 'no order number of ours'));
  const entries = compareOrders(books, known, step).flatMap(({ entry, rows }) => {
    const inWindow = own.get(entry.order) ?? [];
    // An order that is open, or long settled, and has not moved: nothing to report. What came later is a later window's.
    if (inWindow.length === 0 && (entry.mark === 'MATCHED' || isLater(rows, books.window))) return [];
    return [{ ...entry, flowNos: inWindow.map(({ flowNo }) => flowNo) }];
  });
  return [...strangers, ...entries];
}

/** Our orders whose rows, as far as they are known, do not agree with their flow: all their rows must be asked for, or they differ. */
export function disagreeing(books: Books, known: Knowledge): ReadonlySet<string> {
  const compared = [...compareOrders(books, known, 'recharge'), ...compareOrders(books, known, 'withdrawal')];
  return new Set(compared.flatMap(({ entry: { mark, order } }) => (mark === 'MATCHED' ? [] : [order])));
}

function isLater(rows: readonly BookedRow[], { to }: Window): boolean {
  return rows.length > 0 && rows.every(({ createTime }) => createTime.slice(0, 10) > to);
}

function moneyEntry(
  step: MoneyStep,
  orderNo: string,
  rows: readonly BookedRow[],
  facts: OrderFacts | undefined,
): ReportEntry {
  const currency = facts?.currency ?? rows[0]?.currency ?? '';
  const { direction } = ROWS[step];
  const own = rows.filter((row) => row.currency === currency);
  const [foreign] = foreignAmong(rows, direction, currency);
  const theirs = net(own, direction, currency, (row) => row.amount);
  const theirsFee = net(own, direction, currency, (row) => row.fee);
  const ours = received(facts?.amount ?? '0', currency);
  const oursFee = received(facts?.fee ?? '0', currency);
  const agree = compare(ours, theirs) === 0 && compare(oursFee, theirsFee) === 0;
  const knows = facts?.amount !== undefined && !(isZero(ours) && isZero(oursFee));
  const mark: Mark = foreign
    ? 'AMOUNT_DIFFERS'
    : agree && (rows.length === 0 || facts?.shown === true)
      ? 'MATCHED'
      : rows.length === 0
        ? 'MISSING_THERE'
        : knows
          ? 'AMOUNT_DIFFERS'
          : 'MISSING_HERE';
  const note = foreign ? `${foreign.amount} ${foreign.currency} came on an order in ${currency}` : noteOn(facts, mark);
  return {
    mark,
    kind: ROWS[step].kind,
    order: orderNo,
    ...(facts && { workflowId: facts.workflowId }),
    currency,
    ...(facts?.amount !== undefined && { ours: facts.amount, oursFee: facts.fee ?? '0' }),
    ...(rows.length > 0 && { theirs: theirs.amount, theirsFee: theirsFee.amount }),
    flowNos: [],
    ...(note !== undefined && { note }),
  };
}

/** 开卡申请: FalPay takes a fee for most cards, and shows the card in any case. */
export function cardEntries(books: Books, known: Knowledge, takeFee: TakeFee): readonly ReportEntry[] {
  const own = grouped(
    ownRows(books).filter(({ type }) => type === 'OPEN_CARD_FEE'),
    (row) => cardOrderOf(row, known),
  );
  const strangers = (own.get(undefined) ?? []).map((row) => {
    const fee = feeOf(row, known, takeFee);
    return { ...stranger('CARD_OPENING', row, 'no card of ours'), ...(fee && { feeOrderNo: fee.feeOrderNo }) };
  });
  const opened = [...own].flatMap(([orderNo, rows]) =>
    orderNo === undefined ? [] : [cardEntry(orderNo, rows, known, takeFee)],
  );
  // What the day before, or after, reports: a fee of it that falls into this one is no stranger here.
  for (const row of books.rows)
    if (isBooked(row) && row.type === 'OPEN_CARD_FEE' && !isWithin(row.createTime, books.window))
      feeOf(row, known, takeFee);
  const unseen = [...known.orders.values()].flatMap((facts) => {
    const { step, orderNo, cardId, workflowId } = facts;
    if (step !== 'card' || own.has(orderNo) || !isIssued(facts) || cardId === undefined || known.cards.has(cardId))
      return [];
    const note = 'FalPay does not show the card';
    return [
      {
        mark: 'MISSING_THERE',
        kind: 'CARD_OPENING',
        order: orderNo,
        workflowId,
        cardId,
        currency: '',
        flowNos: [],
        note,
      } as const,
    ];
  });
  return [...strangers, ...opened, ...unseen];
}

function cardEntry(orderNo: string, rows: readonly BookedRow[], known: Knowledge, takeFee: TakeFee): ReportEntry {
  const facts = known.orders.get(orderNo);
  const [{ currency = '', cardId } = {}] = rows;
  const theirs = totalling(known)(rows, 'OUT', currency, ({ amount }) => amount);
  const fees = (known.exact ? outFirst(rows) : rows).flatMap((row) => feeOf(row, known, takeFee) ?? []);
  const charged = sum(
    fees.filter((fee) => fee.currency === currency).map((fee) => received(fee.amount, currency)),
    currency,
  );
  const mark: Mark =
    facts === undefined || !isIssued(facts)
      ? 'MISSING_HERE'
      : fees.length === 0
        ? 'MISSING_THERE'
        : compare(charged, theirs) === 0
          ? 'MATCHED'
          : 'AMOUNT_DIFFERS';
  const note = mark === 'MISSING_THERE' ? 'no fee order (手续费) shows it' : noteOn(facts, mark);
  return {
    mark,
    kind: 'CARD_OPENING',
    order: orderNo,
    ...(facts && { workflowId: facts.workflowId }),
    ...(cardId !== undefined && { cardId }),
    currency,
    ...(fees.length > 0 && { ours: charged.amount }),
    theirs: theirs.amount,
    flowNos: rows.map(({ flowNo }) => flowNo),
    ...(fees[0] && { feeOrderNo: fees[0].feeOrderNo }),
    ...(note !== undefined && { note }),
  };
}

/** The fee order of a card's opening: by the application, or by card and sum where it names none. */
function feeOf(row: BookedRow, known: Knowledge, takeFee: TakeFee): FeeOrder | undefined {
  const orderNo = cardOrderOf(row, known);
  return (
    (orderNo !== undefined ? takeFee((fee) => fee.relatedOrderNo === orderNo) : undefined) ??
    // What is given back is about the fee that was taken; by card and sum it would take another one's.
    (known.exact && row.direction === 'IN'
      ? undefined
      : takeFee((fee) => fee.cardId === row.cardId && sameAmount(fee, row)))
  );
}

/** The application that a row is about, by our number or by the card that it names. */
export function cardOrderOf(
  { merchantOrderNo, cardId }: BookedRow,
  { cards }: Pick<Knowledge, 'cards'>,
): string | undefined {
  const orderNo = merchantOrderNo ?? (cardId === undefined ? undefined : cards.get(cardId)?.cardOrderNo);
  return orderNo !== undefined && parseOrderNo(orderNo)?.step === 'card' ? orderNo : undefined;
}

/** Whether the flow takes the card for issued; what has become of it since is the card's own story. */
function isIssued({ cardId, status }: OrderFacts): boolean {
  return (
    cardId !== undefined && status !== undefined && !['UNCONFIRMED', 'REFUSED', 'PENDING', 'FAILED'].includes(status)
  );
}

export interface FeeOrder {
  readonly feeOrderNo: string;
  readonly cardId: string;
  readonly relatedOrderNo?: string;
  readonly amount: string;
  readonly currency: string;
}
/** The first fee order that fits and that nothing else was matched with. */
export type TakeFee = (fits: (fee: FeeOrder) => boolean) => FeeOrder | undefined;

export function sameAmount(
  left: { readonly amount: string; readonly currency: string },
  right: { readonly amount: string; readonly currency: string },
): boolean {
  return (
    left.currency === right.currency &&
    compare(received(left.amount, left.currency), received(right.amount, right.currency)) === 0
  );
}

/** A row that no order, payment or fee explains. */
export function stranger(kind: ReportEntry['kind'], row: BookedRow, note: string): ReportEntry {
  return {
    mark: 'MISSING_HERE',
    kind,
    order: row.merchantOrderNo ?? row.orderNo,
    ...(row.cardId !== undefined && { cardId: row.cardId }),
    currency: row.currency,
    theirs: row.amount,
    theirsFee: row.fee,
    flowNos: [row.flowNo],
    note,
  };
}

/** How rows are added up: flows that began before 0.3 do not look at the direction. */
export function totalling({ exact }: Knowledge): typeof net<BookedRow> {
  return exact ? net : (rows, _direction, currency, pick) => totalOf(rows, currency, pick);
}

/** Money out comes first: the fee orders are about it, what went back follows it. */
export function outFirst(rows: readonly BookedRow[]): readonly BookedRow[] {
  return [...rows.filter(({ direction }) => direction !== 'IN'), ...rows.filter(({ direction }) => direction === 'IN')];
}

function totalOf(rows: readonly BookedRow[], currency: string, pick: (row: BookedRow) => string): Money {
  return sum(
    rows.map((row) => received(pick(row), currency)),
    currency,
  );
}

export function noteOn(facts: OrderFacts | undefined, mark: Mark): string | undefined {
  if (mark === 'MATCHED') return undefined;
  if (facts === undefined || !facts.found) return 'no flow of ours has this number';
  if (facts.silent) return 'the flow did not answer';
  return facts.shown ? undefined : 'the flow does not know this order';
}
