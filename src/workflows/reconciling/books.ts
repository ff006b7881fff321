/** What is compared: FalPay's books of one wallet, and what our flows know. */
import type { FlowItem, VcCardFeeOrderVo, VcCardPayOrderVo } from '../../falpay/contract';
import type { CardRecord } from '../../activities';
import type { OrderFacts, Window } from '../../messages';
import { isWithin } from '../../messages';

export type BookedRow = Omit<FlowItem, 'remark'>;

/** All that FalPay shows of the window and an hour around it, each row once. */
export interface Books {
  readonly window: Window;
  /** Newest first, as FalPay lists them. */
  readonly rows: readonly BookedRow[];
  readonly payOrders: readonly VcCardPayOrderVo[];
  readonly fees: readonly VcCardFeeOrderVo[];
}

export interface Knowledge {
  /** By our order number. */
  readonly orders: ReadonlyMap<string, OrderFacts>;
  /** Every row that an order ever had, where those of the window do not tell it. */
  readonly allRows: ReadonlyMap<string, readonly BookedRow[]>;
  /** By card id, as FalPay shows them now. */
  readonly cards: ReadonlyMap<string, CardRecord>;
  /** Cards that a flow of ours has brought about. */
  readonly ourCards: ReadonlySet<string>;
  /** False in flows that began before 0.3: they compare as they did then, so that they replay. */
  readonly exact: boolean;
}

/** Statuses FalPay may add are no success. */
export function isBooked({ status }: { readonly status: string }): boolean {
  return status === 'SUCCESS';
}

/** Rows of the days themselves; the hour around them only explains these. */
export function ownRows({ window, rows }: Pick<Books, 'window' | 'rows'>): readonly BookedRow[] {
  return rows.filter((row) => isBooked(row) && isWithin(row.createTime, window));
}
