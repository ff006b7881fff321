import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import { projectRoot } from '../../../src/bootstrap/paths';
import { isFree } from '../../../src/bootstrap/ports';
import type { StartResult } from '../../../src/bootstrap/summary';

/** Two whole starts, one after the other. */
jest.setTimeout(420_000);

let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'cardflow-start-'));
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

interface Start {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

function start(...args: readonly string[]): Start {
  const child = spawn(process.execPath, [join('bin', 'start.js'), '--data', data, ...args], { cwd: projectRoot });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  return { process: child, output: () => output, exit: once(child, 'close').then(([code]) => code as number | null) };
}

async function said(one: Start, text: string): Promise<void> {
  while (!one.output().includes(text)) {
    const ended = await Promise.race([one.exit.then(() => true), new Promise((resolve) => setTimeout(resolve, 50))]);
    if (ended === true) throw new Error(`it ended without saying "${text}":\n${one.output()}`);
  }
}

const jsonOf = (output: string): StartResult =>
  JSON.parse(
    output
      .split('\n')
      .filter((line) => line.startsWith('{"ok"'))
      .pop() ?? '{}',
  ) as StartResult;

test('one start takes a company to two active cards, stays up until asked, and keeps its flows for the next', async () => {
  const first = start('--json', '--delay', '0');
  await said(first, 'stays up until Ctrl-C');
  const { ok, state, timings, temporal, gateway, sandbox } = jsonOf(first.output());
  expect(ok).toBe(true);
  expect(state.stage).toBe('COMPLETED');
  expect(state.outputs.cards.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
  expect(timings.steps.every(({ tookMs }) => tookMs !== undefined)).toBe(true);
  expect(timings.totalMs).toBe(timings.waitingForFalpayMs + timings.callingFalpayMs + timings.orchestrationMs);
  expect(sandbox.ledger).toBeInstanceOf(Object);
  expect((await axios.get(String(temporal.ui), { proxy: false })).status).toBe(200);

  const second = start('--once');
  expect(await second.exit).toBe(1);
  expect(second.output()).toMatch(/already runs from this clone[\s\S]*--data/);

  first.process.kill('SIGINT');
  expect(await first.exit).toBe(0);
  for (const address of [temporal.address, temporal.ui, gateway.url, sandbox.url]) {
    expect(await isFree(Number(String(address).split(':').pop()))).toBe(true);
  }

  const next = start('--once', '--json');
  expect(await next.exit).toBe(0);
  const last = next.output().trimEnd().split('\n').pop() ?? '';
  expect(JSON.parse(last)).toMatchObject({ ok: true, state: { stage: 'COMPLETED' } });
  expect(jsonOf(next.output()).state.number).not.toBe(state.number);
});

test('an argument nobody knows ends it at once with the usage', async () => {
  const mistaken = start('--onec');
  expect(await mistaken.exit).toBe(1);
  expect(mistaken.output()).toMatch(/Unknown option '--onec'[\s\S]*Usage: npm start/);
});
