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
beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    sandbox: BY_HAND,
    activities: ({ parkCallback }) => ({
      parkCallback: (event) => {
        const { activityId, workflowExecution } = Context.current().info;
        parks.set(`${workflowExecution?.runId} ${activityId}`, event.eventId);
        return parkCallback(event);
      },
    }),
  });
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

test.each([
  [3, 'the API'],
  [10, 'the button of the Temporal UI'],
])('told %i times of money that no movement shows, it ends by %s, and all of it is parked once', async (told, way) => {
  const number = `NEWS-${told}`;
  const body = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
  const flow = await new FlowDriver(stack, 'onboarding', number).start(body);
  await flow.waitsFor('merchant-audit');
  await stack.control('POST', `/audits/merchants/${number}`, { decision: 'APPROVED' });
  await flow.waitsFor('wallet-audit');
  await stack.control('POST', `/audits/wallets/${number}_OW1`, { decision: 'APPROVED' });
  const { outputs } = await flow.waitsFor('wallet-recharge');
  const handle = stack.client.workflow.getHandle(`onboarding/${number}`);
  for (let part = 1; part <= told; part += 1) {
    const news = { eventId: `${number}.${part}`, status: 'PROCESSING', creditedAmount: `${part}.00` } as const;
    await handle.signal('callback', moneyCallback(outputs, news));
  }
  parks.clear();
  if (way === 'the API') await flow.cancel();
  else await handle.cancel();
  expect(await handle.result()).toMatchObject({ stage: 'ABORTED' });
  expect([...parks.values()].toSorted()).toEqual(
    Array.from({ length: told }, (_, part) => `${number}.${part + 1}`).toSorted(),
  );
  const parked = `wallet-recharge/${outputs.recharge?.orderNo}`;
  await until(
    async () => (await stack.cardflow.state('parked', parked)).waits.length > 0,
    () => `parked/${parked} holds nothing`,
  );
});
