import { lastLines, run } from '../../../src/bootstrap/command';

const node = process.execPath;

test('a program that is missing is an answer, not an exception', async () => {
  const result = await run({ command: 'cardflow-has-no-such-program', args: [], timeoutMs: 60_000 });
  expect(result).toMatchObject({ ok: false, reason: 'not found' });
});

test('output of both kinds and the exit code come back', async () => {
  const script = 'console.log("out"); console.error("err"); process.exitCode = 3';
  const result = await run({ command: node, args: ['-e', script], timeoutMs: 60_000 });
  expect(result).toMatchObject({ ok: false, reason: 'exit code 3' });
  expect(result.output).toContain('out');
  expect(result.output).toContain('err');
});

test('a program that hangs is killed with its children, and the reason says so', async () => {
  const script = `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    console.log('child ' + child.pid); setInterval(() => {}, 1000)`;
  const result = await run({ command: node, args: ['-e', script], timeoutMs: 1_500 });
  // The grandchild holds the output pipe: that the call returned at all shows that it is gone.
  expect(result).toMatchObject({ ok: false, reason: 'gave no answer for 1.5 s' });
});

test('a call can be given up early, with a reason of its own', async () => {
  const given = new AbortController();
  const pending = run({
    command: node,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    timeoutMs: 60_000,
    signal: given.signal,
  });
  given.abort('nothing arrived');
  expect(await pending).toMatchObject({ ok: false, reason: 'nothing arrived' });
});

test('the last lines skip empty ones', () => {
  expect(lastLines('a\n\nb\n  \nc  \n', 2)).toBe('b\nc');
});
