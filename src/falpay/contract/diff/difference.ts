import type { Marks, Word } from './shape';

/**
 * - `renamed`: the same under another name, as far as can be guessed;
 * - `missing`: we assume it, the document does not have it;
 * - `extra`: the document has it, we do not know it;
 * - `method`: an operation is called otherwise.
 */
export type DifferenceKind = 'renamed' | 'missing' | 'extra' | 'type' | 'required' | 'enum' | 'method';

/** The part of an operation. */
export type Part = 'operation' | 'query' | 'header' | 'request' | 'answer' | 'callback';

/** Where a field stands: once for each model, with every operation that has it. */
export interface Place {
  readonly part: Part;
  /** Our names of the operations and callbacks concerned; the document's title for one that we do not know. */
  readonly operations: readonly string[];
  /** Our model, where the field belongs to one. */
  readonly model?: string;
  /** Our name inside; the document's for what is extra. Empty for the operation itself. */
  readonly field: string;
}

export interface Difference extends Place {
  readonly kind: DifferenceKind;
  readonly ours?: string;
  readonly theirs?: string;
  /** 0 to 1, of a guess. */
  readonly confidence?: number;
  readonly note?: string;
  readonly marks?: Marks;
  /** Of `enum`: the document's values. */
  readonly words?: readonly Word[];
}

/** A field that both have: under which names, with which types. What the profile is drafted from. */
export interface Compared extends Place {
  /** On the wire, by our profile and by the document. */
  readonly ours: string;
  readonly theirs: string;
  readonly ourType: string;
  readonly theirType: string;
  readonly marks: Marks;
}

export interface ContractDiff {
  readonly differences: readonly Difference[];
  readonly compared: readonly Compared[];
  /** Operations and callbacks found in both, by our name; with the path the document has for it. */
  readonly operations: readonly { readonly ours: string; readonly path: string; readonly method: string }[];
  /** What could not be compared, and why. */
  readonly notes: readonly string[];
}
