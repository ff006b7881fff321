/** Where a reader of events stands: after which one. Opaque to the reader, who hands it back as it came. */
import { InvalidInputError } from './errors';

export interface Position {
  /** Of the start of the event's delivery, in nanoseconds since 1970, as far as the server keeps them. */
  readonly nanos: bigint;
  /** Tells events of the same moment apart. */
  readonly id: string;
}

export const BEGINNING: Position = { nanos: 0n, id: '' };

const PATTERN = /^1\.(\d{1,20})\.([A-Za-z0-9_:~-]{0,200})$/;

export function cursorOf({ nanos, id }: Position): string {
  return Buffer.from(`1.${nanos}.${id}`).toString('base64url');
}

/** @throws InvalidInputError naming `after` */
export function positionOf(cursor: string): Position {
  const [, nanos, id] = PATTERN.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  const position = nanos === undefined || id === undefined ? undefined : { nanos: BigInt(nanos), id };
  // Base64 has several spellings of one text, and JavaScript reads over what is none: only our own counts.
  if (position && cursorOf(position) === cursor) return position;
  throw new InvalidInputError([
    {
      path: 'after',
      message: 'is no cursor of this list: take `next` of the page before, or leave it out to begin at the beginning',
    },
  ]);
}

export function isAfter(one: Position, other: Position): boolean {
  return one.nanos === other.nanos ? one.id > other.id : one.nanos > other.nanos;
}
