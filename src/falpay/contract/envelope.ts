import { z } from 'zod';
import {
  ApiCardApplyVo,
  ApiCardBinVo,
  ApiCardFeeOrderDto,
  ApiCardPayOrderQueryDto,
  VcCardFeeOrderVo,
  VcCardPayOrderDto,
  VcCardPayOrderVo,
} from './card';
import { ApiSaveCardHolderVo } from './cardholder';
import { MerchantDetailVo } from './merchant';
import { basePageRequest, paging } from './paging';
import { attested, named, model, type ContractMeta } from './provenance';
import { wireId } from './scalars';
import {
  ApiWalletRechargeOrderVo,
  OpenWalletFlowVo,
  OpenWalletInfoVo,
  WalletApplyOpenApiVo,
  WalletRechargeInfoVo,
} from './wallet';

/** The envelope of every answer, `RestResult{success, code, message, data}`. [A] */
const envelope = <Data extends z.ZodType>(id: string, meta: ContractMeta, data: Data) =>
  z
    .object({
      success: z.boolean().meta(attested('是否成功')),
      code: z.string().meta(attested('返回码，成功为 "200"')),
      message: z.string().optional().meta(attested('返回信息')),
      data,
    })
    .meta(model(id, meta));

/** 令牌 [A] */
export const TokenVo = z
  .object({
    access_token: z.string().min(1).max(4096).meta(attested('访问令牌')),
    token_type: z.string().meta(attested('令牌类型，bearer')),
    expires_in: z.int().min(0).meta(attested('有效期，单位未注明')),
    scope: z.string().optional().meta(attested('范围')),
  })
  .meta(model('TokenVo', attested('令牌')));
export type TokenVo = z.infer<typeof TokenVo>;

export const PagingVcCardFeeOrderVo = paging(VcCardFeeOrderVo).meta(
  model('PagingVcCardFeeOrderVo', named('手续费订单分页')),
);
export type PagingVcCardFeeOrderVo = z.infer<typeof PagingVcCardFeeOrderVo>;
export const PagingVcCardPayOrderVo = paging(VcCardPayOrderVo).meta(
  model('PagingVcCardPayOrderVo', named('支付订单分页')),
);
export type PagingVcCardPayOrderVo = z.infer<typeof PagingVcCardPayOrderVo>;
export const BasePageRequestApiCardFeeOrderDto = basePageRequest(ApiCardFeeOrderDto).meta(
  model('BasePageRequestApiCardFeeOrderDto', named('查询卡片手续费订单记录请求')),
);
export type BasePageRequestApiCardFeeOrderDto = z.infer<typeof BasePageRequestApiCardFeeOrderDto>;
export const BasePageRequestApiCardPayOrderQueryDto = basePageRequest(ApiCardPayOrderQueryDto).meta(
  model('BasePageRequestApiCardPayOrderQueryDto', named('分页查询卡片支付订单记录请求')),
);
export type BasePageRequestApiCardPayOrderQueryDto = z.infer<typeof BasePageRequestApiCardPayOrderQueryDto>;

/** The data of an answer that carries none. */
export const voidData = z.null().optional();

export const RestResultSerializable = envelope(
  'RestResultSerializable',
  attested('通用返回（可序列化数据）'),
  z.unknown(),
);
export const RestResultVoid = envelope('RestResultVoid', named('无数据返回'), voidData);
export const RestResultString = envelope('RestResultString', named('字符串返回'), wireId);
export const RestResultMerchantDetailVo = envelope(
  'RestResultMerchantDetailVo',
  named('商户详情返回'),
  MerchantDetailVo,
);
export const RestResultWalletApplyOpenApiVo = envelope(
  'RestResultWalletApplyOpenApiVo',
  named('开通卡钱包返回'),
  WalletApplyOpenApiVo,
);
export const RestResultApiWalletRechargeOrderVo = envelope(
  'RestResultApiWalletRechargeOrderVo',
  named('创建充值订单返回'),
  ApiWalletRechargeOrderVo,
);
export const RestResultOpenWalletInfoVo = envelope(
  'RestResultOpenWalletInfoVo',
  named('卡钱包信息返回'),
  OpenWalletInfoVo,
);
export const RestResultOpenWalletFlowVo = envelope(
  'RestResultOpenWalletFlowVo',
  named('卡钱包流水返回'),
  OpenWalletFlowVo,
);
export const RestResultWalletRechargeInfoVo = envelope(
  'RestResultWalletRechargeInfoVo',
  named('充值方式返回'),
  WalletRechargeInfoVo,
);
export const RestResultListApiCardBinVo = envelope(
  'RestResultListApiCardBinVo',
  named('卡 BIN 列表返回'),
  z.array(ApiCardBinVo),
);
export const RestResultApiSaveCardHolderVo = envelope(
  'RestResultApiSaveCardHolderVo',
  named('创建持卡人返回'),
  ApiSaveCardHolderVo,
);
export const RestResultApiCardApplyVo = envelope('RestResultApiCardApplyVo', named('卡片信息返回'), ApiCardApplyVo);
export const RestResultVcCardPayOrderDto = envelope(
  'RestResultVcCardPayOrderDto',
  named('支付订单详情返回'),
  VcCardPayOrderDto,
);
export const RestResultPagingVcCardFeeOrderVo = envelope(
  'RestResultPagingVcCardFeeOrderVo',
  named('手续费订单分页返回'),
  PagingVcCardFeeOrderVo,
);
export const RestResultPagingVcCardPayOrderVo = envelope(
  'RestResultPagingVcCardPayOrderVo',
  named('支付订单分页返回'),
  PagingVcCardPayOrderVo,
);
