import { WorkflowExecutionAlreadyStartedError, type WorkflowIdReusePolicy } from '@temporalio/common';
import {
  EVENT_MEMO,
  RESTART_MEMO,
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
  numberToPath,
  registerSignal,
  taskQueueFor,
  workflowIdFor,
  type BackendEvent,
  type FlowEvent,
  type FlowInput,
  type WalletNews,
} from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';
import { holderOf } from './read';

/** Hands on what flows tell: both may be told again, and then change nothing. */
export interface Publisher {
  /**
   * Starts a delivery for each event.
   * @param runId of the run that tells them: the same event told again by it has the same id
   * @throws TemporalUnavailableError
   */
  tell(runId: string, events: readonly FlowEvent[]): Promise<void>;
  /**
   * @returns the wallets whose register another environment of the namespace has: none of theirs was told
   * @throws TemporalUnavailableError
   */
  register(news: readonly WalletNews[]): Promise<readonly string[]>;
}

export function publisher(context: FlowContext): Publisher {
  return {
    async tell(runId, events) {
      // One after the other: the list of events goes by the starts of their deliveries.
      for (const event of events) {
        try {
          await startDelivery(context, backendEvent(runId, event), { reuse: 'REJECT_DUPLICATE' });
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        }
      }
    },
    async register(news) {
      const untold: string[] = [];
      for (const one of news) if (!(await register(context, one))) untold.push(one.walletId);
      return untold;
    },
  };
}

export function backendEvent(runId: string, event: FlowEvent): BackendEvent {
  const { type, timestamp, flow, sequence, details } = event;
  return { id: eventIdOf(runId, event), type, timestamp, data: { flow, run: runOf(runId), sequence, ...details } };
}

/**
 * Of the fact where it has a name of its own, else of its place in the run: after a reset other events have the same place.
 * Without a full stop: by the Standard Webhooks rules that ends the id in what is signed.
 */
export function eventIdOf(runId: string, { flow, sequence, key }: FlowEvent): string {
  const place = key === undefined ? [runOf(runId), sequence] : [key];
  return [flow.kind, numberToPath(flow.number), ...place].join(':').replaceAll('.', ':');
}

/** A run's id begins with the time: runs of the same minute differ at its end alone. */
function runOf(runId: string): string {
  return runId.slice(-12);
}

interface DeliveryStart {
  readonly reuse: WorkflowIdReusePolicy;
  /** Delivers once more what was delivered or given up; the event stands in the list already. */
  readonly again?: { readonly actor: string; readonly reason: string };
}

/** @throws WorkflowExecutionAlreadyStartedError */
export async function startDelivery(
  { temporal, environment, limits }: FlowContext,
  event: BackendEvent,
  { reuse, again }: DeliveryStart,
): Promise<void> {
  const { id, type, data } = event;
  const input: FlowInput<BackendEvent> = {
    number: id,
    environment,
    ...(again && { restarted: true, restart: again }),
    body: event,
  };
  await within(temporal, limits.callMs, () =>
    temporal.workflow.start(WORKFLOW_TYPES.delivery, {
      workflowId: workflowIdFor('delivery', id),
      taskQueue: taskQueueFor(environment),
      workflowIdReusePolicy: reuse,
      args: [input],
      memo: again ? { [RESTART_MEMO]: again } : { [EVENT_MEMO]: event },
      staticSummary: `${type} of ${data.flow.kind}/${data.flow.number}`,
      typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' }],
    }),
  );
}

async function register(context: FlowContext, news: WalletNews): Promise<boolean> {
  const { temporal, environment, limits } = context;
  const { walletId } = news;
  if ((await holderOf(context, 'wallet', walletId)) === 'another environment') return false;
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
  return true;
}
