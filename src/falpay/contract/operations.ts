import { z } from 'zod';
import {
  ApiCardApplyDto,
  ApiCardApplyVo,
  ApiCardBinVo,
  ApiCardDecreaseQuotaDto,
  ApiCardIncreaseQuotaDto,
  ApiCardInfoDto,
  ApiCardPayOrderInfoDto,
  VcCardPayOrderDto,
} from './card';
import { ApiSaveCardHolderDto, ApiSaveCardHolderVo } from './cardholder';
import {
  BasePageRequestApiCardFeeOrderDto,
  BasePageRequestApiCardPayOrderQueryDto,
  PagingVcCardFeeOrderVo,
  PagingVcCardPayOrderVo,
  TokenVo,
} from './envelope';
import { MerchantCreateDto, MerchantDetailDto, MerchantDetailVo, MerchantUpdateDto } from './merchant';
import type { Provenance } from './provenance';
import { wireId } from './scalars';
import {
  ApiSaveWalletApplyDto,
  ApiWalletRechargeOrderDto,
  ApiWalletRechargeOrderVo,
  ApiWalletWithdrawOrderDto,
  OpenWalletFlowQueryDto,
  OpenWalletFlowVo,
  OpenWalletInfoQueryDto,
  OpenWalletInfoVo,
  WalletApplyOpenApiVo,
  WalletRechargeInfoRequest,
  WalletRechargeInfoVo,
  WalletStatusUpdateDto,
} from './wallet';

/**
 * What a call can do: `query` changes nothing, `create` makes or moves something and answers with it, `void-create`
 * changes something and answers with nothing. The outcome of the last two can be unknown.
 */
export type OperationKind = 'query' | 'create' | 'void-create';

/** One operation of FalPay's Open API; its path, timeout and look-up stand in the profile under the same name. */
export interface OperationRow {
  /** FalPay's name for it. [N] */
  readonly title: string;
  readonly kind: OperationKind;
  /** The model of the body, or null where the body is empty. */
  readonly request: z.ZodType | null;
  /** The model of the envelope's `data`. */
  readonly response: z.ZodType;
  readonly provenance: Provenance;
  /** The field of the request that is our order number. */
  readonly orderNo?: string;
  /** Where "not found" is an answer (null) and not a refusal. */
  readonly mayBeAbsent?: true;
}

/** Nothing is read from the data of a void answer, so that whatever FalPay puts there does no harm. */
const nothing = z.unknown();

const row = <const Row extends OperationRow>(definition: Row): Row => definition;

/** Every operation on FalPay's page. */
export const operations = {
  getToken: row({ title: '获取令牌', kind: 'query', request: null, response: TokenVo, provenance: 'A' }),

  createMerchant: row({
    title: '创建商户',
    kind: 'create',
    request: MerchantCreateDto,
    response: wireId,
    provenance: 'N',
    orderNo: 'merchantOrderNo',
  }),
  updateMerchant: row({
    title: '更新商户',
    kind: 'void-create',
    request: MerchantUpdateDto,
    response: nothing,
    provenance: 'N',
  }),
  getMerchant: row({
    title: '商户详情',
    kind: 'query',
    request: MerchantDetailDto,
    response: MerchantDetailVo,
    provenance: 'N',
    mayBeAbsent: true,
  }),

  openWallet: row({
    title: '开通卡钱包',
    kind: 'create',
    request: ApiSaveWalletApplyDto,
    response: WalletApplyOpenApiVo,
    provenance: 'N',
    orderNo: 'walletOrderNo',
  }),
  createRecharge: row({
    title: '创建充值订单',
    kind: 'create',
    request: ApiWalletRechargeOrderDto,
    response: ApiWalletRechargeOrderVo,
    provenance: 'N',
    orderNo: 'rechargeOrderNo',
  }),
  createWithdrawal: row({
    title: '创建提现订单',
    kind: 'create',
    request: ApiWalletWithdrawOrderDto,
    response: wireId,
    provenance: 'N',
    orderNo: 'withdrawOrderNo',
  }),
  updateWalletStatus: row({
    title: '修改卡钱包状态',
    kind: 'void-create',
    request: WalletStatusUpdateDto,
    response: nothing,
    provenance: 'N',
  }),
  getWallet: row({
    title: '查询卡钱包信息',
    kind: 'query',
    request: OpenWalletInfoQueryDto,
    response: OpenWalletInfoVo,
    provenance: 'N',
    mayBeAbsent: true,
  }),
  listWalletFlows: row({
    title: '查询卡钱包流水',
    kind: 'query',
    request: OpenWalletFlowQueryDto,
    response: OpenWalletFlowVo,
    provenance: 'N',
  }),
  listCardBins: row({
    title: '获取可用的卡BIN码列表',
    kind: 'query',
    request: null,
    response: z.array(ApiCardBinVo),
    provenance: 'N',
  }),
  getRechargeInfo: row({
    title: '获取充值方式/收款账号',
    kind: 'query',
    request: WalletRechargeInfoRequest,
    response: WalletRechargeInfoVo,
    provenance: 'N',
  }),

  createCardholder: row({
    title: '创建持卡人',
    kind: 'create',
    request: ApiSaveCardHolderDto,
    response: ApiSaveCardHolderVo,
    provenance: 'N',
    orderNo: 'cardholderOrderNo',
  }),

  applyCard: row({
    title: '开卡申请',
    kind: 'create',
    request: ApiCardApplyDto,
    response: ApiCardApplyVo,
    provenance: 'N',
    orderNo: 'cardOrderNo',
  }),
  increaseCardLimit: row({
    title: '卡片提额',
    kind: 'void-create',
    request: ApiCardIncreaseQuotaDto,
    response: nothing,
    provenance: 'N',
    orderNo: 'limitOrderNo',
  }),
  decreaseCardLimit: row({
    title: '卡片降额',
    kind: 'void-create',
    request: ApiCardDecreaseQuotaDto,
    response: nothing,
    provenance: 'N',
    orderNo: 'limitOrderNo',
  }),
  getCard: row({
    title: '查询卡片详细信息',
    kind: 'query',
    request: ApiCardInfoDto,
    response: ApiCardApplyVo,
    provenance: 'N',
    mayBeAbsent: true,
  }),
  listCardFees: row({
    title: '查询卡片手续费订单记录',
    kind: 'query',
    request: BasePageRequestApiCardFeeOrderDto,
    response: PagingVcCardFeeOrderVo,
    provenance: 'N',
  }),
  getCardPayOrder: row({
    title: '查询卡片支付订单详情',
    kind: 'query',
    request: ApiCardPayOrderInfoDto,
    response: VcCardPayOrderDto,
    provenance: 'N',
    mayBeAbsent: true,
  }),
  listCardPayOrders: row({
    title: '分页查询卡片支付订单记录',
    kind: 'query',
    request: BasePageRequestApiCardPayOrderQueryDto,
    response: PagingVcCardPayOrderVo,
    provenance: 'N',
  }),
} as const;

export type OperationName = keyof typeof operations;
/** The names of all operations, as a tuple that zod can take. */
export const operationNames = Object.keys(operations) as [OperationName, ...OperationName[]];

/** The operation's row with its type widened to what all rows share. */
export const operationRow = (name: OperationName): OperationRow => operations[name];
