/** A value as an OpenAPI document describes it, references followed. Fields are read when asked for: models may be recursive. */
export interface Shape {
  readonly type: ShapeType;
  /** The name of the model, where it has one. */
  readonly model?: string;
  readonly fields: () => readonly FieldShape[];
  readonly items?: () => Shape;
  /** The values it is restricted to or known to have. */
  readonly words?: readonly Word[];
  readonly marks: Marks;
}

export type ShapeType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'any';

export interface Word {
  readonly value: string;
  readonly isText: boolean;
  /** What the document says it means. */
  readonly meaning?: string;
}

export interface FieldShape {
  /** On the wire. */
  readonly name: string;
  /** Our name for it; the same where the profile renames nothing. */
  readonly inside: string;
  readonly required: boolean;
  readonly description: string;
  readonly shape: Shape;
}

/** What our own export says of a value beyond its shape. */
export interface Marks {
  readonly kind?: string;
  readonly list?: string;
  readonly paging?: string;
  readonly provenance?: string;
}

export interface OperationShape {
  /** Our name in our export; anything in others. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Without a translation after " / ". */
  readonly title: string;
  readonly isCallback: boolean;
  readonly query: readonly FieldShape[];
  readonly headers: readonly FieldShape[];
  readonly request?: Shape;
  /** Of the request: whether its body is JSON, else a form or something else. */
  readonly isJson: boolean;
  readonly answer?: Shape;
}

export interface DocumentShape {
  readonly operations: readonly OperationShape[];
  /** Whether the document says of any field that it is required: some exports never do. */
  readonly statesRequired: boolean;
  readonly statesHeaders: boolean;
}

export const NO_FIELDS = (): readonly FieldShape[] => [];
