import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { temporalForTests, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';
import { loadProfile, signatureHeaders } from '../../src/falpay';

const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const platform = generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = randomBytes(24).toString('base64url');
const root = join(__dirname, '..', '..');

let temporal: TestTemporal;
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  temporal = await temporalForTests();
});
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await temporal?.close();
});

function settings(over: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    CARDFLOW_ENVIRONMENT: temporal.environment,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    FALPAY_BASE_URL: 'http://127.0.0.1:9',
    FALPAY_CLIENT_ID: '1',
    FALPAY_CLIENT_SECRET: 'a-secret-that-nobody-may-see',
    FALPAY_PRIVATE_KEY: ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    FALPAY_PLATFORM_PUBLIC_KEYS: platform.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    GATEWAY_PORT: '0',
    GATEWAY_API_KEYS: JSON.stringify([
      { name: 'shop', sha256: createHash('sha256').update(key).digest('hex'), roles: ['backend'] },
    ]),
    ...over,
  };
}

function gateway(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--import', 'tsx', join('src', 'gateway.ts')], { cwd: root, env });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // Not `exit`, which may come before the last of its output.
  const exit = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    child,
    exit,
    output: () => output,
    /** Its own lines say where it listens. */
    async url(): Promise<string> {
      let url: string | undefined;
      await until(
        () => (url = /"url":"(http:[^"]+)"/.exec(output)?.[1]) !== undefined || child.exitCode !== null,
        () => `no address in ${output}`,
      );
      if (url === undefined) throw new Error(output);
      return url;
    },
  };
}

const statusOf = async (url: string, init?: RequestInit) => (await fetch(url, init)).status;
const authorized = { authorization: `Bearer ${key}` };

test('it starts, becomes ready, finishes what it was asked, and ends with 0', async () => {
  const { child, url, exit, output } = gateway(settings());
  const base = await url();
  await until(
    async () => (await statusOf(`${base}/readyz`)) === 200,
    () => output(),
  );
  const body = JSON.stringify({ not: 'a body' });
  const put = { method: 'PUT', headers: { ...authorized, 'content-type': 'application/json' }, body };
  expect(await statusOf(`${base}/v1/onboardings/M-1`, put)).toBe(422);

  // A flow without a worker, so that its long poll is still open when the signal comes.
  await temporal.connection.workflowService.startWorkflowExecution({
    namespace: temporal.namespace,
    workflowId: 'onboarding/M-2',
    workflowType: { name: 'merchantOnboarding' },
    taskQueue: { name: `cardflow-${temporal.environment}` },
    requestId: 'M-2',
  });
  const poll = fetch(`${base}/v1/onboardings/M-2?wait=60s`, { headers: authorized });
  await until(
    async () => /cardflow_http_request/.test(await (await fetch(`${base}/metrics`)).text()),
    () => 'no metrics',
  );
  child.kill('SIGTERM');
  expect((await poll).status).toBe(200);
  expect(await exit).toEqual([0, null]);
  for (const line of output().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ service: 'gateway' });
  expect(output()).not.toMatch(/a-secret-that/);
});

test('without Temporal it lives, says it is not ready, and acknowledges nothing', async () => {
  const { child, url, exit } = gateway(settings({ TEMPORAL_ADDRESS: '127.0.0.1:9' }));
  const base = await url();
  expect(await statusOf(`${base}/healthz`)).toBe(200);
  expect(await statusOf(`${base}/readyz`)).toBe(503);
  const profile = loadProfile();
  const body = JSON.stringify({
    eventId: 'e-1',
    topic: 'merchant-audit',
    occurredAt: '2026-01-05 10:00:00',
    data: { merchantId: '1', merchantOrderNo: 'M-1', auditStatus: 'APPROVED', auditTime: '2026-01-05 10:00:00' },
  });
  const callback = {
    method: 'POST',
    body,
    headers: signatureHeaders(
      { body },
      { key: platform.privateKey, profile, now: Date.now(), scheme: profile.signature },
    ),
  };
  expect(await statusOf(`${base}/callbacks/falpay/merchant-audit`, callback)).toBe(503);
  child.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

test('settings that are wrong are told all at once, and it does not start', async () => {
  const { exit, output } = gateway(settings({ FALPAY_BASE_URL: 'nowhere', GATEWAY_PORT: 'x', FALPAY_CLIENT_IDD: '1' }));
  expect((await exit)[0]).toBe(2);
  for (const name of ['FALPAY_BASE_URL', 'GATEWAY_PORT', 'FALPAY_CLIENT_IDD']) expect(output()).toContain(name);
});

test('a port in use is told with its setting', async () => {
  const first = gateway(settings());
  const { port } = new URL(await first.url());
  const second = gateway(settings({ GATEWAY_PORT: port }));
  expect((await second.exit)[0]).toBe(1);
  expect(second.output()).toMatch(/GATEWAY_PORT \d+ .* is in use/);
  first.child.kill('SIGTERM');
  expect((await first.exit)[0]).toBe(0);
});
