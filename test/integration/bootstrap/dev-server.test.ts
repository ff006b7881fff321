import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowClient, Connection } from '@temporalio/client';
import { startDevServer, type DevServer } from '../../../src/bootstrap/dev-server';
import { Guardian } from '../../../src/bootstrap/guardian';
import { anyFreePort, loopback } from '../../../src/bootstrap/ports';
import { reportToStderr } from '../../../src/bootstrap/report';
import { acquireTemporalServer } from '../../../src/bootstrap/temporal-server';

let guardian: Guardian;
let folder: string;
let binary: string;
beforeAll(async () => {
  guardian = new Guardian();
  const found = await acquireTemporalServer({ env: process.env, report: reportToStderr, guardian });
  binary = found.kind === 'binary' ? found.path : '';
  folder = mkdtempSync(join(tmpdir(), 'cardflow-dev-server-'));
});
afterAll(async () => {
  await guardian.dismiss();
  rmSync(folder, { recursive: true, force: true });
});

async function start(port: number): Promise<DevServer> {
  return startDevServer({
    binary,
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

test('a port in use is refused: whoever has it might answer for our own server', async () => {
  const other = createServer().listen(0, loopback);
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(start(port)).rejects.toThrow(`port ${port}: it is in use`);
  other.close();
});
