/** How the flow of a card's life, `card/{cardId}`, comes to run: with whatever is the first to concern it. */
import {
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
  callbackSignal,
  memoryQuery,
  taskQueueFor,
  workflowIdFor,
  type CallbackEvent,
  type CardBody,
  type CardMemory,
  type FlowInput,
} from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';
import { FlowUnresponsiveError } from './errors';
import { holderOf } from './read';
import { endedRuns } from './runs';

/** What stands in the Temporal UI of a card's flow before it has asked FalPay. */
export function cardStart({ environment }: FlowContext, cardId: string, walletId?: string) {
  const input: FlowInput<CardBody> = { number: cardId, environment, body: {} };
  return {
    workflowId: workflowIdFor('card', cardId),
    taskQueue: taskQueueFor(environment),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    args: [input],
    staticSummary: `Life of card ${cardId}`,
    staticDetails: [
      `- card: \`${cardId}\``,
      ...(walletId === undefined ? [] : [`- wallet: \`${walletId}\``]),
      `- environment: \`${environment}\``,
      '- runs for as long as the card lives; began with its first callback or limit change',
    ].join('\n'),
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.FalpayCardId, value: cardId },
      ...(walletId === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.FalpayWalletId, value: walletId }]),
      { key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' },
    ],
  };
}

/**
 * Hands a card's callback to its flow, which begins where there is none.
 * @returns false when another environment has the card's flow: then ours has not been told
 * @throws TemporalUnavailableError
 */
export async function tellCard(context: FlowContext, event: CallbackEvent): Promise<boolean> {
  const { temporal, limits } = context;
  const before = await holderOf(context, 'card', event.ref);
  if (before === 'another environment') return false;
  await within(temporal, limits.callMs, () =>
    temporal.workflow.signalWithStart(WORKFLOW_TYPES.card, {
      ...cardStart(context, event.ref, event.ids.walletId),
      signal: callbackSignal,
      signalArgs: [event],
    }),
  );
  // Where none ran, the other environment may have begun one in that very moment.
  return before === 'us' || (await holderOf(context, 'card', event.ref)) !== 'another environment';
}

/** Each of them knew what those before it had known, unless it ended before it had asked: so a few are enough. */
const LIVES_ASKED = 10;

/**
 * What the runs of a card's flow knew that ended without a successor, the newest first.
 *
 * @throws FlowUnresponsiveError not known yet, or a run that does not answer: asked again later, it may be
 */
export async function earlierLives(
  context: FlowContext,
  cardId: string,
  runId: string,
  onProgress: () => void,
): Promise<readonly CardMemory[]> {
  const workflowId = workflowIdFor('card', cardId);
  const ended = await endedRuns(context, { workflowId, runId, onProgress });
  const lives: CardMemory[] = [];
  for (const run of ended.slice(0, LIVES_ASKED)) {
    onProgress();
    const handle = context.temporal.workflow.getHandle(workflowId, run);
    try {
      lives.push(await within(context.temporal, context.limits.callMs, () => handle.query(memoryQuery)));
    } catch (error) {
      throw new FlowUnresponsiveError(`run ${run} of ${workflowId} does not tell what it knew`, { cause: error });
    }
  }
  // Of all but the newest nothing but the limit changes is asked for, and ten whole ones could outgrow what Temporal carries.
  return lives.map((life, index) => (index === 0 ? life : changesAlone(life)));
}

function changesAlone({ changes }: CardMemory): CardMemory {
  return { changes, events: [], claims: [], actions: [], told: 0 };
}
