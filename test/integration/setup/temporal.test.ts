import { WorkflowClient } from '@temporalio/client';
import { temporalForTests, type TestTemporal } from '../../setup/temporal';

let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await temporalForTests();
});
afterAll(() => temporal.close());

test('each test file gets a namespace of its own that takes flows at once', async () => {
  const client = new WorkflowClient({ connection: temporal.connection, namespace: temporal.namespace });
  const handle = await client.start('nobodyRunsThis', { workflowId: 'first', taskQueue: temporal.environment });
  expect((await handle.describe()).status.name).toBe('RUNNING');
});
