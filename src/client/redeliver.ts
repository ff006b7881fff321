import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { isGrpcServiceError, type WorkflowExecutionDescription } from '@temporalio/client';
import {
  SEARCH_ATTRIBUTES,
  hastenSignal,
  workflowIdFor,
  type AbortRequest,
  type BackendEvent,
  type FlowState,
} from '../messages';
import { act } from './actions';
import type { FlowContext } from './context';
import { within } from './deadline';
import { FlowUnresponsiveError, NotRestartableError, TemporalUnavailableError } from './errors';
import { startDelivery } from './publisher';
import { describeFlow, openState } from './read';
import { firstState } from './start';

/** The activity that pushes; a pause between two pushes is over when it is reset. */
const PUSH_ACTIVITY = 'pushEvent';

/**
 * Pushes an event once more. A dead letter, and one that pauses between two pushes, goes out at once and has another three days; one that was
 * delivered, given up or never pushed goes out by a new run of its delivery.
 *
 * @param lastBody the event as the last run had it
 * @throws NotRestartableError it is on its way this very moment
 * @throws FlowUnresponsiveError it is a dead letter, which its flow pushes, and no worker answers
 */
export async function redeliver(
  context: FlowContext,
  eventId: string,
  { status }: WorkflowExecutionDescription,
  { request, lastBody }: { readonly request: AbortRequest; readonly lastBody: () => Promise<unknown> },
): Promise<FlowState> {
  if (status.name === 'RUNNING') return hasten(context, eventId, request);
  const event = (await lastBody()) as BackendEvent;
  try {
    await startDelivery(context, event, { reuse: 'ALLOW_DUPLICATE', again: request });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw new NotRestartableError('it was sent on its way by someone else a moment ago', { cause: error });
  }
  return firstState('delivery', eventId);
}

async function hasten(context: FlowContext, eventId: string, request: AbortRequest): Promise<FlowState> {
  const state = await openState(context, 'delivery', eventId);
  const [block] = state?.blocks ?? [];
  if (block)
    return act(context, { kind: 'delivery', number: eventId }, 'retry', { ...request, blockId: block.blockId });
  const { temporal, limits } = context;
  const handle = temporal.workflow.getHandle(workflowIdFor('delivery', eventId));
  const onItsWay = (cause?: unknown) =>
    state ? new NotRestartableError('it is on its way this very moment', { cause }) : silent(eventId);
  const { raw, typedSearchAttributes } = await describeFlow(context, 'delivery', eventId);
  // A dead letter is for its flow to push; that it pauses, or is on its way, could not be said of it either.
  if (!state && typedSearchAttributes.get(SEARCH_ATTRIBUTES.FlowStage) === 'BLOCKED') throw silent(eventId);
  if (!raw.pendingActivities?.some(({ activityType }) => activityType?.name === PUSH_ACTIVITY)) throw onItsWay();
  // Noted first: once the pause is over the flow may end at any moment, and would keep no record.
  await within(temporal, limits.callMs, () => handle.signal(hastenSignal, request));
  const { namespace } = temporal.options;
  const execution = { workflowId: handle.workflowId };
  await within(temporal, limits.callMs, () =>
    temporal.workflowService.resetActivity({ namespace, execution, type: PUSH_ACTIVITY, identity: request.actor }),
  ).catch((error: unknown) => {
    throw isNotThere(error) ? onItsWay(error) : error;
  });
  return state ?? firstState('delivery', eventId);
}

function silent(eventId: string): FlowUnresponsiveError {
  return new FlowUnresponsiveError(
    `no worker answers for delivery/${eventId}, which waits to be told to push again; start a worker and repeat`,
  );
}

const NOT_FOUND = 5;

/** No push pauses: the first is about to begin, or the last has just ended. */
function isNotThere(error: unknown): boolean {
  const cause = error instanceof TemporalUnavailableError ? error.cause : undefined;
  return isGrpcServiceError(cause) && Number(cause.code) === NOT_FOUND;
}
