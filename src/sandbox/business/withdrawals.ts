/** 创建提现订单 · 卡钱包提现. The payee gets the amount, the fee comes on top; both are set aside until the bank has answered. */
import type { ApiWalletWithdrawOrderDto } from '../../falpay/contract';
import { decimal, money } from '../ledger/ledger';
import { Refusal } from '../refusal';
import type { World } from '../world';
import { available, BANK, FEES, frozen } from './accounts';
import { WITHDRAWAL_FEE } from './catalogue';
import type { Withdrawal } from './entities';
import { recordFlow } from './flows';
import { setAside } from './funds';
import { usableWallet } from './wallets';

export function createWithdrawal(world: World, dto: ApiWalletWithdrawOrderDto): string {
  const wallet = usableWallet(world, dto.walletId);
  if (dto.currency !== wallet.currency)
    throw new Refusal('CURRENCY_UNSUPPORTED', `the wallet is kept in ${wallet.currency}`, 'currency');
  const orderNo = world.ids.next('order');
  setAside(world, wallet, { kind: 'WITHDRAWAL_HOLD', ref: orderNo, amount: decimal(dto.amount).plus(WITHDRAWAL_FEE) });
  const withdrawal = world.withdrawals.insert({
    orderNo,
    withdrawOrderNo: dto.withdrawOrderNo,
    walletId: wallet.walletId,
    amount: money(decimal(dto.amount), dto.currency),
    fee: money(decimal(WITHDRAWAL_FEE), dto.currency),
    currency: dto.currency,
    status: 'PROCESSING',
    createTime: world.clock.now(),
  });
  scheduleEnd(world, withdrawal);
  return orderNo;
}

/** @throws Refusal when the order has ended already */
export function finishWithdrawal(world: World, withdrawal: Withdrawal, failReason?: string): Withdrawal {
  const { orderNo, walletId, currency } = withdrawal;
  if (withdrawal.status !== 'PROCESSING')
    throw new Refusal('ORDER_STATUS', `the withdrawal is ${withdrawal.status} already`);
  const at = world.clock.now();
  const amount = decimal(withdrawal.amount);
  const fee = decimal(withdrawal.fee);
  const held = amount.plus(fee);
  if (failReason !== undefined) {
    world.ledger.move({
      kind: 'WITHDRAWAL_RELEASE',
      ref: orderNo,
      at,
      from: frozen(walletId),
      to: available(walletId),
      currency,
      amount: held,
    });
  } else {
    world.ledger.post({
      kind: 'WITHDRAW',
      ref: orderNo,
      at,
      postings: [
        { account: frozen(walletId), currency, amount: held.neg() },
        { account: BANK, currency, amount },
        { account: FEES, currency, amount: fee },
      ],
    });
    recordFlow(world, {
      walletId,
      orderNo,
      merchantOrderNo: withdrawal.withdrawOrderNo,
      type: 'WITHDRAW',
      direction: 'OUT',
      amount: held,
      fee,
      currency,
    });
  }
  const finished: Withdrawal = {
    ...withdrawal,
    status: failReason === undefined ? 'SUCCESS' : 'FAILED',
    failReason,
    finishTime: at,
  };
  world.withdrawals.update(finished);
  world.cancel('withdrawal-finish', orderNo);
  world.announce('wallet-withdrawal', {
    orderNo,
    withdrawOrderNo: finished.withdrawOrderNo,
    walletId,
    status: finished.status,
    amount: finished.amount,
    fee: finished.fee,
    currency,
    failReason,
    finishTime: world.time(at),
  });
  return finished;
}

function scheduleEnd(world: World, withdrawal: Withdrawal): void {
  const delay = world.settings.current.withdrawalDelay;
  if (delay === 'manual') return;
  const plan = world.plans.take(
    'withdrawal',
    (one) => one.orderNo === undefined || one.orderNo === withdrawal.withdrawOrderNo,
  );
  world.schedule(
    {
      kind: 'withdrawal-finish',
      subject: withdrawal.orderNo,
      detail: plan === undefined ? {} : { reason: plan.reason },
    },
    delay,
  );
}
