/** Compares FalPay's books of a wallet with what our flows know: every row, payment and fee of the window stands in exactly one entry. */
import type { VcCardPayOrderVo } from '../../falpay/contract';
import type { ReportEntry } from '../../messages';
import { otherEntries } from './adjustments';
import type { Books, Knowledge } from './books';
import { isBooked } from './books';
import type { Break } from './chain';
import type { TakeFee } from './orders';
import { cardEntries, moneyEntries } from './orders';
import { feeEntries, paymentEntries } from './payments';

/** @param others payments outside the window that its rows name */
export function match(
  books: Books,
  known: Knowledge,
  others: readonly VcCardPayOrderVo[] = [],
): readonly ReportEntry[] {
  const payOrders = [...books.payOrders, ...others];
  const left = books.fees.filter(isBooked);
  const take: TakeFee = (fits) => {
    const index = left.findIndex(fits);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  return [
    ...moneyEntries(books, known, 'recharge'),
    ...moneyEntries(books, known, 'withdrawal'),
    ...cardEntries(books, known, take),
    ...paymentEntries(books, payOrders, known, take),
    ...feeEntries(books, payOrders, known, { take, left: () => [...left] }),
    ...otherEntries(books, known),
  ];
}

export function breakEntry({ flowNo, currency, expected, found, note }: Break): ReportEntry {
  return {
    mark: 'AMOUNT_DIFFERS',
    kind: 'BALANCE',
    order: flowNo,
    currency,
    ours: expected,
    theirs: found,
    flowNos: [flowNo],
    note,
  };
}
