import type { WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import {
  SEARCH_ATTRIBUTES,
  stateQuery,
  taskQueueFor,
  workflowIdFor,
  type FlowKind,
  type FlowState,
  type Stage,
} from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';
import { FlowNotFoundError } from './errors';

/**
 * The state of a flow: an open one is asked, a closed one answers from its result, and one that cannot be asked (no worker, or one that fails)
 * is told from what Temporal knows of it, marked `stale`.
 *
 * @throws FlowNotFoundError
 * @throws TemporalUnavailableError
 */
export async function readState(context: FlowContext, kind: FlowKind, number: string): Promise<FlowState> {
  // Asked before it is described: a flow that ends in between is then seen as ended, not as one that does not answer.
  const open = await openState(context, kind, number);
  const description = await ownFlow(context, kind, number);
  return open ?? closedState(context, kind, number, description);
}

/**
 * A flow of this environment. Where two environments share a namespace, one must neither read nor steer what the other runs.
 *
 * @throws FlowNotFoundError also for a flow of another environment
 * @throws TemporalUnavailableError
 */
export async function ownFlow(
  context: FlowContext,
  kind: FlowKind,
  number: string,
): Promise<WorkflowExecutionDescription> {
  const description = await describeFlow(context, kind, number);
  if (isOwn(context, description)) return description;
  throw new FlowNotFoundError(kind, number);
}

/** Whether a flow was started in this environment. */
export function isOwn(
  { environment }: Pick<FlowContext, 'environment'>,
  { taskQueue }: Pick<WorkflowExecutionDescription, 'taskQueue'>,
): boolean {
  return taskQueue === taskQueueFor(environment);
}

/**
 * Who a flow belongs to that may begin at any time, by whatever concerns it first: a run that goes on keeps its workflow id to its environment.
 *
 * @throws TemporalUnavailableError
 */
export async function holderOf(
  context: FlowContext,
  kind: FlowKind,
  number: string,
): Promise<'us' | 'another environment' | 'nobody'> {
  try {
    const description = await describeFlow(context, kind, number);
    if (description.status.name !== 'RUNNING') return 'nobody';
    return isOwn(context, description) ? 'us' : 'another environment';
  } catch (error) {
    if (error instanceof FlowNotFoundError) return 'nobody';
    throw error;
  }
}

/** The state by the flow's own answer; undefined when it is closed or does not answer. */
export async function openState(context: FlowContext, kind: FlowKind, number: string): Promise<FlowState | undefined> {
  const handle = context.openOnly.getHandle(workflowIdFor(kind, number));
  try {
    return await within(context.temporal, context.limits.queryMs, () => handle.query(stateQuery));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new FlowNotFoundError(kind, number);
    // Closed, no worker, or a worker that fails the flow's tasks: what Temporal itself knows must do.
    return undefined;
  }
}

/** A flow of whatever environment. @throws FlowNotFoundError, TemporalUnavailableError */
export async function describeFlow(
  context: FlowContext,
  kind: FlowKind,
  number: string,
): Promise<WorkflowExecutionDescription> {
  const handle = context.temporal.workflow.getHandle(workflowIdFor(kind, number));
  try {
    return await within(context.temporal, context.limits.callMs, () => handle.describe());
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? new FlowNotFoundError(kind, number) : error;
  }
}

/** The state of a described flow whose query did not answer: from its result, its last state, or its search attributes. */
export async function closedState(
  context: FlowContext,
  kind: FlowKind,
  number: string,
  description: WorkflowExecutionDescription,
): Promise<FlowState> {
  const { status, runId, workflowId } = description;
  if (status.name === 'RUNNING') return fromDescription(kind, number, description);
  if (status.name === 'COMPLETED') {
    const state: unknown = await resultOf(context, description);
    // A page of a report stands under a flow's prefix, too.
    if (!isState(state)) throw new FlowNotFoundError(kind, number);
    return state;
  }
  // Terminated, timed out or failed: there is no result, and nothing of it waits any more, whatever its last state says.
  const handle = context.temporal.workflow.getHandle(workflowId, runId);
  const last = await within(context.temporal, context.limits.queryMs, () => handle.query(stateQuery)).catch(
    () => undefined,
  );
  return last ? { ...last, stage: 'ABORTED', waits: [], blocks: [] } : fromDescription(kind, number, description);
}

function isState(result: unknown): result is FlowState {
  return typeof result === 'object' && result !== null && 'stage' in result;
}

/** A completed flow's result, which is its final state. */
export async function resultOf(
  context: FlowContext,
  { workflowId, runId }: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>,
): Promise<FlowState> {
  const { temporal, limits } = context;
  // The wire gives `any`; our workflows are typed to return their FlowState.
  return within(temporal, limits.callMs, () => temporal.workflow.result(workflowId, runId) as Promise<FlowState>);
}

/** What a closed execution's stage is to its readers. */
export function stageFor(status: string, attribute: string | undefined): Stage {
  if (status === 'RUNNING') return (attribute as Stage | undefined) ?? 'RUNNING';
  if (status === 'COMPLETED') return attribute === 'ABORTED' ? 'ABORTED' : 'COMPLETED';
  return 'ABORTED';
}

function fromDescription(kind: FlowKind, number: string, description: WorkflowExecutionDescription): FlowState {
  const attributes = description.typedSearchAttributes;
  return {
    workflowId: description.workflowId,
    kind,
    number,
    stage: stageFor(description.status.name, attributes.get(SEARCH_ATTRIBUTES.FlowStage)),
    steps: [],
    waits: [],
    blocks: [],
    outputs: {
      merchantId: attributes.get(SEARCH_ATTRIBUTES.FalpayMerchantId),
      walletId: attributes.get(SEARCH_ATTRIBUTES.FalpayWalletId),
      cards: [],
    },
    actions: [],
    stale: true,
  };
}
