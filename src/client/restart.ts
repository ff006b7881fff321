import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import {
  INPUT_DIGEST_MEMO,
  RESTART_MEMO,
  WORKFLOW_TYPES,
  movesMoney,
  taskQueueFor,
  type AbortRequest,
  type CallbackEvent,
  type FlowInput,
  type FlowKind,
  type FlowState,
  isStartedKind,
  type StartBody,
} from '../messages';
import type { FlowName } from './actions';
import type { FlowContext } from './context';
import { within } from './deadline';
import { InvalidInputError, NotRestartableError } from './errors';
import { describeFlow, isOwn, openState, readState, resultOf } from './read';
import { redeliver } from './redeliver';
import { givenTo } from './run-history';
import { firstState, launch } from './start';
import { isOver } from './watch';

const CLOSING_PAUSE_MS = 100;

/**
 * Starts an ended flow again under the same number, with its start body and every accepted patch. Each step begins with a look-up, so that what
 * FalPay already has is taken up and nothing is ordered twice. A delivery pushes its event once more, whatever became of it.
 *
 * The same request again, while that run goes on or after it has completed, answers with its state.
 *
 * @throws FlowNotFoundError
 * @throws NotRestartableError it still runs, it completed, or its history has no start body
 * @throws FlowUnresponsiveError it is a dead letter, which its flow pushes, and no worker answers
 */
export async function restart(
  context: FlowContext,
  { kind, number }: FlowName,
  { actor, reason }: AbortRequest,
): Promise<FlowState> {
  checkText({ actor, reason });
  if (!isStartedKind(kind) && kind !== 'delivery' && kind !== 'parked')
    throw new NotRestartableError(`${kind} flows start by themselves; there is nothing to restart`);
  const description = await describeFlow(context, kind, number);
  // Another environment's flow speaks to another FalPay: its steps would be ordered there a second time.
  if (!isOwn(context, description))
    throw new NotRestartableError(`${description.workflowId} is a flow of another environment`);
  if (kind === 'delivery') {
    const lastEvent = async () => (await givenTo(context, description)).body;
    return redeliver(context, number, description, { request: { actor, reason }, lastBody: lastEvent });
  }
  if (await isBegunBy(context, description, { actor, reason })) return readState(context, kind, number);
  await checkEnded(context, await closed(context, kind, number, description));
  if (kind === 'parked') return parkAgain(context, number, description, { actor, reason });
  const { body, callbacks } = await givenTo(context, description);
  const heard = [...callbacks.filter((told) => !movesMoney(told)).slice(-OTHERS_KEPT), ...callbacks.filter(movesMoney)];
  const input: FlowInput<StartBody> = {
    number,
    environment: context.environment,
    restarted: true,
    restart: { actor, reason },
    heard,
    body: body as StartBody,
  };
  try {
    await launch(context, kind, input, {
      digest: description.memo?.[INPUT_DIGEST_MEMO],
      reuse: 'ALLOW_DUPLICATE',
      restart: { actor, reason },
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const running = await describeFlow(context, kind, number);
    if (!(await isBegunBy(context, running, { actor, reason })))
      throw new NotRestartableError('it was restarted by someone else a moment ago', { cause: error });
  }
  return firstState(kind, number);
}

/** Whether this very restart began the run: asked for again, it is no second one, unless the run has to be restarted itself. */
async function isBegunBy(
  context: FlowContext,
  description: WorkflowExecutionDescription,
  { actor, reason }: AbortRequest,
): Promise<boolean> {
  const restart = description.memo?.[RESTART_MEMO] as AbortRequest | undefined;
  if (restart?.actor !== actor || restart.reason !== reason) return false;
  return !(await isToRestart(context, description));
}

function checkText(fields: AbortRequest): void {
  const issues = Object.entries(fields)
    .filter(([, value]) => typeof value !== 'string' || value.trim() === '')
    .map(([path]) => ({ path, message: 'must not be empty' }));
  if (issues.length > 0) throw new InvalidInputError(issues);
}

/** A flow says that it has ended a moment before its run has: that moment is waited for. */
async function closed(
  context: FlowContext,
  kind: FlowKind,
  number: string,
  description: WorkflowExecutionDescription,
): Promise<WorkflowExecutionDescription> {
  if (description.status.name !== 'RUNNING') return description;
  const state = await openState(context, kind, number);
  if (!state || !isOver(state)) return description;
  for (const deadline = Date.now() + context.limits.callMs; ; await pause(CLOSING_PAUSE_MS)) {
    const now = await describeFlow(context, kind, number);
    if (now.status.name !== 'RUNNING' || now.runId !== description.runId || Date.now() > deadline) return now;
  }
}

async function checkEnded(context: FlowContext, description: WorkflowExecutionDescription): Promise<void> {
  const { status, workflowId } = description;
  if (await isToRestart(context, description)) return;
  throw new NotRestartableError(
    status.name === 'RUNNING'
      ? `${workflowId} still runs; abort it first`
      : `${workflowId} completed; what it did cannot be done again under its number`,
  );
}

/** It ended before it was done. */
async function isToRestart(context: FlowContext, description: WorkflowExecutionDescription): Promise<boolean> {
  const { name } = description.status;
  if (name === 'RUNNING') return false;
  return name !== 'COMPLETED' || (await resultOf(context, description)).stage === 'ABORTED';
}

/** Callbacks that move no money, of which a query shows what they told: as many as the start of the next run takes without growing large. */
const OTHERS_KEPT = 500;

/** Callbacks that FalPay has its acknowledgement for, and that were still without a flow when this one was ended. */
async function parkAgain(
  context: FlowContext,
  number: string,
  description: WorkflowExecutionDescription,
  restart: AbortRequest,
): Promise<FlowState> {
  const { callbacks: held } = await givenTo(context, description);
  if (held.length === 0) throw new NotRestartableError(`${description.workflowId} held no callback`);
  const { temporal, environment, limits } = context;
  await within(temporal, limits.callMs, () =>
    temporal.workflow.start(WORKFLOW_TYPES.parked, {
      workflowId: description.workflowId,
      taskQueue: taskQueueFor(environment),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [{ number, environment, restart, body: { held } } satisfies FlowInput<{ held: readonly CallbackEvent[] }>],
      memo: { [RESTART_MEMO]: restart },
      staticSummary: `Callbacks of ${number}, claimed by no flow yet, parked again`,
    }),
  );
  return firstState('parked', number);
}
