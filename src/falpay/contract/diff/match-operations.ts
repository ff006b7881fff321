import { signatureTools } from '../navigation';
import type { DocumentShape, OperationShape, Shape } from './shape';
import { bareName, bestPairs, nameLikeness, textLikeness, wordsOfName } from './similarity';

export interface OperationPair {
  readonly ours: OperationShape;
  readonly theirs: OperationShape;
}

export interface MatchedOperations {
  readonly pairs: readonly OperationPair[];
  readonly missing: readonly OperationShape[];
  readonly extra: readonly OperationShape[];
}

/** Which operation of the document is which of ours: by title, path and models, whatever was renamed. */
export function matchOperations(ours: DocumentShape, theirs: DocumentShape): MatchedOperations {
  const known = new Set<string>(signatureTools.map(({ title }) => plainTitle(title)));
  // The signature tool is no part of the contract on the wire: we have it as commands.
  const candidates = theirs.operations.filter(({ title }) => !known.has(plainTitle(title)));
  const pairs = bestPairs(ours.operations, candidates, { score: likeness, least: 0.45 }).map(({ left, right }) => ({
    ours: left,
    theirs: right,
  }));
  return {
    pairs,
    missing: ours.operations.filter((one) => !pairs.some((pair) => pair.ours === one)),
    extra: candidates.filter((one) => !pairs.some((pair) => pair.theirs === one)),
  };
}

const plainTitle = (title: string): string =>
  title
    .replace(/^\d+[.、]/, '')
    .replace(/[\s、，,·.]/g, '')
    .replace(/(相关|回调|通知|接口)+$/g, '');

function likeness(a: OperationShape, b: OperationShape): number {
  if (a.isCallback !== b.isCallback) return 0;
  const title = textLikeness(plainTitle(a.title), plainTitle(b.title));
  const request = modelLikeness(a.request, b.request);
  if (a.isCallback)
    return Math.max(title, 0.9 * pathLikeness(a.path, b.path), 0.8 * fieldLikeness(a.request, b.request));
  const path = bareName(a.path) === bareName(b.path) ? 1 : pathLikeness(a.path, b.path);
  const id = bareName(a.id) === bareName(b.id) ? 1 : 0;
  // One certain sign is enough; several weak ones add up.
  return Math.max(
    path === 1 ? 1 : 0,
    title === 1 ? 0.98 : 0,
    0.9 * request,
    0.85 * id,
    0.5 * title + 0.3 * path + 0.2 * request,
  );
}

const modelLikeness = (a: Shape | undefined, b: Shape | undefined): number =>
  a?.model !== undefined && b?.model !== undefined && bareName(a.model) === bareName(b.model) ? 1 : 0;

function pathLikeness(a: string, b: string): number {
  const [left, right] = [a, b].map((path) => wordsOfName(path).filter((word) => !/^(api|open|v\d+)$/.test(word)));
  return nameLikeness((left ?? []).join('_'), (right ?? []).join('_'));
}

/** How many of the data's fields have the same name, on whatever level they stand. */
function fieldLikeness(a: Shape | undefined, b: Shape | undefined): number {
  const [left, right] = [leafNames(a, 3), leafNames(b, 3)];
  if (left.size === 0 || right.size === 0) return 0;
  const shared = [...left].filter((name) => right.has(name)).length;
  return (2 * shared) / (left.size + right.size);
}

function leafNames(shape: Shape | undefined, depth: number): ReadonlySet<string> {
  if (shape === undefined || depth === 0) return new Set();
  return new Set(
    shape
      .fields()
      .flatMap(({ name, shape: inner }) =>
        inner.type === 'object' ? [...leafNames(inner, depth - 1)] : [bareName(name)],
      ),
  );
}
