import type { StepState } from '../messages/state';

/** The few fields of a history event that tell who was at work; as the client's history has them. */
export interface TimedEvent {
  readonly eventId?: unknown;
  readonly eventTime?: { readonly seconds?: unknown; readonly nanos?: number | null } | null;
  readonly workflowTaskScheduledEventAttributes?: object | null;
  readonly workflowTaskCompletedEventAttributes?: object | null;
  readonly workflowTaskFailedEventAttributes?: object | null;
  readonly workflowTaskTimedOutEventAttributes?: object | null;
  readonly activityTaskScheduledEventAttributes?: object | null;
  readonly activityTaskStartedEventAttributes?: { readonly scheduledEventId?: unknown } | null;
  readonly activityTaskCompletedEventAttributes?: { readonly scheduledEventId?: unknown } | null;
  readonly activityTaskFailedEventAttributes?: { readonly scheduledEventId?: unknown } | null;
  readonly activityTaskTimedOutEventAttributes?: { readonly scheduledEventId?: unknown } | null;
  readonly activityTaskCanceledEventAttributes?: { readonly scheduledEventId?: unknown } | null;
}

/** Where the time of a flow went, in milliseconds. */
export interface Timings {
  readonly totalMs: number;
  /** Nothing to do but wait: for a callback, a payment, the next look-up. */
  readonly waitingForFalpayMs: number;
  /** At least one call to FalPay was under way. */
  readonly callingFalpayMs: number;
  /** All the rest: Temporal and Cardflow themselves. */
  readonly orchestrationMs: number;
  readonly steps: readonly StepTiming[];
}

export interface StepTiming {
  readonly name: string;
  readonly status: string;
  readonly tookMs?: number;
}

/**
 * Splits a flow's time by its own history: between two events, either a call to FalPay was running, or a workflow task was
 * under way or an activity on its way to a worker (orchestration), or the flow slept.
 */
export function splitTime(events: readonly TimedEvent[], steps: readonly StepState[]): Timings {
  const calls = new Set<string>();
  const scheduled = new Set<string>();
  let task = false;
  let previous: number | undefined;
  const spent = { waiting: 0, calling: 0, orchestration: 0 };
  for (const event of events) {
    const at = milliseconds(event);
    if (previous !== undefined) {
      const who = calls.size > 0 ? 'calling' : task || scheduled.size > 0 ? 'orchestration' : 'waiting';
      spent[who] += Math.max(0, at - previous);
    }
    previous = Math.max(previous ?? at, at);
    if (event.workflowTaskScheduledEventAttributes) task = true;
    if (
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes
    )
      task = false;
    if (event.activityTaskScheduledEventAttributes) scheduled.add(String(event.eventId));
    const started = event.activityTaskStartedEventAttributes;
    if (started) calls.add(String(started.scheduledEventId));
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskTimedOutEventAttributes ??
      event.activityTaskCanceledEventAttributes;
    if (ended) {
      calls.delete(String(ended.scheduledEventId));
      scheduled.delete(String(ended.scheduledEventId));
    }
  }
  return {
    totalMs: Math.round(spent.waiting + spent.calling + spent.orchestration),
    waitingForFalpayMs: Math.round(spent.waiting),
    callingFalpayMs: Math.round(spent.calling),
    orchestrationMs: Math.round(spent.orchestration),
    steps: steps.map(timingOf),
  };
}

export function timingOf({ name, status, startedAt, endedAt }: StepState): StepTiming {
  return startedAt === undefined || endedAt === undefined
    ? { name, status }
    : { name, status, tookMs: Date.parse(endedAt) - Date.parse(startedAt) };
}

function milliseconds({ eventTime }: TimedEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + (eventTime?.nanos ?? 0) / 1e6;
}
