/** An event pushed once more because somebody says so: dead letters, pauses, what was taken before. */
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
  expect((await again(id, 'mended')).status).toBe(200);
  await until(
    () => receiver.taken.some((event) => event.id === id),
    () => 'it is not pushed again',
  );
});
