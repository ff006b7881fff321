import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { timeSkippingEnv } from '../../setup/temporal';

let environment: TestWorkflowEnvironment;
beforeAll(async () => {
  environment = await timeSkippingEnv();
});
afterAll(() => environment.teardown());

test('a month passes in a moment', async () => {
  const before = await environment.currentTimeMs();
  await environment.sleep('30 days');
  expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 86_400_000);
});
