/**
 * The server that skips time loses a workflow task, and with it the flow, where a timer fires while a worker is at the task that cancels it. So that
 * no test depends on that moment, what wakes a flow lets the timers go first that are about to fire.
 */
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time';
import type { temporal as proto } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';

type HistoryEvent = proto.api.history.v1.IHistoryEvent;

/** What a busy machine may need for a task, and for the calls between an Update and its answer. */
const NEAR_MS = 1_500;
/** A callback must be answered in time, and some flow may always have a timer that is near. */
const ROUNDS = 2;

export function timersFirst(env: TestWorkflowEnvironment): WorkflowClientInterceptor {
  const letFire = async (workflowId: string | null | undefined): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { events } = await env.client.workflow
        .getHandle(workflowId ?? '')
        .fetchHistory()
        .catch(() => ({ events: [] })); // it is yet to begin
      const inMs = firesNext(events ?? []) - (await env.currentTimeMs());
      if (inMs > NEAR_MS) return;
      await new Promise((resolve) => setTimeout(resolve, Math.max(inMs, 0) + 50));
    }
  };
  return {
    startUpdate: (input, next) => letFire(input.workflowExecution.workflowId).then(() => next(input)),
    signal: (input, next) => letFire(input.workflowExecution.workflowId).then(() => next(input)),
    signalWithStart: (input, next) => letFire(input.options.workflowId).then(() => next(input)),
    cancel: (input, next) => letFire(input.workflowExecution.workflowId).then(() => next(input)),
  };
}

/** When the next timer of a flow fires, in milliseconds since 1970; Infinity where none is open. */
function firesNext(events: readonly HistoryEvent[]): number {
  const open = new Map<unknown, number>();
  for (const {
    eventTime,
    timerStartedEventAttributes,
    timerFiredEventAttributes,
    timerCanceledEventAttributes,
  } of events) {
    if (timerStartedEventAttributes) {
      const { timerId, startToFireTimeout } = timerStartedEventAttributes;
      open.set(timerId, tsToMs(eventTime) + tsToMs(startToFireTimeout));
    }
    open.delete((timerFiredEventAttributes ?? timerCanceledEventAttributes)?.timerId);
  }
  return Math.min(...open.values());
}
