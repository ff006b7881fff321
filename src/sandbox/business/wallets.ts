/** 开通卡钱包 · 查询卡钱包信息 · 修改卡钱包状态 · 卡钱包审核. */
import type {
  ApiSaveWalletApplyDto,
  OpenWalletInfoQueryDto,
  OpenWalletInfoVo,
  WalletApplyOpenApiVo,
  WalletStatusUpdateDto,
} from '../../falpay/contract';
import { money } from '../ledger/ledger';
import { Refusal } from '../refusal';
import type { World } from '../world';
import { available, frozen } from './accounts';
import { WALLET_CURRENCIES } from './catalogue';
import type { Wallet } from './entities';
import type { Decision } from './merchants';

export function openWallet(world: World, dto: ApiSaveWalletApplyDto): WalletApplyOpenApiVo {
  const merchant = world.merchants.byId(dto.merchantId);
  if (merchant === undefined) throw new Refusal('NOT_FOUND', 'merchant not found', 'merchantId');
  if (merchant.auditStatus !== 'APPROVED')
    throw new Refusal('MERCHANT_NOT_APPROVED', `the merchant's audit is ${merchant.auditStatus}`, 'merchantId');
  if (!WALLET_CURRENCIES.includes(dto.currency)) {
    throw new Refusal('CURRENCY_UNSUPPORTED', `wallets are kept in ${WALLET_CURRENCIES.join(', ')}`, 'currency');
  }
  const wallet = world.wallets.insert({
    walletId: world.ids.next('wallet'),
    walletOrderNo: dto.walletOrderNo,
    merchantId: dto.merchantId,
    currency: dto.currency,
    status: 'PENDING',
    auditStatus: 'PENDING',
    createTime: world.clock.now(),
  });
  scheduleAudit(world, wallet);
  return { walletId: wallet.walletId, walletOrderNo: wallet.walletOrderNo, auditStatus: wallet.auditStatus };
}

export function getWallet(world: World, dto: OpenWalletInfoQueryDto): OpenWalletInfoVo {
  const wallet =
    dto.walletId === undefined ? world.wallets.byOrderNo(dto.walletOrderNo ?? '') : world.wallets.byId(dto.walletId);
  if (wallet === undefined || (dto.walletOrderNo !== undefined && wallet.walletOrderNo !== dto.walletOrderNo)) {
    throw new Refusal('NOT_FOUND', 'wallet not found');
  }
  const free = world.ledger.balance(available(wallet.walletId), wallet.currency);
  const held = world.ledger.balance(frozen(wallet.walletId), wallet.currency);
  return {
    walletId: wallet.walletId,
    walletOrderNo: wallet.walletOrderNo,
    merchantId: wallet.merchantId,
    currency: wallet.currency,
    availableBalance: money(free, wallet.currency),
    frozenBalance: money(held, wallet.currency),
    totalBalance: money(free.plus(held), wallet.currency),
    status: wallet.status,
    auditStatus: wallet.auditStatus,
    rejectReason: wallet.rejectReason,
    createTime: world.time(wallet.createTime),
  };
}

/** Only an empty wallet can be closed, and a closed one stays closed. */
export function updateWalletStatus(world: World, dto: WalletStatusUpdateDto): null {
  const wallet = world.wallets.byId(dto.walletId);
  if (wallet === undefined) throw new Refusal('NOT_FOUND', 'wallet not found', 'walletId');
  if (wallet.status === dto.status) return null;
  if (wallet.status === 'PENDING' || wallet.status === 'CLOSED') {
    throw new Refusal('WALLET_STATUS', `the wallet is ${wallet.status}`, 'status');
  }
  if (dto.status === 'CLOSED' && !holdsNothing(world, wallet)) {
    throw new Refusal('WALLET_STATUS', 'only an empty wallet can be closed', 'status');
  }
  world.wallets.update({ ...wallet, status: dto.status });
  return null;
}

/** @throws Refusal WALLET_STATUS when no audit is open */
export function decideWalletAudit(world: World, wallet: Wallet, { decision, reason }: Decision): Wallet {
  if (wallet.auditStatus !== 'PENDING')
    throw new Refusal('WALLET_STATUS', `the wallet is ${wallet.auditStatus} already, no audit is open`);
  const decided: Wallet = {
    ...wallet,
    auditStatus: decision,
    status: decision === 'APPROVED' ? 'NORMAL' : 'PENDING',
    rejectReason: decision === 'REJECTED' ? (reason ?? 'purpose of the wallet unclear') : undefined,
    auditTime: world.clock.now(),
  };
  world.wallets.update(decided);
  world.cancel('wallet-audit', wallet.walletId);
  world.announce('wallet-audit', {
    walletId: decided.walletId,
    walletOrderNo: decided.walletOrderNo,
    merchantId: decided.merchantId,
    auditStatus: decided.auditStatus,
    rejectReason: decided.rejectReason,
    auditTime: world.time(decided.auditTime ?? 0),
  });
  return decided;
}

/**
 * The wallet of an order that moves money.
 * @throws Refusal when there is none, or it may not be used
 */
export function usableWallet(world: World, walletId: string): Wallet {
  const wallet = world.wallets.byId(walletId);
  if (wallet === undefined) throw new Refusal('NOT_FOUND', 'wallet not found', 'walletId');
  if (wallet.status !== 'NORMAL') throw new Refusal('WALLET_STATUS', `the wallet is ${wallet.status}`, 'walletId');
  return wallet;
}

function holdsNothing(world: World, wallet: Wallet): boolean {
  const free = world.ledger.balance(available(wallet.walletId), wallet.currency);
  return free.plus(world.ledger.balance(frozen(wallet.walletId), wallet.currency)).isZero();
}

function scheduleAudit(world: World, wallet: Wallet): void {
  const delay = world.settings.current.walletAuditDelay;
  if (delay === 'manual') return;
  const plan = world.plans.take(
    'wallet-audit',
    (one) => one.orderNo === undefined || one.orderNo === wallet.walletOrderNo,
  );
  const detail: Record<string, string> = { decision: plan?.decision ?? 'APPROVED' };
  if (plan?.reason !== undefined) detail['reason'] = plan.reason;
  world.schedule({ kind: 'wallet-audit', subject: wallet.walletId, detail }, delay);
}
