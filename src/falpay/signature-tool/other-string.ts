import { createHash } from 'node:crypto';
import type { SignatureScheme } from '../signature';
import {
  type Arrangement,
  type Content,
  contentsOf,
  otherArrangements,
  ownArrangement,
  ownContent,
  type Parts,
  timestampsOf,
} from './candidates';
import type { SignatureCase } from './case';
import { type Finding, refusal } from './finding';
import type { Opened } from './opened';

/** The parts of a message as they would be signed: what is missing is empty. */
export const partsOf = ({ timestamp = '', nonce = '', method, path, clientId }: SignatureCase['message']): Parts => ({
  timestamp,
  nonce,
  method,
  path,
  clientId,
});

/** How large a body may be for trying everything with everything. */
const TRY_ALL_BYTES = 32_768;

/** What was signed instead, found by its digest among what other people and programs make of such a message. */
export function otherString(
  message: SignatureCase['message'],
  scheme: SignatureScheme,
  opened: Opened & { readonly kind: 'digest' },
): readonly Finding[] {
  const parts = partsOf(message);
  const expected = ownContent(message.body, scheme);
  const contents = contentsOf(message.body, expected);
  const own = ownArrangement(scheme);
  const isExpected = ({ bytes }: Content): boolean => expected?.equals(bytes) ?? false;
  const fits = (arrangement: Arrangement, content: Content, timestamp: string): boolean =>
    createHash(opened.algorithm)
      .update(arrangement.join({ ...parts, timestamp }, content.bytes))
      .digest()
      .equals(opened.digest);

  for (const [unit, at] of timestampsOf(parts))
    for (const content of contents)
      if (fits(own, content, at)) {
        const otherTime =
          unit === '' ? [] : [refusal('timestamp', `the timestamp was signed in ${unit}, and sent otherwise`)];
        return [...otherTime, ...(isExpected(content) ? [] : [contentFinding(content)])];
      }
  const likely = contents.filter(
    ({ kind, twofold }) => !twofold && (kind !== 'reserialised' || message.body.length <= TRY_ALL_BYTES),
  );
  for (const arrangement of otherArrangements(parts))
    for (const content of likely)
      if (fits(arrangement, content, parts.timestamp))
        return [
          refusal(
            'string-to-sign',
            `another string was signed: ${arrangement.what} instead of ${own.what}${isExpected(content) ? '' : `, with ${content.what} in the place of the body`}; set signature.parts and signature.separator of the profile, or correct the signer`,
          ),
        ];
  return [
    refusal(
      'changed',
      'the key is right, but it signed something else: the body was changed on its way, or body, timestamp and nonce are not of the same message',
    ),
  ];
}

function contentFinding({ kind, what }: Content): Finding {
  switch (kind) {
    case 'whitespace':
      return refusal(
        'whitespace',
        `it was signed over ${what}: only white space differs. Take the bytes as they came, not through an editor or a terminal`,
      );
    case 'reserialised':
      return refusal(
        'reserialised',
        `it was signed over ${what}: the JSON was parsed and written again. Sign and check the raw bytes, before any parser`,
      );
    case 'as-is':
    case 'fields':
    case 'derived':
      return refusal(
        'string-to-sign',
        `another string was signed: it holds ${what} where the profile's signature.parts has another`,
      );
  }
}
