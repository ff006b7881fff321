/** How workflow code reaches activities: creating calls go out once, reads go out until they are answered. */
import type { ActivityOptions } from '@temporalio/workflow';
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities';

/** A read that is not answered within this becomes a patient one, retried where an operator can see it. */
const FIRST_READ_LIMIT_MS = 7_000;
/** A call may renew the token (before it, and after a 401) and call again: three HTTP calls, and some room. */
const HTTP_CALLS_PER_ACTIVITY = 3;
const ROOM_MS = 5_000;
const LASTING = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 minutes' } as const;

/** A first try of a read, within the workflow task: one event, no retries. */
export function localReads(summary: string): Activities {
  return proxyLocalActivities<Activities>({
    startToCloseTimeout: FIRST_READ_LIMIT_MS,
    retry: { maximumAttempts: 1 },
    summary,
  });
}

/** Facts of the worker itself: no call to FalPay, so that a failure is a passing one. */
export const ownFacts = proxyLocalActivities<
  Pick<Activities, 'loadPolicy' | 'currentRun' | 'parkCallback' | 'publish' | 'falpayTimes'>
>({
  startToCloseTimeout: FIRST_READ_LIMIT_MS,
});

/**
 * The same first try where a flow does several things at a time. On replay the end of a local activity may come before, with, or after what it came
 * beside in the live run, as where a query is answered meanwhile; an activity's end is an event like any other, and keeps its place.
 */
export function asideReads(summary: string): Activities {
  return proxied({ startToCloseTimeout: FIRST_READ_LIMIT_MS, retry: { maximumAttempts: 1 }, summary });
}

export const asideFacts = proxyActivities<Pick<Activities, 'currentRun'>>({ startToCloseTimeout: FIRST_READ_LIMIT_MS });

/** A read that FalPay does not answer for now: tried for ever, at most 10 minutes apart. */
export function patientReads(timeoutMs: number, summary: string): Activities {
  return proxied(patience(timeoutMs, summary));
}

function patience(timeoutMs: number, summary: string): ActivityOptions {
  return { startToCloseTimeout: startToClose(timeoutMs), retry: LASTING, summary };
}

/** A read of many pages, or of our own server: it reports as it goes on, so that a dead worker is noticed. */
export function longReads(summary: string): Activities {
  return proxied(longPatience(summary));
}

function longPatience(summary: string): ActivityOptions {
  return { startToCloseTimeout: 30 * 60_000, heartbeatTimeout: '1 minute', retry: LASTING, summary };
}

/** One wallet that cannot be read must not hold up the others, nor the days that follow. */
const WALLET_READ_WITHIN = '2 hours';

/** A patient read that is given up in the end. */
export function boundedReads(timeoutMs: number, summary: string): Activities {
  return proxied({ ...patience(timeoutMs, summary), scheduleToCloseTimeout: WALLET_READ_WITHIN });
}

/** A long one that is given up in the end. */
export function boundedLongReads(summary: string): Activities {
  return proxied({ ...longPatience(summary), scheduleToCloseTimeout: WALLET_READ_WITHIN });
}

/** A look at what Temporal itself remembers: after a quarter of an hour a person is asked. */
export function recalls(summary: string): Activities {
  return proxied({
    startToCloseTimeout: 5 * 60_000,
    scheduleToCloseTimeout: '15 minutes',
    heartbeatTimeout: '1 minute',
    retry: { initialInterval: '1 second', backoffCoefficient: 1.5, maximumInterval: '30 seconds' },
    summary,
  });
}

/**
 * A call that creates or moves something. Never retried by Temporal: a worker that died in between leaves an unknown outcome,
 * and that is looked up, not repeated.
 */
export function creatingCalls(timeoutMs: number, summary: string): Activities {
  return proxied({ startToCloseTimeout: startToClose(timeoutMs), retry: { maximumAttempts: 1 }, summary });
}

/** One push is given up after this: 15 seconds of HTTP, and some room. */
const PUSH_LIMIT_MS = 20_000;

/** Pushes of an event to the backend. The pauses are the activity's to say; those given here follow a worker that died. */
export function eventPushes(forMs: number, summary: string): Pick<Activities, 'pushEvent'> {
  return proxied({
    startToCloseTimeout: PUSH_LIMIT_MS,
    scheduleToCloseTimeout: forMs,
    retry: { initialInterval: '5 seconds', backoffCoefficient: 2, maximumInterval: '10 minutes' },
    summary,
  });
}

function proxied(options: ActivityOptions): Activities {
  return proxyActivities<Activities>(options);
}

function startToClose(timeoutMs: number): number {
  return HTTP_CALLS_PER_ACTIVITY * timeoutMs + ROOM_MS;
}
