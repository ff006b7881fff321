import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {
  defaultProfile,
  generateKeyPair,
  readPrivateKey,
  readPublicKey,
  sign,
  type SignatureScheme,
  signedBytes,
  splitKeys,
  verify,
} from '../../../src/falpay';
import { errorOf, ourKeys, platformKeys, strangerKeys } from './fake-server';

const scheme = defaultProfile.signature;
const privateKey = readPrivateKey(ourKeys.privateKey);
const publicKey = readPublicKey(ourKeys.publicKey);
const message = { timestamp: '1767225600000', nonce: 'abcdefghijklmnop', body: '{"amount":"100.00","名称":"钱包"}' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cardflow-signature-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Buffer): string => {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
};
const openssl = (...args: readonly string[]): string => execFileSync('openssl', args, { stdio: 'pipe' }).toString();

describe('against openssl', () => {
  test('openssl accepts what we sign', () => {
    const signature = file('ours.sig', Buffer.from(sign(message, privateKey, scheme), 'base64'));
    const signed = file('ours.txt', `${message.timestamp}\n${message.nonce}\n${message.body}`);
    const key = file('ours.pem', ourKeys.publicKey);
    expect(openssl('dgst', '-sha256', '-verify', key, '-signature', signature, signed)).toContain('Verified OK');
  });

  test('we accept what openssl signs, and refuse it with a byte changed', () => {
    const signed = file('theirs.txt', `${message.timestamp}\n${message.nonce}\n${message.body}`);
    const out = path.join(folder, 'theirs.sig');
    openssl('dgst', '-sha256', '-sign', file('theirs.pem', ourKeys.privateKey), '-out', out, signed);
    const signature = readFileSync(out).toString('base64');
    expect(verify(message, signature, [publicKey], scheme)).toEqual({ ok: true, key: 0 });
    const changed = { ...message, body: message.body.replace('100.00', '900.00') };
    expect(verify(changed, signature, [publicKey], scheme)).toMatchObject({ ok: false, reason: 'mismatch' });
  });

  test('keys made by openssl are read in every form it writes', () => {
    const pkcs8 = path.join(folder, 'made.pem');
    openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', pkcs8);
    const spki = openssl('rsa', '-in', pkcs8, '-pubout');
    const pkcs1 = openssl('rsa', '-in', pkcs8, '-traditional');
    const pkcs1Public = openssl('rsa', '-in', pkcs8, '-RSAPublicKey_out');
    const certificate = openssl('req', '-new', '-x509', '-key', pkcs8, '-subj', '/CN=falpay', '-days', '2');
    const pem = readFileSync(pkcs8, 'utf8');
    const bare = (text: string) => text.replace(/-----[^-]+-----|\s/g, '');
    for (const secret of [pem, pkcs1, bare(pem), bare(pkcs1), pem.replaceAll('\n', '\\n'), `  ${pem}\n`])
      for (const known of [spki, pkcs1Public, bare(spki), bare(pkcs1Public), certificate]) {
        const signature = sign(message, readPrivateKey(secret), scheme);
        expect(verify(message, signature, [readPublicKey(known)], scheme)).toEqual({ ok: true, key: 0 });
      }
  });

  test('openssl reads the keys we make', async () => {
    const made = await generateKeyPair();
    const secret = file('made.der', Buffer.from(made.privateKey, 'base64'));
    expect(openssl('rsa', '-inform', 'DER', '-in', secret, '-pubout').replace(/-----[^-]+-----|\s/g, '')).toBe(
      made.publicKey,
    );
    expect(openssl('rsa', '-inform', 'DER', '-in', secret, '-noout', '-text')).toContain('2048 bit');
  });
});

describe('what is signed', () => {
  const withParts = (parts: SignatureScheme['parts'], separator = '\n'): SignatureScheme => ({
    ...scheme,
    parts,
    separator,
  });

  test('timestamp, nonce and raw body, by default', () => {
    expect(signedBytes({ timestamp: '1', nonce: 'n', body: '{ "a" : 1 }' }, scheme).toString()).toBe(
      '1\nn\n{ "a" : 1 }',
    );
  });
  test('an empty body signs as the empty string', () => {
    expect(signedBytes({ timestamp: '1', nonce: 'n', body: '' }, scheme).toString()).toBe('1\nn\n');
  });
  test('the body alone', () => {
    expect(signedBytes({ timestamp: '1', nonce: 'n', body: '{}' }, withParts(['body'])).toString()).toBe('{}');
  });
  test('sorted fields, with every digit of the numbers and nested values as JSON', () => {
    const body = '{"b":"x","a":1934567890123456789,"d":{"z":1.10,"y":[true]},"c":null}';
    const bytes = signedBytes({ timestamp: '', nonce: '', body }, withParts(['sortedFields']));
    expect(bytes.toString()).toBe('a=1934567890123456789&b=x&d={"z":1.10,"y":[true]}');
  });
  test('parts in another order, joined by another separator', () => {
    const bytes = signedBytes(
      { timestamp: '1', nonce: 'n', body: 'B' },
      withParts(['body', 'nonce', 'timestamp'], '|'),
    );
    expect(bytes.toString()).toBe('B|n|1');
  });
});

test('a signature fits its message and no other', () => {
  const text = fc.string({ unit: 'grapheme' });
  const field = fc.stringMatching(/^[a-z0-9]{16,64}$/);
  fc.assert(
    fc.property(
      fc.record({ timestamp: field, nonce: field, body: text }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (made, at, flip) => {
        const body = Buffer.from(made.body);
        const signature = sign({ ...made, body }, privateKey, scheme);
        expect(verify({ ...made, body }, signature, [publicKey], scheme).ok).toBe(true);
        expect(verify({ ...made, body, nonce: `${made.nonce}0` }, signature, [publicKey], scheme).ok).toBe(false);
        expect(verify({ ...made, body, timestamp: `0${made.timestamp}` }, signature, [publicKey], scheme).ok).toBe(
          false,
        );
        const changed = body.length === 0 ? Buffer.from([flip]) : Buffer.from(body);
        if (body.length > 0) changed.writeUInt8((changed.readUInt8(at % body.length) ^ flip) & 255, at % body.length);
        expect(verify({ ...made, body: changed }, signature, [publicKey], scheme).ok).toBe(false);
      },
    ),
    { numRuns: 60 },
  );
});

test('whatever stands in the headers, checking it never throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), fc.uint8Array(), (signature, timestamp, nonce, body) => {
      const result = verify({ timestamp, nonce, body: Buffer.from(body) }, signature, [publicKey], scheme);
      expect(result.ok).toBe(false);
    }),
  );
});

test('while FalPay changes keys, the old and the new one are both accepted, and it shows which it was', () => {
  const keys = [readPublicKey(platformKeys.publicKey), publicKey];
  expect(verify(message, sign(message, privateKey, scheme), keys, scheme)).toEqual({ ok: true, key: 1 });
  const stranger = sign(message, readPrivateKey(strangerKeys.privateKey), scheme);
  expect(verify(message, stranger, keys, scheme)).toMatchObject({
    ok: false,
    detail: expect.stringContaining('2 platform keys'),
  });
});

test('a refused signature says why', () => {
  const good = sign(message, privateKey, scheme);
  const why = (signature?: string, part = {}) => verify({ ...message, ...part }, signature, [publicKey], scheme);
  expect(why(undefined)).toMatchObject({ reason: 'missing', detail: 'there is no signature header' });
  expect(why(good, { nonce: undefined, timestamp: '' })).toMatchObject({
    detail: 'there is no timestamp, no nonce header',
  });
  expect(why('@@@')).toMatchObject({ reason: 'malformed', detail: 'the signature is not base64' });
  expect(why(good, { body: `${message.body} ` })).toMatchObject({ reason: 'mismatch' });
});

describe('a key that cannot be used says what is wrong with it', () => {
  const refuse = async (read: () => unknown): Promise<string> => (await errorOf((async () => read())())).message;
  const pair = (...args: readonly string[]): string => openssl('genpkey', ...args);

  test('and never quotes it', async () => {
    const ed25519 = pair('-algorithm', 'ed25519');
    const short = pair('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024');
    const secret = ourKeys.privateKey;
    const bare = secret.replace(/-----[^-]+-----|\s/g, '');
    const told: Record<string, string> = {
      empty: await refuse(() => readPrivateKey('  ', 'FALPAY_PRIVATE_KEY')),
      public: await refuse(() => readPrivateKey(ourKeys.publicKey, 'FALPAY_PRIVATE_KEY')),
      barePublic: await refuse(() => readPrivateKey(ourKeys.publicKey.replace(/-----[^-]+-----|\s/g, ''))),
      cut: await refuse(() => readPrivateKey(bare.slice(0, 400))),
      cutPem: await refuse(() => readPrivateKey(secret.slice(0, 400))),
      noBase64: await refuse(() => readPrivateKey('my secret key!')),
      ed25519: await refuse(() => readPrivateKey(ed25519)),
      short: await refuse(() => readPrivateKey(short)),
      private: await refuse(() => readPublicKey(secret, 'FALPAY_PLATFORM_PUBLIC_KEYS')),
      barePrivate: await refuse(() => readPublicKey(bare)),
    };
    expect(told).toEqual({
      empty: expect.stringContaining('FALPAY_PRIVATE_KEY is empty'),
      public: expect.stringContaining('is a public key where the private key belongs'),
      barePublic: expect.stringContaining('is a public key where the private key belongs'),
      cut: expect.stringContaining('cut off'),
      cutPem: expect.stringContaining('without its END line'),
      noBase64: expect.stringContaining('is not Base64'),
      ed25519: expect.stringContaining('not RSA'),
      short: expect.stringContaining('has 1024 bits'),
      private: expect.stringContaining('FALPAY_PLATFORM_PUBLIC_KEYS is a private key where a public key belongs'),
      barePrivate: expect.stringContaining('is a private key where a public key belongs'),
    });
    for (const text of Object.values(told)) expect(text).not.toMatch(/[A-Za-z0-9+/]{24}/);
  });

  test('several keys in one setting come apart at commas or PEM blocks', () => {
    expect(splitKeys('aaa, bbb,')).toEqual(['aaa', 'bbb']);
    expect(splitKeys(`${ourKeys.publicKey}\n${platformKeys.publicKey}`).map((key) => readPublicKey(key).type)).toEqual([
      'public',
      'public',
    ]);
  });
});
