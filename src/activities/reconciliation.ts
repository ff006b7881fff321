/** What a reconciliation asks of FalPay, page by page, and of our own flows. What asks many times reports each time that it goes on. */
import type { VcCardFeeOrderVo, VcCardPayOrderVo } from '../falpay/contract';
import { insideTime } from '../falpay/contract/time';
import type { CallbackEvent, OrderFacts, WalletReconciled, WalletRegister, Window } from '../messages';
import { readingWindow } from '../messages';
import type { FlowItem } from '../falpay/contract';
import type { ActivityDeps, Fed } from './deps';
import { goesOn } from './progress';

const PAGE_SIZE = 100;

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Of all pages, as FalPay says; rows that this leaves out count. */
  readonly total: number;
  /** Rows that came, those left out included: none is the end. */
  readonly received: number;
}

export interface PageRequest {
  readonly walletId: string;
  readonly window: Window;
  readonly pageNum: number;
}

/** A card as FalPay shows it now, without its number. */
export interface CardRecord {
  readonly cardId: string;
  readonly walletId: string;
  readonly cardOrderNo: string;
  readonly status: string;
  /** Its payments leave the wallet alone. */
  readonly prepaid: boolean;
}

export function reconciliationActivities({ falpay, router, reconciler }: ActivityDeps) {
  return {
    /** An instant, and now, as FalPay's clock shows them: `yyyy-MM-dd HH:mm:ss`. */
    async falpayTimes({ at }: { at: string }): Promise<{ at: string; now: string }> {
      const shown = (instant: Date) => insideTime(instant, falpay.profile.time.zone).slice(0, 19);
      return { at: shown(new Date(at)), now: shown(new Date()) };
    },

    /** Wallets that have a register now; one that visibility does not list yet is done the next day. */
    async listWallets({ token }: { token?: string }): Promise<{ walletIds: readonly string[]; token?: string }> {
      return reconciler.listWallets(token);
    },

    /** Null where there is none: it was ended, and nothing has been told of the wallet since. */
    async readRegister({ walletId }: { walletId: string }): Promise<WalletRegister | null> {
      return reconciler.register(walletId);
    },

    async tellReconciled(result: WalletReconciled): Promise<void> {
      await reconciler.reconciled(result);
    },

    /**
     * What the flows of these orders know; numbers that no flow of ours can have made are left out.
     * @param cardIds of limit changes, by order number: without its card nobody can be asked for one
     */
    async readOrders({
      orderNos,
      cardIds,
    }: {
      orderNos: readonly string[];
      cardIds?: Readonly<Record<string, string>>;
    }): Promise<readonly OrderFacts[]> {
      return reconciler.orders(orderNos, { onProgress: goesOn, cardIds });
    },

    /** 卡钱包流水 [N], one page, an hour around the window included. */
    async pageOfWalletFlows({ walletId, window, pageNum }: PageRequest): Promise<Page<Omit<FlowItem, 'remark'>>> {
      const times = readingWindow(window);
      const page = await falpay.listWalletFlows({ walletId, ...times, pageNum, pageSize: PAGE_SIZE });
      // A filter that FalPay does not know it may ignore.
      const rows = page.items.filter((row) => row.walletId === walletId && isRead(row.createTime, times));
      return { rows: rows.map(withoutRemark), total: page.pageInfo.total, received: page.items.length };
    },

    /** 支付订单 [N], one page. */
    async pageOfPayOrders({ walletId, window, pageNum }: PageRequest): Promise<Page<VcCardPayOrderVo>> {
      const times = readingWindow(window);
      const page = await falpay.listCardPayOrders({ pageNum, pageSize: PAGE_SIZE, param: { walletId, ...times } });
      const rows = page.list.filter((order) => order.walletId === walletId && isRead(order.transactionTime, times));
      return { rows, total: page.total, received: page.list.length };
    },

    /** 手续费 [N], one page. They do not name their wallet: whose card it is tells the card. */
    async pageOfFees({ walletId, window, pageNum }: PageRequest): Promise<Page<VcCardFeeOrderVo>> {
      const times = readingWindow(window);
      const page = await falpay.listCardFees({ pageNum, pageSize: PAGE_SIZE, param: { walletId, ...times } });
      return {
        rows: page.list.filter((fee) => isRead(fee.createTime, times)),
        total: page.total,
        received: page.list.length,
      };
    },

    /** Every row that FalPay shows by each of these order numbers of ours; a row without our number is told from others by FalPay's. */
    async rowsOfOrders({
      walletId,
      orderNos,
    }: {
      walletId: string;
      orderNos: readonly string[];
    }): Promise<Readonly<Record<string, readonly Omit<FlowItem, 'remark'>[]>>> {
      const found: Record<string, Omit<FlowItem, 'remark'>[]> = {};
      for (const merchantOrderNo of orderNos) {
        goesOn();
        const rows: Omit<FlowItem, 'remark'>[] = [];
        for await (const row of falpay.walletFlows({ walletId, merchantOrderNo }))
          // As findMovements: a row need not repeat our number, and one that names another is another order's.
          if (row.walletId === walletId && (row.merchantOrderNo ?? merchantOrderNo) === merchantOrderNo)
            rows.push(withoutRemark(row));
        found[merchantOrderNo] = rows;
      }
      return found;
    },

    /** 查询卡片支付订单详情 [N] of each number; those that FalPay does not have are left out. */
    async findPayOrders({ payOrderNos }: { payOrderNos: readonly string[] }): Promise<readonly VcCardPayOrderVo[]> {
      const found: VcCardPayOrderVo[] = [];
      for (const payOrderNo of payOrderNos) {
        goesOn();
        const order = await falpay.getCardPayOrder({ payOrderNo });
        if (order) found.push(order);
      }
      return found;
    },

    /** 查询卡片详细信息 [N] of each card; those that FalPay does not have are left out. */
    async findCards({ cardIds }: { cardIds: readonly string[] }): Promise<readonly CardRecord[]> {
      const bins = new Map((await falpay.listCardBins()).map((bin) => [bin.binId, bin]));
      const found: CardRecord[] = [];
      for (const cardId of cardIds) {
        goesOn();
        const card = await falpay.getCard({ cardId });
        if (!card) continue;
        const { walletId, cardOrderNo, status, binId } = card;
        found.push({ cardId, walletId, cardOrderNo, status, prepaid: bins.get(binId)?.cardMode === 'PREPAID' });
      }
      return found;
    },

    /** Hands what callbacks missed to the flows concerned, or parks it as callbacks are, unless a person has decided about it before. */
    async feedCallbacks({ events }: { events: readonly CallbackEvent[] }): Promise<readonly Fed[]> {
      const outcomes: Fed[] = [];
      for (const event of events) {
        goesOn();
        outcomes.push(await router.feed(event));
      }
      return outcomes;
    },
  };
}

/** A shop's or a person's words are nothing that a history needs. */
function withoutRemark({ remark: _words, ...row }: FlowItem): Omit<FlowItem, 'remark'> {
  return row;
}

function isRead(
  time: string,
  { startTime, endTime }: { readonly startTime: string; readonly endTime: string },
): boolean {
  return time >= startTime && time <= `${endTime}.999`;
}
