/** What is left of 卡钱包流水: corrections by FalPay, money to and from prepaid cards, and types that it may add. */
import { compare, received } from '../../falpay/money';
import type { Mark, OrderFacts, ReportEntry } from '../../messages';
import { parseOrderNo } from '../../messages';
import type { BookedRow, Books, Knowledge } from './books';
import { isBooked, ownRows } from './books';
import { grouped } from './grouped';
import { net } from '../steps/movements';
import { givenBackOf, noteOn, stranger } from './orders';
import { FEE_TYPE, PAYMENT_TYPES } from './payments';

const ADJUST = 'ADJUST';
const TO_OR_FROM_CARD = 'to or from the card';

export function otherEntries(books: Books, known: Knowledge): readonly ReportEntry[] {
  const left = ownRows(books).filter(
    (row) => !isExplained(row.type, row.direction) && !(known.exact && givenBackOf(row) !== undefined),
  );
  const changes = grouped(left, (row) => (known.exact ? limitChangeOf(row) : undefined));
  const others = (changes.get(undefined) ?? []).map((row) => {
    if (row.type !== ADJUST) return unexplained(row);
    const order = applicationOf(row, known) ?? ourPayment(row, books, known);
    if (order === undefined) return unexplained(row, known.orders.get(row.merchantOrderNo ?? ''));
    // Money between wallet and card: that it was asked for is known, how much of it FalPay books alone knows.
    return { ...stranger('ADJUSTMENT', row, ''), mark: 'MATCHED', order, note: TO_OR_FROM_CARD } as const;
  });
  return [
    ...others,
    ...[...changes].flatMap(([orderNo, rows]) =>
      orderNo === undefined ? [] : [limitChangeEntry(orderNo, rows, books, known)],
    ),
  ];
}

function unexplained(row: BookedRow, facts?: OrderFacts): ReportEntry {
  const note = facts && noteOn(facts, 'MISSING_HERE');
  return stranger('ADJUSTMENT', row, note ?? `a row of type ${row.type} that no order of ours explains`);
}

/** The number of a change of a prepaid card's limit: as much as it changes goes to the card or comes back. */
export function limitChangeOf({ type, merchantOrderNo }: BookedRow): string | undefined {
  return type === ADJUST && isLimitChange(merchantOrderNo) ? merchantOrderNo : undefined;
}

export function isLimitChange(orderNo: string | undefined): orderNo is string {
  const step = orderNo === undefined ? undefined : parseOrderNo(orderNo)?.step;
  return step === 'increase' || step === 'decrease';
}

function limitChangeEntry(orderNo: string, own: readonly BookedRow[], books: Books, known: Knowledge): ReportEntry {
  const facts = known.orders.get(orderNo);
  const [first] = own;
  const rows = books.rows.filter((row) => isBooked(row) && limitChangeOf(row) === orderNo);
  const currency = facts?.currency ?? first?.currency ?? '';
  const inCurrency = rows.filter((row) => row.currency === currency);
  const way = parseOrderNo(orderNo)?.step === 'increase' ? 'OUT' : 'IN';
  const theirs = net(inCurrency, way, currency, ({ amount }) => amount);
  const ours = facts?.amount;
  const agrees =
    inCurrency.length === rows.length && ours !== undefined && compare(received(ours, currency), theirs) === 0;
  const mark: Mark = ours === undefined ? 'MISSING_HERE' : agrees ? 'MATCHED' : 'AMOUNT_DIFFERS';
  const undone =
    ours === undefined && facts?.shown ? `the card’s flow has it as ${facts.status ?? 'unknown'}` : undefined;
  const note = mark === 'MATCHED' ? TO_OR_FROM_CARD : (undone ?? noteOn(facts, mark));
  return {
    mark,
    kind: 'ADJUSTMENT',
    order: orderNo,
    ...(facts?.found && { workflowId: facts.workflowId }),
    ...(first?.cardId !== undefined && { cardId: first.cardId }),
    currency,
    ...(ours !== undefined && { ours }),
    theirs: theirs.amount,
    flowNos: own.map(({ flowNo }) => flowNo),
    ...(note !== undefined && { note }),
  };
}

/** A row that names one of our cards may be anybody's correction: only a number that a flow of ours knows says that we asked for it. */
function applicationOf({ merchantOrderNo }: BookedRow, { orders, exact }: Knowledge): string | undefined {
  if (merchantOrderNo === undefined) return undefined;
  const step = parseOrderNo(merchantOrderNo)?.step;
  if (!exact) return step === 'card' || isLimitChange(merchantOrderNo) ? merchantOrderNo : undefined;
  return step === 'card' && orders.get(merchantOrderNo)?.shown ? merchantOrderNo : undefined;
}

/** Of a payment whose card was closed meanwhile: its money goes back to the wallet. */
function ourPayment(
  { orderNo, direction }: BookedRow,
  { payOrders }: Books,
  { ourCards, exact }: Knowledge,
): string | undefined {
  if (exact && direction !== 'IN') return undefined;
  return payOrders.find(({ payOrderNo, cardId }) => payOrderNo === orderNo && ourCards.has(cardId))?.payOrderNo;
}

function isExplained(type: string, direction: string): boolean {
  return (
    (type === 'RECHARGE' && direction === 'IN') ||
    (type === 'WITHDRAW' && direction === 'OUT') ||
    type === 'OPEN_CARD_FEE' ||
    type === FEE_TYPE ||
    PAYMENT_TYPES.includes(type)
  );
}
