import type { z } from 'zod';

/** What an error of the client knows about the call that failed; never secrets, card numbers or identity data. */
export interface ErrorContext {
  /** The operation's name, such as `createRecharge`. */
  readonly operation?: string;
  /** Our order number, when the operation has one. */
  readonly orderNo?: string;
  /** FalPay's or its proxy's id of the request, when the answer carried one. */
  readonly requestId?: string;
  readonly httpStatus?: number;
  /** FalPay's `code`, or the system's (such as ECONNRESET) when there was no answer. */
  readonly code?: string;
}

/**
 * The one table of errors. Whoever retries, blocks or gives up decides by `type`, never by the text.
 *
 * | type | means | calling again |
 * |---|---|---|
 * | InvalidInput | what we were given breaks a rule; nothing was sent | after correction only |
 * | FalpayRejected | FalPay refused, and its signature says so | cannot help |
 * | FalpayAuth | our credentials or our key were refused; a fault of the system | after it was mended |
 * | FalpayUnavailable | the call was not processed, or was a query | is safe, after `retryAfterMs` |
 * | FalpayOutcomeUnknown | a creating call may have been carried out | only after a look-up |
 * | FalpayBadSignature | the answer to a query was not signed by FalPay's key | is safe |
 * | WebhookUnavailable | the backend did not take an event (activities/delivery) | is safe |
 * | WebhookGone | the backend's endpoint says that it is gone for good | after it was mended |
 */
export type FalpayErrorType =
  'FalpayRejected' | 'FalpayAuth' | 'FalpayUnavailable' | 'FalpayOutcomeUnknown' | 'FalpayBadSignature';

/** The mother of all errors that come from talking to FalPay. */
export abstract class FalpayError extends Error implements ErrorContext {
  // `declare`: a field that is not known must be absent, not undefined.
  /** Equal to the class name, and stable: class names can be minified away. */
  abstract readonly type: FalpayErrorType;
  declare readonly operation?: string;
  declare readonly orderNo?: string;
  declare readonly requestId?: string;
  declare readonly httpStatus?: number;
  declare readonly code?: string;

  constructor(message: string, context: ErrorContext = {}) {
    super(message);
    if (context.operation !== undefined) this.operation = context.operation;
    if (context.orderNo !== undefined) this.orderNo = context.orderNo;
    if (context.requestId !== undefined) this.requestId = context.requestId;
    if (context.httpStatus !== undefined) this.httpStatus = context.httpStatus;
    if (context.code !== undefined) this.code = context.code;
  }
}

/** FalPay refused the business, verifiably: nothing was created, and the same call will be refused again. */
export class FalpayRejected extends FalpayError {
  readonly type = 'FalpayRejected';
  override readonly name = 'FalpayRejected';
  /** What the call is about does not exist: the refusal's code is one of those that say so in the profile. */
  declare readonly notFound?: true;

  constructor(message: string, context: ErrorContext = {}, notFound?: true) {
    super(message, context);
    if (notFound !== undefined) this.notFound = notFound;
  }
}

/** Credentials, token or signing key were refused: a fault of the system, not of the case. Nothing was processed. */
export class FalpayAuth extends FalpayError {
  readonly type = 'FalpayAuth';
  override readonly name = 'FalpayAuth';
}

/** FalPay could not be reached or could not answer, and nothing was created by this call. */
export class FalpayUnavailable extends FalpayError {
  readonly type = 'FalpayUnavailable';
  override readonly name = 'FalpayUnavailable';
  /** How long FalPay asked us to wait, in milliseconds. */
  declare readonly retryAfterMs?: number;

  constructor(message: string, context: ErrorContext = {}, retryAfterMs?: number) {
    super(message, context);
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** A creating call was sent and its fate is not known: look the order up before anything else. */
export class FalpayOutcomeUnknown extends FalpayError {
  readonly type = 'FalpayOutcomeUnknown';
  override readonly name = 'FalpayOutcomeUnknown';
}

/** The answer to a query does not carry a valid signature of FalPay: it was not read. */
export class FalpayBadSignature extends FalpayError {
  readonly type = 'FalpayBadSignature';
  override readonly name = 'FalpayBadSignature';
}

/** One field at fault; `path` as in `cards.0.cardLimit`, empty for the whole. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

/** What the caller gave breaks a rule. Nothing was sent. The message names every field at fault, never its value. */
export class InvalidInput extends Error {
  readonly type = 'InvalidInput';
  override readonly name = 'InvalidInput';
  readonly issues: readonly InputIssue[];
  declare readonly operation?: string;
  declare readonly orderNo?: string;

  constructor(what: string, issues: readonly InputIssue[], context: Pick<ErrorContext, 'operation' | 'orderNo'> = {}) {
    super(`${what}: ${issues.map(({ path, message }) => (path ? `${path} ${message}` : message)).join('; ')}`);
    this.issues = issues;
    if (context.operation !== undefined) this.operation = context.operation;
    if (context.orderNo !== undefined) this.orderNo = context.orderNo;
  }
}

/** zod's findings as paths and messages, one for each field at fault. */
export function issuesOf(error: z.core.$ZodError): readonly InputIssue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String).join('.');
    if (issue.code === 'invalid_key') return [{ path, message: readable(issue.issues[0]?.message ?? issue.message) }];
    if (issue.code !== 'unrecognized_keys') return [{ path, message: readable(issue.message) }];
    return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not a known field' }));
  });
}

function readable(message: string): string {
  if (message.endsWith('received undefined')) return 'is missing';
  const plain = message.replace(/^Invalid input: /, '').replace(/^Invalid option: expected/, 'must be');
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}
