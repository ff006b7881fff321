import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock, withLock } from '../../../src/bootstrap/lock';
import { identityOf, isAlive, ownIdentity } from '../../../src/bootstrap/process-identity';
import { temporaryFolder } from './temporary-folder';

test('a second comer learns who holds the lock and what the holder says', () => {
  const file = join(temporaryFolder(), 'run.lock');
  const first = tryLock(file, { gateway: 'starting' });
  if (!first.held) throw new Error('the first comer must get the lock');
  first.lock.annotate({ gateway: 'http://127.0.0.1:8080' });
  const second = tryLock(file, { gateway: 'mine' });
  expect(second).toMatchObject({
    held: false,
    holder: { pid: process.pid, note: { gateway: 'http://127.0.0.1:8080' } },
  });
});

test('a released lock is free and leaves no file', () => {
  const folder = temporaryFolder();
  const attempt = tryLock(join(folder, 'run.lock'), null);
  if (attempt.held) attempt.lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('the lock of a process that died is taken over', async () => {
  const file = join(temporaryFolder(), 'run.lock');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const dead = identityOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  writeFileSync(file, JSON.stringify({ ...dead, note: null }));
  expect(tryLock(file, null).held).toBe(true);
});

test('a pid that somebody else uses now does not keep a dead process’s lock', () => {
  const file = join(temporaryFolder(), 'run.lock');
  writeFileSync(file, JSON.stringify({ pid: process.pid, started: 'long ago', note: null }));
  expect(tryLock(file, null).held).toBe(true);
});

test('a damaged lock file holds nobody up', () => {
  const file = join(temporaryFolder(), 'run.lock');
  writeFileSync(file, '{"pid":');
  expect(tryLock(file, null).held).toBe(true);
});

test('work under one lock happens one at a time, and a failure gives the lock back', async () => {
  const file = join(temporaryFolder(), 'build.lock');
  let inside = 0;
  let most = 0;
  const work = async (fails: boolean): Promise<void> => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
    if (fails) throw new Error('broken');
  };
  const waitedFor: number[] = [];
  const results = await Promise.allSettled(
    [true, false, false].map((fails) =>
      withLock(
        file,
        () => work(fails),
        ({ pid }) => waitedFor.push(pid),
      ),
    ),
  );
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(most).toBe(1);
  expect(waitedFor).toContain(process.pid);
  expect(existsSync(file)).toBe(false);
});

test('this process is alive by its own identity', () => {
  expect(isAlive(ownIdentity())).toBe(true);
});
