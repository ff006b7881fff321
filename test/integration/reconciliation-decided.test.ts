/** What a person has discarded at parked/… is asked about no more; what nobody has decided about is. */
import type { FlowState } from '../../src/messages';
import { FlowDriver } from '../setup/flow-driver';
import { discardParked, moneyCallback } from '../setup/parked';
import { differing, reconciled, untilListed } from '../setup/reconciled';
import { AT_ONCE, BIN, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';

const HOUR = 3_600_000;
let temporal: TestTemporal;
let stack: Stack;
beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    callbacks: false,
    sandbox: { ...AT_ONCE, arrivalDelay: 'manual' },
    waits: {
      'merchant-audit': { ladderMs: [300], deadlineMs: HOUR },
      'wallet-audit': { ladderMs: [300], deadlineMs: HOUR },
      'wallet-recharge': { ladderMs: [HOUR], deadlineMs: 24 * HOUR },
      parked: { ladderMs: [HOUR], deadlineMs: 1_000 },
    },
  });
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

async function awaitsMoney(number: string): Promise<{ flow: FlowDriver; outputs: FlowState['outputs'] }> {
  const body = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
  const flow = await new FlowDriver(stack, 'onboarding', number).start(body);
  const { outputs } = await flow.waitsFor('wallet-recharge');
  await untilListed(stack, [outputs.walletId ?? '']);
  return { flow, outputs };
}
const arrive = (number: string, amount: string, currency: string) =>
  stack.control('POST', `/recharges/${number}_OR1/arrivals`, { amount, currency, final: false });

const fedOf = async (order: string) => differing(await reconciled(stack)).find((entry) => entry.order === order)?.fed;

test('money of the wallet’s currency that comes after foreign money was discarded is parked', async () => {
  const { flow } = await awaitsMoney('M-1');
  const { recharge } = (await flow.cancel()).outputs;
  await arrive('M-1', '50.00', 'EUR');
  expect(await fedOf('M-1_OR1')).toBe('PARKED');
  await discardParked(stack, `wallet-recharge/${recharge?.orderNo}`);
  expect(await fedOf('M-1_OR1')).toBe('DECIDED');
  await arrive('M-1', '40.00', 'USD');
  expect(await fedOf('M-1_OR1')).toBe('PARKED');
});

test('money that is booked after a callback about it was discarded, since nothing bore that out, is parked', async () => {
  const { flow, outputs } = await awaitsMoney('M-2');
  const told = { eventId: 'M-2.claim', status: 'PROCESSING', creditedAmount: '30.00' } as const;
  await stack.client.workflow.getHandle('onboarding/M-2').signal('callback', moneyCallback(outputs, told));
  await flow.cancel();
  await discardParked(stack, `wallet-recharge/${outputs.recharge?.orderNo}`);
  await arrive('M-2', '30.00', 'USD');
  expect(await fedOf('M-2_OR1')).toBe('PARKED');
});
