import { WorkflowExecutionAlreadyStartedError, type WorkflowIdReusePolicy } from '@temporalio/common';
import {
  INPUT_DIGEST_MEMO,
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
  isBusinessNumber,
  taskQueueFor,
  workflowIdFor,
  type FlowInput,
  type FlowState,
  type OnboardingBody,
} from '../messages';
import { parseOnboardingBody } from './bodies';
import type { FlowContext } from './context';
import { within } from './deadline';
import { digestOf } from './digest';
import { invalidNumber } from './errors';
import { closedState, describeFlow, openState } from './read';

/** `same`: the number was used before with this very input; `different`: with another, and nothing was done. */
export interface StartResult {
  readonly outcome: 'started' | 'same' | 'different';
  readonly state: FlowState;
}

/**
 * Starts an onboarding once; asking again with the same body is harmless for as long as the namespace retains the flow.
 *
 * @throws InvalidInputError naming every field at fault; nothing was started
 * @throws TemporalUnavailableError it may or may not have been started: ask again with the same body
 */
export async function startOnboarding(
  context: FlowContext,
  merchantOrderNo: string,
  body: unknown,
): Promise<StartResult> {
  if (!isBusinessNumber(merchantOrderNo)) throw invalidNumber('merchantOrderNo');
  const input = {
    number: merchantOrderNo,
    environment: context.environment,
    body: parseOnboardingBody(body),
  } satisfies FlowInput<OnboardingBody>;
  const digest = digestOf(input.body);
  try {
    await launchOnboarding(context, input, { digest, reuse: 'REJECT_DUPLICATE' });
    return { outcome: 'started', state: firstState(merchantOrderNo) };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const description = await describeFlow(context, 'onboarding', merchantOrderNo);
  const state =
    (await openState(context, 'onboarding', merchantOrderNo)) ??
    (await closedState(context, 'onboarding', merchantOrderNo, description));
  // A number that another environment used in this namespace is taken, whatever its body was.
  const ours = description.taskQueue === taskQueueFor(context.environment);
  return { outcome: ours && description.memo?.[INPUT_DIGEST_MEMO] === digest ? 'same' : 'different', state };
}

interface LaunchOptions {
  readonly digest: unknown;
  readonly reuse: WorkflowIdReusePolicy;
  /** Who restarted it and why: a run keeps its own actions in its state, this one comes before its first. */
  readonly restart?: { readonly actor: string; readonly reason: string };
}

/** @throws WorkflowExecutionAlreadyStartedError */
export async function launchOnboarding(
  { temporal, limits }: FlowContext,
  input: FlowInput<OnboardingBody>,
  { digest, reuse, restart }: LaunchOptions,
): Promise<void> {
  await within(temporal, limits.callMs, () =>
    temporal.workflow.start(WORKFLOW_TYPES.onboarding, {
      workflowId: workflowIdFor('onboarding', input.number),
      taskQueue: taskQueueFor(input.environment),
      workflowIdReusePolicy: reuse,
      args: [input],
      memo: { [INPUT_DIGEST_MEMO]: digest, ...(restart && { restart }) },
      staticSummary: summaryOf(input),
      staticDetails: detailsOf(input),
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.MerchantOrderNo, value: input.number },
        { key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' },
      ],
    }),
  );
}

/** What and for whom, without anything of a person: the UI shows it to whoever may look. */
function summaryOf({ number, body: { merchant, recharge, cards } }: FlowInput<OnboardingBody>): string {
  const party = merchant.merchantType === 'COMPANY' ? 'company' : 'person';
  return `Onboarding of ${party} ${number}: ${recharge.amount} ${recharge.currency}, ${countOf(cards.length)}`;
}

function detailsOf({ number, environment, restarted, body }: FlowInput<OnboardingBody>): string {
  const { recharge, wallet, cards } = body;
  return [
    `- merchant order number: \`${number}\``,
    `- environment: \`${environment}\``,
    `- wallet: ${wallet.currency}`,
    `- recharge: ${recharge.amount} ${recharge.currency}${recharge.methodCode ? ` by \`${recharge.methodCode}\`` : ''}`,
    ...cards.map(
      (card, index) => `- card ${index + 1}: limit ${card.cardLimit} ${card.currency}, BIN \`${card.binId}\``,
    ),
    ...(restarted ? ['- restarted by an operator: every step begins with a look-up'] : []),
  ].join('\n');
}

function countOf(cards: number): string {
  return cards === 1 ? '1 card' : `${cards} cards`;
}

/** A flow that has just begun: not asked, since a start must not wait for a worker. */
export function firstState(number: string): FlowState {
  return {
    workflowId: workflowIdFor('onboarding', number),
    kind: 'onboarding',
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
