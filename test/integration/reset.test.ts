import { inputQuery } from '../../src/messages';
import { FlowDriver } from '../setup/flow-driver';
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

test('a restart without a worker has the patches of the run before: those that a reset applied again, none that the flow refused then', async () => {
  const flow = await new FlowDriver(stack, 'onboarding', 'PATCHED').start(ONE_CARD);
  const handle = stack.client.workflow.getHandle('onboarding/PATCHED');
  for (const merchant of [{ contactName: 'Lee Ka Ho' }, { contactEmail: 'lee@example.com' }]) {
    await flow.waitsFor('merchant-audit');
    await stack.control('POST', '/audits/merchants/PATCHED', { decision: 'REJECTED', reason: 'unreadable' });
    await flow.correct(await flow.blockedBy('MERCHANT_REJECTED'), { patch: { merchant } });
  }
  await flow.waitsFor('merchant-audit');

  await resetBeforeFirstUpdate('onboarding/PATCHED');
  // The second answered a block that the new run has not raised.
  await flow.reach(({ actions }) => actions.length === 1);
  const body = await handle.query(inputQuery);
  const { contactEmail } = ONE_CARD.merchant;
  expect(body).toMatchObject({ merchant: { contactName: 'Lee Ka Ho', contactEmail } });
  await handle.terminate('pressed in a test');

  await stack.stopWorker();
  await flow.act('restart', {});
  await stack.startWorker();
  await flow.reach(({ actions }) => actions.some(({ action }) => action === 'restart'));
  expect(await handle.query(inputQuery)).toEqual(body);
});
