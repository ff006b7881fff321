import type { StepState } from '../messages/state';

interface Timestamp {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}
interface OfActivity {
  readonly scheduledEventId?: unknown;
}

/** The few fields of a history event that tell who was at work; as the client's history has them. */
export interface TimedEvent {
  readonly eventId?: unknown;
  readonly eventTime?: Timestamp | null;
  readonly workflowTaskScheduledEventAttributes?: object | null;
  readonly workflowTaskStartedEventAttributes?: object | null;
  readonly workflowTaskCompletedEventAttributes?: object | null;
  readonly workflowTaskFailedEventAttributes?: object | null;
  readonly workflowTaskTimedOutEventAttributes?: object | null;
  readonly activityTaskScheduledEventAttributes?: object | null;
  readonly activityTaskStartedEventAttributes?: OfActivity | null;
  readonly activityTaskCompletedEventAttributes?: OfActivity | null;
  readonly activityTaskFailedEventAttributes?: OfActivity | null;
  readonly activityTaskTimedOutEventAttributes?: OfActivity | null;
  readonly activityTaskCanceledEventAttributes?: OfActivity | null;
  readonly markerRecordedEventAttributes?: {
    readonly details?: {
      readonly [key: string]: { readonly payloads?: readonly { readonly data?: Uint8Array | null }[] | null };
    } | null;
  } | null;
}

/** Where the time of a flow went, in milliseconds. */
export interface Timings {
  readonly totalMs: number;
  /** Nothing to do but wait: for a callback, a payment, the next look-up. */
  readonly waitingForFalpayMs: number;
  /** At least one call to FalPay was under way, signing and checking included. */
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

type Span = readonly [from: number, to: number];

/**
 * Splits a flow's time by its own history: calls are what activities took, orchestration is when a workflow task or an
 * activity was on its way besides, and in the rest the flow slept.
 */
export function splitTime(events: readonly TimedEvent[], steps: readonly StepState[]): Timings {
  const times = events.map(milliseconds);
  const totalMs = times.length === 0 ? 0 : Math.round(Math.max(...times) - Math.min(...times));
  const calls = [...activityCalls(events), ...localCalls(events)];
  const callingFalpayMs = Math.round(covered(calls));
  const busyMs = Math.round(covered([...calls, ...activitySpans(events), ...taskSpans(events)]));
  return {
    totalMs,
    waitingForFalpayMs: totalMs - busyMs,
    callingFalpayMs,
    orchestrationMs: busyMs - callingFalpayMs,
    steps: steps.map(timingOf),
  };
}

export function timingOf({ name, status, startedAt, endedAt }: StepState): StepTiming {
  return startedAt === undefined || endedAt === undefined
    ? { name, status }
    : { name, status, tookMs: Date.parse(endedAt) - Date.parse(startedAt) };
}

function taskSpans(events: readonly TimedEvent[]): Span[] {
  const spans: Span[] = [];
  let scheduled: number | undefined;
  for (const event of events) {
    if (event.workflowTaskScheduledEventAttributes) scheduled = milliseconds(event);
    const ended =
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes;
    if (ended && scheduled !== undefined) spans.push([scheduled, milliseconds(event)]);
  }
  return spans;
}

function activityEnd(event: TimedEvent): OfActivity | undefined {
  return (
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    undefined
  );
}

function activitySpans(events: readonly TimedEvent[]): Span[] {
  return spansFrom(events, (event) => (event.activityTaskScheduledEventAttributes ? String(event.eventId) : undefined));
}

function activityCalls(events: readonly TimedEvent[]): Span[] {
  return spansFrom(events, ({ activityTaskStartedEventAttributes: started }) =>
    started ? String(started.scheduledEventId) : undefined,
  );
}

/** From the event that `begins` names an activity by, to that activity's end. */
function spansFrom(events: readonly TimedEvent[], begins: (event: TimedEvent) => string | undefined): Span[] {
  const begun = new Map<string, number>();
  const spans: Span[] = [];
  for (const event of events) {
    const id = begins(event);
    if (id !== undefined) begun.set(id, milliseconds(event));
    const from = begun.get(String(activityEnd(event)?.scheduledEventId));
    if (from !== undefined) spans.push([from, milliseconds(event)]);
  }
  return spans;
}

/**
 * Local activities leave a marker only. Its `complete_time` is on the workflow's own clock, which begins with the workflow
 * task and moves on by what each local activity took; so from the task's start to there, local activities ran.
 */
function localCalls(events: readonly TimedEvent[]): Span[] {
  const starts = events.filter((event) => event.workflowTaskStartedEventAttributes).map(milliseconds);
  return events.flatMap((event): Span[] => {
    const completed = completeTime(event);
    if (completed === undefined) return [];
    const from = starts.filter((start) => start <= completed).pop();
    return from === undefined ? [] : [[from, completed]];
  });
}

function completeTime({ markerRecordedEventAttributes: marker }: TimedEvent): number | undefined {
  const data = marker?.details?.['data']?.payloads?.[0]?.data;
  if (!data) return undefined;
  try {
    const { complete_time } = JSON.parse(Buffer.from(data).toString('utf8')) as { complete_time?: Timestamp };
    return complete_time === undefined ? undefined : toMilliseconds(complete_time);
  } catch {
    return undefined; // a marker of another kind
  }
}

/** How much time the spans cover together; what overlaps counts once. */
function covered(spans: readonly Span[]): number {
  let sum = 0;
  let upTo = -Infinity;
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    sum += Math.max(0, to - Math.max(from, upTo));
    upTo = Math.max(upTo, to);
  }
  return sum;
}

function milliseconds({ eventTime }: TimedEvent): number {
  return toMilliseconds(eventTime ?? {});
}

function toMilliseconds({ seconds, nanos }: Timestamp): number {
  return Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;
}
