import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { patientCli } from '../setup/patient-cli';
import { onboardingBody, startStack, type Stack } from '../setup/stack';
import { until } from '../setup/until';
import { runCli } from '../../src/cli/program';

let temporal: TestTemporal;
let stack: Stack;
let folder: string;

beforeAll(async () => {
  patientCli();
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle() });
  folder = mkdtempSync(join(tmpdir(), 'cardflow-cli-'));
});

afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function cli(
  args: readonly string[],
  { stdin = '', signal = new AbortController().signal, env = {} as Record<string, string>, out = [] as string[] } = {},
) {
  const err: string[] = [];
  const code = await runCli(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: async () => stdin,
    signal,
    env: {
      CARDFLOW_ENVIRONMENT: temporal.environment,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      GATEWAY_PORT: new URL(stack.gatewayUrl).port,
      ...env,
    },
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const waitingFor = (topic: string) => (state: { waits: { topic: string }[] }) => state.waits[0]?.topic === topic;

test('a flow is started from a file or from standard input, once', async () => {
  const file = join(folder, 'body.json');
  writeFileSync(file, JSON.stringify(onboardingBody()));
  expect(await cli(['start', 'onboarding', 'CLI-1', '--file', file])).toMatchObject({
    code: 0,
    out: expect.stringContaining('started onboarding/CLI-1'),
  });
  const again = await cli(['start', 'onboarding', 'CLI-1', '--file', '-', '--json'], {
    stdin: JSON.stringify(onboardingBody()),
  });
  expect(JSON.parse(again.out)).toMatchObject({ outcome: 'same' });
  const other = await cli(['start', 'onboarding', 'CLI-1', '--file', '-'], {
    stdin: JSON.stringify(onboardingBody({ wallet: { currency: 'USD', walletName: 'x' } })),
  });
  expect(other).toMatchObject({ code: 1, err: expect.stringMatching(/another body/) });
});

test('an invalid body is told field by field', async () => {
  const wrong = { ...onboardingBody(), recharge: { amount: '1e3', currency: 'USD' } };
  const { code, err } = await cli(['start', 'onboarding', 'CLI-2', '--file', '-'], { stdin: JSON.stringify(wrong) });
  expect(code).toBe(1);
  expect(err).toMatch(/^cardflow: recharge\.amount: must be/);
});

test('a blocked flow shows what to do, and the command it shows does it', async () => {
  await cli(['start', 'onboarding', 'CLI-3', '--file', '-'], { stdin: JSON.stringify(onboardingBody()) });
  await stack.reach('CLI-3', waitingFor('merchant-audit'));
  await stack.control('POST', '/audits/merchants/CLI-3', { decision: 'REJECTED', reason: 'blurred' });
  const { blocks } = await stack.reach('CLI-3', ({ stage }) => stage === 'ACTION_REQUIRED');
  const status = await cli(['status', 'onboarding/CLI-3']);
  expect(status.out).toContain('MERCHANT_REJECTED at merchant-audit');
  expect(status.out).toContain('blurred');
  expect(status.out).toContain(`npx cardflow amend onboarding/CLI-3 --block ${blocks[0]?.blockId}`);

  const patch = JSON.stringify({ merchant: { contactName: 'New Name' } });
  const amended = await cli(['amend', 'onboarding/CLI-3', '--reason', 'by phone', '--actor', 'ann', '--patch', patch]);
  expect(amended.code).toBe(0);
  const { actions } = await stack.reach('CLI-3', ({ stage }) => stage === 'WAITING');
  expect(actions).toMatchObject([{ action: 'amend', actor: 'ann', reason: 'by phone', blockId: blocks[0]?.blockId }]);

  const nothing = await cli(['retry', 'onboarding/CLI-3', '--reason', 'r', '--actor', 'ann']);
  expect(nothing).toMatchObject({ code: 1, err: expect.stringMatching(/takes retry now/) });
  const stale = await cli(['retry', 'onboarding/CLI-3', '--reason', 'r', '--block', blocks[0]?.blockId ?? '']);
  expect(stale).toMatchObject({ code: 1, err: expect.stringMatching(/cardflow status shows/) });
});

test('watch shows each change and ends with the flow', async () => {
  await cli(['start', 'onboarding', 'CLI-4', '--file', '-'], { stdin: JSON.stringify(onboardingBody()) });
  await stack.reach('CLI-4', waitingFor('merchant-audit'));
  const watching = cli(['watch', 'onboarding', 'CLI-4', '--json']);
  expect((await cli(['abort', 'onboarding/CLI-4', '--reason', 'r'])).code).toBe(0);
  const { code, out, err } = await watching;
  expect(code).toBe(1);
  expect(err).toMatch(/was aborted/);
  const stages = out.split('\n').map((line) => JSON.parse(line).stage);
  expect(stages.at(-1)).toBe('ABORTED');

  await stack.closed('onboarding/CLI-4');
  expect((await cli(['restart', 'onboarding/CLI-4', '--reason', 'again'])).code).toBe(0);
  await stack.reach('CLI-4', waitingFor('merchant-audit'));
  const stop = new AbortController();
  const interrupted = cli(['watch', 'onboarding/CLI-4'], { signal: stop.signal });
  stop.abort();
  expect((await interrupted).code).toBe(130);
});

test('watch shows several flows in one go, and ends when all have ended', async () => {
  for (const number of ['CLI-6', 'CLI-7']) {
    await cli(['start', 'onboarding', number, '--file', '-'], { stdin: JSON.stringify(onboardingBody()) });
    await stack.reach(number, waitingFor('merchant-audit'));
  }
  const watching = cli(['watch', 'onboarding/CLI-6', 'onboarding/CLI-7']);
  for (const number of ['CLI-6', 'CLI-7']) await cli(['abort', `onboarding/${number}`, '--reason', 'r']);
  const { code, out, err } = await watching;
  expect(code).toBe(1);
  expect(err).toMatch(/were aborted/);
  for (const number of ['CLI-6', 'CLI-7']) expect(out).toMatch(new RegExp(`Z  onboarding/${number}  ABORTED`));

  expect(await cli(['watch'])).toMatchObject({ code: 2, err: expect.stringMatching(/flows.*or a filter/) });
  expect((await cli(['watch', 'onboarding/CLI-6', '--kind', 'onboarding'])).code).toBe(2);
});

test('watch by filter waits for the first match, and takes in those that come later', async () => {
  const shown: string[] = [];
  const watching = cli(['watch', '--merchant-order-no', 'CLI-8', '--json'], { out: shown });
  await cli(['start', 'onboarding', 'CLI-8', '--file', '-'], { stdin: JSON.stringify(onboardingBody()) });
  await stack.reach('CLI-8', waitingFor('merchant-audit'));
  await until(
    () => shown.length > 0,
    () => 'the flow does not join',
  );
  const blocked: string[] = [];
  const stop = new AbortController();
  const others = cli(['watch', '--kind', 'onboarding', '--stage', 'ACTION_REQUIRED'], {
    signal: stop.signal,
    out: blocked,
  });
  await stack.control('POST', '/audits/merchants/CLI-8', { decision: 'REJECTED', reason: 'blurred' });
  await stack.reach('CLI-8', ({ stage }) => stage === 'ACTION_REQUIRED');
  await until(
    () => blocked.some((line) => /onboarding\/CLI-8 +ACTION_REQUIRED/.test(line)),
    () => 'the blocked flow does not join',
  );
  await cli(['abort', 'onboarding/CLI-8', '--reason', 'r']);
  const { code, out } = await watching;
  expect(code).toBe(1);
  const stages = out.split('\n').map((line) => JSON.parse(line).stage);
  expect(stages.at(-1)).toBe('ABORTED');
  stop.abort();
  await others;
});

test('events lists what was told, goes on from a cursor, and redeliver sends it on its way again', async () => {
  await cli(['start', 'onboarding', 'CLI-9', '--file', '-'], { stdin: JSON.stringify(onboardingBody()) });
  let told: { code: number; out: string; err: string } = { code: 0, out: '', err: '' };
  await until(
    async () => {
      told = await cli(['events', '--flow', 'onboarding/CLI-9', '--json']);
      return told.out.split('\n').length >= 2;
    },
    () => `nothing is listed: ${told.err}`,
  );
  const [first, second] = told.out.split('\n').map((line) => JSON.parse(line));
  expect([first.type, second.type]).toEqual(['flow.step_completed', 'flow.waiting']);
  const one = await cli(['events', '--flow', 'onboarding/CLI-9', '--limit', '1']);
  expect(one.out).toContain(first.id);
  const [, cursor = ''] = /--after (\S+)/.exec(one.err) ?? [];
  const rest = await cli(['events', '--flow', 'onboarding/CLI-9', '--after', cursor]);
  expect(rest.out).toContain(second.id);
  expect(rest.out).not.toContain(first.id);
  expect(await cli(['events', '--after', 'x'])).toMatchObject({
    code: 2,
    err: expect.stringMatching(/after: is no cursor/),
  });

  // On its way still, it could not be sent once more.
  await stack.closed(`delivery/${first.id}`);
  const again = await cli(['redeliver', first.id, '--reason', 'lost', '--json']);
  expect(JSON.parse(again.out)).toMatchObject({ kind: 'delivery', number: first.id });
  await until(
    async () => (await stack.cardflow.state('delivery', first.id)).stage === 'COMPLETED',
    () => 'the second delivery does not end',
  );
  expect(await cli(['redeliver', 'onboarding:NONE:1:1', '--reason', 'lost'])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/there is no flow/),
  });
});

test('list finds it by merchant, and tells a wrong filter by its option', async () => {
  await cli(['start', 'onboarding', 'CLI-5', '--file', '-'], { stdin: JSON.stringify(onboardingBody()) });
  await until(
    async () => (await cli(['list', '--merchant-order-no', 'CLI-5'])).out.includes('onboarding/CLI-5'),
    () => 'the list does not show the flow',
  );
  expect(await cli(['list', '--stage', 'blocked'])).toMatchObject({ code: 2, err: expect.stringMatching(/--stage/) });
});

test('what does not exist is told so', async () => {
  expect(await cli(['status', 'onboarding/NONE'])).toMatchObject({
    code: 1,
    err: 'cardflow: there is no flow onboarding/NONE',
  });
  const json = await cli(['status', 'onboarding/NONE', '--json']);
  expect(JSON.parse(json.err)).toMatchObject({ error: 'flow-not-found' });
});

test('the doctor finds everything in order, and names what is not', async () => {
  // On a busy machine it may find that something does not answer within its limits, and is asked once more.
  const diagnosis = async (args: readonly string[], env: Record<string, string>, wanted: RegExp) => {
    let last = { code: -1, out: '', err: '' };
    await until(
      async () => wanted.test((last = await cli(['doctor', ...args], { env })).out),
      () => `the doctor finds ${last.out}`,
    );
    return last;
  };
  const healthy = await diagnosis(['--json'], {}, /"ok":true,"findings"/);
  expect(healthy.code).toBe(0);

  const nobody = /FAILED +workers +nobody polls cardflow-nobody-here/;
  const elsewhere = await diagnosis([], { CARDFLOW_ENVIRONMENT: 'nobody-here', GATEWAY_PORT: '9' }, nobody);
  expect(elsewhere.code).toBe(1);
  expect(elsewhere.out).toMatch(/FAILED +gateway +.*GATEWAY_PORT/);

  const unknown = await diagnosis(
    [],
    { TEMPORAL_NAMESPACE: 'no-such-namespace' },
    /FAILED +namespace no-such-namespace/,
  );
  expect(unknown.code).toBe(1);
});
