/** One action told from another, in workflow code as well: so without any crypto. */

/** One text for one meaning: keys sorted, absent and undefined the same. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

const LANES = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as const;
const FNV_PRIME = 0x01000193;

/**
 * What an action was asked with, its patch included, in 32 hex digits: the record tells a repetition by it and keeps no identity data.
 * It finds mistakes, not forgeries: whoever could forge one would be told of an action of his own.
 */
export function requestDigest(request: unknown): string {
  const text = canonicalJson(request);
  return LANES.map((start) => {
    let lane: number = start;
    for (let index = 0; index < text.length; index += 1) {
      lane = Math.imul(lane ^ text.charCodeAt(index), FNV_PRIME);
      lane ^= lane >>> 15;
    }
    return (lane >>> 0).toString(16).padStart(8, '0');
  }).join('');
}
