import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../../../src/cli/program';
import { createSandbox } from '../../../src/sandbox/index';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function cli(
  args: readonly string[],
  { stdin = Buffer.alloc(0), env = {} }: { stdin?: Buffer; env?: Record<string, string> } = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: async () => stdin.toString(),
    stdinBytes: async () => stdin,
    signal: new AbortController().signal,
    env,
  });
  return { code, out: out.join('\n'), err: err.join('\n') } satisfies Ran;
}

let folder: string;
/** Each party's key in every form that openssl writes. */
const forms = { client: {} as Record<string, string>, platform: {} as Record<string, string> };
const openssl = (...args: readonly string[]): Buffer => execFileSync('openssl', args, { stdio: 'pipe' });
const file = (name: string, content: string | Buffer): string => {
  const at = join(folder, name);
  writeFileSync(at, content);
  return at;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardflow-sign-'));
  for (const party of ['client', 'platform'] as const) {
    const made = join(folder, `${party}.pem`);
    openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', made);
    const bare = (der: Buffer) => `${der.toString('base64')}\n`;
    Object.assign(forms[party], {
      'PKCS#8 PEM': made,
      'PKCS#1 PEM': file(`${party}-1.pem`, openssl('rsa', '-in', made, '-traditional')),
      'PKCS#8 Base64': file(
        `${party}-8.b64`,
        bare(openssl('pkcs8', '-topk8', '-nocrypt', '-in', made, '-outform', 'DER')),
      ),
      'PKCS#1 Base64': file(`${party}-1.b64`, bare(openssl('rsa', '-in', made, '-traditional', '-outform', 'DER'))),
      'SPKI PEM': file(`${party}-pub.pem`, openssl('rsa', '-in', made, '-pubout')),
      'SPKI Base64': file(`${party}-pub.b64`, bare(openssl('rsa', '-in', made, '-pubout', '-outform', 'DER'))),
      'PKCS#1 public PEM': file(`${party}-pub1.pem`, openssl('rsa', '-in', made, '-RSAPublicKey_out')),
      'PKCS#1 public Base64': file(
        `${party}-pub1.b64`,
        bare(openssl('rsa', '-in', made, '-RSAPublicKey_out', '-outform', 'DER')),
      ),
    });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const BODY = Buffer.from('{"amount":"100.00","名称":"钱包"}\n');
const form = (party: keyof typeof forms, name: string): string => forms[party][name] ?? '';
const headersIn = (text: string) =>
  Object.fromEntries(text.split('\n').map((line) => line.split(': ') as [string, string]));

describe('sign', () => {
  test.each(['PKCS#8 PEM', 'PKCS#1 PEM', 'PKCS#8 Base64', 'PKCS#1 Base64'])(
    'openssl accepts what is signed with a %s key, from a file and from standard input',
    async (name) => {
      for (const [source, stdin] of [
        [file('body.json', BODY), undefined],
        ['-', BODY],
      ] as const) {
        const signed = await cli(['sign', 'client', source, '--key', form('client', name)], { stdin });
        expect(signed).toMatchObject({ code: 0, err: '' });
        const headers = headersIn(signed.out);
        const text = `${headers['X-Falpay-Timestamp']}\n${headers['X-Falpay-Nonce']}\n${BODY}`;
        const signature = file('made.sig', Buffer.from(headers['X-Falpay-Signature'] ?? '', 'base64'));
        const verified = openssl(
          'dgst',
          '-sha256',
          '-verify',
          form('client', 'SPKI PEM'),
          '-signature',
          signature,
          file('text', text),
        );
        expect(verified.toString()).toContain('Verified OK');
      }
    },
  );

  test('the settings’ key is taken for each party, and the string that is signed can be shown', async () => {
    const env = {
      FALPAY_PRIVATE_KEY_FILE: form('client', 'PKCS#8 Base64'),
      SANDBOX_PLATFORM_PRIVATE_KEY_FILE: form('platform', 'PKCS#1 PEM'),
    };
    const fixed = ['--timestamp', '1767225600000', '--nonce', 'abcdefghijklmnop', '--json', '--show'];
    const signatures: string[] = [];
    for (const [party, key] of [
      ['client', 'client'],
      ['server', 'platform'],
    ] as const) {
      const { out } = await cli(['sign', party, ...fixed], { stdin: BODY, env });
      const { signature, stringToSign } = JSON.parse(out) as { signature: string; stringToSign: string };
      expect(stringToSign).toBe(`1767225600000\nabcdefghijklmnop\n${BODY}`);
      const made = openssl('dgst', '-sha256', '-sign', form(key, 'PKCS#8 PEM'), file('text', stringToSign));
      expect(signature).toBe(made.toString('base64'));
      signatures.push(signature);
    }
    expect(new Set(signatures).size).toBe(2);
  });

  test.each([
    [['sign', 'shop'], /"shop" is neither client nor server/],
    [['sign', 'client'], /give --key <file>, or set FALPAY_PRIVATE_KEY/],
    [['sign', 'client', '-', '--key', '-'], /cannot both come from standard input/],
    [['verify', 'client'], /give --key <file>, or set FALPAY_PLATFORM_PUBLIC_KEYS/],
  ])('%j is a usage error', async (args, message) => {
    expect(await cli(args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });

  test('a public key to sign with is refused, naming the file', async () => {
    const key = form('client', 'SPKI PEM');
    const { code, err } = await cli(['sign', 'client', '--key', key], { stdin: BODY });
    expect({ code, err }).toEqual({ code: 1, err: `cardflow: ${key}: is a public key where the private key belongs` });
  });
});

describe('verify', () => {
  const at = '2026-01-01T00:00:00Z';
  const timestamp = String(Date.parse(at));
  const nonce = 'abcdefghijklmnop';
  /** Signed by openssl. */
  const headersFor = (body: Buffer, party: keyof typeof forms = 'platform') => {
    const text = file('signed', Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body]));
    const signature = openssl('dgst', '-sha256', '-sign', form(party, 'PKCS#8 PEM'), text).toString('base64');
    return { 'X-Falpay-Timestamp': timestamp, 'x-falpay-nonce': nonce, 'X-FALPAY-SIGNATURE': signature };
  };
  const verify = (headers: object, body: Buffer, ...more: string[]) =>
    cli(
      [
        'verify',
        'client',
        '-',
        '--headers',
        file('headers.json', JSON.stringify(headers)),
        '--at',
        at,
        '--key',
        form('platform', 'SPKI PEM'),
        ...more,
      ],
      { stdin: body },
    );

  test.each(['SPKI PEM', 'SPKI Base64', 'PKCS#1 public PEM', 'PKCS#1 public Base64'])(
    'what openssl signed is accepted with a %s key',
    async (name) => {
      const headers = file('headers.json', JSON.stringify(headersFor(BODY)));
      const args = [
        'verify',
        'client',
        file('body.json', BODY),
        '--headers',
        headers,
        '--at',
        at,
        '--key',
        form('platform', name),
      ];
      expect(await cli(args)).toMatchObject({ code: 0, out: expect.stringMatching(/^valid: signed by the key of /) });
    },
  );

  test('a captured message is taken as it is', async () => {
    const lines = Object.entries(headersFor(BODY)).map(([name, value]) => `${name}: ${value}`);
    const capture = Buffer.concat([
      Buffer.from(`POST /callbacks HTTP/1.1\r\nHost: x\r\n${lines.join('\r\n')}\r\n\r\n`),
      BODY,
    ]);
    const args = [
      'verify',
      'client',
      '--message',
      file('captured', capture),
      '--at',
      at,
      '--key',
      form('platform', 'SPKI PEM'),
    ];
    expect(await cli(args)).toMatchObject({ code: 0 });
  });

  test.each<[string, Buffer, Buffer, string]>([
    ['a changed body', BODY, Buffer.from(BODY.toString().replace('100', '900')), 'changed'],
    ['a lost line end', BODY, BODY.subarray(0, -1), 'whitespace'],
    ['a byte order mark', BODY, Buffer.from(`\ufeff${BODY}`), 'whitespace'],
    ['JSON written again', BODY, Buffer.from('{ "amount": "100.00", "名称": "钱包" }'), 'reserialised'],
  ])('%s is told', async (_name, original, arrived, code) => {
    const { code: exit, out } = await verify(headersFor(original), arrived, '--json');
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ valid: false, findings: [{ code }] });
  });

  test('the other party’s signature, a stranger’s and a late one are told', async () => {
    const env = {
      FALPAY_PRIVATE_KEY_FILE: form('client', 'PKCS#8 PEM'),
      FALPAY_PLATFORM_PUBLIC_KEYS_FILE: form('platform', 'SPKI PEM'),
    };
    const headers = file('headers.json', JSON.stringify(headersFor(BODY, 'client')));
    const args = ['verify', 'client', '-', '--headers', headers];
    const ours = await cli([...args, '--at', at], { stdin: BODY, env });
    expect(ours).toMatchObject({
      code: 1,
      out: expect.stringMatching(/other-party: it was made by the client’s key \(FALPAY_PRIVATE_KEY\)/),
    });
    const asServer = await cli(['verify', 'server', '-', '--headers', headers, '--at', '2026-01-02T00:00:00Z'], {
      stdin: BODY,
      env,
    });
    expect(asServer).toMatchObject({
      code: 0,
      out: expect.stringMatching(/clock: it was signed 24 h ago: taken as stale/),
    });
    const future = await cli(['verify', 'server', '-', '--headers', headers, '--at', '2025-12-31T00:00:00Z'], {
      stdin: BODY,
      env,
    });
    expect(future).toMatchObject({ code: 1, out: expect.stringMatching(/clock: it was signed 24 h in the future/) });
    const stranger = await verify(headersFor(BODY, 'client'), BODY);
    expect(stranger.out).toMatch(/wrong-key: another key made it: not the key of /);
  });
});

describe('keys', () => {
  test.each([
    [['--format', 'pem'], /BEGIN PRIVATE KEY/, /BEGIN PUBLIC KEY/],
    [['--format', 'pem', '--pkcs1'], /BEGIN RSA PRIVATE KEY/, /BEGIN RSA PUBLIC KEY/],
    [[], /^[A-Za-z0-9+/=]+$/, /^[A-Za-z0-9+/=]+$/],
    [['--pkcs1'], /^[A-Za-z0-9+/=]+$/, /^[A-Za-z0-9+/=]+$/],
  ])('generate %j makes a pair that signs and verifies', async (options, privateForm, publicForm) => {
    const pair = JSON.parse((await cli(['keys', 'generate', '--json', ...options])).out) as Record<
      'privateKey' | 'publicKey',
      string
    >;
    expect(pair.privateKey).toMatch(privateForm);
    expect(pair.publicKey).toMatch(publicForm);
    const headers = (await cli(['sign', 'client', '--key', file('own', pair.privateKey)], { stdin: BODY })).out;
    const args = [
      'verify',
      'server',
      '--key',
      file('own.pub', pair.publicKey),
      '--headers',
      file('own.headers', headers),
    ];
    expect(await cli(args, { stdin: BODY })).toMatchObject({ code: 0 });
  });

  test('convert writes any form from any form, as openssl does', async () => {
    const convert = async (from: string, ...options: string[]) =>
      `${(await cli(['keys', 'convert', form('client', from), ...options])).out}\n`;
    const made = (name: string) => readFileSync(form('client', name), 'utf8');
    expect(await convert('PKCS#1 Base64', '--format', 'pem')).toBe(made('PKCS#8 PEM'));
    expect(await convert('PKCS#8 Base64', '--format', 'pem', '--pkcs1')).toBe(made('PKCS#1 PEM'));
    expect(await convert('PKCS#8 PEM')).toBe(made('PKCS#8 Base64'));
    expect(await convert('PKCS#1 PEM', '--public')).toBe(made('SPKI Base64'));
    expect(await convert('SPKI Base64', '--pkcs1', '--format', 'pem')).toBe(made('PKCS#1 public PEM'));
  });
});

test('the sandbox’s five operations and the commands accept each other’s work', async () => {
  const read = (party: keyof typeof forms, name: string) => readFileSync(form(party, name), 'utf8');
  const sandbox = createSandbox({
    clientId: '1',
    clientSecret: 's',
    clientPublicKey: read('client', 'SPKI PEM'),
    platformPrivateKey: read('platform', 'PKCS#8 PEM'),
  });
  await sandbox.start();
  const tool = async (operation: string, body: object) => {
    const response = await fetch(`${sandbox.url}/sandbox/signature/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, string>;
  };
  try {
    const body = BODY.toString();
    const signed = await cli(['sign', 'client', '--json', '--key', form('client', 'PKCS#8 PEM')], { stdin: BODY });
    expect(await tool('server-verify', { body, ...(JSON.parse(signed.out) as object) })).toMatchObject({ valid: true });

    const { timestamp = '', nonce = '', signature = '' } = await tool('server-sign', { body });
    const parts = ['--timestamp', timestamp, '--nonce', nonce, '--signature', signature];
    const args = ['verify', 'client', ...parts, '--key', form('platform', 'SPKI PEM')];
    expect(await cli(args, { stdin: BODY })).toMatchObject({ code: 0 });

    const pair = await tool('generate-keys', {});
    const own = await cli(['sign', 'server', '--json', '--key', file('made.key', pair['privateKey'] ?? '')], {
      stdin: BODY,
    });
    const checked = { body, publicKey: pair['publicKey'], ...(JSON.parse(own.out) as object) };
    expect(await tool('client-verify', checked)).toMatchObject({ valid: true });
  } finally {
    await sandbox.stop();
  }
});
