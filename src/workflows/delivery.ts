import { setHandler } from '@temporalio/workflow';
import type { BackendEvent, DeliveryResult, FlowInput, FlowState } from '../messages';
import { DELIVERY_STEPS, hastenSignal } from '../messages';
import { beginFlow } from './flow/begin';
import { eventPushes } from './flow/calls';
import { faultInWords } from './flow/failures';
import type { Flow } from './flow/flow';
import { hold } from './flow/watch';

const { push: PUSH, keep: KEEP, giveUp: GIVE_UP } = DELIVERY_STEPS;

/**
 * Pushes one event to the backend: again with growing pauses until it is taken, for three days. After that, or when the endpoint says that it is
 * gone for good, the event is a dead letter that waits for an operator: `retry` pushes it for another three days, `skip` gives it up.
 * Where no webhook is set the flow ends at once; the event stays in its memo for whoever asks.
 */
export async function delivery(input: FlowInput<BackendEvent>): Promise<FlowState<DeliveryResult>> {
  const flow = beginFlow('delivery', input, []);
  setHandler(hastenSignal, ({ actor, reason }) => void flow.record.addAction({ action: 'restart', actor, reason }), {
    description: 'note who had the pause before the next push ended, and why; to end it, use restart: {actor, reason}',
  });
  return flow.run(
    async () => ({ outcome: await deliver(flow) }),
    () => Promise.resolve({ openOrders: [] }),
  );
}

async function deliver(flow: Flow<BackendEvent>): Promise<DeliveryResult['outcome']> {
  while (flow.policy.pushesEvents) {
    const pushed = await push(flow);
    if (pushed.is === 'delivered') {
      flow.record.end(PUSH, 'DONE');
      return 'DELIVERED';
    }
    // The webhook was taken out of the settings meanwhile.
    if (pushed.is === 'no webhook') break;
    const answer = await hold(flow, PUSH, {
      reason: 'DEADLINE',
      message: `the backend did not take the event: ${pushed.message}; retry pushes it again, skip gives it up`,
      actions: ['retry', 'skip'],
    });
    if (answer.action !== 'skip') continue;
    flow.record.end(PUSH, 'SKIPPED');
    flow.record.end(GIVE_UP, 'DONE');
    return 'GIVEN_UP';
  }
  flow.record.end(KEEP, 'DONE');
  return 'NOT_PUSHED';
}

type Pushed =
  { readonly is: 'delivered' } | { readonly is: 'no webhook' } | { readonly is: 'dead'; readonly message: string };

async function push(flow: Flow<BackendEvent>): Promise<Pushed> {
  const event = flow.input.body;
  const { ladderMs, deadlineMs } = flow.policy.waits.delivery;
  flow.record.begin(PUSH, event.id).attempts += 1;
  try {
    const calls = eventPushes(deadlineMs, `${event.type} of ${event.data.flow.kind}/${event.data.flow.number}`);
    const taken = await flow.leavable(() => calls.pushEvent({ event, pausesMs: ladderMs }));
    return taken ? { is: 'delivered' } : { is: 'no webhook' };
  } catch (failure) {
    return { is: 'dead', message: faultInWords(failure) };
  }
}
