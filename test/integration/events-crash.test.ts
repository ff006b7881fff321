/** The worker killed while events are being told and pushed, and started again. */
import type { BackendEvent } from '../../src/messages';
import { BIN, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';
import { WebhookReceiver } from '../setup/webhook-receiver';
import { Workers, type WorkerChild } from './worker-child';

let temporal: TestTemporal;
let stack: Stack;
let receiver: WebhookReceiver;
let workers: Workers;
let worker: WorkerChild;

beforeAll(async () => {
  temporal = await temporalForTests();
  receiver = await new WebhookReceiver().start();
  stack = await startStack(temporal, { bundle: workflowBundle() });
  await stack.stopWorker();
  workers = new Workers(
    {
      ...stack.falpaySettings,
      CARDFLOW_ENVIRONMENT: temporal.environment,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      BACKEND_WEBHOOK_URL: receiver.url,
      BACKEND_WEBHOOK_SECRET: receiver.whsec,
    },
    // A call that the worker died in is given up after this, and must show after twice as long.
    { delivery: { ladder: ['1s'] }, defaults: { timeout: '2s' } },
  );
  worker = await workers.start();
});

afterAll(async () => {
  await worker?.process.stop();
  await workers?.close();
  await stack?.stop();
  await receiver?.stop();
  await temporal?.close();
});

const of = (events: readonly BackendEvent[], number: string) =>
  events.filter(({ data }) => data.flow.number === number);

test('whatever a killed worker had told or was pushing arrives, each event under one id', async () => {
  const numbers = ['M-1', 'M-2', 'M-3', 'M-4'];
  // The endpoint takes its time: pushes are under way when the worker dies.
  const held: (() => void)[] = [];
  receiver.answer = () => new Promise((resolve) => held.push(() => resolve({ status: 204 })));
  const body = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
  for (const number of numbers) await stack.start(number, body);
  await until(
    () => held.length > 2,
    () => 'nothing is being pushed',
  );
  await worker.kill();
  receiver.answer = () => ({ status: 204 });
  for (const release of held) release();

  worker = await workers.start();
  for (const number of numbers) {
    await stack.reach(number, ({ waits }) => waits[0]?.topic === 'merchant-audit');
    await stack.control('POST', `/audits/merchants/${number}`, { decision: 'APPROVED' });
  }
  // Killed at whatever moment the flows are in by now.
  await worker.kill();
  worker = await workers.start();
  for (const number of numbers) {
    await stack.reach(number, ({ waits }) => waits[0]?.topic === 'wallet-audit');
    const cancelled = await stack.api('POST', `/v1/onboardings/${number}/cancel`, { reason: 'the customer went away' });
    expect(cancelled.status).toBe(202);
  }
  const last = (number: string) => of(receiver.taken, number).find(({ type }) => type === 'flow.aborted');
  await until(
    () =>
      numbers.every(
        (number) => new Set(of(receiver.taken, number).map(({ id }) => id)).size === last(number)?.data.sequence,
      ),
    () =>
      numbers
        .map(
          (number) =>
            `${number}: ${of(receiver.taken, number)
              .map(({ id }) => id)
              .join(' ')}`,
        )
        .join('\n'),
    180_000,
  );
  for (const number of numbers) {
    const byId = new Map(of(receiver.taken, number).map((event) => [event.id, event]));
    const sequences = [...byId.values()].map(({ data }) => data.sequence).toSorted((one, other) => one - other);
    expect([number, ...sequences]).toEqual([number, ...sequences.map((_, index) => index + 1)]);
    // What came twice came with the same content.
    for (const { id, type, timestamp, data } of receiver.taken.filter(({ data }) => data.flow.number === number)) {
      expect(byId.get(id)).toMatchObject({ type, timestamp, data });
    }
  }
  expect(receiver.refused).toEqual([]);
}, 480_000);
