import { constants, createHash, createSign, privateEncrypt } from 'node:crypto';
import fc from 'fast-check';
import {
  defaultProfile,
  diagnoseSignature,
  readPrivateKey,
  readPublicKey,
  type SignatureCase,
  sign,
} from '../../../src/falpay';
import { ourKeys, platformKeys, strangerKeys } from './fake-server';

const scheme = defaultProfile.signature;
const timestamp = '1767225600000';
const nonce = 'abcdefghijklmnop';
const NOW = Number(timestamp);
const TEXT = '{"orderNo":"R-1","amount":"100.00","url":"https://x/y","名称":"钱包","count":7,"remark":null}';

const platform = { name: 'the platform’s key', key: readPublicKey(platformKeys.publicKey) };
const client = { name: 'the client’s key', key: readPublicKey(ourKeys.publicKey) };
const platformPrivate = readPrivateKey(platformKeys.privateKey);

/** What the platform signed: by default what the contract says, over `TEXT`. */
const signed = (text: string | Buffer, algorithm = 'RSA-SHA256', key = platformKeys.privateKey) =>
  createSign(algorithm).update(text).sign(key, 'base64');
const agreed = (body: string | Buffer) => Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), Buffer.from(body)]);

const diagnose = (over: Partial<SignatureCase> & { body?: string | Buffer }) =>
  diagnoseSignature({
    message: { timestamp, nonce, body: Buffer.from(over.body ?? TEXT) },
    signature: signed(agreed(TEXT)),
    scheme,
    expected: [platform],
    others: [client],
    arrival: { now: NOW, profile: defaultProfile },
    ...over,
  });
const codes = (over: Parameters<typeof diagnose>[0]) => diagnose(over).findings.map(({ code }) => code);
const texts = (over: Parameters<typeof diagnose>[0]) =>
  diagnose(over)
    .findings.map(({ message }) => message)
    .join('\n');

test('an untouched message is valid, and the key that made it is named', () => {
  expect(diagnose({})).toEqual({ valid: true, key: platform.name, findings: [] });
});

describe('the key', () => {
  test('a stranger’s signature is told from a changed message', () => {
    const strange = diagnose({ signature: signed(agreed(TEXT), 'RSA-SHA256', strangerKeys.privateKey) });
    expect(strange).toMatchObject({ valid: false, findings: [{ code: 'wrong-key' }] });
    expect(codes({ body: TEXT.replace('100.00', '900.00') })).toEqual(['changed']);
  });

  test('the other party’s signature is named as such, and still looked into', () => {
    const ours = diagnose({ signature: signed(agreed(`${TEXT}\n`), 'RSA-SHA256', ourKeys.privateKey) });
    expect(ours).toMatchObject({ valid: false, key: client.name });
    expect(ours.findings.map(({ code }) => code)).toEqual(['other-party', 'whitespace']);
  });

  test('a message without a signature, or without what was signed with it, says what is missing', () => {
    expect(codes({ signature: undefined })).toEqual(['missing']);
    expect(codes({ message: { body: Buffer.from(TEXT) } })).toEqual(['missing', 'missing', 'changed']);
  });
});

describe('the algorithm', () => {
  test.each([
    ['RSA-SHA1', /SHA1withRSA instead of SHA256withRSA/],
    ['RSA-MD5', /MD5withRSA instead/],
    ['RSA-SHA512', /SHA512withRSA instead/],
  ])('%s is recognised', (algorithm, message) => {
    expect(texts({ signature: signed(agreed(TEXT), algorithm) })).toMatch(message);
    expect(codes({ signature: signed(agreed(TEXT), algorithm) })).toEqual(['algorithm']);
  });

  test('a digest that was encrypted instead of signed is recognised', () => {
    const digest = createHash('sha256').update(agreed(TEXT)).digest();
    for (const content of [digest, Buffer.from(digest.toString('hex'))]) {
      const encrypted = privateEncrypt(platformKeys.privateKey, content).toString('base64');
      expect(texts({ signature: encrypted })).toMatch(/was encrypted with the private key instead of signed/);
    }
  });

  test('PSS padding is recognised', () => {
    const pss = createSign('RSA-SHA256')
      .update(agreed(TEXT))
      .sign({ key: platformKeys.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }, 'base64');
    expect(texts({ signature: pss })).toMatch(/RSASSA-PSS/);
  });
});

describe('the signature’s own text', () => {
  const base64 = signed(agreed(TEXT));
  const bytes = Buffer.from(base64, 'base64');
  const withPlus = () => {
    for (let extra = 0; ; extra += 1) {
      const body = `${TEXT}${' '.repeat(extra)}`;
      const signature = signed(agreed(body));
      if (signature.includes('+')) return { body, signature };
    }
  };

  test.each([
    ['hexadecimal', bytes.toString('hex'), /is written in hex, not in base64/],
    ['wrapped lines', (base64.match(/.{1,64}/g) ?? []).join('\n'), /line ends or spaces/],
    ['URL encoding', encodeURIComponent(base64), /encoded as in a URL/],
  ])('%s is read, and told', (_name, signature, message) => {
    expect(codes({ signature })).toEqual(['encoding']);
    expect(texts({ signature })).toMatch(message);
  });

  test('a "+" that became a space is told', () => {
    const { body, signature } = withPlus();
    expect(texts({ body, signature: signature.replaceAll('+', ' ') })).toMatch(/its "\+" became spaces/);
  });

  test('one that was cut off is told from one of another key', () => {
    expect(texts({ signature: base64.slice(0, 200) })).toMatch(/has 150 bytes, and a key like ours makes 256/);
    expect(texts({ signature: 'not a signature!' })).toMatch(/is no base64/);
  });
});

describe('white space', () => {
  test.each<[string, string | Buffer, string | Buffer, RegExp]>([
    ['a line end that an editor added', TEXT, `${TEXT}\n`, /without the line end at its end/],
    ['a line end that was lost', `${TEXT}\n`, TEXT, /with a line end \(LF\) after it/],
    ['a lost CR LF', `${TEXT}\r\n`, TEXT, /with a line end \(CR LF\) after it/],
    ['a byte order mark that was added', TEXT, `\ufeff${TEXT}`, /without the byte order mark/],
    ['a byte order mark that was lost', `\ufeff${TEXT}`, TEXT, /with a byte order mark/],
    ['LF that became CR LF', '{\n"a":1\n}', '{\r\n"a":1\r\n}', /with LF where it has CR LF/],
    ['CR LF that became LF', '{\r\n"a":1\r\n}', '{\n"a":1\n}', /with CR LF where it has LF/],
    ['spaces around', TEXT, `  ${TEXT} \n`, /without spaces and line ends at its begin and end/],
  ])('%s', (_name, original, arrived, message) => {
    const signature = signed(agreed(original));
    expect(codes({ signature, body: arrived })).toEqual(['whitespace']);
    expect(texts({ signature, body: arrived })).toMatch(message);
  });
});

describe('JSON that was written again', () => {
  const value: unknown = JSON.parse(TEXT);
  test.each([
    ['pretty-printed on its way', TEXT, JSON.stringify(value, null, 2), /written again without spaces/],
    ['compacted on its way', JSON.stringify(value, null, 4), TEXT, /indented by 4 spaces/],
    ['from Python', '{"a": "b", "c": [1, 2]}', '{"a":"b","c":[1,2]}', /as Python does/],
    [
      'from PHP',
      TEXT.replaceAll('/', '\\/').replace('名称', '\\u540d\\u79f0').replace('钱包', '\\u94b1\\u5305'),
      TEXT,
      /as PHP does/,
    ],
    ['from Go', '{"a":"x \\u0026 y"}', '{"a":"x & y"}', /as Go does/],
    ['with its keys sorted', '{"a":1,"b":2}', '{"b":2,"a":1}', /keys sorted/],
    ['without null fields', '{"a":1}', '{"a":1,"b":null}', /without its null fields/],
    [
      'by a parser that lost digits',
      '{"id":1934567890123456800}',
      '{"id":1934567890123456789}',
      /long numbers lose digits/,
    ],
  ])('%s', (_name, original, arrived, message) => {
    const signature = signed(agreed(original));
    expect(codes({ signature, body: arrived })).toEqual(['reserialised']);
    expect(texts({ signature, body: arrived })).toMatch(message);
  });
});

describe('another string to sign', () => {
  const fields = 'amount=100.00&count=7&orderNo=R-1&url=https://x/y&名称=钱包';
  test.each([
    ['the body alone', TEXT, /<body> instead of <timestamp>\\n<nonce>\\n<body>/],
    ['without separators', `${timestamp}${nonce}${TEXT}`, /<timestamp><nonce><body> instead/],
    ['the body first', `${TEXT}&${timestamp}&${nonce}`, /<body>&<timestamp>&<nonce>/],
    ['a line end after each part', `${timestamp}\n${nonce}\n${TEXT}\n`, /line end \(LF\) after it|<body>\\n/],
    ['named parts', `timestamp=${timestamp}&nonce=${nonce}&body=${TEXT}`, /timestamp=<timestamp>&nonce=<nonce>/],
    ['sorted fields', fields, /<body> instead .* key=value&key=value, by key in the place of the body/],
    ['a digest of the body', agreed(createHash('sha256').update(TEXT).digest('hex')).toString(), /SHA-256 of the body/],
    ['the time in seconds', `1767225600\n${nonce}\n${TEXT}`, /signed in seconds/],
  ])('%s is found', (_name, original, message) => {
    expect(texts({ signature: signed(original) })).toMatch(message);
    expect(diagnose({ signature: signed(original) }).valid).toBe(false);
  });

  test('the raw body where the profile has sorted fields is found', () => {
    const sorted = { ...scheme, parts: ['timestamp', 'nonce', 'sortedFields'] as const, separator: '\n' };
    const over = { scheme: { ...sorted, parts: [...sorted.parts] } };
    expect(diagnose({ ...over, signature: signed(agreed(fields)) }).valid).toBe(true);
    expect(texts({ ...over, signature: signed(agreed(TEXT)) })).toMatch(/it holds the body as it is where/);
  });
});

describe('the clock', () => {
  const at = (now: number, callbacks = defaultProfile.callbacks) =>
    diagnose({ arrival: { now, profile: { ...defaultProfile, callbacks } } });

  test('a message from the future is refused', () => {
    expect(at(NOW - 600_000)).toMatchObject({ valid: false, findings: [{ code: 'clock', refuses: true }] });
  });

  test('an old one is only told of, unless the profile enforces freshness', () => {
    expect(at(NOW + 86_400_000)).toMatchObject({ valid: true, findings: [{ code: 'clock', refuses: false }] });
    const strict = { ...defaultProfile.callbacks, enforceFreshness: true };
    expect(at(NOW + 86_400_000, strict)).toMatchObject({ valid: false, findings: [{ code: 'clock' }] });
  });

  test('a timestamp in another unit is told', () => {
    const message = { timestamp: '1767225600', nonce, body: Buffer.from(TEXT) };
    const signature = signed(`1767225600\n${nonce}\n${TEXT}`);
    expect(diagnose({ message, signature }).findings).toMatchObject([{ code: 'timestamp' }]);
  });
});

describe('whatever comes', () => {
  test('a valid message has no findings, and one changed byte makes it invalid with a reason', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.nat(), (bytes, at) => {
        const body = Buffer.from(bytes);
        const signature = sign({ timestamp, nonce, body }, platformPrivate, scheme);
        const message = { timestamp, nonce, body };
        expect(diagnose({ message, signature }).valid).toBe(true);
        const other = Buffer.from(body);
        other[at % body.length] = (other[at % body.length] ?? 0) ^ 1;
        const verdict = diagnose({ message: { ...message, body: other }, signature });
        expect(verdict.valid).toBe(false);
        expect(verdict.findings.length).toBeGreaterThan(0);
      }),
      { numRuns: 30 },
    );
  });

  test('it never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array(), fc.option(fc.string(), { nil: undefined }), (signature, body, time) => {
        const message = { timestamp: time, nonce: time, body: Buffer.from(body) };
        expect(diagnose({ message, signature }).valid).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});
