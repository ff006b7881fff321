import type { WorkflowClientInterceptor } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time';
import type { temporal as proto } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';

type HistoryEvent = proto.api.history.v1.IHistoryEvent;

/** What a busy machine may need for a task, and for the calls between an Update and its answer. */
const NEAR_MS = 1_500;
/** A callback must be answered in time, and some flow may always have a timer that is near. */
const ROUNDS = 2;
const SETTLED_WITHIN_MS = 10_000;

/**
 * The server that skips time loses a workflow task, and with it the flow, where a timer fires while a worker is at the task that cancels it. So that
 * no test depends on that moment, what wakes a flow lets the timers go first that are about to fire.
 */
export class TimersFirst implements Required<
  Pick<WorkflowClientInterceptor, 'startUpdate' | 'signal' | 'signalWithStart' | 'cancel'>
> {
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly env: TestWorkflowEnvironment) {}

  readonly startUpdate: NonNullable<WorkflowClientInterceptor['startUpdate']> = (input, next) =>
    this.after(input.workflowExecution.workflowId, () => next(input));

  readonly signal: NonNullable<WorkflowClientInterceptor['signal']> = (input, next) =>
    this.after(input.workflowExecution.workflowId, () => next(input));

  readonly signalWithStart: NonNullable<WorkflowClientInterceptor['signalWithStart']> = (input, next) =>
    this.after(input.options.workflowId, () => next(input));

  readonly cancel: NonNullable<WorkflowClientInterceptor['cancel']> = (input, next) =>
    this.after(input.workflowExecution.workflowId, () => next(input));

  /** What passed through here has come back, or will not: a connection that is closed under a call takes the process with it. */
  async settled(): Promise<void> {
    const patience = new Promise((resolve) => setTimeout(resolve, SETTLED_WITHIN_MS).unref());
    await Promise.race([Promise.allSettled(this.underWay), patience]);
  }

  private async after<T>(workflowId: string | null | undefined, wake: () => Promise<T>): Promise<T> {
    const call = this.letFire(workflowId ?? '').then(wake);
    this.underWay.add(call);
    try {
      return await call;
    } finally {
      this.underWay.delete(call);
    }
  }

  private async letFire(workflowId: string): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const { events } = await this.env.client.workflow
        .getHandle(workflowId)
        .fetchHistory()
        .catch(() => ({ events: [] })); // it is yet to begin
      const inMs = firesNext(events ?? []) - (await this.env.currentTimeMs());
      if (inMs > NEAR_MS) return;
      await new Promise((resolve) => setTimeout(resolve, Math.max(inMs, 0) + 50));
    }
  }
}

/** When the next timer of a flow fires, in milliseconds since 1970; Infinity where none is open. */
function firesNext(events: readonly HistoryEvent[]): number {
  const open = new Map<unknown, number>();
  for (const event of events) {
    const started = event.timerStartedEventAttributes;
    if (started) open.set(started.timerId, tsToMs(event.eventTime) + tsToMs(started.startToFireTimeout));
    open.delete((event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes)?.timerId);
  }
  return Math.min(...open.values());
}
