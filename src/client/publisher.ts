import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
  numberToPath,
  registerSignal,
  taskQueueFor,
  workflowIdFor,
  type FlowEvent,
  type FlowInput,
  type WalletNews,
} from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';

/** Hands on what flows tell: both may be told again, and then change nothing. */
export interface Publisher {
  /**
   * Starts a delivery for each event.
   * @param runId of the run that tells them: the same event told again by it has the same id
   * @throws TemporalUnavailableError
   */
  tell(runId: string, events: readonly FlowEvent[]): Promise<void>;
  /** @throws TemporalUnavailableError */
  register(news: readonly WalletNews[]): Promise<void>;
}

export function publisher(context: FlowContext): Publisher {
  return {
    async tell(runId, events) {
      await Promise.all(events.map((event) => startDelivery(context, eventIdOf(runId, event), event)));
    },
    async register(news) {
      for (const one of news) await register(context, one);
    },
  };
}

/** Of the fact where it has a name of its own, else of its place in the run: after a reset other events have the same place. */
export function eventIdOf(runId: string, { flow, sequence, key }: FlowEvent): string {
  return [flow.kind, numberToPath(flow.number), ...(key === undefined ? [runId.slice(0, 8), sequence] : [key])].join(
    '.',
  );
}

async function startDelivery(
  { temporal, environment, limits }: FlowContext,
  eventId: string,
  event: FlowEvent,
): Promise<void> {
  const input: FlowInput<FlowEvent> = { number: eventId, environment, body: event };
  try {
    await within(temporal, limits.callMs, () =>
      temporal.workflow.start(WORKFLOW_TYPES.delivery, {
        workflowId: workflowIdFor('delivery', eventId),
        taskQueue: taskQueueFor(environment),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        args: [input],
        staticSummary: `${event.type} of ${event.flow.kind}/${event.flow.number}`,
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function register({ temporal, environment, limits }: FlowContext, news: WalletNews): Promise<void> {
  const { walletId } = news;
  const input: FlowInput<Record<string, never>> = { number: walletId, environment, body: {} };
  await within(temporal, limits.callMs, () =>
    temporal.workflow.signalWithStart(WORKFLOW_TYPES.wallet, {
      workflowId: workflowIdFor('wallet', walletId),
      taskQueue: taskQueueFor(environment),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [input],
      signal: registerSignal,
      signalArgs: [news],
      staticSummary: `Register of wallet ${walletId}`,
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' },
        { key: SEARCH_ATTRIBUTES.FalpayWalletId, value: walletId },
      ],
    }),
  );
}
