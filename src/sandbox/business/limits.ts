/** 卡片提额 · 卡片降额. A prepaid card's limit is money: it comes from the wallet and goes back there. */
import type { ApiCardDecreaseQuotaDto, ApiCardIncreaseQuotaDto } from '../../falpay/contract';
import type { Decimal } from 'decimal.js';
import { decimal, money } from '../ledger/ledger';
import { Refusal } from '../refusal';
import type { World } from '../world';
import { available, cardAvailable } from './accounts';
import { requireStatus } from './cards';
import type { Card } from './entities';
import { recordFlow } from './flows';
import { whenShort } from './funds';
import { usableWallet } from './wallets';

export function increaseCardLimit(world: World, dto: ApiCardIncreaseQuotaDto): null {
  const card = changeableCard(world, dto);
  usableWallet(world, card.walletId);
  return change(world, card, dto.limitOrderNo, decimal(dto.amount));
}

/** A decrease may not go below what is used. */
export function decreaseCardLimit(world: World, dto: ApiCardDecreaseQuotaDto): null {
  const card = changeableCard(world, dto);
  if (decimal(card.cardLimit).minus(dto.amount).lt(card.usedAmount)) {
    throw new Refusal(
      'LIMIT_BELOW_USED',
      `the limit is ${card.cardLimit}, of which ${card.usedAmount} is used`,
      'amount',
    );
  }
  return change(world, card, dto.limitOrderNo, decimal(dto.amount).neg());
}

function changeableCard(world: World, dto: { readonly cardId: string; readonly currency: string }): Card {
  const card = world.cards.byId(dto.cardId);
  if (card === undefined) throw new Refusal('NOT_FOUND', 'card not found', 'cardId');
  requireStatus(card, 'ACTIVE');
  if (dto.currency !== card.currency)
    throw new Refusal('CURRENCY_UNSUPPORTED', `the card is kept in ${card.currency}`, 'currency');
  return card;
}

function change(world: World, card: Card, limitOrderNo: string, delta: Decimal): null {
  const { cardId, walletId, currency } = card;
  if (card.cardMode === 'PREPAID') {
    const orderNo = world.ids.next('order');
    const [from, to] = delta.isNegative()
      ? [cardAvailable(cardId), available(walletId)]
      : [available(walletId), cardAvailable(cardId)];
    whenShort(currency, () =>
      world.ledger.move({
        kind: 'CARD_LIMIT',
        ref: orderNo,
        at: world.clock.now(),
        from,
        to,
        currency,
        amount: delta.abs(),
      }),
    );
    const direction = delta.isNegative() ? 'IN' : 'OUT';
    recordFlow(world, {
      walletId,
      orderNo,
      merchantOrderNo: limitOrderNo,
      cardId,
      type: 'ADJUST',
      direction,
      amount: delta.abs(),
      currency,
      remark: 'prepaid card limit',
    });
  }
  world.cards.update({ ...card, cardLimit: money(delta.plus(card.cardLimit), currency) });
  return null;
}
