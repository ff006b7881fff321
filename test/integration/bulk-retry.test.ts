/** Many blocked flows tried again by one command: what an operator does after FalPay was out of order for a night. */
import type { BulkRetried, BulkRetryRequest } from '../../src/client';
import { InvalidInputError } from '../../src/client';
import { SEARCH_ATTRIBUTES } from '../../src/messages';
import { runCli } from '../../src/cli/program';
import { patientCli } from '../setup/patient-cli';
import { onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';

const FLOWS = 40;
const HOUR = 3_600_000;
const BLOCKED = "FlowStage = 'BLOCKED'";

let temporal: TestTemporal;
let stack: Stack;
let numbers: readonly string[];

// Nobody decides the audits, and nobody waits for them long: each flow is blocked by its DEADLINE, and again after each retry.
beforeAll(async () => {
  patientCli();
  temporal = await temporalForTests();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    waits: { 'merchant-audit': { ladderMs: [HOUR], deadlineMs: 500 } },
  });
  numbers = Array.from({ length: FLOWS }, (_, index) => `BULK-${index + 1}`);
  for (const { status } of await Promise.all(numbers.map((number) => stack.start(number, onboardingBody()))))
    expect(status).toBe(201);
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});
beforeEach(async () => {
  // By their own word first: visibility may still show as blocked what the last test has retried, and unlist it in the midst of this one.
  for (const number of numbers) await stack.reach(number, ({ stage }) => stage === 'BLOCKED');
  await listed(BLOCKED, FLOWS);
});

/** Visibility is a moment behind. */
function listed(query: string, count: number): Promise<void> {
  const { client } = stack;
  return until(
    async () => (await client.workflow.count(`${query} AND ExecutionStatus = 'Running'`)).count === count,
    () => `there are never ${count} flows with ${query}`,
  );
}

async function retry(request: Partial<BulkRetryRequest>): Promise<BulkRetried[]> {
  const told: BulkRetried[] = [];
  const whole = { query: BLOCKED, actor: 'anna', reason: 'FalPay is back', perSecond: 200, ...request };
  for await (const one of stack.cardflow.retryAll(whole)) told.push(one);
  return told;
}

async function cli(args: readonly string[], signal = new AbortController().signal, out: string[] = []) {
  const err: string[] = [];
  const code = await runCli(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: async () => '',
    signal,
    env: {
      CARDFLOW_ENVIRONMENT: temporal.environment,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    },
  });
  return { code, out, err: err.join('\n') };
}

const actionsOf = async (number: string) => (await stack.state(number)).actions;

test('a dry run tells every block and does nothing', async () => {
  const { code, out } = await cli(['retry', '--query', BLOCKED, '--dry-run', '--reason', 'to see']);
  expect(code).toBe(0);
  expect(out.at(-1)).toBe(`${FLOWS} would be retried, 0 failed`);
  for (const number of numbers)
    expect(out).toContainEqual(expect.stringMatching(`would-retry +onboarding/${number} .*DEADLINE at merchant-audit`));
  expect(await actionsOf('BULK-1')).toEqual([]);
});

test('every block is retried once, under the name and the reason of who asked', async () => {
  const told = await retry({});
  expect(told.map(({ outcome, number }) => `${outcome} ${number}`).toSorted()).toEqual(
    numbers.map((number) => `retried ${number}`).toSorted(),
  );
  for (const { number, block } of told) {
    const own = (await actionsOf(number)).filter(({ blockId }) => blockId === block?.blockId);
    expect(own).toEqual([
      { action: 'retry', actor: 'anna', reason: 'FalPay is back', blockId: block?.blockId, at: expect.any(String) },
    ]);
  }
});

test('no faster than it is allowed', async () => {
  const began = Date.now();
  let last = began;
  let told = 0;
  for await (const one of stack.cardflow.retryAll({ query: BLOCKED, actor: 'anna', reason: 'slowly', perSecond: 10 })) {
    expect(one.outcome).toBe('retried');
    last = Date.now();
    if (++told === 11) break;
  }
  // Ten pauses of a tenth of a second.
  expect(last - began).toBeGreaterThanOrEqual(990);
});

test('one that fails does not keep the others from it, and makes the command fail', async () => {
  const handle = await stack.client.workflow.start('merchantOnboarding', {
    workflowId: 'onboarding/BULK-DEAF',
    taskQueue: `cardflow-${temporal.environment}`,
    args: [{ number: 'BULK-DEAF', environment: temporal.environment, body: {} }],
    // A flow whose code fails answers nobody.
    workflowTaskTimeout: '1 second',
    typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'BLOCKED' }],
  });
  try {
    await listed("WorkflowId = 'onboarding/BULK-DEAF'", 1);
    const query = "WorkflowId IN ('onboarding/BULK-DEAF', 'onboarding/BULK-1', 'onboarding/BULK-2')";
    await stack.reach('BULK-1', ({ blocks }) => blocks.length > 0);
    await stack.reach('BULK-2', ({ blocks }) => blocks.length > 0);
    const { code, out, err } = await cli(['retry', '--query', query, '--rate', '100/s', '--reason', 'all three']);
    expect([code, out.at(-1)]).toEqual([1, '2 retried, 0 settled meanwhile, 1 failed']);
    expect(out).toContainEqual(expect.stringMatching(/^failed +onboarding\/BULK-DEAF: no worker answered/));
    expect(err).toContain('1 failed');
  } finally {
    await handle.terminate();
  }
});

test('the filters name blocks as list does, and only theirs are retried', async () => {
  const none = await cli(['retry', '--reason-is', 'OUTCOME_UNKNOWN', '--dry-run', '--reason', 'to see']);
  expect(none.out).toEqual(['0 would be retried, 0 failed']);
  const one = await cli(['retry', '--merchant-order-no', 'BULK-7', '--reason-is', 'DEADLINE', '--reason', 'this one']);
  expect(one.out.at(-1)).toBe('1 retried, 0 settled meanwhile, 0 failed');
  expect((await actionsOf('BULK-7')).at(-1)).toMatchObject({ action: 'retry', reason: 'this one' });
});

test('flows of another environment are out of reach, whatever the query says', async () => {
  const elsewhere = await stack.client.workflow.start('merchantOnboarding', {
    workflowId: 'onboarding/ELSEWHERE',
    taskQueue: 'cardflow-elsewhere',
    args: [{}],
    typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'BLOCKED' }],
  });
  try {
    await listed("TaskQueue = 'cardflow-elsewhere'", 1);
    for (const query of [
      "WorkflowId = 'onboarding/ELSEWHERE'",
      "WorkflowId = 'none') OR (TaskQueue = 'cardflow-elsewhere'",
      "TaskQueue = 'cardflow-elsewhere') OR (WorkflowId = 'none'",
    ])
      expect(await retry({ query })).toEqual([]);
  } finally {
    await elsewhere.terminate();
  }
});

test('Ctrl-C ends it before the next one and tells what was done', async () => {
  const stop = new AbortController();
  const told: string[] = [];
  // So slowly that none follows the first before the signal.
  const options = ['--stage', 'BLOCKED', '--rate', '1/m', '--reason', 'patience', '--json'];
  const running = cli(['retry', ...options], stop.signal, told);
  await until(
    () => told.length > 0,
    () => 'nothing is retried',
  );
  stop.abort();
  const { code, out, err } = await running;
  expect(code).toBe(130);
  const counts = JSON.parse(err.split('\n')[0] ?? '');
  expect(out).toHaveLength(counts.retried);
  expect(counts.retried).toBeLessThan(FLOWS);
  const done = (await Promise.all(numbers.map(actionsOf))).flat().filter(({ reason }) => reason === 'patience');
  expect(done).toHaveLength(counts.retried);
});

test('a query that Temporal cannot read is told by the option, and so is what makes no sense', async () => {
  await expect(retry({ query: 'FlowStage is BLOCKED' })).rejects.toBeInstanceOf(InvalidInputError);
  const unreadable = await cli(['retry', '--query', 'FlowStage is BLOCKED', '--reason', 'r']);
  expect(unreadable).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^cardflow: --query: Temporal cannot read it/),
  });
  await expect(retry({ perSecond: 0 })).rejects.toThrow('perSecond');
  await expect(retry({ reason: ' ' })).rejects.toThrow('reason');
  for (const [args, complaint] of [
    [['onboarding/BULK-1', '--query', BLOCKED], /not both/],
    [[], /name a flow/],
    [['onboarding/BULK-1', '--dry-run'], /--dry-run/],
    [['--query', BLOCKED, '--rate', 'fast'], /5\/s/],
    [['--reason-is', 'TIRED'], /--reason-is: must be one of/],
  ] as const) {
    const { code, err } = await cli(['retry', ...args, '--reason', 'r']);
    expect([code === 0, err]).toEqual([false, expect.stringMatching(complaint)]);
  }
});
