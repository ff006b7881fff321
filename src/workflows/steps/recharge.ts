/** 获取充值方式/收款账号 and 创建充值订单; the arrival of the money is in arrival.ts. */
import type { RechargeMethodVo } from '../../falpay/contract';
import { compare, received } from '../../falpay/money';
import type { RechargeOutput } from '../../messages';
import type { Correction } from '../flow/correction';
import { correctionBlock } from '../flow/correction';
import type { Flow } from '../flow/flow';
import { place, roundsAfter } from '../flow/order';
import { fieldAt, orderNoIn } from '../flow/part';
import { registerOrder } from '../flow/registering';
import { read } from '../flow/read';
import type { RechargePart } from './arrival';
import { Arrivals, askBetween, awaitArrival } from './arrival';

const METHOD = 'recharge-method';
const CREATE = 'create-recharge';
const TOPIC = 'wallet-recharge';

/** The item rises when an order is followed by one for the rest, the round when an order failed for good. */
interface OrderPlace {
  item: number;
  round: number;
}

/**
 * Brings money into the wallet: one order, then as many for the rest as people decide.
 * @returns the newest order; earlier ones stand in the outputs
 */
export async function rechargeWallet(flow: Flow<unknown>, part: RechargePart): Promise<Arrivals> {
  const arrivals = new Arrivals(flow, part);
  try {
    await bringIn(flow, arrivals);
  } finally {
    arrivals.leaveUnproven();
  }
  return arrivals;
}

async function bringIn(flow: Flow<unknown>, arrivals: Arrivals): Promise<void> {
  const place: OrderPlace = { item: 1, round: 1 };
  for (;;) {
    const next = await orderNext(flow, arrivals, place);
    const end = next === 'placed' ? await awaitArrival(flow, arrivals) : next;
    if (end === 'enough') return;
    if (end === 'rest') {
      place.item += 1;
      place.round = 1;
    } else place.round += 1;
  }
}

/** @returns `again`: it was refused, and goes out under the next round; `enough`: money on the orders before made it needless */
async function orderNext(
  flow: Flow<unknown>,
  arrivals: Arrivals,
  place: OrderPlace,
): Promise<'placed' | 'again' | 'enough'> {
  const method = await chooseMethod(flow, arrivals);
  const placed =
    method === 'enough' || (await arrivals.haveCome()) ? 'enough' : await orderRecharge(flow, arrivals, method, place);
  if (placed !== 'enough') return placed;
  for (const step of [METHOD, CREATE]) flow.record.end(step, 'DONE');
  return arrivals.end();
}

/** The method the body names, or the only one there is; otherwise the backend chooses. */
async function chooseMethod(flow: Flow<unknown>, arrivals: Arrivals): Promise<RechargeMethodVo | 'enough'> {
  const { walletId, at, patchable, now } = arrivals.part;
  flow.record.begin(METHOD);
  for (;;) {
    const { currency, methodCode, amount: total } = now();
    const amount = arrivals.looksBetween ? arrivals.remainder() : total;
    const { methods } = await read(flow, METHOD, `recharge methods of ${walletId}`, (calls) =>
      calls.getRechargeInfo({ walletId, currency }),
    );
    const offered = methods.filter((method) => method.currency === currency);
    const named = methodCode === undefined ? offered : offered.filter((method) => method.methodCode === methodCode);
    const [method] = named;
    const tooLittle = method && compare(received(amount, currency), received(method.minAmount, currency)) < 0;
    if (method && named.length === 1 && !tooLittle) {
      flow.record.end(METHOD, 'DONE', method.methodCode);
      return method;
    }
    const list =
      offered.map((other) => `${other.methodCode} (from ${other.minAmount} ${currency})`).join(', ') || 'none';
    const isEnough = await askBetween(flow, arrivals, METHOD, {
      reason: 'CHOOSE_RECHARGE_METHOD',
      message: `${fieldAt(at, 'methodCode')}: FalPay offers for ${currency}: ${list}${tooLittle ? `; ${amount} is less` : ''}`,
      fields: [fieldAt(at, tooLittle ? 'amount' : 'methodCode')],
      actions: ['correct', 'amend', 'retry'],
      patchable,
    });
    if (isEnough || (await arrivals.haveCome())) return 'enough';
  }
}

/** @returns `again` when FalPay refused it and the body was corrected, or an earlier run went on with another round */
async function orderRecharge(
  flow: Flow<unknown>,
  arrivals: Arrivals,
  method: RechargeMethodVo,
  { item, round }: OrderPlace,
): Promise<'placed' | 'again' | 'enough'> {
  const { walletId, at, patchable, now } = arrivals.part;
  const { currency, voucherKey, remark } = now();
  const { methodCode } = method;
  const rechargeOrderNo = orderNoIn(flow, 'recharge', item, round);
  const amount = arrivals.remainder();
  const announced: RechargeOutput = { rechargeOrderNo, amount, currency, payee: method.payee, status: 'UNCONFIRMED' };
  arrivals.announce(announced);
  registerOrder(flow, walletId, { orderNo: rechargeOrderNo, step: 'recharge', amount, currency });
  const placed = await place<RechargeOutput>(flow, {
    step: CREATE,
    operation: 'createRecharge',
    orderNo: rechargeOrderNo,
    send: async (calls, permit) => {
      const { orderNo, fee, status, payee, ...order } = await calls.createRecharge({
        order: { rechargeOrderNo, walletId, amount, currency, methodCode, voucherKey, remark },
        permit,
      });
      return { rechargeOrderNo, orderNo, amount: order.amount, currency: order.currency, fee, payee, status };
    },
    // Only booked movements can be looked up: what is found proves the order, what is not proves nothing.
    lookUp: async (calls) => {
      const { run, found } = await calls.findMovements({ walletId, orderNos: [rechargeOrderNo] });
      const [movement] = found ?? [];
      return { run, found: movement ? { ...announced, orderNo: movement.orderNo, status: movement.status } : null };
    },
    laterRound: (calls, ahead) =>
      calls.findMovements({ walletId, orderNos: [orderNoIn(flow, 'recharge', item, round + ahead)] }),
    unlisted: { operation: 'createRecharge', laterOrderNos: roundsAfter(flow, 'recharge', item, round) },
    fromRef: async (orderNo) => ({ ...announced, orderNo, status: 'PENDING' }),
    shownBy: (event) => event.topic === TOPIC && event.orderNo === rechargeOrderNo,
    wait: { name: TOPIC, topic: TOPIC },
  });
  if (placed.is === 'refused') {
    arrivals.withdraw();
    const correction: Correction = { reason: 'RECHARGE_FAILED', at, patchable };
    if (placed.refusal.isOver) return 'again';
    return (await askBetween(flow, arrivals, CREATE, correctionBlock(correction, placed.refusal))) ? 'enough' : 'again';
  }
  await arrivals.accept(placed.value);
  flow.record.end(CREATE, 'DONE', placed.value.orderNo ?? rechargeOrderNo);
  return 'placed';
}
