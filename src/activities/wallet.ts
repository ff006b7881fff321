import { Context } from '@temporalio/activity';
import type {
  ApiSaveWalletApplyDto,
  ApiWalletRechargeOrderDto,
  ApiWalletRechargeOrderVo,
  ApiWalletWithdrawOrderDto,
  FlowItem,
  OpenWalletInfoVo,
  WalletApplyOpenApiVo,
  WalletRechargeInfoRequest,
  WalletRechargeInfoVo,
  WalletStatusUpdateDto,
} from '../falpay/contract';
import type { UnlistedOperation } from '../messages';
import type { ActivityDeps, Looked, Permit } from './deps';
import { createOnce, currentRun, ownAnswer } from './failures';
import { goesOn } from './progress';

/** One booked movement of the wallet: `amount` is net of `fee`, both decimal strings in major units. */
export type Movement = Pick<
  FlowItem,
  'orderNo' | 'merchantOrderNo' | 'type' | 'direction' | 'amount' | 'fee' | 'currency' | 'status'
>;
type WalletKey = { readonly walletId: string } | { readonly walletOrderNo: string };

export function walletActivities({ falpay, orders }: ActivityDeps) {
  return {
    /** Of an operation whose orders no query shows before their money: the numbers that other runs of this flow sent, or were about to send. */
    async sentBefore({ operation }: { operation: UnlistedOperation }): Promise<{ sent: readonly string[] }> {
      const { workflowExecution } = Context.current().info;
      const asking = { workflowId: workflowExecution?.workflowId ?? '', runId: currentRun(), onProgress: goesOn };
      return { sent: await ownAnswer(orders.sentByOtherRuns(asking, operation)) };
    },

    /** 开通卡钱包 [N]. */
    async openWallet({
      order,
      permit,
    }: {
      order: ApiSaveWalletApplyDto;
      permit: Permit;
    }): Promise<WalletApplyOpenApiVo> {
      const { walletOrderNo } = order;
      return createOnce(permit.run, 'openWallet', walletOrderNo, {
        send: () => falpay.openWallet(order),
        find: () => falpay.getWallet({ walletOrderNo }),
      });
    },

    /** 查询卡钱包信息 [N]: audit, status and balance only. */
    async findWallet(key: WalletKey): Promise<Looked<WalletFacts>> {
      const wallet = await falpay.getWallet(key);
      if (!wallet) return { run: currentRun(), found: null };
      const { walletId, currency, availableBalance, status, auditStatus, rejectReason } = wallet;
      return { run: currentRun(), found: { walletId, currency, availableBalance, status, auditStatus, rejectReason } };
    },

    /** 获取充值方式/收款账号 [N]. */
    async getRechargeInfo(request: WalletRechargeInfoRequest): Promise<WalletRechargeInfoVo> {
      return falpay.getRechargeInfo(request);
    },

    /** 创建充值订单 [N]. Its look-up is findMovements, which proves an order but never its absence. */
    async createRecharge({
      order,
      permit,
    }: {
      order: ApiWalletRechargeOrderDto;
      permit: Permit;
    }): Promise<ApiWalletRechargeOrderVo> {
      return createOnce(permit.run, 'createRecharge', order.rechargeOrderNo, {
        send: () => falpay.createRecharge(order),
      });
    },

    /** 创建提现订单 [N]: FalPay's order number. Its look-up is findMovements, which proves an order but never its absence. */
    async createWithdrawal({ order, permit }: { order: ApiWalletWithdrawOrderDto; permit: Permit }): Promise<string> {
      return createOnce(permit.run, 'createWithdrawal', order.withdrawOrderNo, {
        send: () => falpay.createWithdrawal(order),
      });
    },

    /** 修改卡钱包状态 [N]. It has no number of ours: `label` names it where a person reads of it. */
    async updateWalletStatus({
      change,
      label,
      permit,
    }: {
      change: WalletStatusUpdateDto;
      label: string;
      permit: Permit;
    }): Promise<true> {
      return createOnce<true>(permit.run, 'updateWalletStatus', label, {
        send: async () => {
          await falpay.updateWalletStatus(change);
          return true;
        },
        find: async () =>
          (await falpay.getWallet({ walletId: change.walletId }))?.status === change.status ? true : null,
      });
    },

    /** 卡钱包流水 [N] of our order numbers, all pages; null when nothing is booked yet. */
    async findMovements({
      walletId,
      orderNos,
    }: {
      walletId: string;
      orderNos: readonly string[];
    }): Promise<Looked<readonly Movement[]>> {
      const movements: Movement[] = [];
      for (const merchantOrderNo of orderNos) {
        for await (const item of falpay.walletFlows({ walletId, merchantOrderNo })) {
          // A filter that FalPay does not know it may ignore: another order's money must not count for this one.
          if (item.walletId !== walletId || (item.merchantOrderNo ?? merchantOrderNo) !== merchantOrderNo) continue;
          const { orderNo, type, direction, amount, fee, currency, status } = item;
          movements.push({ orderNo, merchantOrderNo, type, direction, amount, fee, currency, status });
        }
      }
      return { run: currentRun(), found: movements.length > 0 ? movements : null };
    },
  };
}

export type WalletFacts = Pick<
  OpenWalletInfoVo,
  'walletId' | 'currency' | 'availableBalance' | 'status' | 'auditStatus' | 'rejectReason'
>;
