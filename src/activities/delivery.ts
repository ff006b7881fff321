import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { BackendEvent } from '../messages';
import type { ActivityDeps } from './deps';
import type { PushAnswer } from './webhook';

/** One dead endpoint has many deliveries: they must not all come back in the same second. */
const JITTER = 0.2;
/** Whatever an endpoint asks for, it is asked again within this. */
const RETRY_AFTER_AT_MOST_MS = 6 * 3_600_000;
/** The last push of all comes so long before the time is over: not all of one moment's in the same second. */
const LAST_CALL = { latestMs: 60_000, earliestMs: 600_000, share: 0.1 } as const;
const GONE = 410;

export function deliveryActivities({ webhook }: Pick<ActivityDeps, 'webhook'>) {
  return {
    /**
     * Pushes an event once; Temporal repeats it after the pauses.
     * @param pausesMs between one push and the next; the last one repeats
     * @returns false when there is no webhook to push to
     * @throws WebhookUnavailable (tried again), WebhookGone (never again)
     */
    async pushEvent({ event, pausesMs }: { event: BackendEvent; pausesMs: readonly number[] }): Promise<boolean> {
      if (!webhook) return false;
      const answer = await webhook.push(event, { isLast: isLast(Context.current().info) });
      if ('status' in answer && answer.status >= 200 && answer.status < 300) return true;
      throw failureOf(answer, pausesMs);
    },
  };
}

function failureOf(answer: PushAnswer, pausesMs: readonly number[]): ApplicationFailure {
  if ('status' in answer && answer.status === GONE)
    return ApplicationFailure.nonRetryable('it answered 410: gone for good', 'WebhookGone');
  const message = 'status' in answer ? `it answered ${answer.status}` : `it could not be reached (${answer.code})`;
  const asked = 'status' in answer ? (answer.retryAfterMs ?? 0) : 0;
  return ApplicationFailure.create({
    message,
    type: 'WebhookUnavailable',
    nonRetryable: false,
    nextRetryDelay: pauseOf(Context.current().info, pausesMs, asked),
  });
}

interface Attempt {
  readonly attempt: number;
  readonly scheduledTimestampMs: number;
  readonly currentAttemptScheduledTimestampMs: number;
  readonly scheduleToCloseTimeoutMs: number;
}

/** Times are the server's, so that clocks that differ shorten nothing. */
export function pauseOf(attempt: Attempt, pausesMs: readonly number[], askedMs: number, random = Math.random): number {
  const rung = pausesMs[Math.min(attempt.attempt, pausesMs.length) - 1] ?? RETRY_AFTER_AT_MOST_MS;
  const drawn = rung * (1 - JITTER + 2 * JITTER * random());
  const pause = Math.round(Math.max(drawn, Math.min(askedMs, RETRY_AFTER_AT_MOST_MS)));
  // A pause that outlasts the time would end it early: the event gets its last push instead.
  if (isLast(attempt)) return pause;
  const { latestMs } = LAST_CALL;
  const lastCallMs = latestMs + (earliestMsOf(attempt) - latestMs) * random();
  return Math.round(Math.min(pause, leftOf(attempt) - lastCallMs));
}

/** Another one would come after the time is over. */
function isLast(attempt: Attempt): boolean {
  return leftOf(attempt) <= earliestMsOf(attempt);
}

function leftOf(attempt: Attempt): number {
  const gone = attempt.currentAttemptScheduledTimestampMs - attempt.scheduledTimestampMs;
  return attempt.scheduleToCloseTimeoutMs - gone;
}

/** Where the time is short, the last push does not take it all. */
function earliestMsOf({ scheduleToCloseTimeoutMs }: Attempt): number {
  const { latestMs, earliestMs, share } = LAST_CALL;
  return Math.max(latestMs, Math.min(earliestMs, scheduleToCloseTimeoutMs * share));
}
