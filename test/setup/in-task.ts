import { temporal as proto } from '@temporalio/proto';

const { EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EVENT_TYPE_WORKFLOW_TASK_STARTED } = proto.api.enums.v1.EventType;
const OPEN: readonly unknown[] = [EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, EVENT_TYPE_WORKFLOW_TASK_STARTED];

/** Whether a task of the run is open: a worker is at it, or will be. */
export async function isInTask(run: { fetchHistory(): Promise<proto.api.history.v1.IHistory> }): Promise<boolean> {
  return OPEN.includes((await run.fetchHistory()).events?.at(-1)?.eventType);
}
