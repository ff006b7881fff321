/** 查询卡片手续费订单记录, and the fees themselves. */
import type { Decimal } from 'decimal.js';
import type { BasePageRequestApiCardFeeOrderDto, PagingVcCardFeeOrderVo } from '../../falpay/contract';
import { decimal, money } from '../ledger/ledger';
import { Refusal } from '../refusal';
import type { World } from '../world';
import { available, cardAvailable, FEES } from './accounts';
import { BINS } from './catalogue';
import type { Card, FeeOrder } from './entities';
import { recordFlow } from './flows';
import { whenShort } from './funds';
import { page, within } from './paging';

/** Writes the order of a fee that the ledger has booked already. */
export function recordFee(
  world: World,
  card: Card,
  fee: { readonly feeType: FeeOrder['feeType']; readonly amount: Decimal; readonly relatedOrderNo?: string },
): void {
  if (fee.amount.isZero()) return;
  world.feeOrders.insert({
    feeOrderNo: world.ids.next('order'),
    cardId: card.cardId,
    walletId: card.walletId,
    relatedOrderNo: fee.relatedOrderNo,
    feeType: fee.feeType,
    amount: money(fee.amount, card.currency),
    currency: card.currency,
    createTime: world.clock.now(),
  });
}

/**
 * Takes a card's monthly fee: of a prepaid card from the card, else from its wallet.
 * @throws Refusal when there is no fee, or not enough money
 */
export function chargeMonthlyFee(world: World, card: Card): void {
  const fee = decimal(BINS.find((bin) => bin.binId === card.binId)?.monthlyFee ?? '0');
  if (fee.isZero()) throw new Refusal('CARD_STATUS', 'cards of this BIN have no monthly fee', 'cardId');
  if (card.status !== 'ACTIVE' && card.status !== 'FROZEN')
    throw new Refusal('CARD_STATUS', `the card is ${card.status}`, 'cardId');
  const { cardId, walletId, currency } = card;
  const isPrepaid = card.cardMode === 'PREPAID';
  const from = isPrepaid ? cardAvailable(cardId) : available(walletId);
  whenShort(currency, () =>
    world.ledger.move({ kind: 'FEE', ref: cardId, at: world.clock.now(), from, to: FEES, currency, amount: fee }),
  );
  if (isPrepaid) world.cards.update({ ...card, usedAmount: money(fee.plus(card.usedAmount), currency) });
  else
    recordFlow(world, {
      walletId,
      orderNo: cardId,
      cardId,
      type: 'FEE',
      direction: 'OUT',
      amount: fee,
      currency,
      remark: 'monthly fee',
    });
  recordFee(world, card, { feeType: 'MONTHLY', amount: fee });
}

/** Newest first. */
export function listCardFees(
  world: World,
  { pageNum, pageSize, param }: BasePageRequestApiCardFeeOrderDto,
): PagingVcCardFeeOrderVo {
  const candidates = param.cardId === undefined ? world.feeOrders.all() : world.feeOrders.ownedBy(param.cardId);
  const found = candidates
    .filter(
      (fee) =>
        (param.walletId === undefined || fee.walletId === param.walletId) && within(world, fee.createTime, param),
    )
    .toReversed();
  const { total, list } = page(found, { pageNum, pageSize });
  return {
    total,
    pageNum,
    pageSize,
    list: list.map(({ createTime, feeOrderNo, cardId, relatedOrderNo, feeType, amount, currency }) => ({
      feeOrderNo,
      cardId,
      relatedOrderNo,
      feeType,
      amount,
      currency,
      status: 'SUCCESS',
      createTime: world.time(createTime),
    })),
  };
}
