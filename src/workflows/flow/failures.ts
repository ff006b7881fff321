/** What a failed activity means to a flow. The types are the one table of falpay/errors. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { REFUSAL } from '../../messages';

const OWN_TYPES: readonly string[] = Object.values(REFUSAL);

/** A definite no: FalPay's, or our own model's before anything was sent. */
export interface Refusal {
  readonly kind: 'refused' | 'invalid';
  readonly message: string;
  readonly fields?: readonly string[];
  /** An earlier run has dealt with it: the next round follows without anybody's correction. */
  readonly isOver?: true;
  /** No refusal of FalPay's: its outcome is unknown, and an operator left it at that. */
  readonly givenUp?: true;
}
export type CallFault =
  | Refusal
  /** It may have happened. */
  | { readonly kind: 'unknown'; readonly message: string }
  /** It did not happen; the system must be mended first, nobody works on this flow. */
  | { readonly kind: 'unavailable'; readonly message: string; readonly retryAfterMs?: number };

/**
 * Reads the failure of an activity. Whatever is not known to be harmless counts as an unknown outcome.
 * @throws the failure itself when it is none of an activity: a bug must fail the workflow task, not the flow
 */
export function readFault(failure: unknown): CallFault {
  const cause = causeOf(failure);
  if (cause instanceof TimeoutFailure) return { kind: 'unknown', message: 'the worker did not report back in time' };
  if (!(cause instanceof ApplicationFailure)) return { kind: 'unknown', message: cause?.message ?? 'no cause given' };
  const message = cause.message;
  switch (cause.type ?? '') {
    case 'FalpayRejected':
      return { kind: 'refused', message, fields: fieldsOf(cause) };
    case 'InvalidInput':
      return { kind: 'invalid', message, fields: fieldsOf(cause) };
    case 'FalpayAuth':
    case 'FalpayUnavailable':
      return { kind: 'unavailable', message, retryAfterMs: detailOf(cause).retryAfterMs };
    default:
      return { kind: 'unknown', message };
  }
}

/** Why something was given up, in words, for one who does the same whatever the failure is. */
export function faultInWords(failure: unknown): string {
  const cause = causeOf(failure);
  // Time ran out: what the last try came to is told below it.
  const last = cause instanceof TimeoutFailure ? cause.cause : undefined;
  return (last ?? cause)?.message ?? 'no cause given';
}

/** A normal activity's failure comes wrapped in an ActivityFailure, a local one's bare. */
function causeOf(failure: unknown): Error | undefined {
  if (failure instanceof ActivityFailure) return failure.cause;
  if (failure instanceof TimeoutFailure) return failure;
  // The flow's own refusals and its abort are ApplicationFailures, too.
  if (failure instanceof ApplicationFailure && !OWN_TYPES.includes(failure.type ?? '')) return failure;
  throw failure;
}

function fieldsOf(failure: ApplicationFailure): readonly string[] | undefined {
  const { fields } = detailOf(failure);
  return fields && fields.length > 0 ? fields : undefined;
}

/** What src/activities/failures.ts sends along. */
function detailOf(failure: ApplicationFailure): {
  readonly fields?: readonly string[];
  readonly retryAfterMs?: number;
} {
  return failure.details?.[0] ?? {};
}
