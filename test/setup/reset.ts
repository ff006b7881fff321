/** *Reset* of the Temporal UI, by the call that it makes. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { temporal as proto } from '@temporalio/proto';

type HistoryEvent = proto.api.history.v1.IHistoryEvent;
const { ResetReapplyType } = proto.api.enums.v1;

/** A workflow task that a flow can be set back to. */
export function isCompletedTask({ workflowTaskCompletedEventAttributes }: HistoryEvent): boolean {
  return Boolean(workflowTaskCompletedEventAttributes);
}

/**
 * Signals and updates that came after the task are applied again, as the UI proposes.
 * @param choose one of the history's completed workflow tasks; default: the first
 * @returns the run that was left
 */
export async function reset(
  client: Client,
  workflowId: string,
  choose = (events: readonly HistoryEvent[]): HistoryEvent | undefined => events.find(isCompletedTask),
): Promise<{ runId: string }> {
  const handle = client.workflow.getHandle(workflowId);
  const [{ runId }, { events }] = await Promise.all([handle.describe(), handle.fetchHistory()]);
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'pressed in a test',
    requestId: randomUUID(),
    workflowTaskFinishEventId: choose(events ?? [])?.eventId,
    resetReapplyType: ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
  });
  return { runId };
}
