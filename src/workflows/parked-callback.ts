import { ApplicationFailure, makeContinueAsNewFunc, workflowInfo } from '@temporalio/workflow';
import type { CallbackEvent, CallbackTopic, FlowInput, FlowState, MoneyTold, ParkedResult } from '../messages';
import { beganWith, CALLBACK_TOPICS, FROM_BOOKS, moneyTold, SEARCH_ATTRIBUTES } from '../messages';
import type { BlockSpec } from './flow/blocks';
import { beginFlow } from './flow/begin';
import type { Flow } from './flow/flow';
import { read } from './flow/read';
import type { Verdict } from './flow/watch';
import { watch } from './flow/watch';

const ROUTE = 'route-callback';

export interface ParkedBody {
  /** What the run before this one had not routed. */
  readonly held?: readonly CallbackEvent[];
  /** What a person has discarded in it. */
  readonly discardedMoney?: readonly MoneyTold[];
}
type ParkedState = FlowState<ParkedResult>;

/**
 * Holds callbacks that no flow claims yet: they can beat the API response that names their ids. Routing is tried again for a day,
 * then a person is asked; it goes on trying all the same. Continues as new where its history grows long.
 */
export async function parkedCallback(input: FlowInput<ParkedBody>): Promise<ParkedState> {
  const flow = beginFlow('parked', input, [ROUTE]);
  for (const event of input.body.held ?? []) flow.hear(event);
  const topic = topicOf(input.number);
  const parked = new Parked(flow, input.body.discardedMoney);
  const state = await flow.run(
    async () => {
      // A callback that comes while the last one is being routed is routed as well.
      do {
        const outcome = await watch<void>(flow, {
          step: ROUTE,
          name: 'parked',
          topic,
          ref: input.number,
          askNow: true,
          query: () => parked.route(),
          concerns: () => true,
          hear: (event) => parked.add(event),
          // One that comes back was heard before.
          stirred: () => flow.inbox.length > 0,
          atDeadline: () => parked.unclaimed(),
        });
        if (outcome.is === 'answered') parked.discard();
      } while ((flow.inbox.length > 0 || parked.events.length > 0) && !parked.goesOn);
      const { routed, discarded, discardedMoney } = parked;
      flow.record.end(ROUTE, discarded === 0 ? 'DONE' : 'SKIPPED');
      return { routed, discarded, ...(discardedMoney.length > 0 && { discardedMoney }) };
    },
    () => Promise.resolve({ openOrders: [] }),
  );
  // An abort ends what a person could see; what came in that very moment nobody has seen yet.
  const held = [...(parked.goesOn ? parked.events : parked.fresh), ...flow.inbox];
  const { discardedMoney } = parked;
  return held.length === 0
    ? state
    : goOn({ ...input, body: { held, ...(discardedMoney.length > 0 && { discardedMoney }) } });
}

/** The next run begins as one that a callback has started: nothing of this run's end may show on it. */
function goOn(input: FlowInput<ParkedBody>): Promise<never> {
  const { typedSearchAttributes } = workflowInfo();
  const names = NAMES.flatMap((key) => {
    const value = typedSearchAttributes.get(key);
    return value === undefined ? [] : { key, value };
  });
  return makeContinueAsNewFunc<typeof parkedCallback>({
    typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' }, ...names],
  })(input);
}

/** What the callbacks are about, as whoever parked the first of them named it. */
const NAMES = [
  SEARCH_ATTRIBUTES.MerchantOrderNo,
  SEARCH_ATTRIBUTES.FalpayMerchantId,
  SEARCH_ATTRIBUTES.FalpayWalletId,
  SEARCH_ATTRIBUTES.FalpayCardId,
];

class Parked {
  events: CallbackEvent[] = [];
  routed = 0;
  discarded = 0;
  /** Not routed once yet. Flows that began before 0.3 do not tell them from the others. */
  fresh: CallbackEvent[] = [];
  /** What the block that a person answers was raised about. */
  private told: readonly CallbackEvent[] = [];
  /** The history has grown long: what is left goes to a run of its own. */
  goesOn = false;

  constructor(
    private readonly flow: Flow<unknown>,
    /** A reconciliation does not ask about it again. */
    public discardedMoney: readonly MoneyTold[] = [],
  ) {}

  add(event: CallbackEvent): 'ask' {
    this.events.push(event);
    if (beganWith(this.flow.policy, 3)) this.fresh.push(event);
    return 'ask';
  }

  /**
   * In the order in which they came: a flow's reducer does not need it, a reader of its history does. Callbacks with the same names belong to
   * the same flow: where one is not claimed the others are not asked for, or each new one would cost as many looks as are held.
   * A flow that is closing parks again what it is handed, before this run has learned that it was claimed.
   */
  async route(): Promise<Verdict<void>> {
    const unclaimed: CallbackEvent[] = [];
    const nobodys = new Set<string>();
    for (const event of this.events) {
      const names = JSON.stringify([event.orderNo, event.ids]);
      if (!nobodys.has(names) && (await this.isClaimed(event))) continue;
      nobodys.add(names);
      unclaimed.push(event);
    }
    this.routed += this.events.length - unclaimed.length;
    this.events = unclaimed;
    this.fresh = [];
    this.goesOn = unclaimed.length > 0 && this.flow.isLong;
    if (unclaimed.length === 0 || this.goesOn) return { is: 'settled', value: undefined };
    return this.tellsAnew ? { is: 'blocked', block: this.unclaimed() } : { is: 'open' };
  }

  /** A person who has looked must not answer for what came since: the block is renewed when it no longer says what is held. */
  private get tellsAnew(): boolean {
    const isAsked = this.flow.state.blocks.some(({ step }) => step === ROUTE);
    return isAsked && beganWith(this.flow.policy, 3);
  }

  private async isClaimed(event: CallbackEvent): Promise<boolean> {
    const { flow } = this;
    const mayReturn = beganWith(flow.policy, 3);
    if (mayReturn) flow.forget(event);
    const claim = await read(flow, ROUTE, `route ${event.topic} ${event.ref}`, (calls) => calls.claimCallback(event));
    if (mayReturn && claim === 'unclaimed') flow.keeps(event);
    return claim !== 'unclaimed';
  }

  /** What the block told; what came after it is nobody's answer yet. */
  discard(): void {
    const kept = beganWith(this.flow.policy, 3) ? this.events.filter((event) => !this.told.includes(event)) : [];
    const discarded = this.events.filter((event) => !kept.includes(event));
    this.discarded += discarded.length;
    // What nobody's books bear out says nothing of money that they show later.
    const booked = discarded.filter(({ eventId }) => eventId.startsWith(FROM_BOOKS));
    this.discardedMoney = [...this.discardedMoney, ...booked.flatMap((event) => moneyTold(event) ?? [])];
    this.events = kept;
  }

  unclaimed(): BlockSpec {
    this.told = [...this.events];
    const { length } = this.events;
    const newest = this.events.at(-1);
    const money = newest && moneyTold(newest);
    const told = money ? `, which says ${money.status}, ${money.amount} ${money.currency}` : '';
    return {
      reason: 'DEADLINE',
      message: `no flow claims ${[...new Set(this.events.map(({ topic, ref }) => `${topic} of ${ref}`))].join(', ')}: ${length === 1 ? 'one callback, of' : `${length} callbacks, the newest of`} ${newest?.occurredAt ?? ''}${told}; retry routes again, skip discards`,
      actions: ['retry', 'skip'],
    };
  }
}

/** `wallet-recharge/123` → `wallet-recharge`. */
function topicOf(number: string): CallbackTopic {
  const topic = CALLBACK_TOPICS.find((known) => number.startsWith(`${known}/`));
  if (!topic) throw ApplicationFailure.nonRetryable(`number: ${number} names no callback topic`, 'InvalidInput');
  return topic;
}
