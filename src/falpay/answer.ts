import { decode, parseLossless } from './contract/codec';
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
import { verifyAnswer, type PlatformKeys } from './answer-signature';
import type { HttpAnswer, HttpFailure } from './http';
import { identifyingValues, quotable } from './redact';

/** A call and all that is needed to judge its answer. */
export interface Call {
  readonly row: OperationRow;
  readonly request: unknown;
  readonly context: ErrorContext;
  readonly profile: FalpayProfile;
  readonly keys: PlatformKeys;
}

/**
 * Turns what came back into the model of the answer, or into the one error that says what is now known.
 *
 * Money depends on the distinction: after a creating call only FalPay's signed word counts as a refusal. What is
 * unsigned, unreadable or lost leaves the outcome open. 401 and 429 come from before any business (a gateway that
 * need not hold the signing key), so they are believed unsigned.
 */
export function judge(call: Call, answer: HttpAnswer): unknown {
  const { status } = answer;
  if (status === 429)
    throw new FalpayUnavailable(
      `${name(call)}: too many requests, not processed`,
      context(call, answer),
      retryAfterMs(answer),
    );
  if (status === 401)
    throw new FalpayAuth(`${name(call)}: FalPay refused a fresh token (HTTP 401)`, context(call, answer));
  if (status >= 500) throw lost(call, `FalPay answered HTTP ${status}`, context(call, answer), retryAfterMs(answer));

  const verification = verifyAnswer(answer, call.profile, call.keys);
  if (!verification.ok) {
    const problem = `the answer (HTTP ${status}) is not signed by FalPay: ${verification.detail}`;
    if (call.row.kind !== 'query') throw lost(call, problem, context(call, answer));
    throw new FalpayBadSignature(`${name(call)}: ${problem}`, context(call, answer));
  }
  const envelope = readEnvelope(utf8(answer.body), call.profile.envelope);
  if (!envelope.ok) throw lost(call, `the answer (HTTP ${status}) is ${envelope.problem}`, context(call, answer));
  if (!envelope.success) return refused(call, answer, envelope);
  if (status >= 300) throw lost(call, `the answer says success with HTTP ${status}`, context(call, answer));
  return dataOf(call, answer, envelope.data);
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
      throw new FalpayRejected(said, about);
    case 'auth':
      throw new FalpayAuth(`${said} (FalPay refused our token or signature: check the credentials and the key)`, about);
    case 'unavailable':
      throw new FalpayUnavailable(said, about, retryAfterMs(answer));
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
  const parsed = row.response.safeParse(decode(row.response, data, call.profile.wire));
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

export type Envelope =
  | {
      readonly ok: true;
      readonly success: boolean;
      readonly code: string;
      readonly message: string;
      readonly data: unknown;
    }
  | { readonly ok: false; readonly problem: string };

/** Reads `RestResult{success, code, message, data}` [A] under the profile's names, without losing a digit. */
export function readEnvelope(text: string | undefined, names: FalpayProfile['envelope']): Envelope {
  if (text === undefined) return { ok: false, problem: 'not UTF-8' };
  let parsed: unknown;
  try {
    parsed = parseLossless(text);
  } catch {
    return { ok: false, problem: 'not JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { ok: false, problem: 'not a JSON object' };
  const field = (name: string): unknown =>
    Object.hasOwn(parsed, name) ? (parsed as Readonly<Record<string, unknown>>)[name] : undefined;

  const success = field(names.success);
  if (typeof success !== 'boolean') return { ok: false, problem: `without a boolean "${names.success}"` };
  const rawCode = field(names.code);
  const code = rawCode === undefined || rawCode === null ? '' : String(rawCode);
  if (success !== (code === names.successCode))
    return {
      ok: false,
      problem: `contradicting itself ("${names.success}": ${success}, "${names.code}": ${quotable(code)})`,
    };
  const message = field(names.message);
  return { ok: true, success, code, message: typeof message === 'string' ? message : '', data: field(names.data) };
}

/** The text of a body, or undefined when it is not UTF-8. */
export function utf8(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** `Retry-After` in milliseconds: seconds, or a date against the answer's own `Date`. */
export function retryAfterMs({ headers }: Pick<HttpAnswer, 'headers'>): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  if (/^\d{1,7}$/.test(value)) return Number(value) * 1000;
  const [until, since] = [Date.parse(value), Date.parse(headers['date'] ?? '')];
  const millis = until - since;
  return Number.isFinite(millis) && millis >= 0 ? millis : undefined;
}

function context(call: Call, answer: HttpAnswer): ErrorContext {
  const requestId = answer.headers[call.profile.headers.requestId.toLowerCase()];
  const safeId = requestId !== undefined && /^[A-Za-z0-9_.:-]{1,64}$/.test(requestId) ? { requestId } : {};
  return { ...call.context, ...safeId, httpStatus: answer.status };
}

const name = (call: Call): string => `${call.context.operation ?? ''} (${call.row.title})`;
