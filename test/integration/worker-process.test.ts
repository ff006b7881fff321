import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axios from 'axios';
import { loadWorkerConfig } from '../../src/config';
import { inputQuery, stateQuery, taskQueueFor, workflowIdFor, WORKFLOW_TYPES } from '../../src/messages';
import { temporalClient } from '../../src/temporal/connection';
import { workerEnv } from '../unit/config/environment-of';
import { onboardingBody } from '../setup/example';
import { temporalForTests, type TestTemporal } from '../setup/temporal';

const ROOT = join(__dirname, '../..');
let temporal: TestTemporal;
let folder: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  temporal = await temporalForTests();
  folder = mkdtempSync(join(tmpdir(), 'cardflow-worker-'));
});
afterAll(async () => {
  for (const child of started) kill(child);
  await temporal?.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly child: ChildProcess;
  /** By its own line: a port chosen here could be somebody else's by the time that it listens. */
  readonly url: () => string;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

async function startWorker(
  settings: Record<string, string> = {},
  command = ['npm', 'run', '--silent', 'worker'],
): Promise<Running> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...environment(),
      METRICS_PORT: '0',
      ...settings,
    },
  });
  started.push(child);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    child,
    url: () => `http://127.0.0.1:${/"port":(\d+)[^\n]*"metrics and health are served"/.exec(output)?.[1] ?? 0}`,
    output: () => output,
    // Not `exit`, which may come before the last of its output.
    ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
  };
}

/** FalPay's address is a port where nobody listens: these tests are about the process, not about its calls. */
function environment(): Record<string, string> {
  return {
    ...(workerEnv as Record<string, string>),
    CARDFLOW_ENVIRONMENT: temporal.environment,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    FALPAY_BASE_URL: 'http://127.0.0.1:1',
  };
}

/** npm runs the worker through a shell that may not pass the end on: the whole group goes. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not happen`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const get = (url: string) => axios.get(url, { validateStatus: () => true, proxy: false }).catch(() => undefined);
const ready = ({ url, output, child }: Running) =>
  until('readiness', async () => {
    if (child.exitCode !== null) throw new Error(`ended early:\n${output()}`);
    return (await get(`${url()}/readyz`))?.status === 200 ? true : undefined;
  });

test('an npm-run worker registers search attributes, works encrypted, shows its metrics, and ends with 0 on SIGTERM to npm', async () => {
  const codec = { CODEC_KEYS: JSON.stringify({ k1: randomBytes(32).toString('base64') }) };
  const worker = await startWorker(codec);
  await ready(worker);

  const { customAttributes } = await temporal.connection.operatorService.listSearchAttributes({
    namespace: temporal.namespace,
  });
  expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(['FlowStage', 'FalpayCardId']));

  const client = temporalClient(temporal.connection, loadWorkerConfig({ ...environment(), ...codec }));
  const secret = 'Chan-Siu-Ming-K01234567';
  const handle = await client.workflow.start(WORKFLOW_TYPES.onboarding, {
    workflowId: workflowIdFor('onboarding', 'ENC-1'),
    taskQueue: taskQueueFor(temporal.environment),
    args: [{ number: 'ENC-1', environment: temporal.environment, body: bodyWith(secret) }],
  });
  const state = await until('the first step', async () => {
    const now = await handle.query(stateQuery);
    return now.steps.some((step) => step.attempts > 0) ? now : undefined;
  });
  expect(state.number).toBe('ENC-1');
  expect(JSON.stringify(await handle.query(inputQuery))).toContain(secret);
  // The body lacks a person: the refusal is in the history too, and its words must not tell either.
  await until('a failed call', async () =>
    (await handle.fetchHistory()).events?.some((event) => event.activityTaskFailedEventAttributes) ? true : undefined,
  );
  const kept = Buffer.from(JSON.stringify(await handle.fetchHistory(), bytesAsText)).toString();
  expect(kept).toContain('binary/encrypted');
  expect(kept).not.toContain(secret);
  expect(kept).not.toContain('is missing');

  const metrics = String((await get(`${worker.url()}/metrics`))?.data);
  expect(metrics).toContain('temporal_workflow_task_execution_latency');
  expect(metrics).toContain('cardflow_falpay_call_duration_seconds');

  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  const lines = worker
    .output()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { msg: string });
  expect(lines.map(({ msg }) => msg)).toEqual(
    expect.arrayContaining(['worker runs', 'worker drains', 'worker stopped']),
  );
  await handle.terminate('test over');
});

test('a worker whose server is away says so, stays, goes on when it is asked to stop, and ends with 0', async () => {
  const worker = await startWorker({ TEMPORAL_ADDRESS: '127.0.0.1:1' }, node());
  const reason = await until('a reason', async () => {
    const answer = await get(`${worker.url()}/readyz`);
    return answer?.status === 503 ? (answer.data as { reason: string }).reason : undefined;
  });
  expect(reason).toBe('waits for Temporal at 127.0.0.1:1');
  await until('a clear line', () =>
    /cannot be reached .*is TEMPORAL_ADDRESS right\?/.test(worker.output()) ? true : undefined,
  );
  expect((await get(`${worker.url()}/healthz`))?.status).toBe(200);
  worker.child.kill('SIGINT');
  expect(await worker.ended).toBe(0);
});

test('a namespace that does not exist yet is waited for, with the command that makes it', async () => {
  const worker = await startWorker({ TEMPORAL_NAMESPACE: 'not-yet' }, node());
  await until('a clear line', () =>
    /temporal operator namespace create --namespace not-yet/.test(worker.output()) ? true : undefined,
  );
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
});

test('a wrong configuration ends at once with 2, every mistake in one line of the log', async () => {
  const worker = await startWorker({ CARDFLOW_ENVIRONMENT: '', METRICS_PORT: 'x', FALPAY_BASEURL: 'y' }, node());
  expect(await worker.ended).toBe(2);
  const { level, problems } = JSON.parse(worker.output()) as { level: string; problems: { setting: string }[] };
  expect(level).toBe('fatal');
  expect(problems.map(({ setting }) => setting)).toEqual(['CARDFLOW_ENVIRONMENT', 'METRICS_PORT', 'FALPAY_BASEURL']);
});

describe('a call to FalPay under way when the signal comes', () => {
  test('is waited for: the worker ends with 0 after its answer', async () => {
    const falpay = await silentServer();
    const worker = await workerInCall(falpay);
    worker.child.kill('SIGTERM');
    await until('draining', () => (worker.output().includes('worker drains') ? true : undefined));
    expect(worker.child.exitCode).toBeNull();
    falpay.answerAll();
    expect(await worker.ended).toBe(0);
    await falpay.close();
  });

  test('is cut off by a second signal, and the worker says what that means', async () => {
    const falpay = await silentServer();
    const worker = await workerInCall(falpay);
    worker.child.kill('SIGTERM');
    await until('draining', () => (worker.output().includes('worker drains') ? true : undefined));
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(1);
    expect(worker.output()).toContain('calls under way will be looked up');
    await falpay.close();
  });

  async function workerInCall(falpay: SilentServer): Promise<Running> {
    const environmentName = `${temporal.environment}-${count++}`;
    // Not given up before the signal, also where that is slow in coming.
    const timings = join(folder, 'timings.json');
    writeFileSync(timings, JSON.stringify({ defaults: { timeout: '5m' } }));
    const settings = { FALPAY_BASE_URL: falpay.url, CARDFLOW_ENVIRONMENT: environmentName, CARDFLOW_TIMINGS: timings };
    const worker = await startWorker(settings, node());
    await ready(worker);
    const client = temporalClient(temporal.connection, loadWorkerConfig(environment()));
    const number = `CALL-${count}`;
    await client.workflow.start(WORKFLOW_TYPES.onboarding, {
      workflowId: workflowIdFor('onboarding', number),
      taskQueue: taskQueueFor(environmentName),
      args: [{ number, environment: environmentName, body: onboardingBody() }],
    });
    await until('a call', () => (falpay.waiting() > 0 ? true : undefined));
    return worker;
  }
});

let count = 0;

interface SilentServer {
  readonly url: string;
  readonly waiting: () => number;
  /** Refuses everything that waits, and from now on everything at once. */
  readonly answerAll: () => void;
  readonly close: () => Promise<void>;
}

/** A FalPay that takes calls and does not answer until it is told to. */
async function silentServer(): Promise<SilentServer> {
  const open: ServerResponse[] = [];
  let silent = true;
  const refuse = (response: ServerResponse) => response.writeHead(503).end();
  const server = createServer((_request, response) => void (silent ? open.push(response) : refuse(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    waiting: () => open.length,
    answerAll: () => {
      silent = false;
      open.splice(0).forEach(refuse);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function node(): string[] {
  return [process.execPath, '--import', 'tsx', 'src/worker.ts'];
}

function bodyWith(name: string): object {
  return {
    merchant: {
      merchantType: 'PERSON',
      contactName: name,
      contactPhone: '+85291234567',
      contactEmail: 'a@example.com',
    },
    wallet: { currency: 'USD' },
    recharge: { amount: '10.00', currency: 'USD' },
    cards: [],
  };
}

/** Histories write their bytes as Base64: what they say is put beside it. */
function bytesAsText(_key: string, value: unknown): unknown {
  return typeof value === 'string' && /^[A-Za-z0-9+/]{8,}={0,2}$/.test(value)
    ? `${value} ${Buffer.from(value, 'base64').toString('latin1')}`
    : value;
}
