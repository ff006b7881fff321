import fc from 'fast-check';
import { digestOf } from '../../../src/client/digest';
import { canonicalJson, requestDigest } from '../../../src/messages';

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
}

test('the order of fields does not count, everything else does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(digestOf(shuffled(a))).toBe(digestOf(a));
      expect(digestOf(a) === digestOf(b)).toBe(canonicalJson(a) === canonicalJson(b));
      expect(requestDigest(shuffled(a))).toBe(requestDigest(a));
      expect(requestDigest(a) === requestDigest(b)).toBe(canonicalJson(a) === canonicalJson(b));
      // JSON has one zero only.
      expect(JSON.parse(canonicalJson(a))).toEqual(JSON.parse(JSON.stringify(a)));
    }),
  );
});

test('a field that is undefined is a field that is absent', () => {
  expect(digestOf({ a: '1', b: undefined })).toBe(digestOf({ a: '1' }));
  expect(digestOf({ a: ['1', '2'] })).not.toBe(digestOf({ a: ['2', '1'] }));
});
