/** 查询卡片支付订单详情 · 分页查询卡片支付订单记录. */
import type {
  ApiCardPayOrderInfoDto,
  BasePageRequestApiCardPayOrderQueryDto,
  PagingVcCardPayOrderVo,
  VcCardPayOrderDto,
} from '../../falpay/contract';
import { Refusal } from '../refusal';
import type { World } from '../world';
import type { PayOrder } from './entities';
import { page, within } from './paging';

export function getCardPayOrder(world: World, dto: ApiCardPayOrderInfoDto): VcCardPayOrderDto {
  const order = world.payOrders.byId(dto.payOrderNo);
  if (order === undefined) throw new Refusal('NOT_FOUND', 'pay order not found', 'payOrderNo');
  return payOrderView(world, order);
}

/** Newest first. */
export function listCardPayOrders(
  world: World,
  { pageNum, pageSize, param }: BasePageRequestApiCardPayOrderQueryDto,
): PagingVcCardPayOrderVo {
  const candidates = param.cardId === undefined ? world.payOrders.all() : world.payOrders.ownedBy(param.cardId);
  const found = candidates
    .filter(
      (order) =>
        (param.walletId === undefined || order.walletId === param.walletId) &&
        (param.status === undefined || order.status === param.status) &&
        within(world, order.transactionTime, param),
    )
    .toReversed();
  const { total, list } = page(found, { pageNum, pageSize });
  return { total, pageNum, pageSize, list: list.map((order) => payOrderView(world, order)) };
}

export function payOrderView(world: World, order: PayOrder): VcCardPayOrderDto {
  return {
    payOrderNo: order.payOrderNo,
    originPayOrderNo: order.originPayOrderNo,
    cardId: order.cardId,
    walletId: order.walletId,
    maskedCardNo: order.maskedCardNo,
    type: order.type,
    status: order.status,
    transactionAmount: order.transactionAmount,
    transactionCurrency: order.transactionCurrency,
    billingAmount: order.billingAmount,
    billingCurrency: order.billingCurrency,
    fee: order.fee,
    authCode: order.authCode,
    merchantName: order.merchantName,
    mcc: order.mcc,
    merchantCountry: order.merchantCountry,
    reason: order.reason,
    transactionTime: world.time(order.transactionTime),
    settleTime: order.settleTime === undefined ? undefined : world.time(order.settleTime),
  };
}
