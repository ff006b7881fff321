/** Amending a start body: only the fields a block offers, only values of a shape the body can hold. */
import type { Patch, PatchValue } from './actions';

/** Array items by index, so that a patch can reach one card: `{cards: {"1": {cardLimit: "20.00"}}}`. */
export function applyPatch<Body>(body: Body, patch: Patch): Body {
  return merge(body, patch) as Body;
}

function merge(target: unknown, patch: PatchValue): unknown {
  if (!isPatch(patch)) return patch;
  if (Array.isArray(target)) {
    const copy: unknown[] = [...target];
    for (const [index, value] of Object.entries(patch)) copy[Number(index)] = merge(copy[Number(index)], value);
    return copy;
  }
  const copy: Record<string, unknown> = typeof target === 'object' && target !== null ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete copy[field];
    else copy[field] = merge(copy[field], value);
  }
  return copy;
}

/**
 * Why a patch cannot be taken, or undefined when it can. Values are checked again, by the model, before anything is sent to FalPay.
 * @param allowed paths of the body that may change, with all below them: `merchant`, `cards.1.cardLimit`
 */
export function patchFault(body: unknown, patch: unknown, allowed: readonly string[]): string | undefined {
  if (!isPatch(patch)) return 'patch: an object relative to the start body is needed';
  const leaves = [...leavesOf(patch, '')];
  if (leaves.length === 0) return 'patch: names no field';
  for (const { path, value } of leaves) {
    if (!allowed.some((prefix) => path === prefix || path.startsWith(`${prefix}.`))) {
      return `patch.${path}: may not be changed here; allowed: ${allowed.join(', ') || 'nothing'}`;
    }
    if (typeof value === 'number' || value === undefined)
      return `patch.${path}: amounts and numbers are written as strings`;
    const outside = indexOutside(body, path);
    if (outside) return `patch.${path}: ${outside}`;
  }
  return undefined;
}

function indexOutside(body: unknown, path: string): string | undefined {
  let place: unknown = body;
  for (const field of path.split('.')) {
    if (Array.isArray(place) && !(/^\d+$/.test(field) && Number(field) < place.length))
      return `the body has no item ${field} there`;
    place = typeof place === 'object' && place !== null ? (place as Record<string, unknown>)[field] : undefined;
  }
  return undefined;
}

function* leavesOf(patch: Patch, prefix: string): Generator<{ path: string; value: PatchValue }> {
  for (const [field, value] of Object.entries(patch)) {
    const path = prefix ? `${prefix}.${field}` : field;
    if (isPatch(value) && Object.keys(value).length > 0) yield* leavesOf(value, path);
    else yield { path, value };
  }
}

function isPatch(value: unknown): value is Patch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
