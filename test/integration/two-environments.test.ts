/** Two environments in one namespace: what the one runs, the other neither sees nor moves. */
import { CardflowClient, FlowNotFoundError, NotRestartableError } from '../../src/client';
import { onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';

let temporal: TestTemporal;
let stack: Stack;
let other: CardflowClient;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle() });
  other = new CardflowClient({ temporal: stack.client, environment: `${temporal.environment}-other` });
  await stack.start('E-1');
  await stack.reach('E-1', ({ stage }) => stage === 'WAITING');
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const request = { actor: 'other', reason: 'r' };
const block = { ...request, blockId: 'merchant-audit-1-00000000' };

test.each<[string, () => Promise<unknown>]>([
  ['read', () => other.state('onboarding', 'E-1')],
  ['watched', () => other.watch('onboarding', 'E-1').next()],
  ['waited for', () => other.waitForChange('onboarding', 'E-1', { ms: 1_000 })],
  ['aborted', () => other.abort('onboarding', 'E-1', request)],
  ['retried', () => other.retry('onboarding', 'E-1', block)],
  ['corrected', () => other.correct('onboarding', 'E-1', { ...block, patch: { wallet: { walletName: 'x' } } })],
])('a flow of another environment cannot be %s', async (_what, attempt) => {
  await expect(attempt()).rejects.toThrow(FlowNotFoundError);
  expect(await stack.state('E-1')).toMatchObject({ stage: 'WAITING', actions: [] });
});

test('nor can it be once it has ended, and its number stays taken', async () => {
  await stack.cardflow.abort('onboarding', 'E-1', request);
  await stack.reach('E-1', ({ stage }) => stage === 'ABORTED');
  await expect(other.state('onboarding', 'E-1')).rejects.toThrow(FlowNotFoundError);
  await expect(other.restart('onboarding', 'E-1', request)).rejects.toThrow(NotRestartableError);
  // Even with the very body and by who did it: the answer would be the other's state.
  await expect(other.abort('onboarding', 'E-1', request)).rejects.toThrow(FlowNotFoundError);
  expect((await other.startOnboarding('E-1', onboardingBody())).outcome).toBe('different');
  expect((await other.list()).items).toEqual([]);
});
