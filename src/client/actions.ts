import { randomUUID } from 'node:crypto';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { UpdateDefinition } from '@temporalio/common';
import {
  abortUpdate,
  applyPatch,
  amendUpdate,
  correctUpdate,
  inputQuery,
  resolveUpdate,
  retryUpdate,
  skipUpdate,
  isStartedKind,
  requestDigest,
  saysMore,
  workflowIdFor,
  type AbortRequest,
  type ActionName,
  type AmendRequest,
  type CorrectRequest,
  type FlowKind,
  type FlowState,
  type Patch,
  type Receipt,
  type Request,
  type ResolveRequest,
} from '../messages';
import { fieldIssues, startBodies } from './bodies';
import type { FlowContext } from './context';
import { updateWithin, within } from './deadline';
import { digestOf } from './digest';
import {
  ActionRefusedError,
  FlowUnresponsiveError,
  InvalidInputError,
  TemporalUnavailableError,
  refusalOf,
} from './errors';
import { describeFlow, ownFlow, readState } from './read';

export interface FlowName {
  readonly kind: FlowKind;
  readonly number: string;
}

/** What each action is asked with. */
export interface ActionRequests {
  readonly retry: Request;
  readonly amend: AmendRequest;
  readonly correct: CorrectRequest;
  readonly resolve: ResolveRequest;
  readonly skip: Request;
  readonly abort: AbortRequest;
}

const UPDATES: { readonly [Name in ActionName]: UpdateDefinition<Receipt, [ActionRequests[Name]]> } = {
  retry: retryUpdate,
  amend: amendUpdate,
  correct: correctUpdate,
  resolve: resolveUpdate,
  skip: skipUpdate,
  abort: abortUpdate,
};

/**
 * Asks a flow for an action. The same request by the same actor may be repeated: it is carried out once, and answers with the state, which is
 * marked `stale` where the flow did not answer for it in time.
 *
 * @throws FlowNotFoundError, ActionRefusedError (409, 422), InvalidInputError (the patched body would be invalid)
 * @throws FlowUnresponsiveError, TemporalUnavailableError it may have been carried out: repeat it
 */
export async function act<Name extends ActionName>(
  context: FlowContext,
  flow: FlowName,
  action: Name,
  request: ActionRequests[Name],
): Promise<FlowState> {
  await ownFlow(context, flow.kind, flow.number);
  if ('patch' in request && request.patch !== undefined) await checkPatch(context, flow, request.patch);
  try {
    await updateOnce(context, flow, action, request);
    return await readState(context, flow.kind, flow.number);
  } catch (error) {
    // A flow that ended, or that went on as new, knows no more of the Update itself: its record does.
    if (error instanceof ActionRefusedError && (error.refusal === 'closed' || error.refusal === 'stale')) {
      return settledBefore(context, flow, action, request, error);
    }
    throw error;
  }
}

/** Without the look at the state: what {@link act} does first. @throws as it does, for an ended flow ActionRefusedError */
export async function updateOnce<Name extends ActionName>(
  context: FlowContext,
  flow: FlowName,
  action: Name,
  request: ActionRequests[Name],
): Promise<Receipt> {
  // A reset raises a block under its old name again and hands the new run the old Updates, refused ones among them: a repetition is one of the same run.
  const { runId } = await describeFlow(context, flow.kind, flow.number);
  const updateId = digestOf({ action, request, runId }).slice(0, 40);
  try {
    return await update(context, flow, action, request, updateId);
  } catch (error) {
    // A refusal after acceptance is kept under its update id for good, but FalPay's answer may have changed since.
    const again = error instanceof ActionRefusedError && error.refusal === 'contradicted';
    if (again) return update(context, flow, action, request, `${updateId}-${randomUUID()}`);
    throw error;
  }
}

async function update<Name extends ActionName>(
  context: FlowContext,
  { kind, number }: FlowName,
  action: Name,
  request: ActionRequests[Name],
  updateId: string,
): Promise<Receipt> {
  const { temporal, limits } = context;
  const handle = temporal.workflow.getHandle(workflowIdFor(kind, number));
  const definition: UpdateDefinition<Receipt, [ActionRequests[Name]]> = UPDATES[action];
  try {
    return await updateWithin(temporal, limits.actionMs, () =>
      handle.executeUpdate(definition, { args: [request], updateId }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw await endedOrAbsent(context, { kind, number });
    const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    const refusal = failure instanceof ApplicationFailure ? refusalOf(failure.type) : undefined;
    if (failure && refusal) throw new ActionRefusedError(refusal, failure.message);
    if (error instanceof TemporalUnavailableError) throw await whoIsSilent(context, { kind, number }, error);
    throw error;
  }
}

/** Temporal says "not found" both of a flow that has ended and of one that never was. */
async function endedOrAbsent(context: FlowContext, { kind, number }: FlowName): Promise<Error> {
  const description = await describeFlow(context, kind, number);
  return new ActionRefusedError('closed', `the flow has ended (${description.status.name.toLowerCase()})`);
}

/** Temporal, or only the worker: the remedies differ. */
async function whoIsSilent(
  context: FlowContext,
  { kind, number }: FlowName,
  error: TemporalUnavailableError,
): Promise<Error> {
  const reachable = await describeFlow(context, kind, number).catch(() => undefined);
  if (!reachable) return error;
  return new FlowUnresponsiveError(
    `no worker answered for ${kind}/${number} in time; the action may still be carried out, and may be repeated`,
    { cause: error },
  );
}

/** What was done before answers with the state of now, anything else is refused. */
async function settledBefore(
  context: FlowContext,
  { kind, number }: FlowName,
  action: ActionName,
  request: AbortRequest & { readonly blockId?: string },
  refused: ActionRefusedError,
): Promise<FlowState> {
  const state = await readState(context, kind, number);
  const recorded = state.actions.some(
    (done) =>
      done.action === action &&
      done.blockId === request.blockId &&
      done.actor === request.actor &&
      done.reason === request.reason &&
      // Of what was recorded without a digest nobody knows with what it was asked: it is not taken for this one.
      (!saysMore(action) || done.digest === requestDigest(request)),
  );
  if (!recorded) throw refused;
  return state;
}

/** The patched body is checked here, where the models are, so that a mistake names its field; the flow itself checks what may be patched. */
async function checkPatch(context: FlowContext, { kind, number }: FlowName, patch: Patch): Promise<void> {
  if (!isStartedKind(kind)) return;
  const body = await readBody(context, kind, number);
  if (body === undefined) return;
  const patched = applyPatch(body, patch);
  const parsed = startBodies[kind].safeParse(patched);
  if (!parsed.success)
    throw new InvalidInputError(
      fieldIssues(parsed.error, patched).map(({ path, message }) => ({ path: `patch.${path}`, message })),
    );
}

/** The body with every accepted patch; undefined when the flow is closed or does not answer. */
async function readBody({ openOnly, temporal, limits }: FlowContext, kind: FlowKind, number: string): Promise<unknown> {
  const handle = openOnly.getHandle(workflowIdFor(kind, number));
  return within(temporal, limits.queryMs, () => handle.query(inputQuery)).catch(() => undefined);
}
