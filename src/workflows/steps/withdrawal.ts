/** 创建提现订单 and its end: callbacks claim, 卡钱包流水 proves. Money that may have gone out is never ordered again. */
import type { WalletWithdrawalData } from '../../falpay/contract';
import type { Money } from '../../falpay/money';
import { compare, isZero, received } from '../../falpay/money';
import type { Movement, WalletFacts } from '../../activities';
import type { CallbackEvent, WalletWithdrawalBody, WithdrawalOutput } from '../../messages';
import { beganWith } from '../../messages';
import type { BlockSpec } from '../flow/blocks';
import type { Correction } from '../flow/correction';
import { askForCorrection, correctionBlock } from '../flow/correction';
import type { Flow } from '../flow/flow';
import { place, roundsAfter } from '../flow/order';
import { orderNoIn } from '../flow/part';
import { read } from '../flow/read';
import { registerOrder } from '../flow/registering';
import type { Heard, Verdict } from '../flow/watch';
import { hold, watch } from '../flow/watch';
import { foreignAmong, net } from './movements';

const BALANCE = 'check-balance';
const CREATE = 'create-withdrawal';
const RESULT = 'withdrawal-result';
const TOPIC = 'wallet-withdrawal';
/** A withdrawal that FalPay definitely failed moved no money; whether to pay once more, and to whom, is an operator's to say. */
const REFUSED: Correction = { reason: 'INVALID', at: '', patchable: ['amount', 'payee', 'remark'] };

/** Each round takes an operator's decision: nobody makes more of them than this without a success. */
const ROUNDS_LOOKED_FOR = 5;

type WithdrawalFlow = Flow<WalletWithdrawalBody>;

/**
 * Takes money out of the wallet: one order, and after a definite failure, when an operator says so, the next round's.
 * @returns the order that was paid out; earlier ones stand in the outputs
 */
export async function withdrawFromWallet(flow: WithdrawalFlow): Promise<WithdrawalOutput> {
  const paid = flow.input.restarted ? await Withdrawal.paidBefore(flow) : undefined;
  if (paid) return paid;
  for (let round = 1; ; round += 1) {
    // What an earlier run ordered may have taken the money already: its look-up comes first.
    if (round > 1 || !flow.input.restarted) await checkBalance(flow);
    const withdrawal = await Withdrawal.order(flow, round);
    if (!withdrawal) continue;
    if (await withdrawal.awaitResult()) return withdrawal.shown;
  }
}

/** Asks before it orders: FalPay's refusal would cost the order number. The fee is FalPay's to add, and to refuse. */
async function checkBalance(flow: WithdrawalFlow): Promise<void> {
  const { walletId } = flow.body;
  flow.record.begin(BALANCE);
  for (;;) {
    const { run, found } = await read(flow, BALANCE, `balance of wallet ${walletId}`, (calls) =>
      calls.findWallet({ walletId }),
    );
    const fault = balanceFault(flow.body, found);
    // What is missing after a reset may be what an earlier run has paid out: nobody is asked for money before the order was looked for.
    if (!fault || (fault.reason === 'RECHARGE_SHORT' && flow.isLaterRun(run))) break;
    const answer = await hold(flow, BALANCE, fault);
    if (answer.action === 'amend' && answer.accept) break;
  }
  flow.record.end(BALANCE, 'DONE', walletId);
}

function balanceFault(
  { walletId, amount, currency }: WalletWithdrawalBody,
  found: WalletFacts | null,
): BlockSpec | undefined {
  if (!found) return { reason: 'INVALID', message: `walletId: FalPay has no wallet ${walletId}`, actions: ['retry'] };
  if (found.currency !== currency) {
    const message = `currency: the wallet is kept in ${found.currency}, the withdrawal asks for ${currency}; abort it and order it in ${found.currency}`;
    return { reason: 'CURRENCY_MISMATCH', message, actions: ['retry'] };
  }
  if (compare(received(found.availableBalance, currency), received(amount, currency)) >= 0) return undefined;
  return {
    reason: 'RECHARGE_SHORT',
    message: `the wallet has ${found.availableBalance} ${currency} available, the withdrawal asks for ${amount} and FalPay's fee; recharge it and retry, or ask for less`,
    actions: ['correct', 'amend', 'retry'],
    patchable: ['amount'],
  };
}

class Withdrawal {
  private claim?: WalletWithdrawalData;
  /** By FalPay's clock. */
  private claimedAt = '';
  /** Callbacks that call it paid out. */
  private readonly told: CallbackEvent[] = [];

  private constructor(
    private readonly flow: WithdrawalFlow,
    public shown: WithdrawalOutput,
  ) {}

  /** @returns undefined when FalPay refused it and an operator wants it ordered anew, or an earlier run went on with another round */
  static async order(flow: WithdrawalFlow, round: number): Promise<Withdrawal | undefined> {
    const { walletId, amount, currency, payee, remark } = flow.body;
    const withdrawOrderNo = orderNoIn(flow, 'withdrawal', 1, round);
    const earlier = flow.record.outputs.withdrawal;
    if (earlier) (flow.record.outputs.earlierWithdrawals ??= []).push(earlier);
    const withdrawal = new Withdrawal(flow, { withdrawOrderNo, amount, currency, status: 'UNCONFIRMED' });
    withdrawal.show({});
    registerOrder(flow, walletId, { orderNo: withdrawOrderNo, step: 'withdrawal', amount, currency });
    const placed = await place<string>(flow, {
      step: CREATE,
      operation: 'createWithdrawal',
      orderNo: withdrawOrderNo,
      send: (calls, permit) =>
        calls.createWithdrawal({ order: { withdrawOrderNo, walletId, amount, currency, payee, remark }, permit }),
      // Only booked movements can be looked up: what is found proves the order, what is not proves nothing.
      lookUp: async (calls) => {
        const { run, found } = await calls.findMovements({ walletId, orderNos: [withdrawOrderNo] });
        return { run, found: found?.[0]?.orderNo ?? null };
      },
      laterRound: (calls, ahead) =>
        calls.findMovements({ walletId, orderNos: [orderNoIn(flow, 'withdrawal', 1, round + ahead)] }),
      unlisted: { operation: 'createWithdrawal', laterOrderNos: roundsAfter(flow, 'withdrawal', 1, round) },
      fromRef: async (orderNo) => orderNo,
      shownBy: (event) => event.topic === TOPIC && event.orderNo === withdrawOrderNo,
      wait: { name: TOPIC, topic: TOPIC },
    });
    if (placed.is === 'refused') {
      if (placed.refusal.isOver) {
        flow.record.outputs.withdrawal = undefined;
        return undefined;
      }
      withdrawal.show({ status: 'REFUSED', error: placed.refusal.message });
      await askForCorrection(flow, CREATE, REFUSED, placed.refusal);
      return undefined;
    }
    withdrawal.show({ orderNo: placed.value, status: 'PROCESSING' });
    flow.record.end(CREATE, 'DONE', placed.value);
    return withdrawal;
  }

  /** What an earlier run ordered under any round's number and FalPay paid out: nothing is left to do. */
  static async paidBefore(flow: WithdrawalFlow): Promise<WithdrawalOutput | undefined> {
    const { amount, currency } = flow.body;
    for (let round = ROUNDS_LOOKED_FOR; round >= 1; round -= 1) {
      const withdrawOrderNo = orderNoIn(flow, 'withdrawal', 1, round);
      const withdrawal = new Withdrawal(flow, { withdrawOrderNo, amount, currency, status: 'UNCONFIRMED' });
      if ((await withdrawal.look()).is !== 'settled') continue;
      flow.record.end(RESULT, 'DONE', withdrawOrderNo);
      return withdrawal.shown;
    }
    flow.record.outputs.withdrawal = undefined;
    return undefined;
  }

  /** @returns false when FalPay failed it and an operator wants it ordered anew */
  async awaitResult(): Promise<boolean> {
    try {
      return await this.result();
    } catch (failure) {
      // An abort finds in the inbox what no movement has proven, and parks it. Flows that began before 0.3 let go of it.
      if (this.asOf03) this.flow.inbox.unshift(...this.told);
      throw failure;
    }
  }

  private async result(): Promise<boolean> {
    const { flow } = this;
    const { withdrawOrderNo, orderNo = withdrawOrderNo } = this.shown;
    for (let askNow = false; ; askNow = true) {
      const outcome = await watch<void>(flow, {
        step: RESULT,
        name: TOPIC,
        topic: TOPIC,
        ref: orderNo,
        askNow,
        query: () => this.look(),
        concerns: this.concerns,
        hear: (event) => this.hear(event),
        resolved: async () => undefined,
      });
      if (outcome.is === 'settled') break;
      const { action } = outcome.answer;
      if (this.shown.status !== 'FAILED' || (action !== 'amend' && action !== 'retry')) continue;
      // The money, or a part of it, may have gone out while the operator decided.
      const seen = await this.look();
      if (seen.is === 'settled') break;
      if (this.asOf03 && !(seen.is === 'blocked' && seen.block.reason === REFUSED.reason)) continue;
      flow.openOrders.delete(withdrawOrderNo);
      return false;
    }
    flow.openOrders.delete(withdrawOrderNo);
    flow.record.end(RESULT, 'DONE', orderNo);
    // Repetitions of what is known by now; a failure told after all is for a person to see, and stays.
    flow.take((event) => this.concerns(event) && (event.data as WalletWithdrawalData).status !== 'FAILED');
    return true;
  }

  private readonly concerns = (event: CallbackEvent): boolean =>
    event.topic === TOPIC && (event.orderNo === this.shown.withdrawOrderNo || event.ref === this.shown.orderNo);

  private show(changes: Partial<WithdrawalOutput>): void {
    this.shown = { ...this.shown, ...changes };
    this.flow.record.outputs.withdrawal = this.shown;
  }

  private hear(event: CallbackEvent): Heard<void> {
    const claim = event.data as WalletWithdrawalData;
    // Told again, the movements may show it by now.
    if (this.isOutlived(event)) return 'ask';
    this.claim = claim;
    this.claimedAt = event.occurredAt;
    this.show({ orderNo: this.shown.orderNo ?? claim.orderNo, status: claim.status, error: claim.failReason });
    if (claim.status !== 'SUCCESS') return 'ask';
    this.told.push(event);
    return claim.currency === this.shown.currency ? { is: 'settled', value: undefined } : 'ask';
  }

  /** An end outlives a repeated or late PROCESSING. A success that nothing has proven gives way to a failure, unless that is older. */
  private isOutlived({ data, occurredAt }: CallbackEvent): boolean {
    const { status } = data as WalletWithdrawalData;
    if (this.claim?.status === 'SUCCESS') return !(this.asOf03 && status === 'FAILED' && occurredAt >= this.claimedAt);
    return this.claim?.status === 'FAILED' && status !== 'SUCCESS';
  }

  private async look(): Promise<Verdict<void>> {
    const { walletId } = this.flow.body;
    const { withdrawOrderNo } = this.shown;
    const { found } = await read(this.flow, RESULT, `movements of ${withdrawOrderNo}`, (calls) =>
      calls.findMovements({ walletId, orderNos: [withdrawOrderNo] }),
    );
    return this.judge(found ?? []);
  }

  private judge(movements: readonly Movement[]): Verdict<void> {
    const { amount, currency, withdrawOrderNo } = this.shown;
    const booked = movements.filter(
      ({ type, direction, status }) =>
        status === 'SUCCESS' && (direction === 'OUT' ? type === 'WITHDRAW' : this.asOf03),
    );
    const [foreign] = foreignAmong(booked, 'OUT', currency);
    if (foreign) return { is: 'blocked', block: otherCurrency(foreign.currency, this.shown) };
    const debited = net(booked, 'OUT', currency, ({ amount }) => amount);
    if (booked.length > 0)
      this.show({ debited: debited.amount, fee: net(booked, 'OUT', currency, ({ fee }) => fee).amount });
    if (compare(debited, received(amount, currency)) >= 0) {
      this.show({ status: 'SUCCESS', error: undefined });
      return { is: 'settled', value: undefined };
    }
    if (this.claim?.status === 'SUCCESS')
      return { is: 'open', lag: { behind: `the callback that ${withdrawOrderNo} was paid out` } };
    if (this.claim?.status !== 'FAILED') return { is: 'open' };
    return { is: 'blocked', block: this.asOf03 && !isZero(debited) ? this.partlyPaid(debited) : this.failed() };
  }

  /** Ordering the whole anew would pay this part twice: it waits until the rest is paid out, or all of it given back. */
  private partlyPaid({ amount: debited, currency }: Money): BlockSpec {
    const { withdrawOrderNo, amount, error = 'no reason given' } = this.shown;
    return {
      reason: 'MISMATCH',
      message: `FalPay reports ${withdrawOrderNo} as failed (${error}), and its movements show ${debited} ${currency} taken for it of ${amount}; retry looks again, abort ends it with what was taken`,
      actions: ['retry'],
    };
  }

  /** Flows that began before count no row that gives back, order a partly paid withdrawal anew, and believe no failure after a success. */
  private get asOf03(): boolean {
    return beganWith(this.flow.policy, 3);
  }

  private failed(): BlockSpec {
    // It has come to its end: nothing that an abort would leave open.
    this.flow.openOrders.delete(this.shown.withdrawOrderNo);
    const { withdrawOrderNo, error = 'no reason given' } = this.shown;
    const before = this.told.length > 0 ? ', after it had called it paid out' : '';
    const message = `FalPay reports ${withdrawOrderNo} as failed (${error})${before}, and no movement shows it paid out; amend or retry orders it anew, abort ends it`;
    return correctionBlock(REFUSED, { kind: 'refused', message });
  }
}

function otherCurrency(currency: string, { withdrawOrderNo, currency: ordered }: WithdrawalOutput): BlockSpec {
  return {
    reason: 'CURRENCY_MISMATCH',
    message: `${currency} was taken for ${withdrawOrderNo}, which was ordered in ${ordered}`,
    actions: ['retry'],
  };
}
