/** The arrival of the money: callbacks claim, 卡钱包流水 proves, and the sum over all orders of the flow decides. */
import type { WalletRechargeData } from '../../falpay/contract';
import type { Money } from '../../falpay/money';
import { add, compare, isAmount, isNegative, isZero, received, subtract, sum } from '../../falpay/money';
import type { Movement } from '../../activities';
import type { CallbackEvent, RechargeOutput, WalletRechargeBody } from '../../messages';
import { beganWith } from '../../messages';
import type { Answer, BlockSpec } from '../flow/blocks';
import type { Flow } from '../flow/flow';
import type { Part } from '../flow/part';
import { read } from '../flow/read';
import type { Heard, Verdict } from '../flow/watch';
import { hold, watch } from '../flow/watch';
import { foreignAmong, net, takesBack } from './movements';

const ARRIVAL = 'recharge-arrival';
const TOPIC = 'wallet-recharge';

/** What callbacks say of an order. The sum is cumulative, net of fees. */
interface Claim {
  status: string;
  credited: Money;
}

interface Order {
  shown: RechargeOutput;
  /** As FalPay's answer to the order had it; what was taken in the end stands in `shown`. */
  announcedFee?: string;
  /** All that was booked in its favour; `shown` has what is left of it. */
  arrived?: Money;
  claim?: Claim;
}

/** What is to come, and the wallet that it is for. */
export interface RechargePart extends Part<Omit<WalletRechargeBody, 'walletId'>> {
  readonly walletId: string;
}

export class Arrivals {
  private readonly orders: Order[] = [];
  /** A currency that a callback names and no order asked for. */
  private foreign?: string;
  /** Every callback heard, until the recharge ends. */
  private told: CallbackEvent[] = [];

  constructor(
    private readonly flow: Flow<unknown>,
    readonly part: RechargePart,
  ) {}

  /** The order under way, as the state shows it. */
  get newest(): RechargeOutput {
    return this.last.shown;
  }

  /** What the next order asks for: all of it, or what the orders before have left open, fees included. */
  remainder(): string {
    const { amount, currency } = this.part.now();
    const gross = sum(
      this.counted.flatMap(({ shown }) => [creditedOn(shown), received(feeTaken(shown), currency)]),
      currency,
    );
    const rest = subtract(received(amount, currency), gross);
    return (isNegative(rest) || isZero(rest) ? subtract(this.needed(), this.credited()) : rest).amount;
  }

  /** Money may come on orders placed before. Flows that began before 0.3 do not look for it while they see to the next. */
  get looksBetween(): boolean {
    return this.orders.length > 0 && this.asOf03;
  }

  /** Where a part has come, whoever is asked about the rest may be content with it. */
  besides(block: BlockSpec): BlockSpec {
    if (isZero(this.credited())) return block;
    const { currency } = this.newest;
    return {
      ...block,
      reason: 'RECHARGE_SHORT',
      message: `${this.credited().amount} ${currency} arrived of ${this.needed().amount} needed; accept it, or let more come on the same order. An order for the rest: ${block.message}`,
      actions: ['correct', 'amend', 'retry'],
    };
  }

  /** The customer may see where to pay as soon as the order is about to be placed. */
  announce(shown: RechargeOutput): void {
    this.orders.push({ shown });
    this.publish();
  }

  /** FalPay refused the order that was announced last. */
  withdraw(): void {
    this.orders.pop();
    this.publish();
  }

  /** Takes FalPay's answer to the order; another sum or currency than ours is for an operator to judge. */
  async accept(placed: RechargeOutput): Promise<void> {
    const { amount, currency } = this.newest;
    this.last.shown = placed;
    this.last.announcedFee = placed.fee;
    this.publish();
    if (placed.currency === currency && compare(received(placed.amount, currency), received(amount, currency)) === 0)
      return;
    await hold(this.flow, 'create-recharge', {
      reason: placed.currency === currency ? 'MISMATCH' : 'CURRENCY_MISMATCH',
      message: `ordered ${amount} ${currency} as ${placed.rechargeOrderNo}, FalPay booked ${placed.amount} ${placed.currency}; retry takes FalPay's order as it is`,
      actions: ['retry'],
    });
  }

  concerns = (event: CallbackEvent): boolean =>
    event.topic === TOPIC &&
    this.orders.some(({ shown }) => event.orderNo === shown.rechargeOrderNo || event.ref === shown.orderNo);

  hear = (event: CallbackEvent): Heard<void> => {
    const data = event.data as WalletRechargeData;
    const order = this.toldOf(data);
    if (!order) return 'known';
    this.told.push(event);
    if (data.currency !== order.shown.currency) {
      this.foreign = data.currency;
      return 'ask';
    }
    if (!isAmount(data.creditedAmount)) return 'ask';
    // Sums are cumulative and only grow; an older callback claims less and changes nothing.
    const credited = received(data.creditedAmount, data.currency);
    if (!order.claim || compare(credited, order.claim.credited) >= 0)
      order.claim = { status: later(order.claim?.status, data.status), credited };
    order.shown = { ...order.shown, status: order.claim.status };
    return 'ask';
  };

  /** Asks FalPay what has been booked. Callbacks about money never stand alone. */
  async look(): Promise<Verdict<void>> {
    const orderNos = this.orders.map(({ shown }) => shown.rechargeOrderNo);
    const { found } = await read(this.flow, ARRIVAL, `movements of ${orderNos.join(', ')}`, (calls) =>
      calls.findMovements({ walletId: this.part.walletId, orderNos }),
    );
    return this.judge(found ?? []);
  }

  /** Nothing more is waited for. */
  end(): 'enough' {
    this.flow.record.end(ARRIVAL, 'DONE', this.newest.orderNo);
    return 'enough';
  }

  /** Whether enough has come on the orders before the next one. */
  async haveCome(): Promise<boolean> {
    return this.looksBetween && (await this.look()).is === 'settled';
  }

  /** Callbacks that came after enough had: what they tell is counted before the flow ends. */
  async recount(): Promise<void> {
    try {
      for (let late = this.flow.take(this.concerns); late.length > 0; late = this.flow.take(this.concerns)) {
        late.forEach(this.hear);
        await this.look();
      }
    } finally {
      this.leaveUnproven();
    }
  }

  /**
   * What callbacks told and 卡钱包流水 has not shown goes back to the inbox: there a flow that ends parks it, for a person to see.
   * Flows that began before 0.3 let go of it.
   */
  leaveUnproven(): void {
    const unproven = this.told.splice(0).filter((event) => !this.isBooked(event.data as WalletRechargeData));
    if (this.asOf03) this.flow.inbox.unshift(...unproven);
  }

  private isBooked(data: WalletRechargeData): boolean {
    const { currency, creditedAmount } = data;
    const order = this.toldOf(data);
    if (order?.shown.currency !== currency || !isAmount(creditedAmount)) return false;
    return compare(received(creditedAmount, currency), arrivedOn(order)) <= 0;
  }

  private toldOf({ rechargeOrderNo, orderNo }: WalletRechargeData): Order | undefined {
    return this.orders.find(({ shown }) => rechargeOrderNo === shown.rechargeOrderNo || orderNo === shown.orderNo);
  }

  private judge(movements: readonly Movement[]): Verdict<void> {
    const foreign = this.foreignIn(movements) ?? this.foreign;
    for (const order of this.orders)
      book(
        order,
        movements.filter(
          (movement) =>
            movement.merchantOrderNo === order.shown.rechargeOrderNo && movement.currency === order.shown.currency,
        ),
        this.asOf03,
      );
    this.closeEnded();
    this.publish();
    if (compare(this.credited(), this.needed()) >= 0) return { is: 'settled', value: undefined };
    if (foreign) return { is: 'blocked', block: otherCurrency(foreign, this.newest, this.part) };
    const behind = this.orders.find(isBehind);
    if (behind)
      return {
        is: 'open',
        lag: {
          behind: `the callback that ${behind.claim?.credited.amount} arrived on ${behind.shown.rechargeOrderNo}`,
        },
      };
    if (this.hasFailed) return { is: 'blocked', block: this.failed() };
    if (this.last.claim?.status === 'SUCCESS') return { is: 'blocked', block: this.short() };
    return { is: 'open' };
  }

  /** Money that was sent back is not there. Flows that began before 0.3 go by every row. */
  private foreignIn(movements: readonly Movement[]): string | undefined {
    const { currency } = this.part.now();
    if (!this.asOf03) return movements.find((row) => row.currency !== currency)?.currency;
    const booked = movements.filter(({ status }) => status === 'SUCCESS');
    return this.orders
      .map(({ shown }) => booked.filter(({ merchantOrderNo }) => merchantOrderNo === shown.rechargeOrderNo))
      .flatMap((rows) => foreignAmong(rows, 'IN', currency))
      .at(0)?.currency;
  }

  /** A person has dealt with what callbacks told of another currency: from now on movements alone say what is there. */
  forgetForeign(): void {
    if (!this.asOf03) return;
    this.foreign = undefined;
    this.told = this.told.filter(({ data }) => {
      const told = data as WalletRechargeData;
      return told.currency === this.toldOf(told)?.shown.currency;
    });
  }

  /** Flows that began before take callbacks and rows as they did then, and take nothing off that was sent back. */
  private get asOf03(): boolean {
    return beganWith(this.flow.policy, 3);
  }

  /** By a callback's word, or by FalPay's answer to the order itself. */
  get hasFailed(): boolean {
    const { shown, claim } = this.last;
    return (this.asOf03 ? shown.status : claim?.status) === 'FAILED';
  }

  /** An order that has come to its end is nothing that an abort would leave open. */
  private closeEnded(): void {
    const endIsProven = this.asOf03;
    for (const order of this.orders) {
      const { shown } = order;
      const gross = add(arrivedOn(order), received(feeTaken(shown), shown.currency));
      const isPaid = compare(gross, received(shown.amount, shown.currency)) >= 0;
      const isOver = shown.status === 'SUCCESS' || shown.status === 'FAILED';
      if (isPaid || (isOver && (!endIsProven || isProven(order)))) this.flow.openOrders.delete(shown.rechargeOrderNo);
    }
  }

  /** At the deadline: money that came but is too little is the backend's to settle; none at all is the operator's. */
  atDeadline = (): BlockSpec | undefined => (isZero(this.credited()) ? undefined : this.short());

  private short(): BlockSpec {
    const { currency } = this.newest;
    return {
      reason: 'RECHARGE_SHORT',
      message: `${this.credited().amount} ${currency} arrived of ${this.needed().amount} needed; accept it, correct to order the rest, or let more come on the same order`,
      actions: ['correct', 'amend', 'retry'],
      patchable: this.part.patchable,
    };
  }

  private failed(): BlockSpec {
    return {
      reason: 'RECHARGE_FAILED',
      message: `FalPay reports ${this.newest.rechargeOrderNo} as failed; a correction orders anew`,
      actions: ['correct', 'amend', 'retry'],
      patchable: this.part.patchable,
    };
  }

  /** What the newest order announces as its fee, and earlier ones took, the customer does not owe once more. */
  private needed(): Money {
    const { amount, currency, minCredited } = this.part.now();
    if (minCredited !== undefined) return received(minCredited, currency);
    const fees = this.counted.map((order) =>
      // An order that was found by a look-up has announced no fee to us: what is taken tells.
      received((order === this.last ? order.announcedFee : undefined) ?? feeTaken(order.shown), currency),
    );
    return subtract(received(amount, currency), sum(fees, currency));
  }

  private credited(): Money {
    const { currency } = this.part.now();
    return sum(
      this.counted.map(({ shown }) => creditedOn(shown)),
      currency,
    );
  }

  /** An order that FalPay booked in another currency than ours adds nothing to what we wait for. */
  private get counted(): readonly Order[] {
    return this.orders.filter(({ shown }) => shown.currency === this.part.now().currency);
  }

  private get last(): Order {
    const last = this.orders.at(-1);
    if (!last) throw new RangeError('no recharge order yet');
    return last;
  }

  private publish(): void {
    const shown = this.orders.map((order) => order.shown);
    this.flow.record.outputs.recharge = shown.at(-1);
    if (shown.length > 1) this.flow.record.outputs.earlierRecharges = shown.slice(0, -1);
  }
}

/**
 * Waits until enough has arrived or a person decides.
 * @returns `rest`: order what is missing; `again`: the order failed, order anew
 */
export async function awaitArrival(flow: Flow<unknown>, arrivals: Arrivals): Promise<'enough' | 'rest' | 'again'> {
  for (let askNow = arrivals.hasFailed; ; askNow = true) {
    const outcome = await watch<void>(flow, {
      step: ARRIVAL,
      name: TOPIC,
      topic: TOPIC,
      ref: arrivals.newest.orderNo ?? arrivals.newest.rechargeOrderNo,
      askNow,
      query: () => arrivals.look(),
      concerns: arrivals.concerns,
      hear: arrivals.hear,
      atDeadline: arrivals.atDeadline,
      resolved: async () => undefined,
    });
    if (outcome.is === 'settled' || (await settles(outcome.answer, arrivals))) {
      return arrivals.end();
    }
    if (outcome.reason === 'CURRENCY_MISMATCH') arrivals.forgetForeign();
    if (outcome.answer.action === 'amend') return arrivals.newest.status === 'FAILED' ? 'again' : 'rest';
  }
}

/**
 * Asks a person how the next order should be placed. Money that comes on the ones before settles it meanwhile.
 * @returns whether enough has come, or what came was accepted
 */
export async function askBetween(
  flow: Flow<unknown>,
  arrivals: Arrivals,
  step: string,
  block: BlockSpec,
): Promise<boolean> {
  if (!arrivals.looksBetween) {
    await hold(flow, step, block);
    return false;
  }
  const outcome = await watch<void>(flow, {
    step,
    name: TOPIC,
    topic: TOPIC,
    ref: arrivals.newest.orderNo ?? arrivals.newest.rechargeOrderNo,
    askNow: true,
    query: async () => {
      const seen = await arrivals.look();
      if (seen.is === 'settled') return seen;
      const asks = arrivals.besides(block);
      return seen.is === 'open' && seen.lag
        ? { is: 'open', lag: { ...seen.lag, lasting: asks } }
        : { is: 'blocked', block: asks };
    },
    concerns: arrivals.concerns,
    hear: arrivals.hear,
  });
  return outcome.is === 'settled' || (outcome.answer.action === 'amend' && outcome.answer.accept === true);
}

/** A correction may ask for less, and more may have come meanwhile: nothing is ordered for either. */
async function settles(answer: Answer, arrivals: Arrivals): Promise<boolean> {
  return answer.action === 'amend' && (answer.accept === true || (await arrivals.look()).is === 'settled');
}

/** Movements are the truth of what came and was sent back; the status stays the callback's, where there was one. */
function book(order: Order, movements: readonly Movement[], returnsCount: boolean): void {
  const { currency } = order.shown;
  const booked = movements.filter(({ status }) => status === 'SUCCESS');
  const came = booked.filter(({ type, direction }) => type === 'RECHARGE' && direction === 'IN');
  if (came.length === 0) return;
  const counted = returnsCount ? [...came, ...booked.filter(takesBack)] : came;
  order.arrived = net(came, 'IN', currency, ({ amount }) => amount);
  order.shown = {
    ...order.shown,
    // What a person typed when the outcome was unknown gives way to what FalPay booked.
    orderNo: came[0]?.orderNo ?? order.shown.orderNo,
    credited: net(counted, 'IN', currency, ({ amount }) => amount).amount,
    fee: net(counted, 'IN', currency, ({ fee }) => fee).amount,
  };
}

/** A success is proven by what is booked, of which only its callback says how much it must be; a failure by being told. */
function isProven(order: Order): boolean {
  return !isBehind(order) && (order.claim !== undefined || order.shown.status === 'FAILED');
}

/** Its callback claims more than is booked. */
function isBehind(order: Order): boolean {
  return order.claim !== undefined && compare(order.claim.credited, arrivedOn(order)) > 0;
}

/** Before anything came, the order shows the fee that is announced. */
function feeTaken({ credited, fee }: RechargeOutput): string {
  return credited === undefined ? '0' : (fee ?? '0');
}

function arrivedOn({ arrived, shown }: Order): Money {
  return arrived ?? received('0', shown.currency);
}

function creditedOn({ credited, currency }: RechargeOutput): Money {
  return received(credited ?? '0', currency);
}

/** An end outlives a repeated or late PROCESSING. */
function later(known: string | undefined, told: string): string {
  return known === 'SUCCESS' || (known === 'FAILED' && told !== 'SUCCESS') ? known : told;
}

function otherCurrency(
  currency: string,
  { rechargeOrderNo, currency: ordered }: RechargeOutput,
  { patchable }: RechargePart,
): BlockSpec {
  return {
    reason: 'CURRENCY_MISMATCH',
    message: `${currency} arrived on ${rechargeOrderNo}, which was ordered in ${ordered}`,
    actions: ['retry', 'amend'],
    patchable,
  };
}
