/** A flow that holds money news when it is aborted: what it parks must not come back to it while it closes. */
import { Context } from '@temporalio/activity';
import { FlowDriver } from '../setup/flow-driver';
import { moneyCallback } from '../setup/parked';
import { BIN, BY_HAND, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';

let temporal: TestTemporal;
let stack: Stack;
/** What was parked, by the flow's wish to park it: a local activity whose worker was held up may be carried out again. */
const parks = new Map<string, string>();
/** What parking waits for. */
let gate = Promise.resolve();
beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    sandbox: BY_HAND,
    activities: ({ parkCallback }) => ({
      parkCallback: async (event) => {
        const { activityId, workflowExecution } = Context.current().info;
        parks.set(`${workflowExecution?.runId} ${activityId}`, event.eventId);
        await gate;
        return parkCallback(event);
      },
    }),
  });
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

/** At its recharge, told of money that no movement shows. */
async function told(number: string, times: number) {
  const body = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
  const flow = await new FlowDriver(stack, 'onboarding', number).start(body);
  await flow.waitsFor('merchant-audit');
  await stack.control('POST', `/audits/merchants/${number}`, { decision: 'APPROVED' });
  await flow.waitsFor('wallet-audit');
  await stack.control('POST', `/audits/wallets/${number}_OW1`, { decision: 'APPROVED' });
  const { outputs } = await flow.waitsFor('wallet-recharge');
  const handle = stack.client.workflow.getHandle(`onboarding/${number}`);
  for (let part = 1; part <= times; part += 1) {
    const news = { eventId: `${number}.${part}`, status: 'PROCESSING', creditedAmount: `${part}.00` } as const;
    await handle.signal('callback', moneyCallback(outputs, news));
  }
  return { flow, handle, parked: `wallet-recharge/${outputs.recharge?.orderNo}` };
}

test.each([
  [3, 'the API'],
  [10, 'the button of the Temporal UI'],
])('told %i times of money that no movement shows, it ends by %s, and all of it is parked once', async (times, way) => {
  const number = `NEWS-${times}`;
  const { flow, handle, parked } = await told(number, times);
  parks.clear();
  if (way === 'the API') await flow.cancel();
  else await handle.cancel();
  expect(await handle.result()).toMatchObject({ stage: 'ABORTED' });
  expect([...parks.values()].toSorted()).toEqual(
    Array.from({ length: times }, (_, part) => `${number}.${part + 1}`).toSorted(),
  );
  await until(
    async () => (await stack.cardflow.state('parked', parked)).waits.length > 0,
    () => `parked/${parked} holds nothing`,
  );
});

test('it can be restarted as soon as it says that it was aborted, although its run still parks what it was told', async () => {
  const { flow, handle } = await told('CLOSING', 1);
  const { runId } = await handle.describe();
  let open = (): void => undefined;
  gate = new Promise((resolve) => (open = resolve));
  await flow.cancel();
  expect((await handle.describe()).status.name).toBe('RUNNING');
  const restarted = flow.act('restart', {});
  setTimeout(open, 500);
  await restarted;
  expect((await handle.describe()).runId).not.toBe(runId);
});
