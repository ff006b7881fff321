/** 获取充值方式/收款账号 · 创建充值订单 · 卡钱包充值. Money arrives in one part or several, exact, short, over, late, or in another currency. */
import type {
  ApiWalletRechargeOrderDto,
  ApiWalletRechargeOrderVo,
  RechargeMethodVo,
  WalletRechargeInfoRequest,
  WalletRechargeInfoVo,
} from '../../falpay/contract';
import type { Decimal } from 'decimal.js';
import { decimal, money, payable } from '../ledger/ledger';
import { Refusal } from '../refusal';
import type { Arrival } from '../plans';
import type { World } from '../world';
import { available, BANK, FEES } from './accounts';
import { RECHARGE_EXPIRES_AFTER_MS, rechargeMethods } from './catalogue';
import type { Recharge } from './entities';
import { recordFlow } from './flows';
import { usableWallet } from './wallets';

export function getRechargeInfo(world: World, dto: WalletRechargeInfoRequest): WalletRechargeInfoVo {
  const wallet = usableWallet(world, dto.walletId);
  const methods = rechargeMethods(wallet.walletId, wallet.currency);
  return { methods: methods.filter((method) => dto.currency === undefined || method.currency === dto.currency) };
}

export function createRecharge(world: World, dto: ApiWalletRechargeOrderDto): ApiWalletRechargeOrderVo {
  const wallet = usableWallet(world, dto.walletId);
  if (dto.currency !== wallet.currency)
    throw new Refusal('CURRENCY_UNSUPPORTED', `the wallet is kept in ${wallet.currency}`, 'currency');
  const method = methodOf(wallet.walletId, wallet.currency, dto.methodCode);
  if (method === undefined)
    throw new Refusal('METHOD_UNAVAILABLE', 'the wallet has no such recharge method', 'methodCode');
  if (decimal(dto.amount).lt(method.minAmount))
    throw new Refusal('AMOUNT_TOO_SMALL', `at least ${method.minAmount} ${method.currency}`, 'amount');
  const now = world.clock.now();
  const recharge = world.recharges.insert({
    orderNo: world.ids.next('order'),
    rechargeOrderNo: dto.rechargeOrderNo,
    walletId: wallet.walletId,
    amount: money(decimal(dto.amount), dto.currency),
    currency: dto.currency,
    methodCode: dto.methodCode,
    announcedFee: money(feeOf(method, decimal(dto.amount), dto.currency, true), dto.currency),
    payee: method.payee,
    status: 'PENDING',
    received: {},
    expireTime: now + RECHARGE_EXPIRES_AFTER_MS,
    createTime: now,
  });
  scheduleArrivals(world, recharge);
  return {
    orderNo: recharge.orderNo,
    rechargeOrderNo: recharge.rechargeOrderNo,
    walletId: recharge.walletId,
    amount: recharge.amount,
    currency: recharge.currency,
    fee: recharge.announcedFee,
    status: recharge.status,
    payee: recharge.payee,
    expireTime: world.time(recharge.expireTime),
  };
}

/**
 * Money comes in for an order: booked less its fee, told by a callback. Also after the order's end, as real money does.
 * Another currency than the wallet's is kept in that currency, beside the wallet's own balance.
 */
export function receiveRecharge(world: World, recharge: Recharge, arrival: Omit<Arrival, 'delayMs'>): Recharge {
  const currency = arrival.currency ?? recharge.currency;
  const before = recharge.received[currency] ?? { gross: '0', fee: '0', credited: '0' };
  const missing = decimal(recharge.amount).minus(before.gross);
  const gross = arrival.amount === undefined ? missing : decimal(arrival.amount);
  if (gross.lte(0))
    throw new Refusal('AMOUNT_TOO_SMALL', 'the ordered amount has arrived already: say how much more comes', 'amount');
  const method = methodOf(recharge.walletId, recharge.currency, recharge.methodCode);
  if (method === undefined) throw new Error(`recharge ${recharge.orderNo} has lost its method ${recharge.methodCode}`);
  const wanted = feeOf(method, gross, currency, Object.keys(recharge.received).length === 0);
  const fee = wanted.gt(gross) ? gross : wanted;
  const credited = gross.minus(fee);
  const at = world.clock.now();
  world.ledger.post({
    kind: 'RECHARGE',
    ref: recharge.orderNo,
    at,
    postings: [
      { account: BANK, currency, amount: gross.neg() },
      { account: available(recharge.walletId), currency, amount: credited },
      { account: FEES, currency, amount: fee },
    ],
  });
  recordFlow(world, {
    walletId: recharge.walletId,
    orderNo: recharge.orderNo,
    merchantOrderNo: recharge.rechargeOrderNo,
    type: 'RECHARGE',
    direction: 'IN',
    amount: credited,
    fee,
    currency,
  });
  const total = {
    gross: money(gross.plus(before.gross), currency),
    fee: money(fee.plus(before.fee), currency),
    credited: money(credited.plus(before.credited), currency),
  };
  const isFinal = arrival.final ?? (recharge.status === 'SUCCESS' || decimal(total.gross).gte(recharge.amount));
  const updated: Recharge = {
    ...recharge,
    received: { ...recharge.received, [currency]: total },
    status: isFinal ? 'SUCCESS' : 'PROCESSING',
    finishTime: isFinal ? at : undefined,
  };
  world.recharges.update(updated);
  announce(world, updated, currency);
  return updated;
}

/** @throws Refusal when money has come: what the wallet got is not taken back */
export function failRecharge(world: World, recharge: Recharge): Recharge {
  if (Object.keys(recharge.received).length > 0 || recharge.status === 'FAILED') {
    throw new Refusal('ORDER_STATUS', `the recharge is ${recharge.status}, it cannot fail any more`);
  }
  const failed: Recharge = { ...recharge, status: 'FAILED', finishTime: world.clock.now() };
  world.recharges.update(failed);
  world.cancel('recharge-arrival', recharge.orderNo);
  announce(world, failed, failed.currency);
  return failed;
}

function announce(world: World, recharge: Recharge, currency: string): void {
  const received = recharge.received[currency];
  world.announce('wallet-recharge', {
    orderNo: recharge.orderNo,
    rechargeOrderNo: recharge.rechargeOrderNo,
    walletId: recharge.walletId,
    status: recharge.status,
    amount: recharge.amount,
    creditedAmount: received?.credited ?? money(decimal('0'), currency),
    fee: received?.fee ?? money(decimal('0'), currency),
    currency,
    finishTime: recharge.finishTime === undefined ? undefined : world.time(recharge.finishTime),
  });
}

function scheduleArrivals(world: World, recharge: Recharge): void {
  const delay = world.settings.current.arrivalDelay;
  const plan = world.plans.take(
    'recharge',
    (one) => one.orderNo === undefined || one.orderNo === recharge.rechargeOrderNo,
  );
  if (plan === undefined && delay === 'manual') return;
  const start = delay === 'manual' ? 0 : delay;
  if (plan?.outcome === 'FAILED') {
    world.schedule({ kind: 'recharge-arrival', subject: recharge.orderNo, detail: { failed: true } }, start);
    return;
  }
  for (const { delayMs, ...arrival } of plan?.arrivals ?? [{ delayMs: 0 }]) {
    const detail = Object.fromEntries(Object.entries(arrival).filter(([, value]) => value !== undefined));
    world.schedule(
      { kind: 'recharge-arrival', subject: recharge.orderNo, detail: detail as Record<string, string | boolean> },
      start + delayMs,
    );
  }
}

function methodOf(walletId: string, currency: string, methodCode: string): RechargeMethodVo | undefined {
  return rechargeMethods(walletId, currency).find((method) => method.methodCode === methodCode);
}

/** The rate on every part, the fixed fee once an order. */
function feeOf(method: RechargeMethodVo, gross: Decimal, currency: string, isFirst: boolean): Decimal {
  const fee = payable(gross.times(method.feeRate), currency);
  return isFirst ? fee.plus(method.feeFixed) : fee;
}
