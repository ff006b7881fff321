import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Guardian } from '../../../src/bootstrap/guardian';
import { identityOf } from '../../../src/bootstrap/process-identity';
import { projectRoot } from '../../../src/bootstrap/paths';

const alive = (pid: number): boolean => identityOf(pid) !== undefined;

async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(alive)) await pause(20);
}

test('a program killed with -9 takes its children along, and the guardian goes too', async () => {
  const parent = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'fixtures', 'guarded-parent.ts')], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const pids = line.split(' ').map(Number);
  expect(pids.map(alive)).toEqual([true, true]);
  parent.kill('SIGKILL');
  await gone(pids);
});

test('children that still run when the guardian is let go are ended by it', async () => {
  const guardian = new Guardian();
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  guardian.guard(child);
  await guardian.dismiss();
  await gone([child.pid ?? 0]);
  expect(alive(guardian.pid ?? 0)).toBe(false);
});

test('a guardian with nothing to guard goes at once and can be let go twice', async () => {
  const guardian = new Guardian();
  await guardian.dismiss();
  await guardian.dismiss();
  expect(alive(guardian.pid ?? 0)).toBe(false);
});
