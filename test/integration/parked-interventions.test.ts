/** Money that came after an abort waits at `parked/…`. Whatever somebody presses there, it stays to be seen, and reaches its flow when that is taken up again. */
import type { FlowState } from '../../src/messages';
import { reset } from '../setup/reset';
import { FlowDriver } from '../setup/flow-driver';
import { BIN, BY_HAND, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });

let temporal: TestTemporal;
let stack: Stack;
beforeAll(async () => {
  temporal = await temporalForTests();
  const often = { ladderMs: [500, 1_500], deadlineMs: 600_000 };
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    sandbox: BY_HAND,
    waits: { parked: often, 'wallet-recharge': often },
  });
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const parkedState = (number: string): Promise<FlowState | undefined> =>
  stack.cardflow.state('parked', number).catch(() => undefined);

async function parkedReaches(number: string, wanted: (state: FlowState) => boolean): Promise<void> {
  let last: FlowState | undefined;
  await until(
    async () => {
      last = await parkedState(number);
      return last !== undefined && !last.stale && wanted(last);
    },
    () => `parked/${number} stays at ${JSON.stringify(last)}`,
  );
}

/** An onboarding that was aborted while it waited for its money, and the money, which came all the same. */
async function moneyAfterAbort(number: string): Promise<{ flow: FlowDriver; parked: string }> {
  const flow = await new FlowDriver(stack, 'onboarding', number).start(ONE_CARD);
  await flow.waitsFor('merchant-audit');
  await stack.control('POST', `/audits/merchants/${number}`, { decision: 'APPROVED' });
  await flow.waitsFor('wallet-audit');
  await stack.control('POST', `/audits/wallets/${number}_OW1`, { decision: 'APPROVED' });
  const { outputs } = await flow.waitsFor('wallet-recharge');
  await flow.cancel();
  await stack.control('POST', `/recharges/${number}_OR1/arrivals`, {});
  const ref = outputs.recharge?.orderNo;
  // Told a second time, since FalPay had no answer in time, it would begin anew what somebody has ended.
  await until(
    async () => (await stack.control('GET', `/callbacks?ref=${ref}&state=ACKNOWLEDGED`)).callbacks.length > 0,
    () => `the callback about ${ref} is not acknowledged`,
  );
  const parked = `wallet-recharge/${ref}`;
  await parkedReaches(parked, ({ stage }) => stage === 'WAITING');
  return { flow, parked };
}

const handle = (parked: string) => stack.client.workflow.getHandle(`parked/${parked}`);

const restart = async (parked: string): Promise<void> => {
  const url = `/v1/flows/parked/${parked.replace('/', '~')}/actions/restart`;
  const { status, body } = await stack.api('POST', url, { reason: 'it must be seen' }, 'operator');
  expect([status, body.workflowId]).toEqual([200, `parked/${parked}`]);
};

const PRESSES: Readonly<Record<string, (parked: string) => Promise<void>>> = {
  nothing: async () => undefined,
  'cancel, and restart': async (parked) => {
    await handle(parked).cancel();
    await parkedReaches(parked, ({ stage }) => stage === 'ABORTED');
    await restart(parked);
  },
  'terminate, and restart': async (parked) => {
    await handle(parked).terminate('by mistake');
    await restart(parked);
  },
  'reset to the first workflow task': async (parked) => void (await reset(stack.client, `parked/${parked}`)),
};

test.each(Object.keys(PRESSES).map((what, index) => ({ what, index })))(
  'on a parked payment: $what',
  async ({ what, index }) => {
    const { flow, parked } = await moneyAfterAbort(`PARKED-${index}`);
    await PRESSES[what]?.(parked);
    await parkedReaches(parked, ({ stage }) => stage === 'WAITING');
    await until(
      async () => {
        const { body } = await stack.api('GET', '/v1/flows?kind=parked&stage=WAITING');
        return (body.items as { number: string }[]).some(({ number }) => number === parked);
      },
      () => `${parked} is in no list`,
    );

    await flow.act('restart', {});
    const { outputs } = await flow.completed();
    expect(outputs.recharge).toMatchObject({ credited: '500.00', status: 'SUCCESS' });
    await parkedReaches(parked, ({ stage }) => stage === 'COMPLETED');
    expect(await stack.calls('createRecharge', `${flow.number}_OR1`)).toBe(1);
  },
);
