import { z } from 'zod';
import { assumed, named, model } from './provenance';
import {
  checkAmount,
  checkOneOf,
  checkTimeRange,
  currency,
  falpayId,
  filterWord,
  openList,
  orderNo,
  positiveAmount,
  text,
  time,
  wireAmount,
  wireAmountIn,
  wireCountry,
  wireCurrency,
  wireDigits,
  wireId,
  wireOrderNo,
  wireText,
  wireTime,
} from './scalars';
import { orderStatus } from './wallet';

/** 卡片状态 [I] */
export const cardStatus = openList('cardStatus');

export const ApiCardBinVo = z
  .object({
    binId: wireId.meta(assumed('卡 BIN 标识')),
    cardBin: wireDigits.meta(assumed('卡 BIN')),
    scheme: openList('cardScheme').meta(assumed('卡组织')),
    currency: wireCurrency.meta(assumed('币种')),
    country: wireCountry.meta(assumed('发卡国家或地区')),
    cardMode: openList('cardMode').meta(assumed('卡片模式：SHARE 共享额度，PREPAID 预付')),
    needCardholder: z.boolean().meta(assumed('是否需要持卡人')),
    openFee: wireAmount.meta(assumed('开卡费')),
    monthlyFee: wireAmount.meta(assumed('月费')),
    enabled: z.boolean().meta(assumed('是否可用')),
  })
  .meta(model('ApiCardBinVo', named('可用卡 BIN')));
export type ApiCardBinVo = z.infer<typeof ApiCardBinVo>;

export const ApiCardApplyDto = z
  .strictObject({
    cardOrderNo: orderNo.meta(assumed('开卡单号，由我方生成')),
    walletId: falpayId.meta(assumed('卡钱包号')),
    binId: falpayId.meta(assumed('卡 BIN 标识')),
    cardholderId: falpayId.optional().meta(assumed('持卡人号，卡 BIN 要求时必填')),
    cardLimit: positiveAmount.meta(assumed('卡片额度')),
    currency: currency.meta(assumed('币种，ISO 4217')),
    cardName: text(64).optional().meta(assumed('卡片名称')),
  })
  .superRefine(checkAmount('cardLimit'))
  .meta(model('ApiCardApplyDto', named('开卡申请请求')));
export type ApiCardApplyDto = z.infer<typeof ApiCardApplyDto>;

/**
 * A card as flows, logs and backends see it. The model has no card number and no CVV, and unknown fields are dropped
 * while parsing, so that neither can slip in under another name.
 */
export const ApiCardApplyVo = z
  .object({
    cardId: wireId.meta(assumed('卡片标识')),
    cardOrderNo: wireOrderNo.meta(assumed('开卡单号')),
    walletId: wireId.meta(assumed('卡钱包号')),
    binId: wireId.meta(assumed('卡 BIN 标识')),
    status: cardStatus.meta(assumed('卡片状态')),
    maskedCardNo: wireText.optional().meta(assumed('脱敏卡号')),
    last4: z.string().max(4).optional().meta(assumed('卡号后四位')),
    expiry: z.string().max(16).optional().meta(assumed('有效期')),
    cardLimit: wireAmount.meta(assumed('卡片额度')),
    usedAmount: wireAmount.meta(assumed('已用额度')),
    availableLimit: wireAmount.meta(assumed('可用额度')),
    currency: wireCurrency.meta(assumed('币种')),
    failReason: wireText.optional().meta(assumed('失败原因')),
    createTime: wireTime.meta(assumed('创建时间')),
  })
  .meta(model('ApiCardApplyVo', named('卡片信息（不含卡号与 CVV）')));
export type ApiCardApplyVo = z.infer<typeof ApiCardApplyVo>;

/**
 * A card with its number and CVV: another type than a card without. Only `unsafeGetCardWithSecrets` returns it.
 * On the wire it is the same model, hence the profile's names for `ApiCardApplyVo` hold for it.
 */
export const UnsafeCardWithSecretsVo = z
  .object({
    ...ApiCardApplyVo.shape,
    cardNo: z.string().min(12).max(23).meta(assumed('完整卡号，敏感')),
    cvv: z.string().min(3).max(4).meta(assumed('CVV，敏感')),
  })
  .meta({ ...model('UnsafeCardWithSecretsVo', assumed('卡片信息（含卡号与 CVV，敏感）')), model: 'ApiCardApplyVo' });
export type UnsafeCardWithSecretsVo = z.infer<typeof UnsafeCardWithSecretsVo>;

export const ApiCardInfoDto = z
  .strictObject({
    cardId: falpayId.optional().meta(assumed('卡片标识，与开卡单号二选一')),
    cardOrderNo: orderNo.optional().meta(assumed('开卡单号，与卡片标识二选一')),
  })
  .superRefine(checkOneOf('cardId', 'cardOrderNo'))
  .meta(model('ApiCardInfoDto', named('查询卡片详细信息请求')));
export type ApiCardInfoDto = z.infer<typeof ApiCardInfoDto>;

const limitChange = {
  limitOrderNo: orderNo.meta(assumed('调额单号，由我方生成')),
  cardId: falpayId.meta(assumed('卡片标识')),
  amount: positiveAmount.meta(assumed('变动额度')),
  currency: currency.meta(assumed('币种，ISO 4217')),
};

export const ApiCardIncreaseQuotaDto = z
  .strictObject(limitChange)
  .superRefine(checkAmount('amount'))
  .meta(model('ApiCardIncreaseQuotaDto', named('卡片提额请求')));
export type ApiCardIncreaseQuotaDto = z.infer<typeof ApiCardIncreaseQuotaDto>;

export const ApiCardDecreaseQuotaDto = z
  .strictObject(limitChange)
  .superRefine(checkAmount('amount'))
  .meta(model('ApiCardDecreaseQuotaDto', named('卡片降额请求，不得低于已用额度')));
export type ApiCardDecreaseQuotaDto = z.infer<typeof ApiCardDecreaseQuotaDto>;

export const ApiCardFeeOrderDto = z
  .strictObject({
    cardId: falpayId.optional().meta(assumed('卡片标识')),
    walletId: falpayId.optional().meta(assumed('卡钱包号')),
    startTime: time.optional().meta(assumed('起始时间（含）')),
    endTime: time.optional().meta(assumed('截止时间（含）')),
  })
  .superRefine(checkTimeRange)
  .meta(model('ApiCardFeeOrderDto', named('卡片手续费订单查询条件')));
export type ApiCardFeeOrderDto = z.infer<typeof ApiCardFeeOrderDto>;

export const VcCardFeeOrderVo = z
  .object({
    feeOrderNo: wireId.meta(assumed('手续费订单号')),
    cardId: wireId.meta(assumed('卡片标识')),
    relatedOrderNo: wireOrderNo.optional().meta(assumed('关联订单号')),
    feeType: z.string().min(1).max(64).meta(assumed('手续费类型')),
    amount: wireAmount.meta(assumed('金额')),
    currency: wireCurrency.meta(assumed('币种')),
    status: orderStatus.meta(assumed('状态')),
    createTime: wireTime.meta(assumed('创建时间')),
  })
  .meta(model('VcCardFeeOrderVo', named('卡片手续费订单')));
export type VcCardFeeOrderVo = z.infer<typeof VcCardFeeOrderVo>;

export const ApiCardPayOrderQueryDto = z
  .strictObject({
    cardId: falpayId.optional().meta(assumed('卡片标识')),
    walletId: falpayId.optional().meta(assumed('卡钱包号')),
    status: filterWord('payOrderStatus').optional().meta(assumed('状态')),
    startTime: time.optional().meta(assumed('起始时间（含）')),
    endTime: time.optional().meta(assumed('截止时间（含）')),
  })
  .superRefine(checkTimeRange)
  .meta(model('ApiCardPayOrderQueryDto', named('卡片支付订单查询条件')));
export type ApiCardPayOrderQueryDto = z.infer<typeof ApiCardPayOrderQueryDto>;

export const ApiCardPayOrderInfoDto = z
  .strictObject({ payOrderNo: falpayId.meta(assumed('支付订单号')) })
  .meta(model('ApiCardPayOrderInfoDto', named('查询卡片支付订单详情请求')));
export type ApiCardPayOrderInfoDto = z.infer<typeof ApiCardPayOrderInfoDto>;

const payOrder = {
  payOrderNo: wireId.meta(assumed('支付订单号')),
  originPayOrderNo: wireId.optional().meta(assumed('原支付订单号')),
  cardId: wireId.meta(assumed('卡片标识')),
  walletId: wireId.meta(assumed('卡钱包号')),
  maskedCardNo: wireText.meta(assumed('脱敏卡号')),
  type: openList('payOrderType').meta(assumed('交易类型')),
  status: openList('payOrderStatus').meta(assumed('状态')),
  transactionAmount: wireAmountIn('transactionCurrency').meta(assumed('交易金额')),
  transactionCurrency: wireCurrency.meta(assumed('交易币种')),
  billingAmount: wireAmountIn('billingCurrency').meta(assumed('账单金额')),
  billingCurrency: wireCurrency.meta(assumed('账单币种')),
  fee: wireAmountIn('billingCurrency').meta(assumed('手续费')),
  authCode: z.string().max(32).optional().meta(assumed('授权码')),
  merchantName: wireText.meta(assumed('交易商户名称')),
  mcc: z.string().max(16).meta(assumed('商户类别码')),
  merchantCountry: z.string().max(16).meta({ wireWords: 'country' }).optional().meta(assumed('交易商户国家或地区')),
  reason: wireText.optional().meta(assumed('原因')),
  transactionTime: wireTime.meta(assumed('交易时间')),
  settleTime: wireTime.optional().meta(assumed('清算时间')),
};

export const VcCardPayOrderVo = z.object(payOrder).meta(model('VcCardPayOrderVo', named('卡片支付订单')));
export type VcCardPayOrderVo = z.infer<typeof VcCardPayOrderVo>;

export const VcCardPayOrderDto = z.object(payOrder).meta(model('VcCardPayOrderDto', named('卡片支付订单详情')));
export type VcCardPayOrderDto = z.infer<typeof VcCardPayOrderDto>;
