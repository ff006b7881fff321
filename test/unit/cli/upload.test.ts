import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/program';
import { jpeg, MB, pdf } from '../upload/samples';
import { BUCKET, S3Server } from '../upload/s3-server';

let s3: S3Server;
let folder: string;
beforeAll(async () => {
  s3 = await S3Server.start();
  folder = mkdtempSync(join(tmpdir(), 'cardflow-upload-'));
});
afterAll(async () => {
  await s3.stop();
  rmSync(folder, { recursive: true });
});

const file = (name: string, content: Buffer): string => {
  const at = join(folder, name);
  writeFileSync(at, content);
  return at;
};
const keys = () => ({
  S3_ENDPOINT: s3.url,
  S3_REGION: s3.config.region,
  S3_BUCKET: BUCKET,
  S3_ACCESS_KEY_ID: s3.config.credentials?.accessKeyId ?? '',
  S3_SECRET_ACCESS_KEY: s3.config.credentials?.secretAccessKey ?? '',
});

async function upload(args: readonly string[], env: Record<string, string>, stdin: Buffer = Buffer.alloc(0)) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(['upload', ...args], {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: async () => stdin.toString(),
    stdinBytes: async () => stdin,
    signal: new AbortController().signal,
    env,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('a file is stored and its key printed, with keys or a presigned URL, from a file or standard input', async () => {
  const stored = await upload([file('front.jpg', jpeg())], keys());
  expect(stored).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^kyc\/.+\.jpg$/) });
  expect((await s3.object(stored.out))?.body).toEqual(jpeg());

  const prefixed = await upload(['-', '--json'], { ...keys(), S3_PREFIX: 'papers/hk' }, pdf());
  expect(JSON.parse(prefixed.out)).toMatchObject({ fileKey: expect.stringMatching(/^papers\/hk\//), size: 1000 });

  for (const given of ['option', 'setting']) {
    const url = s3.presigned('PUT', `falpay/${given}.pdf`);
    const env = { S3_BUCKET: BUCKET, ...(given === 'setting' ? { S3_PRESIGNED_URL: url } : {}) };
    const args = [file('a.pdf', pdf()), ...(given === 'option' ? ['--presigned-url', url] : [])];
    expect(await upload(args, env)).toEqual({ code: 0, out: `falpay/${given}.pdf`, err: '' });
  }
});

test.each<[string, () => readonly string[], () => Record<string, string>, number, RegExp]>([
  ['no store', () => [file('a.pdf', pdf())], () => ({}), 2, /set S3_BUCKET and S3_REGION, or give --presigned-url/],
  ['half a pair of keys', () => ['x'], () => ({ ...keys(), S3_ACCESS_KEY_ID: '' }), 2, /S3_ACCESS_KEY_ID: is not set/],
  ['no file', () => [join(folder, 'nothing')], keys, 1, /there is no file/],
  ['a folder', () => [folder], keys, 1, /is no file/],
  ['another type', () => [file('a.txt', Buffer.from('hello, text'))], keys, 1, /neither JPEG, PNG nor PDF/],
  [
    'a file too large',
    () => [file('b.pdf', pdf(2 * MB))],
    () => ({ ...keys(), S3_MAX_FILE_MB: '1' }),
    1,
    /larger than 1 MB/,
  ],
  [
    'a URL that is not presigned',
    () => ['x', '--presigned-url', 'https://x.example/a'],
    () => ({}),
    2,
    /no presigned URL/,
  ],
])('%s is told, with what to do', async (_name, args, env, code, message) => {
  expect(await upload(args(), env())).toMatchObject({ code, out: '', err: expect.stringMatching(message) });
});

test('a refused presigned URL is not repeated: it is a permission', async () => {
  const old = s3.presigned('PUT', 'falpay/old.pdf', { expires: 1, at: new Date(Date.now() - 60_000) });
  const { code, err } = await upload([file('a.pdf', pdf()), '--presigned-url', old], {});
  expect(code).toBe(1);
  expect(err).toMatch(/refuses the presigned URL \(AccessDenied\)/);
  expect(err).not.toMatch(/X-Amz/);
});
