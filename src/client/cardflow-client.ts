import type { Client } from '@temporalio/client';
import type {
  AbortRequest,
  ActionName,
  AmendRequest,
  CorrectRequest,
  FlowKind,
  FlowState,
  LimitChange,
  LimitChangeBody,
  Request,
  ResolveRequest,
  StartedKind,
  UnlistedOperation,
} from '../messages';
import { act, type ActionRequests } from './actions';
import { retryAll, type BulkRetried, type BulkRetryRequest } from './bulk';
import { earlierLives } from './card-flow';
import { flowContext, type FlowContext, type Limits } from './context';
import { within } from './deadline';
import { sentByOtherRuns } from './earlier-orders';
import { awaitEvents, listEvents, type EventPage, type EventsRequest } from './events';
import {
  changeLimit,
  limitChange,
  waitForLimitChange,
  type LimitChangeName,
  type LimitChangeOptions,
  type LimitChangeResult,
} from './limit-changes';
import { listFlows, type FlowPage, type ListRequest } from './list';
import { publisher, type Publisher } from './publisher';
import { readState } from './read';
import { reconciler, type Reconciler } from './reconciler';
import { readReport, reconcile, type Days, type ReconciliationReport } from './reconciliations';
import { restart } from './restart';
import { callbackRouter, type CallbackRouter } from './router';
import type { Asking } from './runs';
import { startFlow, type StartResult } from './start';
import { fingerprint, isOver, watchFlow, type WatchOptions } from './watch';

export interface CardflowClientOptions {
  readonly temporal: Client;
  /** CARDFLOW_ENVIRONMENT of the workers that are to run the flows. */
  readonly environment: string;
  /** Time limits in milliseconds; each has a default. */
  readonly limits?: Partial<Limits>;
}

/**
 * Starts, reads and steers flows by business number. For a trusted backend: it speaks to Temporal directly, without the gateway's keys and roles,
 * so that whoever holds it is the actor it says it is.
 *
 * Every method may throw TemporalUnavailableError; the same call may always be repeated.
 */
export class CardflowClient {
  private readonly context: FlowContext;
  /** Hands callbacks to flows. For the gateway and the parkedCallback flow. */
  readonly callbacks: CallbackRouter;
  /** Hands on what flows tell. For the worker. */
  readonly publisher: Publisher;
  /** Our own side of reconciliations. For the worker. */
  readonly reconciler: Reconciler;
  /** What earlier runs of a card's flow knew. For the worker. */
  readonly cards: {
    earlierLives(cardId: string, runId: string, onProgress: () => void): ReturnType<typeof earlierLives>;
  };
  /** What other runs of a flow sent to FalPay. For the worker. */
  readonly orders: {
    sentByOtherRuns(asking: Asking, operation: UnlistedOperation): ReturnType<typeof sentByOtherRuns>;
  };

  constructor({ temporal, environment, limits }: CardflowClientOptions) {
    this.context = flowContext(temporal, environment, limits);
    this.callbacks = callbackRouter(this.context);
    this.publisher = publisher(this.context);
    this.reconciler = reconciler(this.context);
    this.cards = { earlierLives: (...asked) => earlierLives(this.context, ...asked) };
    this.orders = { sentByOtherRuns: (...asked) => sentByOtherRuns(this.context, ...asked) };
  }

  /**
   * Starts an onboarding once. `same`: it was started before with this body; `different`: the number is taken by another body, nothing was done.
   * @throws InvalidInputError naming every field at fault
   */
  startOnboarding(merchantOrderNo: string, body: unknown): Promise<StartResult> {
    return startFlow(this.context, 'onboarding', merchantOrderNo, body);
  }

  /**
   * Starts a flow of any kind once, by the backend's own number; the body is that of the kind. The outcomes are those of {@link startOnboarding}.
   * @throws InvalidInputError naming every field at fault
   */
  start(kind: StartedKind, number: string, body: unknown): Promise<StartResult> {
    return startFlow(this.context, kind, number, body);
  }

  /**
   * Changes a card's limit, once for each order number; changes of one card are carried out one at a time, in the order in which they were asked for.
   * `same`: it was asked for before with this content.
   * @throws InvalidInputError; ActionRefusedError `taken` where the number stands for another change
   */
  changeLimit(name: LimitChangeName, body: LimitChangeBody, options?: LimitChangeOptions): Promise<LimitChangeResult> {
    return changeLimit(this.context, name, body, options);
  }

  /** @throws LimitChangeNotFoundError */
  limitChange(name: LimitChangeName): Promise<LimitChange> {
    return limitChange(this.context, name);
  }

  /**
   * Waits until a limit change is another than the caller knows, and returns it, or the unchanged one when the time is over.
   * @param since the fingerprint that the caller knows; default: the one of now
   */
  waitForLimitChange(
    name: LimitChangeName,
    options: { readonly ms: number; readonly since?: string; readonly signal?: AbortSignal },
  ): Promise<LimitChange> {
    return waitForLimitChange(this.context, name, options);
  }

  /** @throws FlowNotFoundError */
  state(kind: FlowKind, number: string): Promise<FlowState> {
    return readState(this.context, kind, number);
  }

  /** Tries a blocked step again; it begins with a look-up. @throws ActionRefusedError */
  retry(kind: FlowKind, number: string, request: Request): Promise<FlowState> {
    return this.act(kind, number, 'retry', request);
  }

  /** Changes fields of the start body and tries again. @throws ActionRefusedError, InvalidInputError */
  amend(kind: FlowKind, number: string, request: AmendRequest): Promise<FlowState> {
    return this.act(kind, number, 'amend', request);
  }

  /** The backend's answer to ACTION_REQUIRED. @throws ActionRefusedError, InvalidInputError */
  correct(kind: FlowKind, number: string, request: CorrectRequest): Promise<FlowState> {
    return this.act(kind, number, 'correct', request);
  }

  /** Says what became of an unknown outcome. @throws ActionRefusedError */
  resolve(kind: FlowKind, number: string, request: ResolveRequest): Promise<FlowState> {
    return this.act(kind, number, 'resolve', request);
  }

  /** Goes on without the item that a block is about. @throws ActionRefusedError */
  skip(kind: FlowKind, number: string, request: Request): Promise<FlowState> {
    return this.act(kind, number, 'skip', request);
  }

  /** Ends a flow; its result tells what it leaves behind at FalPay. @throws ActionRefusedError while the one call is under way that the flow waits for */
  abort(kind: FlowKind, number: string, request: AbortRequest): Promise<FlowState> {
    return this.act(kind, number, 'abort', request);
  }

  act<Name extends ActionName>(
    kind: FlowKind,
    number: string,
    action: Name,
    request: ActionRequests[Name],
  ): Promise<FlowState> {
    return act(this.context, { kind, number }, action, request);
  }

  /** Starts a terminated, failed or aborted flow again under its number. @throws NotRestartableError */
  restart(kind: FlowKind, number: string, request: AbortRequest): Promise<FlowState> {
    return restart(this.context, { kind, number }, request);
  }

  /**
   * Retries the blocks of many flows at a limited rate, and tells each outcome as it is known.
   * @throws InvalidInputError a query that Temporal cannot read
   */
  retryAll(request: BulkRetryRequest): AsyncGenerator<BulkRetried, void, undefined> {
    return retryAll(this.context, request);
  }

  /** Flows of this environment by what visibility knows, newest first. */
  list(request: ListRequest = {}): Promise<FlowPage> {
    return listFlows(this.context, request);
  }

  /**
   * Reconciles days (`yyyy-MM-dd` in FalPay's zone, both included) now, also such as were done before; one of the same days that is under way is joined.
   * @throws InvalidInputError
   */
  reconcile(days: Days): Promise<FlowState> {
    return reconcile(this.context, days);
  }

  /**
   * What the reconciliation of these days found, wallet by wallet.
   * @param number `2026-01-31`, or `2026-01-01..2026-01-31`
   * @throws FlowNotFoundError
   */
  reconciliation(number: string): Promise<ReconciliationReport> {
    return readReport(this.context, number);
  }

  /**
   * Events from the oldest that is kept on, a page at a time; `next` goes on where the page ends.
   * @param wait where there is none yet, for how long the next one is waited for
   * @throws InvalidInputError `after` is no cursor
   */
  events(
    request: EventsRequest = {},
    wait?: { readonly ms: number; readonly signal?: AbortSignal },
  ): Promise<EventPage> {
    return wait ? awaitEvents(this.context, request, wait) : listEvents(this.context, request);
  }

  /** Pushes an event once more, whatever became of it. @throws FlowNotFoundError */
  redeliver(eventId: string, request: AbortRequest): Promise<FlowState> {
    return restart(this.context, { kind: 'delivery', number: eventId }, request);
  }

  /** The states of a flow as they change, the present one first; ends when the flow does. @throws FlowNotFoundError */
  watch(kind: FlowKind, number: string, options?: WatchOptions): AsyncGenerator<FlowState, void, undefined> {
    return watchFlow(this.context, { kind, number }, options);
  }

  /**
   * Waits for a change of stage, steps, blocks or outputs, and returns the state then, or the unchanged one when the time is over. A flow that does
   * not answer is waited for as well.
   * @param since the {@link fingerprint} that the caller knows; default: the state of now
   */
  async waitForChange(
    kind: FlowKind,
    number: string,
    { ms, since, signal }: { readonly ms: number; readonly since?: string; readonly signal?: AbortSignal },
  ): Promise<FlowState> {
    const now = await this.state(kind, number);
    const known = since ?? fingerprint(now);
    // Of a flow that does not answer nothing is known that the caller may not have seen already.
    const silent = now.stale === true && !isOver(now);
    if (fingerprint(now) !== known && !silent) return now;
    const timeUp = AbortSignal.timeout(ms);
    const ends = signal ? AbortSignal.any([signal, timeUp]) : timeUp;
    for await (const state of this.watch(kind, number, { since: known, signal: ends })) return state;
    return now;
  }

  /** Whether Temporal answers for our namespace. */
  async isReady(): Promise<boolean> {
    const { temporal } = this.context;
    const { namespace } = temporal.options;
    return within(temporal, 1_000, () => temporal.workflowService.describeNamespace({ namespace })).then(
      () => true,
      () => false,
    );
  }
}
