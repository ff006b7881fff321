import { WorkflowExecutionAlreadyStartedError, type WorkflowIdReusePolicy } from '@temporalio/common';
import {
  INPUT_DIGEST_MEMO,
  RESTART_MEMO,
  WORKFLOW_TYPES,
  isBusinessNumber,
  taskQueueFor,
  workflowIdFor,
  type FlowInput,
  type FlowKind,
  type FlowState,
  type StartBody,
  type StartedKind,
} from '../messages';
import { parseStartBody } from './bodies';
import type { FlowContext } from './context';
import { within } from './deadline';
import { digestOf } from './digest';
import { invalidNumber } from './errors';
import { closedState, describeFlow, isOwn, openState } from './read';
import { describeStart } from './start-summary';

/** `same`: the number was used before with this very input; `different`: with another, and nothing was done. */
export interface StartResult {
  readonly outcome: 'started' | 'same' | 'different';
  readonly state: FlowState;
}

/**
 * Starts a flow once; asking again with the same body is harmless for as long as the namespace retains the flow.
 *
 * @throws InvalidInputError naming every field at fault; nothing was started
 * @throws TemporalUnavailableError it may or may not have been started: ask again with the same body
 */
export async function startFlow<Kind extends StartedKind>(
  context: FlowContext,
  kind: Kind,
  number: string,
  body: unknown,
): Promise<StartResult> {
  if (!isBusinessNumber(number)) throw invalidNumber(kind === 'onboarding' ? 'merchantOrderNo' : 'orderNo');
  const input = {
    number,
    environment: context.environment,
    body: parseStartBody(kind, body),
  } satisfies FlowInput<StartBody>;
  const digest = digestOf(input.body);
  try {
    await launch(context, kind, input, { digest, reuse: 'REJECT_DUPLICATE' });
    return { outcome: 'started', state: firstState(kind, number) };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const description = await describeFlow(context, kind, number);
  // A number that another environment used in this namespace is taken, whatever its body was; nothing of its flow is told.
  if (!isOwn(context, description)) return { outcome: 'different', state: firstState(kind, number) };
  const state = (await openState(context, kind, number)) ?? (await closedState(context, kind, number, description));
  return { outcome: description.memo?.[INPUT_DIGEST_MEMO] === digest ? 'same' : 'different', state };
}

interface LaunchOptions {
  readonly digest: unknown;
  readonly reuse: WorkflowIdReusePolicy;
  /** Who restarted it and why: a run keeps its own actions in its state, this one comes before its first. */
  readonly restart?: { readonly actor: string; readonly reason: string };
}

/** @throws WorkflowExecutionAlreadyStartedError */
export async function launch(
  { temporal, limits }: FlowContext,
  kind: StartedKind,
  input: FlowInput<StartBody>,
  { digest, reuse, restart }: LaunchOptions,
): Promise<void> {
  const { summary, details, attributes } = describeStart(kind, input);
  await within(temporal, limits.callMs, () =>
    temporal.workflow.start(WORKFLOW_TYPES[kind], {
      workflowId: workflowIdFor(kind, input.number),
      taskQueue: taskQueueFor(input.environment),
      workflowIdReusePolicy: reuse,
      args: [input],
      memo: { [INPUT_DIGEST_MEMO]: digest, ...(restart && { [RESTART_MEMO]: restart }) },
      staticSummary: summary,
      staticDetails: details,
      typedSearchAttributes: attributes,
    }),
  );
}

/** A flow that has just begun: not asked, since a start must not wait for a worker. */
export function firstState(kind: FlowKind, number: string): FlowState {
  return {
    workflowId: workflowIdFor(kind, number),
    kind,
    number,
    stage: 'RUNNING',
    steps: [],
    waits: [],
    blocks: [],
    outputs: { cards: [] },
    actions: [],
    stale: true,
  };
}
