import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/program';
import { FalpayClient, readPrivateKey, type ReceivedCallback } from '../../../src/falpay';

async function cli(args: readonly string[], { stdin = '', env = {} as Record<string, string> } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: async () => stdin,
    signal: new AbortController().signal,
    env,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const pem = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('the command line', () => {
  test.each([
    [['stat'], /unknown command/],
    [['status'], /missing required argument/],
    [['retry', 'onboarding/M-1'], /required option '--reason/],
    [['events', '--flow', 'onboarding/M 1'], /onboarding\/M 1 can be no flow: its number must be/],
    [['events', '--limit', '0'], /--limit: must be a number from 1 to 200/],
    [['list', '--stage', 'foo'], /--stage: must be one of/],
    [['list', '--page-size', '0'], /--page-size: must be/],
    [['list', '--next-page-token', '?'], /--next-page-token: is not a token/],
    [['retry', '--stage', 'WAITING', '--reason', 'r'], /--stage: must be BLOCKED or ACTION_REQUIRED/],
    [['status', 'M-1'], /names no flow: write <kind>\/<number>/],
    [['start', 'card', 'C-1', '--file', '-'], /what can be started: onboarding/],
    [['trigger', 'merchant', '--data', '{}'], /is no topic; topics: merchant-audit/],
    [['keys', 'api', '--name', 'a b', '--roles', 'backend'], /--name must be/],
    [['keys', 'api', '--name', 'shop', '--roles', 'admin'], /"admin" is none of backend/],
    [['keys', 'api', '--name', 'shop', '--roles', 'card:reveal'], /card:reveal adds to a role/],
  ])('%j is a usage error', async (args, message) => {
    const { code, err } = await cli(args, { stdin: '{}' });
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  test('help is no error', async () => {
    const { code, out } = await cli(['--help']);
    expect(code).toBe(0);
    for (const command of [
      'start',
      'status',
      'watch',
      'list',
      'retry',
      'amend',
      'resolve',
      'skip',
      'abort',
      'restart',
      'trigger',
      'keys',
    ]) {
      expect(out).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
  });

  test('settings that are missing are told by name', async () => {
    const { code, err } = await cli(['status', 'onboarding/M-1']);
    expect(code).toBe(2);
    expect(err).toMatch(/CARDFLOW_ENVIRONMENT/);
  });

  test('a file that is none or no JSON is told without its content', async () => {
    expect((await cli(['start', 'onboarding', 'M-1', '--file', '/nowhere.json'])).err).toMatch(/there is no file/);
    const { err } = await cli(['start', 'onboarding', 'M-1', '--file', '-'], { stdin: '{"certNo": "K123' });
    expect(err).toMatch(/standard input is not JSON/);
    expect(err).not.toMatch(/K123/);
  });

  test('a server that cannot be reached is told with the setting to look at', async () => {
    const env = { CARDFLOW_ENVIRONMENT: 'test', TEMPORAL_ADDRESS: '127.0.0.1:9' };
    const { code, err } = await cli(['abort', 'onboarding/M-1', '--reason', 'r', '--actor', 'a', '--json'], { env });
    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({
      error: 'temporal-unavailable',
      messages: [expect.anything(), expect.stringMatching(/TEMPORAL_ADDRESS/)],
    });
  }, 60_000);
});

describe('keys', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'cardflow-keys-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('api makes a key and the entry that lets it in', async () => {
    const { key, entry } = JSON.parse(
      (await cli(['keys', 'api', '--name', 'shop', '--roles', 'backend,finance', '--json'])).out,
    );
    expect(key.length).toBeGreaterThanOrEqual(32);
    expect(entry).toEqual({
      name: 'shop',
      sha256: createHash('sha256').update(key, 'utf8').digest('hex'),
      roles: ['backend', 'finance'],
    });
  });

  test('generate makes a pair that fits, in files that are never overwritten', async () => {
    expect((await cli(['keys', 'generate', '--out', folder])).code).toBe(0);
    const file = join(folder, 'private-key.b64');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const made = readFileSync(file, 'utf8');
    expect(readPrivateKey(made).asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(await cli(['keys', 'generate', '--out', folder])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/not overwritten/),
    });
    expect(readFileSync(file, 'utf8')).toBe(made);
  });
});

describe('trigger', () => {
  const platform = pem();
  const falpay = new FalpayClient({
    baseUrl: 'http://127.0.0.1:9',
    clientId: '1',
    clientSecret: 's',
    privateKey: pem().privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    platformPublicKeys: [platform.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  });
  const env = {
    CARDFLOW_ENVIRONMENT: 'test',
    SANDBOX_PLATFORM_PRIVATE_KEY: platform.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  const data = { merchantId: '17', auditStatus: 'APPROVED', auditTime: '2026-01-05 10:00:00' };
  let server: Server;
  let received: Omit<ReceivedCallback, 'topic' | 'now'> & { path: string };
  let status = 200;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received = { path: request.url ?? '', rawBody: Buffer.concat(chunks), headers: request.headers };
        response.writeHead(status).end('answer');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  test('sends what the gateway accepts as FalPay’s', async () => {
    status = 200;
    const { code, out } = await cli(['trigger', 'merchant-audit', '--data', JSON.stringify(data), '--url', url()], {
      env,
    });
    expect([code, out]).toEqual([0, '200 answer']);
    expect(received.path).toBe('/callbacks/falpay/merchant-audit');
    const check = falpay.verifyCallback({ topic: 'merchant-audit', ...received });
    expect(check).toMatchObject({ ok: true, stale: false, event: { ref: '17', data } });
  });

  test('keeps the event id and the time that are given', async () => {
    status = 200;
    const body = { eventId: 'mine', occurredAt: '2026-01-05 09:00:00', data };
    const args = ['trigger', 'merchant-audit', '--file', '-', '--url', url(), '--signed-at', '2020-01-01T00:00:00Z'];
    await cli(args, { env, stdin: JSON.stringify(body) });
    const check = falpay.verifyCallback({ topic: 'merchant-audit', ...received });
    expect(check).toMatchObject({
      ok: true,
      stale: true,
      event: { eventId: 'mine', occurredAt: '2026-01-05 09:00:00' },
    });
  });

  test('fails when the gateway does not acknowledge or does not answer', async () => {
    status = 401;
    const refused = await cli(['trigger', 'merchant-audit', '--data', '{}', '--url', url()], { env });
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/HTTP 401/) });
    const gone = await cli(['trigger', 'merchant-audit', '--data', '{}', '--url', 'http://127.0.0.1:9'], { env });
    expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/does not answer/) });
  });

  test('needs the platform’s key', async () => {
    const { code, err } = await cli(['trigger', 'merchant-audit', '--data', '{}'], {
      env: { CARDFLOW_ENVIRONMENT: 'test' },
    });
    expect(code).toBe(2);
    expect(err).toMatch(/SANDBOX_PLATFORM_PRIVATE_KEY/);
  });
});
