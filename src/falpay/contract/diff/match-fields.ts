import type { FieldShape } from './shape';
import { bareName, bestPairs, nameLikeness, textLikeness } from './similarity';

export interface MatchedFields {
  readonly pairs: readonly { readonly ours: FieldShape; readonly theirs: FieldShape; readonly confidence: number }[];
  /** Objects of ours whose fields the document has beside the others. */
  readonly inlined: readonly { readonly ours: FieldShape; readonly fields: readonly FieldShape[] }[];
  readonly missing: readonly FieldShape[];
  readonly extra: readonly FieldShape[];
}

/** Below this two fields are taken for different things: a wrong guess costs more than a missed one. */
const LEAST = 0.55;

/** Which field is which: by name where it is the same, else the best guess by name, description and content. */
export function matchFields(ours: readonly FieldShape[], theirs: readonly FieldShape[]): MatchedFields {
  const same = ours.flatMap((field) => {
    const other = theirs.find(({ name }) => name === field.name);
    return other === undefined ? [] : [{ ours: field, theirs: other, confidence: 1 }];
  });
  const without = <Field>(all: readonly Field[], taken: readonly Field[]) => all.filter((one) => !taken.includes(one));
  const left = without(
    ours,
    same.map((pair) => pair.ours),
  );
  const right = without(
    theirs,
    same.map((pair) => pair.theirs),
  );
  const inlined = left.flatMap((field) => {
    const fields = inlineFields(field, right);
    return fields.length === 0 ? [] : [{ ours: field, fields }];
  });
  const freeLeft = without(
    left,
    inlined.map((one) => one.ours),
  );
  const freeRight = without(
    right,
    inlined.flatMap((one) => one.fields),
  );
  const guessed = bestPairs(freeLeft, freeRight, { score: likeness, least: LEAST }).map((pair) => ({
    ours: pair.left,
    theirs: pair.right,
    confidence: Math.round(pair.score * 100) / 100,
  }));
  return {
    pairs: [...same, ...guessed],
    inlined,
    missing: without(
      freeLeft,
      guessed.map((pair) => pair.ours),
    ),
    extra: without(
      freeRight,
      guessed.map((pair) => pair.theirs),
    ),
  };
}

/** 0 to 1. Names of one meaning are certain; otherwise name and description have to agree. */
function likeness(ours: FieldShape, theirs: FieldShape): number {
  if (isComposite(ours) !== isComposite(theirs)) return 0;
  const name = Math.max(nameLikeness(ours.name, theirs.name), nameLikeness(ours.inside, theirs.name));
  if (name === 1) return 1;
  const text = textLikeness(ours.description, theirs.description);
  const model = sameModel(ours, theirs) ? 0.8 : 0;
  const areDescribed = ours.description !== '' && theirs.description !== '';
  return Math.max(model, text === 1 ? 0.75 + 0.2 * name : 0, areDescribed ? 0.55 * name + 0.45 * text : 0.8 * name);
}

function isComposite({ shape }: FieldShape): string {
  return shape.type === 'object' || shape.type === 'array' ? shape.type : 'value';
}

function sameModel(ours: FieldShape, theirs: FieldShape): boolean {
  const name = ({ shape }: FieldShape) => shape.model ?? shape.items?.().model;
  const [left, right] = [name(ours), name(theirs)];
  return left !== undefined && right !== undefined && bareName(left) === bareName(right);
}

/** The document's fields that are those of our object, when most of them are there and no object of its kind is. */
function inlineFields(field: FieldShape, free: readonly FieldShape[]): readonly FieldShape[] {
  if (field.shape.type !== 'object') return [];
  const within = field.shape.fields();
  if (within.length < 2 || free.some((other) => likeness(field, other) >= LEAST)) return [];
  const found = within.flatMap(({ name }) => free.filter((other) => bareName(other.name) === bareName(name)));
  return found.length * 2 > within.length ? found : [];
}
