/** 获取可用的卡BIN码列表 · 开卡申请 · 查询卡片详细信息 · 卡片撤销、冻结、解冻. */
import type {
  ApiCardApplyDto,
  ApiCardApplyVo,
  ApiCardBinVo,
  ApiCardInfoDto,
  UnsafeCardWithSecretsVo,
} from '../../falpay/contract';
import { decimal, money } from '../ledger/ledger';
import { PlannedRefusal, Refusal } from '../refusal';
import type { World } from '../world';
import { available, cardAvailable, FEES, frozen } from './accounts';
import { BINS } from './catalogue';
import { makeCard, mask } from './card-number';
import type { Card, CardStatus, Wallet } from './entities';
import { recordFee } from './fees';
import { recordFlow } from './flows';
import { setAside } from './funds';
import { usableWallet } from './wallets';

export function listCardBins(): readonly ApiCardBinVo[] {
  return BINS;
}

/** The opening fee, and a prepaid card's limit, are set aside at once and taken when the card is issued. */
export function applyCard(world: World, dto: ApiCardApplyDto): ApiCardApplyVo {
  const wallet = usableWallet(world, dto.walletId);
  const bin = usableBin(dto);
  checkCardholder(world, wallet, bin, dto.cardholderId);
  const refusal = world.plans.take('card', (plan) => plan.at === 'apply' && fits(plan, dto));
  if (refusal !== undefined) throw new PlannedRefusal('CARD_REFUSED', refusal.reason);
  const cardId = world.ids.next('card');
  const now = world.clock.now();
  const card: Card = {
    cardId,
    cardOrderNo: dto.cardOrderNo,
    walletId: wallet.walletId,
    binId: bin.binId,
    cardMode: bin.cardMode === 'PREPAID' ? 'PREPAID' : 'SHARE',
    cardholderId: dto.cardholderId,
    status: 'PENDING',
    ...makeCard(bin.cardBin, cardId, now),
    cardLimit: money(decimal(dto.cardLimit), dto.currency),
    usedAmount: money(decimal('0'), dto.currency),
    openFee: bin.openFee,
    currency: dto.currency,
    createTime: now,
  };
  setAside(world, wallet, { kind: 'CARD_HOLD', ref: cardId, amount: priceOf(card) });
  world.cards.insert(card);
  scheduleIssue(world, card);
  return cardView(world, card);
}

export function getCard(world: World, dto: ApiCardInfoDto): UnsafeCardWithSecretsVo {
  const card = dto.cardId === undefined ? world.cards.byOrderNo(dto.cardOrderNo ?? '') : world.cards.byId(dto.cardId);
  if (card === undefined || (dto.cardOrderNo !== undefined && card.cardOrderNo !== dto.cardOrderNo))
    throw new Refusal('NOT_FOUND', 'card not found');
  return { ...cardView(world, card), cardNo: card.cardNo, cvv: card.cvv };
}

/** @throws Refusal CARD_STATUS when the card is not waiting to be issued */
export function issueCard(world: World, card: Card): Card {
  requireStatus(card, 'PENDING');
  const { cardId, walletId, currency } = card;
  const at = world.clock.now();
  const funding = card.cardMode === 'PREPAID' ? decimal(card.cardLimit) : decimal('0');
  const fee = decimal(card.openFee);
  const order = {
    walletId,
    orderNo: cardId,
    merchantOrderNo: card.cardOrderNo,
    cardId,
    direction: 'OUT',
    currency,
  } as const;
  world.ledger.move({
    kind: 'OPEN_CARD_FEE',
    ref: cardId,
    at,
    from: frozen(walletId),
    to: FEES,
    currency,
    amount: fee,
  });
  recordFlow(world, { ...order, type: 'OPEN_CARD_FEE', amount: fee });
  recordFee(world, card, { feeType: 'OPEN_CARD', amount: fee, relatedOrderNo: card.cardOrderNo });
  world.ledger.move({
    kind: 'CARD_FUNDING',
    ref: cardId,
    at,
    from: frozen(walletId),
    to: cardAvailable(cardId),
    currency,
    amount: funding,
  });
  recordFlow(world, { ...order, type: 'ADJUST', amount: funding, remark: 'prepaid card funded' });
  return setStatus(world, card, 'ACTIVE');
}

/** The card is not issued; what was set aside for it is free again. */
export function failCard(world: World, card: Card, failReason: string): Card {
  requireStatus(card, 'PENDING');
  const { cardId, walletId, currency } = card;
  const at = world.clock.now();
  world.ledger.move({
    kind: 'CARD_RELEASE',
    ref: cardId,
    at,
    from: frozen(walletId),
    to: available(walletId),
    currency,
    amount: priceOf(card),
  });
  return setStatus(world, { ...card, failReason }, 'FAILED', failReason);
}

/** 冻结, 解冻, 撤销, expiry. A prepaid card that ends gives its free money back to its wallet. */
export function changeCardStatus(
  world: World,
  card: Card,
  status: 'ACTIVE' | 'FROZEN' | 'CANCELLED' | 'EXPIRED',
  reason?: string,
): Card {
  const from: readonly CardStatus[] =
    status === 'ACTIVE' ? ['FROZEN'] : status === 'FROZEN' ? ['ACTIVE'] : ['ACTIVE', 'FROZEN'];
  requireStatus(card, ...from);
  if (status !== 'ACTIVE' && status !== 'FROZEN') returnFunds(world, card);
  return setStatus(world, world.cards.byId(card.cardId) ?? card, status, reason);
}

export function cardView(world: World, card: Card): ApiCardApplyVo {
  const isIssued = card.status !== 'PENDING' && card.status !== 'FAILED';
  const left = decimal(card.cardLimit).minus(card.usedAmount);
  return {
    cardId: card.cardId,
    cardOrderNo: card.cardOrderNo,
    walletId: card.walletId,
    binId: card.binId,
    status: card.status,
    maskedCardNo: isIssued ? mask(card.cardNo) : undefined,
    last4: isIssued ? card.cardNo.slice(-4) : undefined,
    expiry: isIssued ? card.expiry : undefined,
    cardLimit: card.cardLimit,
    usedAmount: card.usedAmount,
    availableLimit: money(left.isNegative() ? decimal('0') : left, card.currency),
    currency: card.currency,
    failReason: card.failReason,
    createTime: world.time(card.createTime),
  };
}

export function requireStatus(card: Card, ...allowed: readonly CardStatus[]): void {
  if (!allowed.includes(card.status))
    throw new Refusal('CARD_STATUS', `the card is ${card.status}, it must be ${allowed.join(' or ')}`, 'cardId');
}

/** What a pending card holds of its wallet. */
export function priceOf(card: Card): ReturnType<typeof decimal> {
  return card.cardMode === 'PREPAID' ? decimal(card.openFee).plus(card.cardLimit) : decimal(card.openFee);
}

function setStatus(world: World, card: Card, status: CardStatus, reason?: string): Card {
  const changed = world.cards.update({ ...card, status });
  world.cancel('card-issue', card.cardId);
  world.announce('card-status', {
    cardId: card.cardId,
    cardOrderNo: card.cardOrderNo,
    status,
    reason,
    operateTime: world.time(world.clock.now()),
  });
  return changed;
}

function returnFunds(world: World, card: Card): void {
  const { cardId, walletId, currency } = card;
  if (card.cardMode !== 'PREPAID') return;
  const amount = world.ledger.balance(cardAvailable(cardId), currency);
  world.ledger.move({
    kind: 'CARD_RETURN',
    ref: cardId,
    at: world.clock.now(),
    from: cardAvailable(cardId),
    to: available(walletId),
    currency,
    amount,
  });
  recordFlow(world, {
    walletId,
    orderNo: cardId,
    merchantOrderNo: card.cardOrderNo,
    cardId,
    type: 'ADJUST',
    direction: 'IN',
    amount,
    currency,
    remark: 'prepaid card closed',
  });
  // The limit shrinks to what was used: nothing is left on the card to spend.
  world.cards.update({ ...card, cardLimit: money(decimal(card.cardLimit).minus(amount), currency) });
}

function usableBin(dto: ApiCardApplyDto): ApiCardBinVo {
  const bin = BINS.find((one) => one.binId === dto.binId);
  if (bin === undefined || !bin.enabled)
    throw new Refusal('BIN_UNAVAILABLE', 'there is no such BIN, or it is switched off', 'binId');
  if (bin.currency !== dto.currency)
    throw new Refusal('CURRENCY_UNSUPPORTED', `cards of this BIN are kept in ${bin.currency}`, 'currency');
  return bin;
}

function checkCardholder(world: World, wallet: Wallet, bin: ApiCardBinVo, cardholderId: string | undefined): void {
  if (wallet.currency !== bin.currency)
    throw new Refusal('CURRENCY_UNSUPPORTED', `the wallet is kept in ${wallet.currency}`, 'currency');
  if (cardholderId === undefined) {
    if (bin.needCardholder) throw new Refusal('CARDHOLDER_REQUIRED', 'this BIN needs a cardholder', 'cardholderId');
    return;
  }
  const cardholder = world.cardholders.byId(cardholderId);
  if (cardholder === undefined || cardholder.merchantId !== wallet.merchantId) {
    throw new Refusal('CARDHOLDER_INVALID', "the cardholder is not one of the wallet's merchant", 'cardholderId');
  }
  if (cardholder.status !== 'APPROVED')
    throw new Refusal('CARDHOLDER_INVALID', `the cardholder is ${cardholder.status}`, 'cardholderId');
}

function scheduleIssue(world: World, card: Card): void {
  const delay = world.settings.current.issueDelay;
  const plan = world.plans.take('card', (one) => one.at === 'issue' && fits(one, card));
  if (plan === undefined && delay === 'manual') return;
  world.schedule(
    { kind: 'card-issue', subject: card.cardId, detail: plan === undefined ? {} : { reason: plan.reason } },
    delay === 'manual' ? 0 : delay,
  );
}

function fits(plan: { orderNo?: string; binId?: string }, card: { cardOrderNo: string; binId: string }): boolean {
  return (
    (plan.orderNo === undefined || plan.orderNo === card.cardOrderNo) &&
    (plan.binId === undefined || plan.binId === card.binId)
  );
}
