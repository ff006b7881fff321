import { decode } from './contract/codec';
import type { OperationRow } from './contract/operations';
import type { CodeMeaning, FalpayProfile } from './contract/profile';
import {
  type ErrorContext,
  FalpayAuth,
  FalpayBadSignature,
  FalpayOutcomeUnknown,
  FalpayRejected,
  FalpayUnavailable,
  issuesOf,
} from './errors';
import { doubtAbout, type PlatformKeys } from './answer-signature';
import { readEnvelope, utf8 } from './envelope-reader';
import type { HttpAnswer, HttpFailure } from './http';
import { isListed, meaningOfStatus } from './http-status';
import { identifyingValues, quotable } from './redact';

/** A call and all that is needed to judge its answer. */
export interface Call {
  readonly row: OperationRow;
  readonly request: unknown;
  readonly context: ErrorContext;
  readonly profile: FalpayProfile;
  readonly keys: PlatformKeys;
}

/** FalPay refused our token, before any business: with another one the call may be made again, once. */
export class TokenRefused extends FalpayAuth {}

/**
 * Turns what came back into the model of the answer, or into the one error that says what is now known.
 *
 * Money depends on the distinction: after a creating call only FalPay's signed word counts as a refusal. What is
 * unsigned, unreadable or lost leaves the outcome open. Statuses that come from before any business (a gateway that
 * need not hold the signing key; 401 and 429 by default) are believed unsigned.
 */
export function judge(call: Call, answer: HttpAnswer): unknown {
  const { status } = answer;
  const { profile } = call;
  judgeStatus(call, answer);
  const doubt = doubtAbout(answer, profile, call.keys, profile.signature.answerSignature);
  if (doubt !== undefined) {
    const problem = `the answer (HTTP ${status}) is not signed by FalPay: ${doubt}`;
    if (call.row.kind !== 'query') throw lost(call, problem, context(call, answer));
    throw new FalpayBadSignature(`${name(call)}: ${problem}`, context(call, answer));
  }
  const envelope = readEnvelope(utf8(answer.body), profile);
  if (!envelope.ok) throw lost(call, `the answer (HTTP ${status}) is ${envelope.problem}`, context(call, answer));
  if (!envelope.success) return refused(call, answer, envelope);
  if (!isListed(status, profile.http.success))
    throw lost(call, `the answer says success with HTTP ${status}`, context(call, answer));
  return dataOf(call, answer, envelope.data);
}

/** What the status alone says. @throws the error it stands for; otherwise the body decides */
function judgeStatus(call: Call, answer: HttpAnswer): void {
  const { status } = answer;
  const about = context(call, answer);
  switch (meaningOfStatus(status, call.profile.http.statuses)) {
    case 'token':
      throw new TokenRefused(`${name(call)}: FalPay refused a fresh token (HTTP ${status})`, about);
    case 'auth':
      throw new FalpayAuth(`${name(call)}: FalPay refused our credentials or signature (HTTP ${status})`, about);
    case 'unavailable':
      throw new FalpayUnavailable(
        `${name(call)}: not processed for now (HTTP ${status})`,
        about,
        retryAfterMs(answer, call.profile),
      );
    case 'unknown':
      throw lost(call, `FalPay answered HTTP ${status}`, about, retryAfterMs(answer, call.profile));
    case undefined:
  }
}

/** What a call without any answer means. */
export function judgeFailure(call: Call, failure: HttpFailure): Error {
  const { code } = failure;
  const about = { ...call.context, code };
  if (!failure.sent)
    return new FalpayUnavailable(`${name(call)}: FalPay could not be reached (${code}), nothing was sent`, about);
  const what = { TIMEOUT: 'no answer within the time limit', CANCELLED: 'given up by the caller' }[code];
  return lost(call, what ?? `the connection broke (${code})`, about);
}

/** The outcome of a creating call is open; a query can simply be asked again. */
function lost(call: Call, problem: string, about: ErrorContext, retryAfter?: number): Error {
  if (call.row.kind === 'query') return new FalpayUnavailable(`${name(call)}: ${problem}`, about, retryAfter);
  const number = about.orderNo === undefined ? '' : ` of ${about.orderNo}`;
  return new FalpayOutcomeUnknown(
    `${name(call)}: ${problem}. The outcome${number} is unknown: look it up before anything else`,
    about,
  );
}

function refused(call: Call, answer: HttpAnswer, envelope: { readonly code: string; readonly message: string }): null {
  const hidden = identifyingValues(call.request);
  const code = quotable(envelope.code, hidden);
  const about = { ...context(call, answer), code };
  const said = `${name(call)}: ${code}${envelope.message === '' ? '' : ` ${quotable(envelope.message, hidden)}`}`;
  switch (meaningOf(envelope.code, call.profile)) {
    case 'notFound':
      if (call.row.mayBeAbsent) return null;
      throw new FalpayRejected(said, about, true);
    case 'token':
      throw new TokenRefused(`${said} (FalPay refused a fresh token: check the credentials)`, about);
    case 'auth':
      throw new FalpayAuth(`${said} (FalPay refused our token or signature: check the credentials and the key)`, about);
    case 'unavailable':
      throw new FalpayUnavailable(said, about, retryAfterMs(answer, call.profile));
    case 'unknown':
      throw lost(call, `FalPay cannot say (${code})`, about);
    case 'rejected':
      throw new FalpayRejected(said, about);
  }
}

function meaningOf(code: string, { envelope, errors }: FalpayProfile): CodeMeaning {
  if (envelope.notFoundCodes.includes(code)) return 'notFound';
  return Object.hasOwn(errors.codes, code) ? (errors.codes[code] ?? 'rejected') : 'rejected';
}

function dataOf(call: Call, answer: HttpAnswer, data: unknown): unknown {
  const { row } = call;
  if (row.mayBeAbsent && (data === null || data === undefined)) return null;
  const parsed = row.response.safeParse(decode(row.response, data, call.profile));
  if (!parsed.success) {
    const problems = issuesOf(parsed.error).map(({ path, message }) => `data${path && `.${path}`} ${message}`);
    throw lost(call, `the answer does not fit the model (${problems.slice(0, 5).join('; ')})`, context(call, answer));
  }
  const other = answersAnother(call, parsed.data);
  if (other !== undefined) throw lost(call, `the answer is about another ${other}`, context(call, answer));
  return parsed.data;
}

/** The key of the request under which the answer names something else: mixed-up answers must not be believed. */
function answersAnother({ row, request }: Call, data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || typeof request !== 'object' || request === null) return undefined;
  const asked = request as Readonly<Record<string, unknown>>;
  const told = data as Readonly<Record<string, unknown>>;
  const keys = row.mayBeAbsent ? Object.keys(asked) : row.orderNo === undefined ? [] : [row.orderNo];
  return keys.find((key) => asked[key] !== undefined && told[key] !== undefined && asked[key] !== told[key]);
}

/** How long FalPay asks us to wait, in milliseconds: given in seconds, or as a date against the answer's own `Date`. */
export function retryAfterMs({ headers }: Pick<HttpAnswer, 'headers'>, profile: FalpayProfile): number | undefined {
  const value = headers[profile.headers.retryAfter.toLowerCase()];
  if (value === undefined) return undefined;
  if (/^\d{1,7}$/.test(value)) return Number(value) * 1000;
  const [until, since] = [Date.parse(value), Date.parse(headers['date'] ?? '')];
  const millis = until - since;
  return Number.isFinite(millis) && millis >= 0 ? millis : undefined;
}

function context(call: Call, answer: HttpAnswer): ErrorContext {
  const requestId = answer.headers[call.profile.headers.requestId?.toLowerCase() ?? ''];
  const safeId = requestId !== undefined && /^[A-Za-z0-9_.:-]{1,64}$/.test(requestId) ? { requestId } : {};
  return { ...call.context, ...safeId, httpStatus: answer.status };
}

const name = (call: Call): string => `${call.context.operation ?? ''} (${call.row.title})`;
