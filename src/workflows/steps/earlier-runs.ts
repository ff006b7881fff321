/**
 * What a run before a reset or a restart ordered, and this one, which is being aborted, has not come to. Each number is looked for once; what FalPay does
 * not say, or cannot say, counts as open: nobody must believe that nothing is left.
 */
import { compare, received } from '../../falpay/money';
import type { OrderStep, UnlistedOperation, WalletWithdrawalBody } from '../../messages';
import { beganWith, parseOrderNo } from '../../messages';
import { localReads } from '../flow/calls';
import type { Flow } from '../flow/flow';
import { ROUNDS_AHEAD } from '../flow/order';
import { orderNoIn } from '../flow/part';
import { net } from './movements';

interface Traces {
  merchantId?: string;
  walletId?: string;
  readonly openOrders: string[];
}

/** Undefined: FalPay does not have it. */
type Look = (orderNo: string) => Promise<{ readonly isOpen: boolean } | undefined>;

export async function tracesOfEarlierRuns(flow: Flow<unknown>): Promise<Traces> {
  const traces: Traces = { openOrders: [] };
  const { kind, outputs, steps } = flow.state;
  const isUndone = (step: string) => steps.some(({ name, status }) => name === step && status !== 'DONE');
  const seek = (step: OrderStep, item: number, look: Look) => seekRounds(flow, traces, step, item, look);

  if (isUndone('create-merchant')) {
    await seek('merchant', 1, async (merchantOrderNo) => {
      const { found } = await localReads(`look for ${merchantOrderNo}`).findMerchant({ merchantOrderNo });
      traces.merchantId = found?.merchantId ?? traces.merchantId;
      return found ? { isOpen: found.auditStatus === 'PENDING' } : undefined;
    });
  }
  if (isUndone('open-wallet')) {
    await seek('wallet', 1, async (walletOrderNo) => {
      const { found } = await localReads(`look for ${walletOrderNo}`).findWallet({ walletOrderNo });
      traces.walletId = found?.walletId ?? traces.walletId;
      return found ? { isOpen: found.auditStatus === 'PENDING' } : undefined;
    });
  }
  const walletId = outputs.walletId ?? traces.walletId;
  // 卡钱包流水 shows no order before its money: one that may have been placed may still be open. Without a wallet there was none.
  if (walletId !== undefined && isUndone('create-recharge'))
    traces.openOrders.push(...(await newestSent(flow, 'recharge', 'createRecharge')));
  if (walletId !== undefined && isUndone('create-withdrawal')) {
    for (const orderNo of await newestSent(flow, 'withdrawal', 'createWithdrawal'))
      if (!(await isPaidOut(flow, walletId, orderNo))) traces.openOrders.push(orderNo);
  }
  if (walletId !== undefined && (kind === 'onboarding' || kind === 'card-issuance')) {
    for (const { name, status } of steps) {
      const [, item] = /^card-(\d+)$/.exec(name) ?? [];
      if (item === undefined || status === 'DONE') continue;
      await seek('card', Number(item), async (cardOrderNo) => {
        const { found } = await localReads(`look for ${cardOrderNo}`).findCard({ cardOrderNo });
        return found ? { isOpen: found.status === 'PENDING' } : undefined;
      });
    }
  }
  return traces;
}

/** The last rounds that earlier runs sent: one is begun only after the one before has failed for good. Where none is known, the first may have been. */
async function newestSent(
  flow: Flow<unknown>,
  step: 'recharge' | 'withdrawal',
  operation: UnlistedOperation,
): Promise<readonly string[]> {
  const asked = beganWith(flow.policy, 3) ? localReads('what earlier runs sent').sentBefore({ operation }) : undefined;
  const { sent } = (await asked?.catch(() => undefined)) ?? { sent: [] };
  const rounds = new Map<number, number>();
  for (const place of sent.map(parseOrderNo))
    if (place?.step === step) rounds.set(place.item, Math.max(place.round, rounds.get(place.item) ?? 1));
  return [...(rounds.size > 0 ? rounds : [[1, 1] as const])].map(([item, round]) => orderNoIn(flow, step, item, round));
}

/** The whole of it: what was given back, or never taken, may still come. */
async function isPaidOut(flow: Flow<unknown>, walletId: string, orderNo: string): Promise<boolean> {
  const { amount, currency } = flow.body as WalletWithdrawalBody;
  try {
    const { found } = await localReads(`movements of ${orderNo}`).findMovements({ walletId, orderNos: [orderNo] });
    const booked = (found ?? []).filter(({ status }) => status === 'SUCCESS');
    return (
      compare(
        net(booked, 'OUT', currency, ({ amount }) => amount),
        received(amount, currency),
      ) >= 0
    );
  } catch {
    return false;
  }
}

/** A number that FalPay refused stays unused, and the round after it may be in use: so the rounds ahead are looked for as well. */
async function seekRounds(
  flow: Flow<unknown>,
  { openOrders }: Traces,
  step: OrderStep,
  item: number,
  look: Look,
): Promise<void> {
  for (let round = 1, missing = 0; missing < ROUNDS_AHEAD; round += 1) {
    const orderNo = orderNoIn(flow, step, item, round);
    try {
      const found = await look(orderNo);
      missing = found ? 0 : missing + 1;
      if (found?.isOpen) openOrders.push(orderNo);
    } catch {
      openOrders.push(orderNo);
      return;
    }
  }
}
