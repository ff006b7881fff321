import type { FieldShape, Shape } from './shape';
import { bareName } from './similarity';

export interface FoundObject {
  /** Where it stands, as `event.data`; empty for the whole. */
  readonly at: string;
  readonly shape: Shape;
  /** How many of the fields are there, 0 to 1. */
  readonly score: number;
  /** The values that stand outside of it, named by their place. */
  readonly beside: readonly FieldShape[];
}

/** How deep it is looked for: an envelope has seldom more than two levels. */
const DEPTH = 3;
const LEAST = 0.5;

/** The object within `whole` that has most of the fields of `wanted`; undefined when none has half of them. */
export function findObject(wanted: Shape, whole: Shape): FoundObject | undefined {
  const candidates = [...objectsIn(whole, '', DEPTH)].map(({ at, shape }) => ({
    at,
    shape,
    score: overlap(wanted, shape),
  }));
  const [best] = candidates.filter(({ score }) => score >= LEAST).sort((a, b) => b.score - a.score);
  return best && { ...best, beside: [...valuesOutside(whole, '', best.at)] };
}

/** Whether it is the name of one of its fields. */
export const isFieldOf = (shape: Shape, name: string): boolean =>
  shape.fields().some((field) => bareName(field.name) === bareName(name));

function* objectsIn(
  shape: Shape,
  at: string,
  depth: number,
): Generator<{ readonly at: string; readonly shape: Shape }> {
  if (shape.type !== 'object' || depth === 0) return;
  yield { at, shape };
  for (const field of shape.fields()) yield* objectsIn(field.shape, below(at, field.name), depth - 1);
}

function* valuesOutside(shape: Shape, at: string, except: string): Generator<FieldShape> {
  for (const field of shape.fields()) {
    const place = below(at, field.name);
    if (place === except) continue;
    if (field.shape.type === 'object') yield* valuesOutside(field.shape, place, except);
    else yield { ...field, name: place };
  }
}

const below = (at: string, name: string): string => (at === '' ? name : `${at}.${name}`);

function overlap(wanted: Shape, shape: Shape): number {
  const fields = wanted.fields();
  return fields.filter(({ name }) => isFieldOf(shape, name)).length / Math.max(1, fields.length);
}
