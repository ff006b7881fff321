import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowClient, Connection } from '@temporalio/client';
import { startDevServer, type DevServer } from '../../../src/bootstrap/dev-server';
import { Guardian } from '../../../src/bootstrap/guardian';
import { anyFreePort } from '../../../src/bootstrap/ports';
import { fromSetup, shared } from '../../setup/shared';

let guardian: Guardian;
let folder: string;
beforeAll(() => {
  guardian = new Guardian();
  folder = mkdtempSync(join(tmpdir(), 'cardflow-dev-server-'));
});
afterAll(async () => {
  await guardian.dismiss();
  rmSync(folder, { recursive: true, force: true });
});

async function start(port: number): Promise<DevServer> {
  return startDevServer({
    binary: fromSetup(shared.temporalBinary),
    port,
    dbFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
    guardian,
  });
}

test('flows outlive the server, and ended ones are kept for 90 days', async () => {
  const first = await start(await anyFreePort());
  const before = await Connection.connect({ address: first.address });
  await new WorkflowClient({ connection: before }).start('nobodyRunsThis', {
    workflowId: 'yesterday',
    taskQueue: 'none',
  });
  const { config } = await before.workflowService.describeNamespace({ namespace: 'default' });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(90 * 86_400);
  await before.close();
  await first.process.stop();
  expect(first.process.running()).toBe(false);

  const second = await start(await anyFreePort());
  const after = await Connection.connect({ address: second.address });
  const found = await new WorkflowClient({ connection: after }).getHandle('yesterday').describe();
  expect(found.status.name).toBe('RUNNING');
  await after.close();
  await second.process.stop();
});

test('another server’s port is refused, not mistaken for our own server', async () => {
  const port = Number(fromSetup(shared.temporalAddress).split(':').pop());
  await expect(start(port)).rejects.toThrow(`port ${port}: it is in use`);
});
