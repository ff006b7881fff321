/** Card payments (支付订单) ↔ their rows ↔ their fees (手续费), and the fees that belong to no payment. */
import type { VcCardPayOrderVo } from '../../falpay/contract';
import { compare, isZero, received, subtract, sum } from '../../falpay/money';
import type { Mark, ReportEntry } from '../../messages';
import { isWithin } from '../../messages';
import type { BookedRow, Books, Knowledge } from './books';
import { isBooked, ownRows } from './books';
import { grouped } from './grouped';
import type { FeeOrder, TakeFee } from './orders';
import { outFirst, sameAmount, stranger, totalling } from './orders';

/** What a payment's rows are: the payment itself, and its fee where that is a row of its own. */
export const PAYMENT_TYPES: readonly string[] = ['CARD_PAY', 'CARD_REFUND'];
export const FEE_TYPE = 'FEE';

/** Numbers of payments that rows of the window name and the list of the window does not have. */
export function unlistedPayments(books: Books): readonly string[] {
  const listed = new Set(books.payOrders.map(({ payOrderNo }) => payOrderNo));
  const named = ownRows(books)
    .filter(({ type, orderNo, cardId }) => PAYMENT_TYPES.includes(type) || (type === FEE_TYPE && orderNo !== cardId))
    .map(({ orderNo }) => orderNo);
  return [...new Set(named)].filter((orderNo) => !listed.has(orderNo));
}

/** @param payOrders those of the window, and what rows of the window name besides */
export function paymentEntries(
  books: Books,
  payOrders: readonly VcCardPayOrderVo[],
  known: Knowledge,
  takeFee: TakeFee,
): readonly ReportEntry[] {
  const rows = books.rows.filter((row) => isBooked(row) && isOfPayment(row));
  const byPayment = grouped(rows, ({ orderNo }) => orderNo);
  const own = grouped(ownRows(books).filter(isOfPayment), ({ orderNo }) => orderNo);
  const numbers = new Set(payOrders.map(({ payOrderNo }) => payOrderNo));
  const entries = payOrders.flatMap((order) => {
    const inWindow = own.get(order.payOrderNo) ?? [];
    const isOwn = isWithin(order.transactionTime, books.window);
    if (inWindow.length === 0 && !(isSettled(order) && isOwn)) {
      // The day before, or after, reports it; a fee of it that falls into this one is no stranger here.
      if (!isOwn) takeFee((fee) => fee.relatedOrderNo === order.payOrderNo);
      return [];
    }
    const entry = paymentEntry(order, byPayment.get(order.payOrderNo) ?? [], known, takeFee);
    return [{ ...entry, flowNos: inWindow.map(({ flowNo }) => flowNo) }];
  });
  const strangers = ownRows(books)
    .filter(({ type, orderNo }) => PAYMENT_TYPES.includes(type) && !numbers.has(orderNo))
    .map((row) =>
      stranger(row.type === 'CARD_REFUND' ? 'CARD_REFUND' : 'CARD_PAYMENT', row, 'no payment (支付订单) shows it'),
    );
  return [...entries, ...strangers];
}

function isOfPayment({ type }: BookedRow): boolean {
  return PAYMENT_TYPES.includes(type) || type === FEE_TYPE;
}

/** A settlement or a refund moves money; an authorisation only sets it aside, and its status moves with what follows. */
function isSettled({ type, status }: VcCardPayOrderVo): boolean {
  return (type === 'SETTLE' && status === 'SETTLED') || (type === 'REFUND' && status === 'REFUNDED');
}

/** What was taken for such a payment may have been given back under its own number. */
function isUndone({ type, status }: VcCardPayOrderVo): boolean {
  return status === 'REVERSED' || status === 'DECLINED' || (status === 'REFUNDED' && type !== 'REFUND');
}

function paymentEntry(
  order: VcCardPayOrderVo,
  rows: readonly BookedRow[],
  known: Knowledge,
  takeFee: TakeFee,
): ReportEntry {
  const { payOrderNo, cardId, billingCurrency: currency } = order;
  const kind =
    rows.some(({ type }) => type === 'CARD_REFUND') || order.type === 'REFUND' ? 'CARD_REFUND' : 'CARD_PAYMENT';
  const [foreign] = rows.filter((row) => row.currency !== currency);
  const inCurrency = rows.filter((row) => row.currency === currency);
  const paid = inCurrency.filter(({ type }) => PAYMENT_TYPES.includes(type));
  const way = kind === 'CARD_REFUND' ? 'IN' : 'OUT';
  const total = totalling(known);
  const inner = total(paid, way, currency, (row) => row.fee);
  const gross = total(paid, way, currency, (row) => row.amount);
  // Where the fee was taken with the payment, the row's amount holds it as well.
  const theirs = kind === 'CARD_REFUND' ? gross : subtract(gross, inner);
  const feeRows = inCurrency.filter(({ type }) => type === FEE_TYPE);
  const theirsFee = sum([inner, total(feeRows, 'OUT', currency, (row) => row.amount)], currency);
  const undone = known.exact && isUndone(order) && paid.length > 0 && isZero(theirs) && isZero(theirsFee);
  const ours = received(order.billingAmount, currency);
  const oursFee = received(order.fee, currency);
  const fee = takeFee((one) => one.relatedOrderNo === payOrderNo);
  const fromCard = known.cards.get(cardId)?.prepaid === true && rows.length === 0;
  const feeAgrees = fee
    ? fee.currency === currency && compare(received(fee.amount, currency), oursFee) === 0
    : undone || isZero(oursFee);
  const agrees = fromCard || undone || (compare(ours, theirs) === 0 && compare(oursFee, theirsFee) === 0);
  const [mark, note]: readonly [Mark, string?] = !known.ourCards.has(cardId)
    ? ['MISSING_HERE', 'no flow of ours issued this card']
    : paid.length === 0 && !fromCard
      ? ['MISSING_THERE', 'no row of 卡钱包流水 shows it']
      : foreign || !agrees
        ? ['AMOUNT_DIFFERS']
        : fee === undefined && !feeAgrees
          ? ['MISSING_THERE', 'no fee order (手续费) shows its fee']
          : !feeAgrees
            ? ['AMOUNT_DIFFERS', 'its fee order (手续费) says otherwise']
            : ['MATCHED', fromCard ? 'paid from the prepaid card' : undefined];
  return {
    mark,
    kind,
    order: payOrderNo,
    cardId,
    currency,
    ours: ours.amount,
    oursFee: oursFee.amount,
    ...(rows.length > 0 && { theirs: theirs.amount, theirsFee: theirsFee.amount }),
    flowNos: [],
    ...(fee && { feeOrderNo: fee.feeOrderNo }),
    ...(note !== undefined && { note }),
  };
}

/** Fees that nothing before was matched with: monthly ones, and those that only one side has. */
export function feeEntries(
  books: Books,
  payOrders: readonly VcCardPayOrderVo[],
  known: Knowledge,
  fees: { readonly left: () => readonly (FeeOrder & { readonly createTime: string })[]; readonly take: TakeFee },
): readonly ReportEntry[] {
  const payments = new Set(payOrders.map(({ payOrderNo }) => payOrderNo));
  const isLoose = (row: BookedRow) => row.type === FEE_TYPE && !payments.has(row.orderNo);
  const used = new Set<BookedRow>();
  const loose = ownRows(books).filter(isLoose);
  const byRow = (known.exact ? outFirst(loose) : loose).map((row) => {
    used.add(row);
    const fee = fees.take((one) => one.cardId === row.cardId && sameAmount(one, row));
    return fee ? feeEntry(fee, row, known) : stranger('CARD_FEE', row, 'no fee order (手续费) shows it');
  });
  const around = books.rows.filter((row) => isBooked(row) && isLoose(row) && !used.has(row));
  const byOrder = fees
    .left()
    .filter((fee) => isWithin(fee.createTime, books.window))
    .map((fee) => {
      const index = around.findIndex((row) => row.cardId === fee.cardId && sameAmount(fee, row));
      const [row] = index < 0 ? [] : around.splice(index, 1);
      return feeEntry(fee, row, known);
    });
  return [...byRow, ...byOrder];
}

function feeEntry(fee: FeeOrder, row: BookedRow | undefined, known: Knowledge): ReportEntry {
  const { feeOrderNo, cardId, amount, currency } = fee;
  const fromCard = row === undefined && known.cards.get(cardId)?.prepaid === true;
  const theirs = row && totalling(known)([row], 'OUT', currency, ({ amount }) => amount);
  const [mark, note]: readonly [Mark, string?] = !known.ourCards.has(cardId)
    ? ['MISSING_HERE', 'no flow of ours issued this card']
    : theirs
      ? [compare(received(amount, currency), theirs) === 0 ? 'MATCHED' : 'AMOUNT_DIFFERS']
      : fromCard
        ? ['MATCHED', 'taken from the prepaid card']
        : ['MISSING_THERE', 'no row of 卡钱包流水 shows it'];
  return {
    mark,
    kind: 'CARD_FEE',
    order: feeOrderNo,
    cardId,
    currency,
    ours: amount,
    ...(theirs && { theirs: theirs.amount }),
    flowNos: row ? [row.flowNo] : [],
    feeOrderNo,
    ...(note !== undefined && { note }),
  };
}
