import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Caller, CLIENT_ID, CLIENT_SECRET, clientPrivateKey, platformPrivateKey } from '../unit/sandbox/support/caller';
import { Receiver } from '../unit/sandbox/support/receiver';

const receiver = new Receiver();
const children = new Set<ChildProcessWithoutNullStreams>();
let folder: string;
let callbackUrl: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-process-'));
  callbackUrl = await receiver.start();
});
afterAll(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await receiver.stop();
  rmSync(folder, { recursive: true, force: true });
});

const settings = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  SANDBOX_PORT: '0',
  SANDBOX_DB: join(folder, 'sandbox.db'),
  SANDBOX_CALLBACK_URL: callbackUrl,
  SANDBOX_AUDIT_DELAY: '0s',
  SANDBOX_PLATFORM_PRIVATE_KEY: platformPrivateKey,
  FALPAY_CLIENT_ID: CLIENT_ID,
  FALPAY_CLIENT_SECRET: CLIENT_SECRET,
  // Of which it takes the public half.
  FALPAY_PRIVATE_KEY: clientPrivateKey,
});

function launch(env: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/sandbox.ts'], { env });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

/** The address, once it says that it is up. */
function addressOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    const complaints: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
    child.once('exit', () => reject(new Error(`the sandbox ended before it was up: ${complaints.join('')}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { url } = JSON.parse(line) as { url?: string };
      if (url !== undefined) resolve(url);
    });
  });
}

const merchant = (merchantOrderNo: string) => ({
  merchantOrderNo,
  merchantType: 'PERSON',
  person: {
    name: 'Chan Tai Man',
    nationality: 'HK',
    birthDate: '1980-05-17',
    certType: 'PASSPORT',
    certNo: 'K1',
    address: 'Hong Kong',
    certFrontKey: 'kyc/1',
  },
  contactName: 'Chan Tai Man',
  contactPhone: '12345678',
  contactEmail: 'ops@harbour.example',
});

test('the process serves, keeps everything over a kill, and ends with 0 on SIGTERM', async () => {
  const first = launch(settings());
  let url = await addressOf(first);
  const falpay = new Caller(() => url);
  const merchantId = await falpay.data<string>('/merchant/create', merchant('M-1'));
  await receiver.next('merchant-audit', ({ data }) => data['merchantId'] === merchantId);

  const killed = once(first, 'exit');
  first.kill('SIGKILL');
  await killed;
  const second = launch(settings());
  url = await addressOf(second);
  await falpay.newToken();
  expect(await falpay.data('/merchant/detail', { merchantOrderNo: 'M-1' })).toMatchObject({
    merchantId,
    auditStatus: 'APPROVED',
  });

  const ended = once(second, 'exit');
  second.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

// 'close' and not 'exit': only then all that it said has been read.
test('two processes on one file: the second says whose it is', async () => {
  const first = launch(settings());
  await addressOf(first);
  const second = launch(settings());
  const said: string[] = [];
  second.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  expect(await once(second, 'close')).toEqual([1, null]);
  expect(said.join('')).toContain(`is in use by process ${first.pid}`);
  const ended = once(first, 'exit');
  first.kill('SIGTERM');
  await ended;
});

test('every mistake in its settings is listed at once, without secrets', async () => {
  const child = launch({
    ...settings(),
    SANDBOX_PORT: 'x',
    SANDBOX_AUDIT_DELAY: 'soon',
    SANDBOX_PLATFORM_PRIVATE_KEY: 'a key it is not',
    FALPAY_CLIENT_ID: '',
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  expect(await once(child, 'close')).toEqual([1, null]);
  const text = said.join('');
  for (const name of ['SANDBOX_PORT', 'SANDBOX_AUDIT_DELAY', 'SANDBOX_PLATFORM_PRIVATE_KEY', 'FALPAY_CLIENT_ID'])
    expect(text).toContain(name);
  expect(text).not.toContain(CLIENT_SECRET);
  expect(text).not.toContain('a key it is not');
});

test('a port that is taken is told by its number', async () => {
  const first = launch({ ...settings(), SANDBOX_DB: join(folder, 'one.db') });
  const { port } = new URL(await addressOf(first));
  const second = launch({ ...settings(), SANDBOX_DB: join(folder, 'two.db'), SANDBOX_PORT: port });
  const said: string[] = [];
  second.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  expect(await once(second, 'close')).toEqual([1, null]);
  expect(said.join('')).toContain(`EADDRINUSE: address already in use 127.0.0.1:${port}`);
  const ended = once(first, 'exit');
  first.kill('SIGTERM');
  await ended;
});
