/** The runs that a flow had, as visibility shows them. */
import type { FlowContext } from './context';
import { FlowUnresponsiveError } from './errors';
import { pagesWhere, RUNNING, runsQuery, startedNanos, type Execution } from './list';

/** Of 200 runs each. */
const PAGES_MAX = 25;

/** The run that asks, and what it calls while it looks. */
export interface Asking {
  readonly workflowId: string;
  readonly runId: string;
  readonly onProgress: () => void;
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
  const others = runs.filter(({ execution }) => execution?.runId !== runId);
  if (others.length === runs.length || others.some(({ status }) => status === RUNNING))
    throw new FlowUnresponsiveError(`visibility does not show yet which runs ${workflowId} had`);
  return others.map(({ execution }) => execution?.runId ?? '');
}

/** The newest first. */
async function runsOf(context: FlowContext, { workflowId, onProgress }: Asking): Promise<readonly Execution[]> {
  const runs: Execution[] = [];
  let pages = 0;
  onProgress();
  for await (const page of pagesWhere(context, runsQuery(context, [workflowId]))) {
    onProgress();
    runs.push(...page);
    if ((pages += 1) === PAGES_MAX) break;
  }
  return runs.toSorted((left, right) => Number(startedNanos(right) - startedNanos(left)));
}
