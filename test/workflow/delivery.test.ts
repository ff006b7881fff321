/** Pushes that fail for days, on a server that skips the pauses. */
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities';
import type { BackendEvent, FlowState } from '../../src/messages';
import { EVENT_MEMO, WORKFLOW_TYPES, taskQueueFor } from '../../src/messages';
import { until } from '../setup/until';
import { WebhookReceiver } from '../setup/webhook-receiver';
import { Scene } from './scene';

const HOUR = 3_600_000;

let receiver: WebhookReceiver;
let scene: Scene;
beforeAll(async () => {
  receiver = await new WebhookReceiver().start();
  scene = await Scene.open({ webhook: receiver.target });
});
afterEach(async () => {
  await scene.clear();
  receiver.answer = () => ({ status: 204 });
  receiver.received.length = 0;
});
afterAll(async () => {
  await scene?.close();
  await receiver?.stop();
});

function event(id: string): BackendEvent {
  return {
    id: `onboarding:${id}:1a2b3c4d:1`,
    type: 'flow.waiting',
    timestamp: '2026-03-01T08:00:00.000Z',
    data: { flow: { kind: 'onboarding', number: id }, run: '1a2b3c4d', sequence: 1 },
  };
}

/** Starts a delivery as the publisher does; at what times of the server its pushes came is kept. */
async function deliver(
  id: string,
  push: Activities['pushEvent'] = (given) => scene.real.pushEvent(given),
): Promise<{ number: string; pushedAt: number[] }> {
  const body = event(id);
  const pushedAt: number[] = [];
  scene.instead.pushEvent = async (given) => {
    pushedAt.push(await scene.env.currentTimeMs());
    return push(given);
  };
  await scene.stack.client.workflow.start(WORKFLOW_TYPES.delivery, {
    workflowId: `delivery/${body.id}`,
    taskQueue: taskQueueFor('test'),
    args: [{ number: body.id, environment: 'test', body }],
    memo: { [EVENT_MEMO]: body },
  });
  return { number: body.id, pushedAt };
}

async function reaches(number: string, wanted: (state: FlowState) => boolean): Promise<FlowState> {
  let last: FlowState | undefined;
  await until(
    async () => {
      last = await scene.stack.cardflow.state('delivery', number);
      return !last.stale && wanted(last);
    },
    () => JSON.stringify(last, null, 1),
  );
  return last as FlowState;
}

const operator = { actor: 'olaf', reason: 'the backend is mended' };

test('an endpoint that fails for three days is asked again with growing pauses, then the event is a dead letter', async () => {
  receiver.answer = () => ({ status: 503 });
  const { number, pushedAt } = await deliver('DEAD');
  await scene.pass('64 hours');
  expect((await reaches(number, () => true)).blocks).toEqual([]);
  await scene.pass('9 hours');
  const { blocks, stage } = await reaches(number, (state) => state.blocks.length > 0);
  expect(stage).toBe('BLOCKED');
  expect(blocks).toEqual([
    expect.objectContaining({
      reason: 'DEADLINE',
      step: 'push',
      actions: ['retry', 'skip', 'abort'],
      message: expect.stringContaining('it answered 503'),
    }),
  ]);
  const pauses = pushedAt.slice(1).map((time, index) => time - (pushedAt[index] ?? 0));
  const rungs = [5_000, 30_000, 120_000, 600_000, 1_800_000, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR];
  for (const [index, rung] of rungs.entries()) {
    expect(pauses[index]).toBeGreaterThanOrEqual(rung * 0.8);
    // What the push before it took is in it: seconds on a machine that stands still, and never as much as the next rung adds.
    expect(pauses[index]).toBeLessThan(rung * 1.2 + 15_000);
  }
  expect(pushedAt.length).toBeLessThan(25);
});

test('a dead letter is pushed for another three days after a retry, and given up by skip', async () => {
  receiver.answer = () => ({ status: 500 });
  const { number } = await deliver('AGAIN');
  await scene.pass('73 hours');
  const [first] = (await reaches(number, (state) => state.blocks.length > 0)).blocks;
  await scene.stack.cardflow.retry('delivery', number, { ...operator, blockId: first?.blockId ?? '' });
  await scene.pass('64 hours');
  expect((await reaches(number, () => true)).blocks).toEqual([]);
  await scene.pass('9 hours');
  const [second] = (await reaches(number, (state) => state.blocks.length > 0)).blocks;
  await scene.stack.cardflow.skip('delivery', number, { ...operator, blockId: second?.blockId ?? '' });
  const given = await reaches(number, ({ stage }) => stage === 'COMPLETED');
  expect(given).toMatchObject({
    result: { outcome: 'GIVEN_UP' },
    actions: [
      { action: 'retry', actor: 'olaf' },
      { action: 'skip', actor: 'olaf' },
    ],
  });
});

test('a dead letter that is retried when the endpoint is back is delivered, under the id of before', async () => {
  receiver.answer = () => ({ status: 500 });
  const { number } = await deliver('BACK');
  await scene.pass('73 hours');
  const [block] = (await reaches(number, (state) => state.blocks.length > 0)).blocks;
  receiver.answer = () => ({ status: 200 });
  await scene.stack.cardflow.retry('delivery', number, { ...operator, blockId: block?.blockId ?? '' });
  const { result } = await reaches(number, ({ stage }) => stage === 'COMPLETED');
  expect(result).toEqual({ outcome: 'DELIVERED' });
  expect(receiver.taken.map(({ id }) => id)).toEqual([number]);
});

test('an endpoint that is gone for good is not asked again: the event is a dead letter at once', async () => {
  receiver.answer = () => ({ status: 410 });
  const { number, pushedAt } = await deliver('GONE');
  const { blocks } = await reaches(number, (state) => state.blocks.length > 0);
  expect(blocks[0]).toMatchObject({ reason: 'DEADLINE', message: expect.stringContaining('410') });
  await scene.pass('4 days');
  expect(pushedAt).toHaveLength(1);
});

test('an endpoint that asks for time gets it', async () => {
  receiver.answer = () => ({ status: 429, headers: { 'retry-after': '1800' } });
  const { number, pushedAt } = await deliver('BUSY');
  await scene.pass('25 minutes');
  expect(pushedAt).toHaveLength(1);
  receiver.answer = () => ({ status: 200 });
  await scene.pass('10 minutes');
  expect((await reaches(number, ({ stage }) => stage === 'COMPLETED')).result).toEqual({ outcome: 'DELIVERED' });
  expect(pushedAt).toHaveLength(2);
});

test('a worker that dies in a push costs a push, not the event', async () => {
  let pushes = 0;
  const { number } = await deliver('DIED', (push) => {
    pushes += 1;
    if (pushes === 1) throw ApplicationFailure.retryable('the worker failed', 'FalpayOutcomeUnknown');
    return scene.real.pushEvent(push);
  });
  await scene.pass('1 minute');
  expect((await reaches(number, ({ stage }) => stage === 'COMPLETED')).result).toEqual({ outcome: 'DELIVERED' });
  expect(pushes).toBeGreaterThan(1);
});

test('a delivery that was taken can be made again, by a new run with the same id', async () => {
  const { number } = await deliver('TWICE');
  await reaches(number, ({ stage }) => stage === 'COMPLETED');
  await scene.stack.cardflow.redeliver(number, { ...operator, reason: 'the backend lost its database' });
  await until(
    () => receiver.taken.length === 2,
    () => 'it does not come again',
  );
  const [first, second] = receiver.taken;
  expect(second).toMatchObject({ id: first?.id, data: first?.data, timestamp: first?.timestamp });
  await reaches(number, ({ stage }) => stage === 'COMPLETED');
});

test('an event that is cancelled in the Temporal UI between two pushes is pushed no more', async () => {
  receiver.answer = () => ({ status: 503 });
  const { number, pushedAt } = await deliver('CANCELLED');
  await until(
    () => pushedAt.length > 0,
    () => 'it is not pushed',
  );
  await scene.stack.client.workflow.getHandle(`delivery/${number}`).cancel();
  expect((await reaches(number, ({ stage }) => stage === 'ABORTED')).result).toMatchObject({ residue: {} });
});
