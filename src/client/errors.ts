/** What a flow's reader or mover can be told; each carries what the caller needs to know next. */
import { NUMBER_RULE, REFUSAL, type FlowKind } from '../messages';

export abstract class CardflowError extends Error {
  /** Stable and machine-readable; part of the API. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A field at fault: `cards.0.cardLimit`; an empty path is the body itself. */
export interface FieldIssue {
  readonly path: string;
  readonly message: string;
}

/** The request cannot be right, whoever asks and whenever: nothing was started or changed. */
export class InvalidInputError extends CardflowError {
  readonly code = 'invalid-input';

  constructor(
    readonly issues: readonly FieldIssue[],
    options?: ErrorOptions,
  ) {
    super(issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; '), options);
  }
}

export function invalidNumber(field: string): InvalidInputError {
  return new InvalidInputError([{ path: field, message: `must be ${NUMBER_RULE}` }]);
}

/** No flow of this kind and number, or one so old that the namespace no longer keeps it. */
export class FlowNotFoundError extends CardflowError {
  readonly code = 'flow-not-found';

  constructor(kind: FlowKind, number: string) {
    super(`there is no flow ${kind}/${number}`);
  }
}

/** The card's flow knows no limit change of this number. */
export class LimitChangeNotFoundError extends CardflowError {
  readonly code = 'limit-change-not-found';

  constructor(cardId: string, orderNo: string) {
    super(`card ${cardId} has no limit change ${orderNo}`);
  }
}

type Refusal = keyof typeof REFUSAL;

const REFUSAL_CODES = {
  stale: 'stale-block',
  notAllowed: 'action-not-allowed',
  patch: 'patch-not-allowed',
  request: 'invalid-request',
  contradicted: 'resolution-contradicted',
  inFlight: 'call-in-flight',
  taken: 'number-taken',
  closed: 'flow-closed',
} as const satisfies Record<Refusal, string>;

/** The flow is there and refused the action; its state is as it was. */
export class ActionRefusedError extends CardflowError {
  readonly code: (typeof REFUSAL_CODES)[Refusal];

  constructor(
    readonly refusal: Refusal,
    message: string,
  ) {
    super(message);
    this.code = REFUSAL_CODES[refusal];
  }
}

/** The refusal that an ApplicationFailure's type stands for; undefined when it is no refusal. */
export function refusalOf(type: string | null | undefined): Refusal | undefined {
  return (Object.keys(REFUSAL) as Refusal[]).find((name) => REFUSAL[name] === type);
}

/** A restart of a flow that still runs, that completed, or whose input can no longer be had whole. */
export class NotRestartableError extends CardflowError {
  readonly code = 'not-restartable';
}

/** Temporal cannot be reached or does not answer in time. Nothing is known of the request's outcome; repeating it is safe. */
export class TemporalUnavailableError extends CardflowError {
  readonly code: 'temporal-unavailable' | 'search-attributes-missing' = 'temporal-unavailable';
}

/** The namespace does not have our search attributes, or not yet: nothing can be started or listed there. Its message says how to mend it. */
export class SearchAttributesMissingError extends TemporalUnavailableError {
  override readonly code = 'search-attributes-missing';
}

/** Temporal answers, but no worker did in time: the flow was not asked, or has not answered yet. Repeating is safe. */
export class FlowUnresponsiveError extends CardflowError {
  readonly code = 'flow-unresponsive';
}
