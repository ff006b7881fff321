/** Tokens of pages: opaque to whoever holds one, and each good for the list alone that it came from. */
import { digestOf } from './digest';
import { InvalidInputError } from './errors';

export const NO_TOKEN = 'is not a token of this list; begin without one, and keep the filters from page to page';

/** What a token may look like, before it is known whether it is one. */
export const TOKEN_FORM = /^[\w.-]{1,4000}$/;

/**
 * @param place where the next page begins, in the words of whoever has the list
 * @param list what makes the list the one it is: its name and filters
 */
export function pageToken(place: Uint8Array, list: string): string {
  const text = Buffer.from(place).toString('base64url');
  return `${text}.${markOf(text, list)}`;
}

/** @throws InvalidInputError naming `nextPageToken`: made up, or of another list */
export function placeOf(token: string, list: string): Buffer {
  const [text = '', mark] = token.split('.');
  if (mark === markOf(text, list)) return Buffer.from(text, 'base64url');
  throw new InvalidInputError([{ path: 'nextPageToken', message: NO_TOKEN }]);
}

function markOf(text: string, list: string): string {
  return digestOf([text, list]).slice(0, 16);
}
