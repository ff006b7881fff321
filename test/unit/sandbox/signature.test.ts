import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { defaultProfile } from '../../../src/falpay/contract/profile.default';
import { generateKeys, privateKeyOf, publicKeyOf } from '../../../src/sandbox/wire/keys';
import {
  isGenuine,
  signBody,
  signMessage,
  stringToSign,
  timestampMs,
  type SignatureRules,
} from '../../../src/sandbox/wire/signature';
import {
  clientPrivateKey,
  clientPublicKey,
  isSignedByPlatform,
  platformPublicKey,
  signedByClient,
} from './support/caller';
import { TestWorld } from './support/world';

const pair = generateKeys();
const privateKey = privateKeyOf(pair.privateKey, 'key');
const publicKey = publicKeyOf(pair.publicKey, 'key');
const { signature: rules, time } = defaultProfile;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-signature-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const pem = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
const openssl = (...args: readonly string[]): Buffer => execFileSync('openssl', args);

test('openssl verifies what the sandbox signs', () => {
  const body = Buffer.from('{"name":"陈大文","amount":"100.00"}');
  const { timestamp, nonce, signature } = signBody(body, privateKey, { rules, time, now: 1_770_000_000_000 });
  const verdict = openssl(
    'dgst',
    '-sha256',
    '-verify',
    file('public.pem', pem('PUBLIC KEY', pair.publicKey)),
    '-signature',
    file('signature.bin', Buffer.from(signature, 'base64')),
    file('message.txt', `${timestamp}\n${nonce}\n${body.toString()}`),
  );
  expect(verdict.toString()).toContain('Verified OK');
});

test('the sandbox verifies what openssl signs', () => {
  const message = { timestamp: '1770000000000', nonce: 'abcdefghijklmnop', body: Buffer.from('') };
  const signature = openssl(
    'dgst',
    '-sha256',
    '-sign',
    file('private.pem', pem('PRIVATE KEY', pair.privateKey)),
    file('empty.txt', '1770000000000\nabcdefghijklmnop\n'),
  ).toString('base64');
  expect(isGenuine(message, signature, publicKey, rules)).toBe(true);
});

test('only the untouched message is genuine', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(bytes, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, at, change) => {
      const body = Buffer.from(content);
      const signed = signBody(body, privateKey, { rules, time, now: 1_770_000_000_000 });
      expect(isGenuine({ ...signed, body }, signed.signature, publicKey, rules)).toBe(true);
      const touched = Buffer.from(body);
      touched[at % body.length] = (touched[at % body.length] ?? 0) ^ change;
      expect(isGenuine({ ...signed, body: touched }, signed.signature, publicKey, rules)).toBe(false);
    }),
    { numRuns: 50 },
  );
});

test.each<[string, Partial<SignatureRules>, string]>([
  [
    'timestamp, nonce and body, a line each',
    {},
    '1770000000\nabc\n{"b":2,"a":"1","n":null,"o":{"x":12345678901234567890}}',
  ],
  ['the body alone', { parts: ['body'] }, '{"b":2,"a":"1","n":null,"o":{"x":12345678901234567890}}'],
  [
    'sorted fields',
    { parts: ['sortedFields', 'timestamp'], separator: '&' },
    'a=1&b=2&o={"x":12345678901234567890}&1770000000',
  ],
])('the string to sign is the profile’s: %s', (_what, change, expected) => {
  const body = Buffer.from('{"b":2,"a":"1","n":null,"o":{"x":12345678901234567890}}');
  const message = { timestamp: '1770000000', nonce: 'abc', body, method: 'POST', path: '/a/b', clientId: '7' };
  const changed = { ...rules, ...change };
  expect(stringToSign(message, changed).toString()).toBe(expected);
  expect(isGenuine(message, signMessage(message, privateKey, changed), publicKey, changed)).toBe(true);
});

test.each(['base64', 'base64url', 'hex'] as const)('a signature in %s is taken to the letter', (encoding) => {
  const changed = { ...rules, encoding };
  const message = { timestamp: '1', nonce: 'n', body: Buffer.from('x') };
  const signature = signMessage(message, privateKey, changed);
  expect(isGenuine(message, signature, publicKey, changed)).toBe(true);
  expect(isGenuine(message, `${signature} `, publicKey, changed)).toBe(false);
});

test('timestamps are read in the profile’s unit', () => {
  expect(timestampMs('1770000000', { ...rules, timestampUnit: 's' }, time)).toBe(1_770_000_000_000);
  expect(timestampMs('1770000000000', rules, time)).toBe(1_770_000_000_000);
  expect(timestampMs('2026-02-02 10:40:00', { ...rules, timestampUnit: 'text' }, time)).toBe(1_770_000_000_000);
  expect(timestampMs('-5', rules, time)).toBeUndefined();
});

test.each<[string, () => unknown, RegExp]>([
  ['rubbish', () => privateKeyOf('rubbish', 'KEY'), /^KEY is not a private key/],
  [
    'a private key where a public one belongs',
    () => publicKeyOf(pem('PRIVATE KEY', pair.privateKey), 'KEY'),
    /^KEY is a private key/,
  ],
  ['a public key where a private one belongs', () => privateKeyOf(pair.publicKey, 'KEY'), /^KEY is not a private key/],
])('%s as a key is refused by its setting’s name, and never quoted', (_what, read, message) => {
  expect(read).toThrow(message);
});

test('keys are read as Base64, as PEM, and as PEM with its line ends written out', () => {
  for (const text of [
    pair.privateKey,
    pem('PRIVATE KEY', pair.privateKey),
    pem('PRIVATE KEY', pair.privateKey).replaceAll('\n', '\\n'),
  ]) {
    expect(privateKeyOf(text, 'KEY').equals(privateKey)).toBe(true);
  }
});

describe('签名验签工具', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await TestWorld.start();
  });
  afterAll(() => world.stop());
  const tool = (name: string, body: unknown) =>
    world.tryControl<Record<string, string>>('POST', `/signature/${name}`, body);

  test('生成秘钥对: makes a pair that fits', async () => {
    const { body: made } = await tool('generate-keys', {});
    const message = { timestamp: '1', nonce: 'n', body: Buffer.from('x') };
    const signature = signMessage(message, privateKeyOf(made['privateKey'] ?? '', 'k'), rules);
    expect(isGenuine(message, signature, publicKeyOf(made['publicKey'] ?? '', 'k'), rules)).toBe(true);
  });

  test('1. 客户端签名 and 2. 服务端验签 fit each other', async () => {
    const body = '{"a":"1"}';
    const { body: signed } = await tool('client-sign', { body, privateKey: clientPrivateKey });
    expect(signed['stringToSign']).toBe(`${signed['timestamp']}\n${signed['nonce']}\n${body}`);
    const message = { body, timestamp: signed['timestamp'], nonce: signed['nonce'], signature: signed['signature'] };
    expect((await tool('server-verify', message)).body).toMatchObject({ valid: true });
    expect((await tool('server-verify', { ...message, publicKey: clientPublicKey })).body).toMatchObject({
      valid: true,
    });
    expect((await tool('server-verify', { ...message, body: '{"a": "1"}' })).body).toMatchObject({ valid: false });
    expect((await tool('server-verify', { body, ...signedByClient(body) })).body).toMatchObject({ valid: true });
  });

  test('3. 服务端签名 and 4. 客户端验签 fit each other', async () => {
    const body = '{"eventId":"1"}';
    const { body: signed } = await tool('server-sign', { body, timestamp: '1770000000000', nonce: 'abcdefghijklmnop' });
    expect(isSignedByPlatform(body, signed)).toBe(true);
    const message = { body, timestamp: signed['timestamp'], nonce: signed['nonce'], signature: signed['signature'] };
    expect((await tool('client-verify', { ...message, publicKey: platformPublicKey })).body).toMatchObject({
      valid: true,
      ageMs: expect.any(Number),
    });
    expect((await tool('client-verify', { ...message, publicKey: clientPublicKey })).body).toMatchObject({
      valid: false,
    });
  });

  test.each([
    ['client-sign', { body: 'x' }, 'privateKey'],
    ['client-sign', { body: 'x', privateKey: 'rubbish' }, 'privateKey'],
    ['server-verify', { body: 'x' }, 'signature'],
    ['client-verify', { body: 'x', signature: 'x', publicKey: 'rubbish' }, 'publicKey'],
  ])('%s names what is wrong', async (name, input, field) => {
    expect(await tool(name, input)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });
});
