/** What a person has discarded at parked/… is asked about no more; what nobody has decided about is. */
import { FlowDriver } from '../setup/flow-driver';
import { differing, reconciled, untilListed } from '../setup/reconciled';
import { AT_ONCE, BIN, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';

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

async function awaitsMoney(number: string): Promise<FlowDriver> {
  const body = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
  const flow = await new FlowDriver(stack, 'onboarding', number).start(body);
  await flow.waitsFor('wallet-recharge');
  return flow;
}
const arrive = (number: string, amount: string, currency: string) =>
  stack.control('POST', `/recharges/${number}_OR1/arrivals`, { amount, currency, final: false });

/** Waits until a person is asked what to do with parked callbacks, and discards them. */
async function discard(number: string): Promise<void> {
  const state = () => stack.cardflow.state('parked', number).catch(() => undefined);
  await until(
    async () => ((await state())?.blocks.length ?? 0) > 0,
    () => `parked/${number} asks nobody`,
  );
  const blockId = (await state())?.blocks[0]?.blockId ?? '';
  await stack.cardflow.skip('parked', number, { blockId, actor: 'olaf', reason: 'sent back by hand' });
  await until(
    async () => (await state())?.stage === 'COMPLETED',
    () => `parked/${number} goes on`,
  );
}
const fedOf = async (order: string) => differing(await reconciled(stack)).find((entry) => entry.order === order)?.fed;

test('money of the wallet’s currency that comes after foreign money was discarded is parked', async () => {
  const flow = await awaitsMoney('M-1');
  const { recharge } = (await flow.cancel()).outputs;
  await untilListed(stack, 1);
  await arrive('M-1', '50.00', 'EUR');
  expect(await fedOf('M-1_OR1')).toBe('PARKED');
  await discard(`wallet-recharge/${recharge?.orderNo}`);
  expect(await fedOf('M-1_OR1')).toBe('DECIDED');
  await arrive('M-1', '40.00', 'USD');
  expect(await fedOf('M-1_OR1')).toBe('PARKED');
});

test('money that is booked after a callback about it was discarded, since nothing bore that out, is parked', async () => {
  const flow = await awaitsMoney('M-2');
  const { walletId, recharge } = (await flow.state()).outputs;
  const { orderNo = '', rechargeOrderNo, amount } = recharge ?? {};
  await stack.client.workflow.getHandle('onboarding/M-2').signal('callback', {
    eventId: 'M-2.claim',
    topic: 'wallet-recharge',
    occurredAt: '2026-01-31 10:00:00',
    receivedAt: '2026-01-31T02:00:00.000Z',
    stale: false,
    orderNo: rechargeOrderNo,
    ref: orderNo,
    ids: { walletId },
    data: {
      ...{ orderNo, rechargeOrderNo, walletId, status: 'PROCESSING', amount },
      ...{ creditedAmount: '30.00', fee: '0.00', currency: 'USD' },
    },
  });
  await flow.cancel();
  await discard(`wallet-recharge/${orderNo}`);
  await untilListed(stack, 1);
  await arrive('M-2', '30.00', 'USD');
  expect(await fedOf('M-2_OR1')).toBe('PARKED');
});
