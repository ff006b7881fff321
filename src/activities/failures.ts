/** The only way out of an activity: an ApplicationFailure whose type is in the one table of falpay/errors. */
import { Context, log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { FalpayError, FalpayOutcomeUnknown, FalpayRejected, FalpayUnavailable, InvalidInput } from '../falpay/errors';

const FINAL = ['FalpayRejected', 'FalpayOutcomeUnknown'];

/** Whatever FalPay asks for: "0" would be a loop without a pause, and a day a flow that nobody can wake. */
const RETRY_AFTER_MS = { least: 1_000, most: 10 * 60_000 } as const;

/** As the activities' own retry policy has it; Temporal adds no jitter, and what failed together would come again together for ever. */
const BACK_OFF = { firstMs: 1_000, longestMs: 10 * 60_000, least: 0.5 } as const;

/** Until the next try of an activity that is tried until FalPay answers. */
function pauseAfter(attempt: number, atLeastMs = 0): number {
  const { firstMs, longestMs, least } = BACK_OFF;
  const full = Math.min(firstMs * 2 ** Math.min(attempt - 1, 30), longestMs);
  return Math.max(atLeastMs, Math.round(full * (least + (1 - least) * Math.random())));
}

function retryAfter(error: FalpayError): number | undefined {
  if (!(error instanceof FalpayUnavailable) || error.retryAfterMs === undefined) return undefined;
  return Math.min(Math.max(error.retryAfterMs, RETRY_AFTER_MS.least), RETRY_AFTER_MS.most);
}

/** @param attempt of the activity, from 1 */
export function toFailure(error: unknown, attempt: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  if (error instanceof InvalidInput) {
    const fields = error.issues.map(({ path }) => path).filter((path) => path !== '');
    return ApplicationFailure.create({
      message: error.message,
      type: error.type,
      nonRetryable: true,
      details: [{ fields }],
    });
  }
  if (error instanceof FalpayError) {
    const { operation, orderNo, requestId, httpStatus, code } = error;
    const retryAfterMs = retryAfter(error);
    return ApplicationFailure.create({
      message: error.message,
      type: error.type,
      nonRetryable: FINAL.includes(error.type),
      // In the details too: the SDK does not hand nextRetryDelay on to the workflow.
      details: [{ operation, orderNo, requestId, httpStatus, code, retryAfterMs }],
      nextRetryDelay: FINAL.includes(error.type) ? undefined : pauseAfter(attempt, retryAfterMs),
    });
  }
  // A bug of ours, not FalPay's word. Its text may hold anything, so that only its place is told.
  log.error('activity failed', {
    activity: Context.current().info.activityType,
    error: error instanceof Error ? error.stack?.split('\n').slice(1, 4).join(' ') : typeof error,
  });
  return ApplicationFailure.create({
    message: 'the worker failed; its log tells where',
    type: 'FalpayOutcomeUnknown',
    nonRetryable: false,
  });
}

/** Every activity passes here: nothing but typed failures leaves. */
export function guarded<Args extends unknown[], Result>(
  activity: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      throw toFailure(error, Context.current().info.attempt);
    }
  };
}

/** What our own system answers. That it does not is no fault of FalPay's, and passes. @throws ApplicationFailure that is tried again */
export async function ownAnswer<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw ApplicationFailure.retryable(error instanceof Error ? error.message : String(error), 'FalpayUnavailable');
  }
}

/** The run that an activity works for: it changes with a reset. */
export function currentRun(): string {
  const { workflowExecution } = Context.current().info;
  if (!workflowExecution) throw new InvalidInput('activity', [{ path: '', message: 'runs for a workflow only' }]);
  return workflowExecution.runId;
}

/**
 * A creating call, sent only in the run that knows the number to be unused; any other run looks first.
 * @throws FalpayOutcomeUnknown when another run may have sent it and the look-up does not show it
 */
export async function createOnce<T>(
  permitted: string,
  operation: string,
  orderNo: string,
  calls: { send(): Promise<T>; find?(): Promise<T | null> },
): Promise<T> {
  if (permitted === currentRun()) return calls.send();
  const why = 'this flow was reset or restarted, an earlier run may have sent it';
  const found = await calls.find?.().catch((error: unknown) => {
    // A refused look-up is no refusal of the order: taken for one, the next order would be a second one.
    if (error instanceof FalpayRejected || error instanceof InvalidInput)
      throw new FalpayOutcomeUnknown(`${why}, and its look-up was refused (${error.message})`, { operation, orderNo });
    throw error;
  });
  if (found) return found;
  throw new FalpayOutcomeUnknown(why, { operation, orderNo });
}
