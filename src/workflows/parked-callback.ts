import { ApplicationFailure } from '@temporalio/workflow';
import type { CallbackEvent, CallbackTopic, FlowInput, FlowState } from '../messages';
import { CALLBACK_TOPICS } from '../messages';
import type { BlockSpec } from './flow/blocks';
import { beginFlow } from './flow/begin';
import type { Flow } from './flow/flow';
import { read } from './flow/read';
import type { Verdict } from './flow/watch';
import { watch } from './flow/watch';

const ROUTE = 'route-callback';

/**
 * Holds callbacks that no flow claims yet: they can beat the API response that names their ids. Routing is tried again for a day,
 * then a person is asked; it goes on trying all the same.
 */
export async function parkedCallback(
  input: FlowInput<Record<string, never>>,
): Promise<FlowState<{ readonly routed: number; readonly discarded: number }>> {
  const flow = beginFlow('parked', input, [ROUTE]);
  const topic = topicOf(input.number);
  return flow.run(
    async () => {
      const parked = new Parked(flow);
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
          atDeadline: () => parked.unclaimed(),
        });
        if (outcome.is === 'answered') parked.discard();
      } while (flow.inbox.length > 0);
      const { routed, discarded } = parked;
      flow.record.end(ROUTE, discarded === 0 ? 'DONE' : 'SKIPPED');
      return { routed, discarded };
    },
    () => Promise.resolve({ openOrders: [] }),
  );
}

class Parked {
  events: CallbackEvent[] = [];
  routed = 0;
  discarded = 0;

  constructor(private readonly flow: Flow<unknown>) {}

  add(event: CallbackEvent): 'ask' {
    this.events.push(event);
    return 'ask';
  }

  /** In the order in which they came: a flow's reducer does not need it, a reader of its history does. */
  async route(): Promise<Verdict<void>> {
    const unclaimed: CallbackEvent[] = [];
    for (const event of this.events) {
      const claim = await read(this.flow, ROUTE, `route ${event.topic} ${event.ref}`, (calls) =>
        calls.claimCallback(event),
      );
      if (claim === 'unclaimed') unclaimed.push(event);
    }
    this.routed += this.events.length - unclaimed.length;
    this.events = unclaimed;
    return unclaimed.length === 0 ? { is: 'settled', value: undefined } : { is: 'open' };
  }

  discard(): void {
    this.discarded += this.events.length;
    this.events = [];
  }

  unclaimed(): BlockSpec {
    return {
      reason: 'DEADLINE',
      message: `no flow claims ${this.events.map(({ topic, ref }) => `${topic} of ${ref}`).join(', ')}; retry routes again, skip discards`,
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
