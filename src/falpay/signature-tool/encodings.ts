import type { SignatureScheme } from '../signature';

type Encoding = SignatureScheme['encoding'];

/** A signature's bytes, and what had to be done to the text to get at them; no note: it was as agreed. */
export interface Reading {
  readonly bytes: Buffer;
  readonly note?: string;
}

const SHAPES: Readonly<Record<Encoding, RegExp>> = {
  hex: /^([0-9a-f]{2})+$/i,
  base64: /^[A-Za-z0-9+/]+={0,2}$/,
  base64url: /^[A-Za-z0-9_-]+={0,2}$/,
};
const ENCODINGS = Object.keys(SHAPES) as readonly Encoding[];

/** The ways to read a signature's text, the agreed one first, then what transports and other libraries make of it. */
export function readings(text: string, agreed: Encoding): readonly Reading[] {
  const found: Reading[] = [];
  for (const { repaired, note } of repairs(text))
    for (const encoding of [agreed, ...ENCODINGS.filter((other) => other !== agreed)]) {
      if (!SHAPES[encoding].test(repaired)) continue;
      const notes = [note, encoding === agreed ? '' : `it is written in ${encoding}, not in ${agreed}`].filter(
        (part) => part !== '',
      );
      const bytes = Buffer.from(repaired, encoding);
      if (found.some((other) => other.bytes.equals(bytes))) continue;
      found.push(
        notes.length === 0 ? { bytes } : { bytes, note: `the signature's text is not as agreed: ${notes.join('; ')}` },
      );
    }
  return found;
}

function* repairs(text: string): Generator<{ readonly repaired: string; readonly note: string }> {
  yield { repaired: text, note: '' };
  yield { repaired: text.replace(/[\r\n\t]+| +$|^ +/g, ''), note: 'there are line ends or spaces in it' };
  yield { repaired: text.replaceAll(' ', '+'), note: 'its "+" became spaces (it was decoded like a form)' };
  if (!/%[0-9a-f]{2}/i.test(text)) return;
  yield {
    repaired: text.replace(/%([0-9a-f]{2})/gi, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    note: 'it is encoded as in a URL (%2B for "+")',
  };
}
