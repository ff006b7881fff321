import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter, type Payload, type SerializationContext } from '@temporalio/common';
import fc from 'fast-check';
import { EncryptionCodec } from '../../../src/temporal/payload-codec';

const key = () => randomBytes(32);
const codecOf = (keys: Record<string, Buffer>, activeKeyId: string, namespace = 'default') =>
  new EncryptionCodec({ keys: new Map(Object.entries(keys)), activeKeyId }, namespace);
const context = (workflowId: string): SerializationContext => ({ type: 'workflow', namespace: 'default', workflowId });
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const only = <T>([item]: readonly T[]): T => {
  if (item === undefined) throw new Error('nothing there');
  return item;
};
const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('utf8');

const k1 = key();
const codec = codecOf({ k1 }, 'k1');

test('any value survives encryption and decryption', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.string(), async (value, workflowId) => {
      const sealed = await codec.encode([payload(value)], context(workflowId));
      const opened = only(await codec.decode(sealed));
      expect(defaultPayloadConverter.fromPayload(opened)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 50 },
  );
});

test('what Temporal keeps shows the key’s id and the flow, and nothing of the value', async () => {
  const sealed = only(await codec.encode([payload({ certNo: 'K01234567' })], context('onboarding/M-1')));
  expect(text(sealed.metadata?.['encoding'])).toBe('binary/encrypted');
  expect(text(sealed.metadata?.['encryption-key-id'])).toBe('k1');
  expect(text(sealed.metadata?.['encryption-context-id'])).toBe('onboarding/M-1');
  expect(text(sealed.data)).not.toContain('K01234567');
});

test('the same value never looks the same twice', async () => {
  const [a, b] = await codec.encode([payload('x'), payload('x')]);
  expect(Buffer.from(a?.data ?? []).equals(Buffer.from(b?.data ?? []))).toBe(false);
});

test('a reader that knows no flow, like the UI’s codec server, decrypts too', async () => {
  const sealed = await codec.encode([payload('x')], context('onboarding/M-1'));
  expect(defaultPayloadConverter.fromPayload(only(await codecOf({ k1 }, 'k1').decode(sealed)))).toBe('x');
});

test('after a rotation, old payloads are read with the old key and new ones written with the new', async () => {
  const old = await codec.encode([payload('old')]);
  const rotated = codecOf({ k1, k2: key() }, 'k2');
  expect(defaultPayloadConverter.fromPayload(only(await rotated.decode(old)))).toBe('old');
  expect(text(only(await rotated.encode([payload('new')])).metadata?.['encryption-key-id'])).toBe('k2');
});

test('payloads from before encryption was switched on pass through', async () => {
  const plain = payload({ a: 1 });
  expect(await codec.decode([plain])).toEqual([plain]);
});

test('an unknown key’s id is told with the remedy', async () => {
  const sealed = await codecOf({ gone: key() }, 'gone').encode([payload('x')]);
  await expect(codec.decode(sealed)).rejects.toThrow(/key "gone", which CODEC_KEYS does not hold: add it/);
});

test.each([
  ['its data', (sealed: Payload) => ({ ...sealed, data: flipped(sealed.data, 40) })],
  ['its nonce', (sealed: Payload) => ({ ...sealed, data: flipped(sealed.data, 3) })],
  [
    'its flow',
    (sealed: Payload) => ({
      ...sealed,
      metadata: { ...sealed.metadata, 'encryption-context-id': Buffer.from('card/1') },
    }),
  ],
])('a payload with %s changed is refused', async (_, change) => {
  const sealed = only(await codec.encode([payload('a value of some length')], context('onboarding/M-1')));
  await expect(codec.decode([change(sealed)])).rejects.toThrow(/cannot be decrypted: it was changed/);
});

test('a payload of another namespace, or under another key of the same id, is refused', async () => {
  const sealed = await codec.encode([payload('x')]);
  await expect(codecOf({ k1 }, 'k1', 'other').decode(sealed)).rejects.toThrow(
    /belongs to another namespace than other/,
  );
  await expect(codecOf({ k1: key() }, 'k1').decode(sealed)).rejects.toThrow(/another key under this id/);
});

test('a truncated payload is refused with words, not with a crash', async () => {
  const sealed = only(await codec.encode([payload('x')]));
  await expect(codec.decode([{ ...sealed, data: Buffer.from(sealed.data ?? []).subarray(0, 10) }])).rejects.toThrow(
    /unknown format/,
  );
});

function flipped(data: Uint8Array | null | undefined, at: number): Buffer {
  const copy = Buffer.from(data ?? []);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
