/** One running flow: its record, its inbox of callbacks, its current body, and the ways in which it waits. */
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  log,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../../activities';
import type {
  CallbackEvent,
  FlowInput,
  FlowKind,
  FlowPolicy,
  FlowState,
  Residue,
  SearchAttributeName,
  WaitName,
} from '../../messages';
import { beganWith, isCallbackEvent, isCallbackShaped, movesMoney, REFUSAL, SEARCH_ATTRIBUTES } from '../../messages';
import { BlockDesk } from './blocks';
import { asideFacts, asideReads, localReads, ownFacts } from './calls';
import { renderDetails } from './details';
import { Outbox } from './outbox';
import { FlowRecord } from './record';
import { Teller } from './teller';

/** Ends a flow's steps when it is aborted. Never leaves {@link Flow.run}; an Update that it interrupts is refused by it. */
export class FlowAborted extends ApplicationFailure {
  constructor() {
    super('the flow is being aborted', REFUSAL.closed, true);
  }
}

/**
 * Ends a flow's waits when it continues as new: never a call that creates or moves something, which is brought to its end first. An Update that
 * it interrupts is refused, to be asked again of the next run.
 */
export class FlowMovesOn extends ApplicationFailure {
  constructor() {
    super('the flow is just continuing as new; ask again in a moment', REFUSAL.inFlight, true);
  }
}

/** Callbacks kept for a wait that has not begun; they are hints, so that the oldest may go that moves no money. */
const INBOX_KEPT = 500;

type Attributes = Partial<Record<SearchAttributeName, string>>;

export class Flow<Body> {
  readonly record: FlowRecord;
  readonly desk: BlockDesk<Body>;
  readonly outbox: Outbox;
  readonly teller: Teller;
  /** The start body with every accepted patch applied. */
  body: Body;
  readonly inbox: CallbackEvent[] = [];
  /** Order numbers that FalPay may still act on. */
  readonly openOrders = new Set<string>();
  /** Order numbers of this run that were sent at least once. */
  readonly sentOrders = new Set<string>();
  /** Calls that create or move something and have not come back. */
  inFlight = 0;
  /** Refusals that are being confirmed: a run that follows would not know of them, and have to ask a person. */
  confirming = 0;
  /** How many callbacks have come. */
  heard = 0;
  /** How often FalPay was asked without its settling the matter, by what was waited for. */
  readonly looksInVain = new Map<WaitName, number>();
  aborting = false;
  /** Its history has grown long: it lets go of its waits and continues as new. */
  movesOn = false;
  /** What else goes on beside the flow's own road: branches, and people's actions that are being examined. */
  private beside = 0;
  private closing = false;

  private readonly seenEvents = new Set<string>();
  private readonly ids: Attributes = {};
  /** Whoever starts a flow says that it runs. */
  private shown: Attributes = { FlowStage: 'RUNNING' };
  private shownKey = shownKeyOf(this.shown, {});
  private known?: FlowPolicy;

  constructor(
    kind: FlowKind,
    readonly input: FlowInput<Body>,
    plan: readonly string[],
    readonly bodyFault: (body: unknown) => string | undefined = () => undefined,
  ) {
    this.body = input.body;
    this.record = new FlowRecord(kind, input.number, plan, (step) => this.teller.stepDone(step));
    this.desk = new BlockDesk(this);
    this.outbox = new Outbox({ kind, number: input.number }, () => this.policy);
    this.teller = new Teller(this.record, this.outbox);
  }

  get policy(): FlowPolicy {
    if (!this.known) throw ApplicationFailure.nonRetryable('the flow reads its policy first', 'InvalidInput');
    return this.known;
  }

  get state(): FlowState {
    return this.record.state;
  }

  /**
   * Runs the flow to its end. Request Cancellation is an abort; an aborted flow completes with what it leaves behind,
   * so that its result tells it for as long as the namespace retains.
   */
  async run<Result>(main: () => Promise<Result>, residue: () => Promise<Residue>): Promise<FlowState<Result>> {
    CancellationScope.current().cancelRequested.catch(() => this.abort('temporal-ui', 'cancellation requested'));
    return CancellationScope.nonCancellable(async () => {
      try {
        this.known = await ownFacts.loadPolicy({ environment: this.input.environment });
        const result = await main();
        await condition(allHandlersFinished);
        this.record.close('COMPLETED', result);
      } catch (failure) {
        if (!(failure instanceof FlowAborted)) throw failure;
        // Work begun before the abort comes to its end first: what it did belongs to the residue.
        await condition(() => this.inFlight === 0);
        this.record.close('ABORTED', { residue: await residue() });
        await condition(allHandlersFinished);
      }
      this.teller.ended();
      this.show();
      // These two hold callbacks themselves: what they have not read goes to a run that follows.
      await this.outbox.emptied();
      if (!['parked', 'card'].includes(this.record.state.kind)) await this.parkUnread();
      // From the last look at the inbox to the end nothing may be waited for: what comes meanwhile would be lost.
      return this.state as FlowState<Result>;
    });
  }

  /**
   * Money that came too late to be counted, and what became of a card after its issue, go where a person sees them. A parked callback is first
   * tried on its flow, which may be this one while it closes: then it is heard again, and parked again.
   */
  private async parkUnread(): Promise<void> {
    this.closing = true;
    const isNews = (event: CallbackEvent) => movesMoney(event) || this.changesCard(event);
    for (let unread = this.take(isNews); unread.length > 0; unread = this.take(isNews)) {
      for (const event of unread) await this.park(event);
    }
  }

  /** An outage is waited out; what cannot be held at all must not hold up the flow's end for ever. */
  private async park(event: CallbackEvent): Promise<void> {
    try {
      await ownFacts.parkCallback(event);
    } catch (failure) {
      if (!(failure instanceof ApplicationFailure)) throw failure;
      log.error('a callback that cannot be parked was left', { eventId: event.eventId, why: failure.message });
    }
  }

  private changesCard({ topic, ref, orderNo, data }: CallbackEvent): boolean {
    const { cards } = this.record.outputs;
    const card = cards.find(({ cardId, cardOrderNo }) => cardId === ref || cardOrderNo === orderNo);
    return topic === 'card-status' && card?.status !== data['status'];
  }

  abort(actor: string, reason: string): void {
    if (this.aborting) return;
    this.aborting = true;
    this.record.addAction({ action: 'abort', actor, reason });
  }

  hear(event: unknown): void {
    if (!this.isCallback(event)) return log.warn('a signal that is no callback was ignored');
    if (this.seenEvents.has(event.eventId) && !this.closing) return;
    this.seenEvents.add(event.eventId);
    this.heard += 1;
    this.inbox.push(event);
    // A card's life has no wait that could come too late: it takes every callback as soon as it runs.
    if (this.inbox.length > INBOX_KEPT && this.record.state.kind !== 'card') {
      // Where all move money nothing is dropped: the history's own limit comes first.
      const least = this.known?.keepsMoneyCallbacks ? this.inbox.findIndex((one) => !movesMoney(one)) : 0;
      if (least < 0) return;
      const [dropped] = this.inbox.splice(least, 1);
      log.warn('callback dropped from a full inbox', { eventId: dropped?.eventId, topic: dropped?.topic });
    }
  }

  /** It was handed on and may come back: from here on it is news again. */
  forget({ eventId }: CallbackEvent): void {
    this.seenEvents.delete(eventId);
  }

  /** It is kept after all: told again, also meanwhile, it is no news. */
  keeps({ eventId }: CallbackEvent): void {
    this.seenEvents.add(eventId);
    this.take((event) => event.eventId === eventId);
  }

  private isCallback(event: unknown): event is CallbackEvent {
    const isOld = this.known !== undefined && !beganWith(this.known, 3);
    return isOld ? isCallbackShaped(event) : isCallbackEvent(event);
  }

  /** Takes the callbacks that `wanted` claims out of the inbox. */
  take(wanted: (event: CallbackEvent) => boolean): CallbackEvent[] {
    const taken = this.inbox.filter(wanted);
    for (const event of taken) this.inbox.splice(this.inbox.indexOf(event), 1);
    return taken;
  }

  /** A FalPay id became known: it stands in the outputs and can be searched for. */
  know({
    cardId,
    ...ids
  }: {
    readonly merchantId?: string;
    readonly walletId?: string;
    readonly cardId?: string;
  }): void {
    Object.assign(this.record.outputs, ids);
    if (cardId !== undefined) this.ids.FalpayCardId = cardId;
    if (ids.merchantId !== undefined) this.ids.FalpayMerchantId = ids.merchantId;
    if (ids.walletId !== undefined) this.ids.FalpayWalletId = ids.walletId;
  }

  /**
   * Waits until `ready`, at most `timeoutMs`.
   * @returns whether it became ready
   * @throws FlowAborted as soon as the flow is aborted, FlowMovesOn when it continues as new and is not ready
   */
  async until(ready: () => boolean, timeoutMs: number, summary: string): Promise<boolean> {
    this.checkAborted();
    this.show();
    const come = () => ready() || this.aborting || this.goesOn;
    const inTime = come() || (timeoutMs > 0 && (await this.comeTrue(come, timeoutMs, summary)));
    this.checkAborted();
    if (this.movesOn && (inTime || this.goesOn) && !ready()) throw new FlowMovesOn();
    return inTime;
  }

  private async comeTrue(come: () => boolean, timeoutMs: number, summary: string): Promise<boolean> {
    if (timeoutMs !== Infinity) return condition(come, timeoutMs, { summary });
    await condition(come);
    return true;
  }

  /** Runs work that an abort may leave: reads and pauses, never a creating call. */
  async leavable<T>(work: () => Promise<T>): Promise<T> {
    this.checkAborted();
    this.tell();
    const scope = new CancellationScope({ cancellable: true });
    let over = false;
    void condition(() => over || this.aborting || this.goesOn).then(() => {
      if (!over) scope.cancel();
    });
    try {
      return await scope.run(work);
    } catch (failure) {
      if (this.aborting && isCancellation(failure)) throw new FlowAborted();
      if (this.movesOn && isCancellation(failure)) throw new FlowMovesOn();
      throw failure;
    } finally {
      over = true;
    }
  }

  /** The history has grown so long that what goes on should go on in a run of its own. */
  get isLong(): boolean {
    const { continueAtEvents } = this.policy;
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return continueAtEvents === undefined ? continueAsNewSuggested : historyLength >= continueAtEvents;
  }

  /** It lets go of its waits now; of what is being confirmed, not yet. */
  private get goesOn(): boolean {
    return this.movesOn && this.confirming === 0;
  }

  /** From here to {@link joins} more than one thing goes on. */
  branches(): void {
    this.beside += 1;
  }

  joins(): void {
    this.beside -= 1;
  }

  /** Something goes on beside the flow's own road, such as cards side by side. */
  get hasBranches(): boolean {
    return this.beside > 0;
  }

  /** A first try of a read: one event, unless something else goes on beside it. */
  firstReads(summary: string): Activities {
    return this.readsAside ? asideReads(summary) : localReads(summary);
  }

  currentRun(): Promise<string> {
    return (this.readsAside ? asideFacts : ownFacts).currentRun();
  }

  private get readsAside(): boolean {
    return this.policy.readsAside === true && this.beside > 0;
  }

  lookedInVain(name: WaitName): void {
    this.looksInVain.set(name, (this.looksInVain.get(name) ?? 0) + 1);
  }

  checkAborted(): void {
    if (this.aborting) throw new FlowAborted();
  }

  /** Brings the details that people read up to date; costs nothing. */
  tell(): void {
    this.record.restage();
    setCurrentDetails(renderDetails(this.state));
  }

  /**
   * Brings details and search attributes up to date. Each change of the attributes is an event, and counts against the server's rate:
   * so they change when the flow comes to rest, not for the moment between the end of one wait and the next.
   */
  show(): void {
    this.tell();
    this.outbox.flush();
    const { state } = this;
    const reason = this.record.foremostBlock()?.reason;
    const wanted: Attributes = {
      ...this.ids,
      FlowStage: state.stage,
      FlowStep: this.searchableStep(),
      BlockedReason: reason,
    };
    const key = shownKeyOf(wanted, this.ids);
    if (key !== this.shownKey) {
      const pairs = Object.entries(SEARCH_ATTRIBUTES)
        .filter(([name]) => wanted[name as SearchAttributeName] !== this.shown[name as SearchAttributeName])
        .map(([name, key]) => ({ key, value: wanted[name as SearchAttributeName] ?? null }));
      if (pairs.length > 0) upsertSearchAttributes(pairs as SearchAttributeUpdatePair[]);
      this.shown = wanted;
      this.shownKey = key;
    }
  }

  /**
   * Whether an earlier run may have ordered what this one is about to: after a restart, or after a reset, which workflow code cannot see.
   * @param run that of an activity
   */
  isLaterRun(run: string): boolean {
    return this.policy.mindsEarlierRuns === true && run !== this.originalRun;
  }

  /** A batch rests at one card after the other: named singly, each would be an event, and nobody searches for the seventeenth. */
  private searchableStep(): string {
    const step = this.record.currentStep();
    return this.known?.groupsSteps ? step.replace(/-\d+$/, '') : step;
  }

  /** The run in which this flow was started. A UI reset keeps it while the run id changes: so an activity can tell that it may not be the first. */
  get originalRun(): string {
    return this.input.restarted ? '' : workflowInfo().originalExecutionRunId;
  }
}

/** A step that runs through is no reason for an event in the history; one that the flow rests at is. */
function shownKeyOf({ FlowStage, FlowStep, BlockedReason }: Attributes, ids: Attributes): string {
  return JSON.stringify([FlowStage, FlowStage === 'RUNNING' ? undefined : FlowStep, BlockedReason, ids]);
}
