import { z } from 'zod';
import { auditStatus } from './merchant';
import { assumed, named, model, partOf } from './provenance';
import {
  checkAmount,
  checkOneOf,
  checkTimeRange,
  closedList,
  currency,
  falpayId,
  fileKey,
  filterWord,
  openList,
  orderNo,
  positiveAmount,
  text,
  time,
  wireAmount,
  wireCurrency,
  wireId,
  wireOrderNo,
  wireRate,
  wireText,
  wireTime,
} from './scalars';
import { PageInfo, pageNum, pageSize } from './paging';

/** 订单状态 [I] */
export const orderStatus = openList('orderStatus');
/** 卡钱包状态 [I] */
export const walletStatus = openList('walletStatus');

export const ApiSaveWalletApplyDto = z
  .strictObject({
    walletOrderNo: orderNo.meta(assumed('开通卡钱包单号，由我方生成')),
    merchantId: falpayId.meta(assumed('商户号')),
    currency: currency.meta(assumed('币种，ISO 4217')),
    walletName: text(64).optional().meta(assumed('卡钱包名称')),
  })
  .meta(model('ApiSaveWalletApplyDto', named('开通卡钱包请求')));
export type ApiSaveWalletApplyDto = z.infer<typeof ApiSaveWalletApplyDto>;

export const WalletApplyOpenApiVo = z
  .object({
    walletId: wireId.meta(assumed('卡钱包号')),
    walletOrderNo: wireOrderNo.meta(assumed('开通卡钱包单号')),
    auditStatus: auditStatus.meta(assumed('审核状态')),
  })
  .meta(model('WalletApplyOpenApiVo', named('开通卡钱包结果')));
export type WalletApplyOpenApiVo = z.infer<typeof WalletApplyOpenApiVo>;

export const OpenWalletInfoQueryDto = z
  .strictObject({
    walletId: falpayId.optional().meta(assumed('卡钱包号，与开通单号二选一')),
    walletOrderNo: orderNo.optional().meta(assumed('开通卡钱包单号，与卡钱包号二选一')),
  })
  .superRefine(checkOneOf('walletId', 'walletOrderNo'))
  .meta(model('OpenWalletInfoQueryDto', named('查询卡钱包信息请求')));
export type OpenWalletInfoQueryDto = z.infer<typeof OpenWalletInfoQueryDto>;

export const OpenWalletInfoVo = z
  .object({
    walletId: wireId.meta(assumed('卡钱包号')),
    walletOrderNo: wireOrderNo.meta(assumed('开通卡钱包单号')),
    merchantId: wireId.meta(assumed('商户号')),
    currency: wireCurrency.meta(assumed('币种')),
    availableBalance: wireAmount.meta(assumed('可用余额')),
    frozenBalance: wireAmount.meta(assumed('冻结余额')),
    totalBalance: wireAmount.meta(assumed('总余额')),
    status: walletStatus.meta(assumed('卡钱包状态')),
    auditStatus: auditStatus.meta(assumed('审核状态')),
    rejectReason: wireText.optional().meta(assumed('驳回原因')),
    createTime: wireTime.meta(assumed('创建时间')),
  })
  .meta(model('OpenWalletInfoVo', named('卡钱包信息')));
export type OpenWalletInfoVo = z.infer<typeof OpenWalletInfoVo>;

export const WalletStatusUpdateDto = z
  .strictObject({
    walletId: falpayId.meta(assumed('卡钱包号')),
    status: closedList('walletStatus')
      .exclude(['PENDING'])
      .meta({ wireWords: 'walletStatus' })
      .meta(assumed('目标状态')),
    reason: text(256).optional().meta(assumed('原因')),
  })
  .meta(model('WalletStatusUpdateDto', named('修改卡钱包状态请求')));
export type WalletStatusUpdateDto = z.infer<typeof WalletStatusUpdateDto>;

export const WalletRechargeInfoRequest = z
  .strictObject({
    walletId: falpayId.meta(assumed('卡钱包号')),
    currency: currency.optional().meta(assumed('币种，ISO 4217')),
  })
  .meta(model('WalletRechargeInfoRequest', named('获取充值方式/收款账号请求')));
export type WalletRechargeInfoRequest = z.infer<typeof WalletRechargeInfoRequest>;

// An answer's payee is what the customer must copy to a bank form, to the letter: nothing in it is masked or trimmed.
const payeeText = z.string().max(512);
export const PayeeAccountVo = z
  .object({
    accountName: payeeText.meta(assumed('账户名')),
    accountNo: payeeText.meta(assumed('账号')),
    bankName: payeeText.optional().meta(assumed('银行名称')),
    swiftCode: payeeText.optional().meta(assumed('SWIFT 代码')),
    bankAddress: payeeText.optional().meta(assumed('银行地址')),
    network: payeeText.optional().meta(assumed('链网络（加密货币）')),
    address: payeeText.optional().meta(assumed('链上地址（加密货币）')),
    memo: payeeText.optional().meta(assumed('附言')),
  })
  .meta(model('PayeeAccountVo', named('收款账号')));
export type PayeeAccountVo = z.infer<typeof PayeeAccountVo>;

export const RechargeMethodVo = z
  .object({
    methodCode: openList('rechargeMethod').meta(assumed('充值方式代码')),
    methodName: wireText.meta(assumed('充值方式名称')),
    currency: wireCurrency.meta(assumed('币种')),
    minAmount: wireAmount.meta(assumed('最低充值金额')),
    feeRate: wireRate.meta(assumed('费率')),
    feeFixed: wireAmount.meta(assumed('固定手续费')),
    payee: PayeeAccountVo.meta(assumed('收款账号')),
  })
  .meta(model('RechargeMethodVo', named('充值方式')));
export type RechargeMethodVo = z.infer<typeof RechargeMethodVo>;

export const WalletRechargeInfoVo = z
  .object({ methods: z.array(RechargeMethodVo).meta(assumed('可用的充值方式')) })
  .meta(model('WalletRechargeInfoVo', named('充值方式/收款账号')));
export type WalletRechargeInfoVo = z.infer<typeof WalletRechargeInfoVo>;

export const ApiWalletRechargeOrderDto = z
  .strictObject({
    rechargeOrderNo: orderNo.meta(assumed('充值单号，由我方生成')),
    walletId: falpayId.meta(assumed('卡钱包号')),
    amount: positiveAmount.meta(assumed('充值金额')),
    currency: currency.meta(assumed('币种，ISO 4217')),
    methodCode: filterWord('rechargeMethod').meta(assumed('充值方式代码，取自充值方式列表')),
    voucherKey: fileKey.optional().meta(assumed('付款凭证文件 key')),
    remark: text(256).optional().meta(assumed('备注')),
  })
  .superRefine(checkAmount('amount'))
  .meta(model('ApiWalletRechargeOrderDto', named('创建充值订单请求')));
export type ApiWalletRechargeOrderDto = z.infer<typeof ApiWalletRechargeOrderDto>;

export const ApiWalletRechargeOrderVo = z
  .object({
    orderNo: wireId.meta(assumed('FalPay 订单号')),
    rechargeOrderNo: wireOrderNo.meta(assumed('充值单号')),
    walletId: wireId.meta(assumed('卡钱包号')),
    amount: wireAmount.meta(assumed('订单金额')),
    currency: wireCurrency.meta(assumed('币种')),
    fee: wireAmount.meta(assumed('手续费')),
    status: orderStatus.meta(assumed('订单状态')),
    payee: PayeeAccountVo.meta(assumed('收款账号')),
    expireTime: wireTime.optional().meta(assumed('失效时间')),
  })
  .meta(model('ApiWalletRechargeOrderVo', named('充值订单')));
export type ApiWalletRechargeOrderVo = z.infer<typeof ApiWalletRechargeOrderVo>;

// What we send is checked more strictly than what FalPay sends; on the wire it is the same model.
const WithdrawPayee = z
  .strictObject({
    accountName: text(128).meta(assumed('账户名')),
    accountNo: text(128).meta(assumed('账号')),
    bankName: text(128).optional().meta(assumed('银行名称')),
    swiftCode: z
      .string()
      .regex(/^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$/, 'must be a SWIFT code (BIC), 8 or 11 capitals and digits')
      .optional()
      .meta(assumed('SWIFT 代码')),
    bankAddress: text(256).optional().meta(assumed('银行地址')),
    network: text(32).optional().meta(assumed('链网络（加密货币）')),
    address: text(128).optional().meta(assumed('链上地址（加密货币）')),
    memo: text(128).optional().meta(assumed('附言')),
  })
  .meta(partOf('PayeeAccountVo', named('收款账号')));

export const ApiWalletWithdrawOrderDto = z
  .strictObject({
    withdrawOrderNo: orderNo.meta(assumed('提现单号，由我方生成')),
    walletId: falpayId.meta(assumed('卡钱包号')),
    amount: positiveAmount.meta(assumed('提现金额')),
    currency: currency.meta(assumed('币种，ISO 4217')),
    payee: WithdrawPayee.meta(assumed('收款账号')),
    remark: text(256).optional().meta(assumed('备注')),
  })
  .superRefine(checkAmount('amount'))
  .meta(model('ApiWalletWithdrawOrderDto', named('创建提现订单请求')));
export type ApiWalletWithdrawOrderDto = z.infer<typeof ApiWalletWithdrawOrderDto>;

export const OpenWalletFlowQueryDto = z
  .strictObject({
    walletId: falpayId.meta(assumed('卡钱包号')),
    orderNo: falpayId.optional().meta(assumed('FalPay 订单号')),
    merchantOrderNo: orderNo.optional().meta(assumed('我方任一单号')),
    type: filterWord('flowType').optional().meta(assumed('流水类型')),
    startTime: time.optional().meta(assumed('起始时间（含）')),
    endTime: time.optional().meta(assumed('截止时间（含）')),
    pageNum: pageNum.meta(assumed('页码，从 1 开始')),
    pageSize: pageSize.meta(assumed('每页条数，1-100')),
  })
  .superRefine(checkTimeRange)
  .meta(model('OpenWalletFlowQueryDto', named('查询卡钱包流水请求')));
export type OpenWalletFlowQueryDto = z.infer<typeof OpenWalletFlowQueryDto>;

export const FlowItem = z
  .object({
    flowNo: wireId.meta(assumed('流水号')),
    walletId: wireId.meta(assumed('卡钱包号')),
    orderNo: wireId.meta(assumed('FalPay 订单号；分笔到账时多条流水同号')),
    merchantOrderNo: wireOrderNo.optional().meta(assumed('我方单号')),
    cardId: wireId.optional().meta(assumed('卡号标识')),
    type: openList('flowType').meta(assumed('流水类型')),
    direction: openList('flowDirection').meta(assumed('方向：IN 入账，OUT 出账')),
    amount: wireAmount.meta(assumed('余额变动金额，已扣手续费')),
    fee: wireAmount.meta(assumed('手续费，已在变动之前扣除')),
    balanceAfter: wireAmount.meta(assumed('变动后余额')),
    currency: wireCurrency.meta(assumed('币种')),
    status: orderStatus.meta(assumed('状态')),
    createTime: wireTime.meta(assumed('记账时间')),
    remark: wireText.optional().meta(assumed('备注')),
  })
  .meta(model('FlowItem', named('卡钱包流水')));
export type FlowItem = z.infer<typeof FlowItem>;

export const OpenWalletFlowVo = z
  .object({
    pageInfo: PageInfo.meta(assumed('分页信息')),
    items: z.array(FlowItem).meta(assumed('流水列表')),
  })
  .meta(model('OpenWalletFlowVo', named('卡钱包流水分页')));
export type OpenWalletFlowVo = z.infer<typeof OpenWalletFlowVo>;
