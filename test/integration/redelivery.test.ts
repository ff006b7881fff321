/** An event pushed once more because somebody says so: dead letters, pauses, what was taken before. */
import { temporal as proto } from '@temporalio/proto';
import type { FlowState } from '../../src/messages';
import { startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';
import { WebhookReceiver } from '../setup/webhook-receiver';

let temporal: TestTemporal;
let receiver: WebhookReceiver;
let stack: Stack;
beforeAll(async () => {
  temporal = await temporalForTests();
  receiver = await new WebhookReceiver().start();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    webhook: receiver.target,
    waits: { delivery: { ladderMs: [200, 400], deadlineMs: 86_400_000 } },
  });
});
afterEach(() => {
  receiver.answer = () => ({ status: 204 });
});
afterAll(async () => {
  await stack?.stop();
  await receiver?.stop();
  await temporal?.close();
});

const again = (id: string, reason: string) =>
  stack.api('POST', `/v1/flows/delivery/${id}/actions/restart`, { reason }, 'operator');
const delivery = (id: string) => stack.cardflow.state('delivery', id);

/** The first event of a flow, pushed and answered so. */
async function pushed(number: string, status: number): Promise<string> {
  await stack.start(number);
  const find = () => receiver.received.find((event) => event.data.flow.number === number && event.status === status);
  await until(
    () => find() !== undefined,
    () => `no event of ${number} was answered ${status}`,
  );
  return find()?.id ?? '';
}

test('a dead letter is not said to be on its way while no worker runs', async () => {
  receiver.answer = () => ({ status: 410 });
  const id = await pushed('M-dead', 410);
  await until(
    async () => (await delivery(id)).stage === 'BLOCKED',
    () => 'it is no dead letter',
  );
  await stack.stopWorker();
  try {
    expect(await again(id, 'mended')).toMatchObject({ status: 503, body: { code: 'flow-unresponsive' } });
  } finally {
    await stack.startWorker();
  }
  receiver.answer = () => ({ status: 204 });
  // The new worker has the flow to learn first, and until then nobody answers for it.
  await until(
    async () => (await again(id, 'mended')).status === 200,
    () => 'it is not sent on its way',
  );
  await until(
    () => receiver.taken.some((event) => event.id === id),
    () => 'it is not pushed again',
  );
});

const byOperator = (reason: string) => [{ action: 'restart', actor: 'the-operator', reason, at: expect.any(String) }];
const ends = (id: string) =>
  until(
    async () => (await delivery(id)).stage === 'COMPLETED',
    () => 'it is not delivered',
  );

const { PENDING_ACTIVITY_STATE_SCHEDULED } = proto.api.enums.v1.PendingActivityState;
/** Whether its next push waits for the end of a pause. */
async function pauses(id: string): Promise<boolean> {
  const { raw } = await stack.client.workflow.getHandle(`delivery/${id}`).describe();
  return (raw.pendingActivities ?? []).some(
    ({ state, lastFailure }) => state === PENDING_ACTIVITY_STATE_SCHEDULED && Boolean(lastFailure),
  );
}

test('who had a pause ended, and why, stands in the record of the delivery', async () => {
  receiver.answer = () => ({ status: 503, headers: { 'retry-after': '7200' } });
  const id = await pushed('M-pauses', 503);
  receiver.answer = () => ({ status: 204 });
  // The worker is yet to hear the answer: asked before, the flow would note a restart of which nothing can come.
  await until(
    () => pauses(id),
    () => 'it does not pause',
  );
  expect((await again(id, 'it is mended')).status).toBe(200);
  await ends(id);
  expect((await delivery(id)).actions).toEqual(byOperator('it is mended'));
});

test('who had an event pushed again that was taken, and why, stands in the record of its new delivery', async () => {
  const id = await pushed('M-taken', 204);
  await ends(id);
  expect((await again(id, 'the database was lost')).status).toBe(200);
  await ends(id);
  expect((await delivery(id)).actions).toEqual(byOperator('the database was lost'));
});

test('who had callbacks parked again, and why, stands in the record of the flow that holds them', async () => {
  const event = {
    topic: 'wallet-recharge',
    occurredAt: '2026-01-31 10:00:00',
    ref: '4711',
    ids: { walletId: '1' },
  } as const;
  const rest = { eventId: 'p', receivedAt: new Date().toISOString(), stale: true, data: { orderNo: '4711' } };
  await stack.cardflow.callbacks.park({ ...event, ...rest });
  await stack.client.workflow.getHandle('parked/wallet-recharge/4711').terminate('by mistake');
  const restart = () =>
    stack.api('POST', '/v1/flows/parked/wallet-recharge~4711/actions/restart', { reason: 'not done yet' }, 'operator');
  expect((await restart()).status).toBe(200);
  expect((await restart()).status).toBe(200);
  let state: FlowState | undefined;
  await until(
    async () => !(state = await stack.cardflow.state('parked', 'wallet-recharge/4711')).stale,
    () => 'it does not answer',
  );
  expect(state?.actions).toEqual(byOperator('not done yet'));
  await stack.client.workflow.getHandle('parked/wallet-recharge/4711').terminate();
});
