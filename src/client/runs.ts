/** The runs that a flow had, as visibility shows them. */
import { temporal as proto } from '@temporalio/proto';
import type { FlowContext } from './context';
import { FlowUnresponsiveError } from './errors';
import { pagesWhere, runsQuery } from './list';

const RUNNING = proto.api.enums.v1.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
/** Of 200 runs each. */
const PAGES_MAX = 25;

/** The run that asks, and what it calls while it looks. */
export interface Asking {
  readonly workflowId: string;
  readonly runId: string;
  readonly onProgress: () => void;
}

interface Run {
  readonly runId: string;
  readonly status: number;
  readonly startedAt: number;
}

/**
 * The other runs of a flow that ended without a successor, the newest first. Visibility is behind: its answer counts only when it shows the run that
 * asks, and no other one running, since the end of a run is shown in the order in which it came about.
 *
 * @throws FlowUnresponsiveError not known yet: asked again later, it may be
 */
export async function endedRuns(context: FlowContext, asking: Asking): Promise<readonly string[]> {
  const { workflowId, runId } = asking;
  const runs = await runsOf(context, asking);
  const others = runs.filter((run) => run.runId !== runId);
  if (others.length === runs.length || others.some(({ status }) => status === RUNNING))
    throw new FlowUnresponsiveError(`visibility does not show yet which runs ${workflowId} had`);
  return others.map((run) => run.runId);
}

/** The newest first. */
async function runsOf(context: FlowContext, { workflowId, onProgress }: Asking): Promise<readonly Run[]> {
  const runs: Run[] = [];
  let pages = 0;
  onProgress();
  for await (const page of pagesWhere(context, runsQuery(context, [workflowId]))) {
    onProgress();
    for (const { execution, status, startTime } of page) {
      const startedAt = Number(startTime?.seconds ?? 0) * 1_000 + Number(startTime?.nanos ?? 0) / 1e6;
      runs.push({ runId: execution?.runId ?? '', status: status ?? 0, startedAt });
    }
    if ((pages += 1) === PAGES_MAX) break;
  }
  return runs.toSorted((left, right) => right.startedAt - left.startedAt);
}
