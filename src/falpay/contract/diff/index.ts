/** What FalPay's own documentation says, against what we assume. */
import { type FalpayProfile, loadProfile } from '../profile';
import { openApiDocument } from '../openapi/document';
import { compareContracts } from './compare';
import type { ContractDiff } from './difference';
import { parseOpenApi, readDocument } from './document-reader';
import { draftProfile, guessesIn, openQuestions, type ProfileDraft } from './draft';
import type { DocumentShape } from './shape';

/**
 * Compares the contract under a profile with an OpenAPI 3.0 or 3.1 document, JSON or YAML.
 * @param source what to call the document in an error
 * @throws InvalidInput when it is no such document
 */
export function diffContract(profile: FalpayProfile, text: string, source: string): ContractDiff {
  return compareWith(profile, parseOpenApi(text, source));
}

/** How often a draft is compared again: what is found by its neighbours' names is found only when those are known. */
const ROUNDS = 4;

/**
 * The profile that makes the contract say what the document says, as far as it can be told; each draft is compared with
 * the document again, until nothing more is found.
 */
export function draftFor(profile: FalpayProfile, text: string, source: string): ProfileDraft {
  const document = parseOpenApi(text, source);
  const first = compareWith(profile, document);
  let draft = draftProfile(first, profile);
  for (let round = 1; round < ROUNDS; round += 1) {
    const drafted = loadProfile(draft.override);
    const next = draftProfile(compareWith(drafted, document), drafted);
    const isSettled = JSON.stringify(next.override) === JSON.stringify(draft.override);
    draft = { ...next, refused: [...new Set([...draft.refused, ...next.refused])] };
    if (isSettled) break;
  }
  const drafted = loadProfile(draft.override);
  const open = openQuestions(compareWith(drafted, document), drafted);
  return { ...draft, guesses: guessesIn(first), open };
}

// Our side is read from our own export: both sides pass through the same reader.
const compareWith = (profile: FalpayProfile, document: DocumentShape): ContractDiff =>
  compareContracts(readDocument(openApiDocument(profile)), document);

export type { Compared, ContractDiff, Difference, DifferenceKind } from './difference';
export type { ProfileDraft } from './draft';
export { diffAsText, sameFields } from './report';
