import { constants, createVerify, type KeyObject } from 'node:crypto';
import { verify } from '../signature';
import type { NamedKey, SignatureCase } from './case';
import { contentsOf, ownArrangement } from './candidates';
import { clockFindings } from './clock';
import { readings } from './encodings';
import { type Finding, refusal } from './finding';
import { type Opened, openSignature } from './opened';
import { otherString, partsOf } from './other-string';

export interface Diagnosis {
  readonly valid: boolean;
  /** The name of the key that made the signature, when it is known. */
  readonly key?: string;
  readonly findings: readonly Finding[];
}

/**
 * Checks a signature, and says why it does not fit: another key, another algorithm, another string to sign, a body
 * that was changed, reformatted or written again, a wrong clock. Never throws for what came from outside.
 */
export function diagnoseSignature(given: SignatureCase): Diagnosis {
  const { message, signature, scheme, expected } = given;
  const checked = verify(
    message,
    signature,
    expected.map(({ key }) => key),
    scheme,
  );
  const clock = clockFindings(message.timestamp, scheme, given.arrival);
  if (checked.ok)
    return { valid: !clock.some(({ refuses }) => refuses), key: expected[checked.key]?.name, findings: clock };
  const explanation = explain(given);
  return { valid: false, ...explanation, findings: [...explanation.findings, ...clock] };
}

interface Explanation {
  readonly key?: string;
  readonly findings: readonly Finding[];
}

function explain(given: SignatureCase): Explanation {
  const missing = missingParts(given);
  const { signature } = given;
  if (signature === undefined || signature.trim() === '') return { findings: missing };

  const made = whoMadeIt(given, signature);
  if (made === undefined) return { findings: [...missing, ...madeByNobody(given, signature)] };
  const findings = [...missing];
  if (made.note !== undefined) findings.push(refusal('encoding', made.note));
  if (!made.isExpected)
    findings.push(
      refusal(
        'other-party',
        `it was made by ${made.name}, not by ${namesOf(given.expected)}: it is the other party's signature, or the keys were mixed up`,
      ),
    );
  return { key: made.name, findings: [...findings, ...whatWasSigned(given, made)] };
}

function missingParts({ message, signature, scheme }: SignatureCase): Finding[] {
  const given = { signature, timestamp: message.timestamp, nonce: message.nonce };
  const needed = ['signature', ...scheme.parts.filter((part) => part === 'timestamp' || part === 'nonce')] as const;
  return needed
    .filter((name) => !given[name as keyof typeof given])
    .map((name) => refusal('missing', `the ${name} is missing: copy the header with it as well`));
}

interface Maker {
  readonly name: string;
  readonly key: KeyObject;
  readonly isExpected: boolean;
  readonly opened: Opened;
  readonly bytes: Buffer;
  readonly note?: string;
}

function whoMadeIt(given: SignatureCase, signature: string): Maker | undefined {
  const keys = [
    ...given.expected.map((key) => ({ ...key, isExpected: true })),
    ...(given.others ?? []).map((key) => ({ ...key, isExpected: false })),
  ];
  for (const { bytes, note } of readings(signature, given.scheme.encoding))
    for (const named of keys) {
      const opened = openSignature(bytes, named.key);
      if (opened === undefined) continue;
      const maker = { ...named, opened, bytes, ...(note === undefined ? {} : { note }) };
      // One wrong key in 256 looks like PSS by chance: believed only when the whole fits.
      if (opened.kind !== 'pss' || fitsPss(given, maker)) return maker;
    }
  return undefined;
}

function madeByNobody({ scheme, expected, others = [] }: SignatureCase, signature: string): readonly Finding[] {
  const read = readings(signature, scheme.encoding);
  const [first] = read;
  if (first === undefined)
    return [
      refusal('encoding', `the signature is no ${scheme.encoding} (nor hexadecimal or Base64): it was cut or changed`),
    ];
  const sizes = [...new Set(expected.map(({ key }) => (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8))];
  if (!read.some(({ bytes }) => sizes.includes(bytes.length)))
    return [
      refusal(
        'encoding',
        `the signature has ${first.bytes.length} bytes, and a key like ours makes ${sizes.join(' or ')}: it was cut off, or a key of another length made it`,
      ),
    ];
  const tried = namesOf([...expected, ...others]);
  return [
    refusal(
      'wrong-key',
      `another key made it: not ${tried}. Ask the signer for the public half of the key it signs with (after a change of keys, in another environment, it is another one)`,
    ),
  ];
}

function whatWasSigned(given: SignatureCase, made: Maker): readonly Finding[] {
  const { opened } = made;
  const { scheme, message } = given;
  if (opened.kind === 'pss')
    return [
      refusal('algorithm', `it was signed with RSASSA-PSS; here RSA PKCS#1 v1.5 (${scheme.algorithm}) is agreed`),
    ];
  if (opened.kind === 'unknown')
    return [
      refusal(
        'algorithm',
        `the key is right, but what it signed is no digest: the signer must use ${scheme.algorithm}`,
      ),
    ];
  const findings: Finding[] = [];
  if (`${opened.algorithm.toUpperCase()}withRSA` !== scheme.algorithm)
    findings.push(
      refusal(
        'algorithm',
        `it was signed with ${opened.algorithm.toUpperCase()}withRSA instead of ${scheme.algorithm}`,
      ),
    );
  if (!opened.wrapped)
    findings.push(
      refusal(
        'algorithm',
        `the digest was encrypted with the private key instead of signed: the signer must use ${scheme.algorithm}, not RSA encryption`,
      ),
    );
  return [...findings, ...otherString(message, scheme, opened)];
}

function fitsPss({ message, scheme }: SignatureCase, { key, bytes }: Maker): boolean {
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
  return contentsOf(message.body).some(({ bytes: content }) =>
    createVerify(scheme.algorithm.replace('withRSA', ''))
      .update(ownArrangement(scheme).join(partsOf(message), content))
      .verify(pss, bytes),
  );
}

const namesOf = (keys: readonly NamedKey[]): string => keys.map(({ name }) => name).join(', ');
