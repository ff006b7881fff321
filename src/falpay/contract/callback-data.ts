import { z } from 'zod';
import { cardStatus, VcCardPayOrderVo } from './card';
import { auditStatus } from './merchant';
import { assumed, named, model } from './provenance';
import { wireAmount, wireCurrency, wireId, wireOrderNo, wireText, wireTime } from './scalars';
import { orderStatus } from './wallet';

export const MerchantAuditData = z
  .object({
    merchantId: wireId.meta(assumed('商户号')),
    merchantOrderNo: wireOrderNo.optional().meta(assumed('商户单号')),
    auditStatus: auditStatus.meta(assumed('审核状态')),
    rejectReason: wireText.optional().meta(assumed('驳回原因')),
    auditTime: wireTime.meta(assumed('审核时间')),
  })
  .meta(model('MerchantAuditData', named('商户账户审核回调数据')));
export type MerchantAuditData = z.infer<typeof MerchantAuditData>;

export const WalletAuditData = z
  .object({
    walletId: wireId.meta(assumed('卡钱包号')),
    walletOrderNo: wireOrderNo.optional().meta(assumed('开通卡钱包单号')),
    merchantId: wireId.meta(assumed('商户号')),
    auditStatus: auditStatus.meta(assumed('审核状态')),
    rejectReason: wireText.optional().meta(assumed('驳回原因')),
    auditTime: wireTime.meta(assumed('审核时间')),
  })
  .meta(model('WalletAuditData', named('卡钱包审核回调数据')));
export type WalletAuditData = z.infer<typeof WalletAuditData>;

export const WalletRechargeData = z
  .object({
    orderNo: wireId.meta(assumed('FalPay 订单号')),
    rechargeOrderNo: wireOrderNo.optional().meta(assumed('充值单号')),
    walletId: wireId.meta(assumed('卡钱包号')),
    status: orderStatus.meta(assumed('订单状态，最后一笔到账前为 PROCESSING')),
    amount: wireAmount.meta(assumed('订单金额')),
    creditedAmount: wireAmount.meta(assumed('累计到账金额，已扣手续费')),
    fee: wireAmount.meta(assumed('手续费')),
    currency: wireCurrency.meta(assumed('币种')),
    finishTime: wireTime.optional().meta(assumed('完成时间')),
  })
  .meta(model('WalletRechargeData', named('卡钱包充值回调数据')));
export type WalletRechargeData = z.infer<typeof WalletRechargeData>;

export const WalletWithdrawalData = z
  .object({
    orderNo: wireId.meta(assumed('FalPay 订单号')),
    withdrawOrderNo: wireOrderNo.optional().meta(assumed('提现单号')),
    walletId: wireId.meta(assumed('卡钱包号')),
    status: orderStatus.meta(assumed('订单状态')),
    amount: wireAmount.meta(assumed('金额')),
    fee: wireAmount.meta(assumed('手续费')),
    currency: wireCurrency.meta(assumed('币种')),
    failReason: wireText.optional().meta(assumed('失败原因')),
    finishTime: wireTime.optional().meta(assumed('完成时间')),
  })
  .meta(model('WalletWithdrawalData', named('卡钱包提现回调数据')));
export type WalletWithdrawalData = z.infer<typeof WalletWithdrawalData>;

export const CardAuthorizationData = z
  .object(VcCardPayOrderVo.shape)
  .meta(model('CardAuthorizationData', named('卡片授权订单回调数据')));
export type CardAuthorizationData = z.infer<typeof CardAuthorizationData>;

export const CardStatusData = z
  .object({
    cardId: wireId.meta(assumed('卡片标识')),
    cardOrderNo: wireOrderNo.optional().meta(assumed('开卡单号')),
    status: cardStatus.meta(assumed('卡片状态')),
    reason: wireText.optional().meta(assumed('原因')),
    operateTime: wireTime.meta(assumed('操作时间')),
  })
  .meta(model('CardStatusData', named('卡片撤销、冻结、解冻回调数据')));
export type CardStatusData = z.infer<typeof CardStatusData>;
