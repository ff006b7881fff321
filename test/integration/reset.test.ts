import { isCompletedTask, reset } from '../setup/reset';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { BIN, BY_HAND, onboardingBody, startStack, type Stack } from '../setup/stack';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
let temporal: TestTemporal;
let stack: Stack;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle(), sandbox: BY_HAND });
});

afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

/** To the task that took the first Update, which the server hands to the new run again. */
async function resetBeforeFirstUpdate(workflowId: string): Promise<void> {
  await reset(stack.client, workflowId, (events) => {
    const update = events.findIndex((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
    return events.slice(0, update).findLast(isCompletedTask);
  });
}

test('NOT_DONE holds for the run in which it was said: after a reset a person is asked again before the number is sent', async () => {
  const vouch = { reason: 'FalPay’s console has no such order', actor: 'olaf', outcome: 'NOT_DONE' } as const;
  const unknown = async (other = '') =>
    (
      await stack.reach('RESET', ({ blocks }) =>
        blocks.some(({ reason, blockId }) => reason === 'OUTCOME_UNKNOWN' && blockId !== other),
      )
    ).blocks[0]?.blockId ?? '';
  const calls = () => stack.calls('createRecharge', 'RESET_OR1');

  await stack.start('RESET', ONE_CARD);
  await stack.reach('RESET', ({ waits }) => waits[0]?.step === 'merchant-audit');
  await stack.control('POST', '/audits/merchants/RESET', { decision: 'APPROVED' });
  await stack.reach('RESET', ({ waits }) => waits[0]?.step === 'wallet-audit');
  const rules = [{ operation: 'createRecharge', fault: 'resetBeforeCommit', times: 1 }];
  await stack.control('PUT', '/faults', { rules });
  await stack.control('POST', '/audits/wallets/RESET_OW1', { decision: 'APPROVED' });
  const blockId = await unknown();
  // Forced, so that not even the look-up stands between the Update and the call.
  await stack.cardflow.resolve('onboarding', 'RESET', { ...vouch, blockId, force: true });
  await stack.reach('RESET', ({ waits }) => waits[0]?.step === 'recharge-arrival');
  expect(await calls()).toBe(2);

  await resetBeforeFirstUpdate('onboarding/RESET');
  const again = await unknown(blockId);
  expect(await calls()).toBe(2);
  await stack.cardflow.resolve('onboarding', 'RESET', { ...vouch, blockId: again });
  await stack.reach('RESET', ({ waits }) => waits[0]?.step === 'recharge-arrival');
  expect(await calls()).toBe(3);
});
