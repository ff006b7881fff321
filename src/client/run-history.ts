import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { temporal } from '@temporalio/proto';
import {
  amendUpdate,
  applyPatch,
  callbackSignal,
  correctUpdate,
  isCallbackEvent,
  type CallbackEvent,
  type CorrectRequest,
  type FlowInput,
} from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';
import { NotRestartableError } from './errors';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Update = temporal.api.update.v1.IRequest;

const PATCHING: readonly unknown[] = [amendUpdate.name, correctUpdate.name];

/** What a run was given. */
export interface RunGiven {
  /** The start body with every accepted patch. The start event alone would lose what was settled with the customer. */
  readonly body: unknown;
  /** What FalPay told this run and those before it. It has been acknowledged and will not be told again, while some of it no query shows. */
  readonly callbacks: readonly CallbackEvent[];
}

/** The history of one run, and how what stands in it is read. */
export interface RunHistory {
  readonly events: readonly HistoryEvent[];
  /** The first of these arguments. */
  readonly first: (payloads: Payload[] | null | undefined) => Promise<unknown>;
}

/** @throws TemporalUnavailableError */
export async function historyOf(
  { temporal, limits }: FlowContext,
  { workflowId, runId }: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>,
): Promise<RunHistory> {
  const { loadedDataConverter, namespace } = temporal.options;
  const context = { type: 'workflow', namespace, workflowId } as const;
  const handle = temporal.workflow.getHandle(workflowId, runId);
  const { events } = await within(temporal, limits.callMs, () => handle.fetchHistory());
  return {
    events: events ?? [],
    first: async (payloads) => (await decodeArrayFromPayloads(loadedDataConverter, payloads, context))[0],
  };
}

/**
 * Reads it from the run's history. No worker is asked: one that is away, or a run that no longer replays, does not keep an ended flow from being restarted.
 *
 * @throws NotRestartableError the history has no start body
 * @throws TemporalUnavailableError
 */
export async function givenTo(
  context: FlowContext,
  run: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId'>,
): Promise<RunGiven> {
  const { events, first } = await historyOf(context, run);
  const input = await first(events[0]?.workflowExecutionStartedEventAttributes?.input?.payloads);
  if (input === undefined) throw new NotRestartableError(`the history of ${run.workflowId} has no start body`);

  const { body: startBody, heard = [] } = input as FlowInput<unknown>;
  const told: unknown[] = [...heard, ...heldBy(startBody)];
  for (const { workflowExecutionSignaledEventAttributes: signal } of events)
    if (signal?.signalName === callbackSignal.name) told.push(await first(signal.input?.payloads));
  let body = startBody;
  for (const { input: update } of carriedOut(events)) {
    if (!PATCHING.includes(update?.name)) continue;
    const { patch } = (await first(update?.args?.payloads)) as CorrectRequest;
    if (patch) body = applyPatch(body, patch);
  }
  return { body, callbacks: told.filter(isCallbackEvent) };
}

/** The callbacks with which a `parked` flow began. */
function heldBy(body: unknown): readonly unknown[] {
  return (body as { readonly held?: readonly unknown[] } | undefined)?.held ?? [];
}

/** The Updates that the flow accepted and did not refuse afterwards, in the order in which it carried them out. */
function* carriedOut(events: readonly HistoryEvent[]): Generator<Update> {
  const known = new Map<unknown, Update>();
  for (const event of events) {
    // One that a reset has applied again stands in an event of its own; its acceptance only names it.
    const { request } = event.workflowExecutionUpdateAdmittedEventAttributes ?? {};
    if (request) known.set(request.meta?.updateId, request);
    const { acceptedRequest } = event.workflowExecutionUpdateAcceptedEventAttributes ?? {};
    if (acceptedRequest) known.set(acceptedRequest.meta?.updateId, acceptedRequest);
    const { meta, outcome } = event.workflowExecutionUpdateCompletedEventAttributes ?? {};
    const update = outcome?.success ? known.get(meta?.updateId) : undefined;
    if (update) yield update;
  }
}
