/**
 * Waiting for FalPay or for a person. A callback is a hint, a query is the truth: both feed one verdict, under one timer.
 */
import type { ActionName, BlockReason, CallbackEvent, ResolveRequest, WaitName, WaitState } from '../../messages';
import { beganWith, CONFIRM_LADDER_MS, overduePauseMs } from '../../messages';
import type { Answer, BlockSpec } from './blocks';
import type { Flow } from './flow';
import { inMs, now } from './record';

/** What FalPay does not show yet: it is asked again soon, and when that lasts the flow blocks, as MISMATCH if nothing else is said. */
export interface Lag {
  readonly behind: string;
  readonly lasting?: BlockSpec;
}

export type Verdict<T> =
  | { readonly is: 'settled'; readonly value: T }
  | { readonly is: 'open'; readonly lag?: Lag }
  | { readonly is: 'blocked'; readonly block: BlockSpec };

export type Heard<T> =
  /** Nothing new. */
  | 'known'
  /** A reason to ask FalPay now. */
  | 'ask'
  /** What the callback claims; believed alone only where the policy says so, and never when it is stale. */
  | Exclude<Verdict<T>, { is: 'open' }>;

export interface Watch<T> {
  readonly step: string;
  readonly name: WaitName;
  readonly topic: WaitState['topic'];
  readonly ref: string;
  readonly query: () => Promise<Verdict<T>>;
  readonly concerns: (event: CallbackEvent) => boolean;
  /** Called once for each callback that concerns this wait. */
  readonly hear: (event: CallbackEvent) => Heard<T>;
  /** Others wait for the same callbacks: they are heard here and left where they are. */
  readonly shared?: boolean;
  /** Whether something of the flow's own has changed what the query would say: it is asked now. */
  readonly stirred?: () => boolean;
  /** Ask at once instead of after the first rung. */
  readonly askNow?: boolean;
  /** What to say at the deadline; default DEADLINE. */
  readonly atDeadline?: () => BlockSpec | undefined;
  /** What a resolution by an operator means here; without it the wait's blocks take no `resolve`. */
  readonly resolved?: (ref: string) => Promise<T>;
  /** A person's NOT_DONE goes to the caller, who ends the matter by it. */
  readonly endsNotDone?: true;
  /** What is waited for may be left out where FalPay never settles it. */
  readonly skippable?: boolean;
}

export type Outcome<T> = { readonly is: 'settled'; readonly value: T } | Answered;

interface Answered {
  readonly is: 'answered';
  readonly answer: Answer;
  /** That of the block which was answered. */
  readonly reason: BlockReason;
}

/** After the deadline FalPay is still asked, at least this far apart and ever more rarely: a blocked flow must not fill its history. */
const PACE_AFTER_DEADLINE_MS = 6 * 3_600_000;
const JITTER = 0.2;
/**
 * A flow of hundreds of cards that FalPay is slow with must fit in one history (51,200 events; a look costs 11 of them). So many looks in vain of
 * one kind keep the ladder's pace: those of ten cards, until their deadline and two weeks beyond. From there on each hundred more doubles the
 * pauses, callbacks stay the fast way, and whoever retries still has FalPay asked at once and at the deadline. For 500 cards, eight in hand, that
 * leaves some 1,300 looks where each card takes an hour, and 1,700 where none is ever issued: with 28 events a card for the rest 29,000 and
 * 33,000 events; at the ladder's pace it would be 93,000.
 */
const LOOKS_AT_PACE: Partial<Record<WaitName, number>> = { 'card-issue': 250, 'wallet-recharge': 1_300 };
const DOUBLED_BY_LOOKS = 100;
const LONGEST_PAUSE_MS = 365 * 24 * 3_600_000;

/** Waits for a person alone: nothing FalPay says can settle it. */
export async function hold(flow: Flow<unknown>, step: string, block: BlockSpec): Promise<Answer> {
  const blockId = flow.desk.raise(step, block);
  try {
    await flow.until(() => flow.desk.answerTo(blockId) !== undefined, Infinity, '');
  } catch (failure) {
    flow.desk.close(blockId);
    throw failure;
  }
  return flow.desk.takeAnswer(blockId).answer;
}

/**
 * Waits until FalPay settles the matter or a person answers the block that it led to.
 * `retry` on DEADLINE and MISMATCH starts the wait anew; every other answer goes to the caller.
 */
export async function watch<T>(flow: Flow<unknown>, spec: Watch<T>): Promise<Outcome<T>> {
  for (;;) {
    const outcome = await new Watching(flow, spec).run();
    if (outcome.is === 'settled') return outcome;
    const { answer, reason } = outcome;
    const system = reason === 'DEADLINE' || reason === 'MISMATCH';
    if (system && answer.action === 'resolve' && answer.outcome === 'DONE' && spec.resolved) {
      return { is: 'settled', value: await spec.resolved(answer.ref) };
    }
    if (!(system && answer.action === 'retry')) return outcome;
    spec = { ...spec, askNow: true };
  }
}

class Watching<T> {
  private readonly timing;
  private readonly deadlineAt: number;
  private readonly wait: WaitState;
  private rung = 0;
  private nextAt: number;
  private lag?: Lag;
  private askedSinceLag = 0;
  private blockId?: string;
  private closesWhenOpen = false;
  private overdue = false;
  private looksOverdue = 0;
  private told = false;
  private readonly heard = new Set<string>();

  constructor(
    private readonly flow: Flow<unknown>,
    private readonly spec: Watch<T>,
  ) {
    this.timing = flow.policy.waits[spec.name];
    this.deadlineAt = Date.now() + this.timing.deadlineMs;
    // What was settled before a restart is told by no callback any more.
    this.nextAt = spec.askNow || flow.input.restarted ? Date.now() : this.nextRung();
    this.wait = {
      step: spec.step,
      topic: spec.topic,
      ref: spec.ref,
      since: now(),
      deadline: inMs(this.timing.deadlineMs),
      nextQueryAt: inMs(this.nextAt - Date.now()),
    };
  }

  async run(): Promise<{ readonly is: 'settled'; readonly value: T } | Answered> {
    const { flow, spec } = this;
    flow.record.begin(spec.step, spec.ref);
    const early = this.listen();
    if (early?.is === 'settled') return early;
    if (early) this.apply(early);
    flow.record.addWait(this.wait);
    try {
      for (;;) {
        // The timer's word counts, not the clock's: on replay the clock can differ by what a local activity took.
        const rung = Date.now() < this.dueAt() && !(await this.sleep());
        if (spec.stirred?.()) this.nextAt = Date.now();
        if (this.blockId !== undefined && flow.desk.answerTo(this.blockId)) return this.answered(this.blockId);
        const verdict = this.listen() ?? (rung || Date.now() >= this.dueAt() ? await this.ask() : undefined);
        if (verdict?.is === 'settled') return verdict;
        if (verdict) this.apply(verdict);
        this.checkDeadline();
      }
    } finally {
      if (this.blockId !== undefined) flow.desk.close(this.blockId);
      flow.record.dropWait(this.wait);
    }
  }

  /** @returns false when the timer rang */
  private async sleep(): Promise<boolean> {
    const { flow, spec } = this;
    this.tellWaiting();
    this.wait.nextQueryAt = inMs(this.nextAt - Date.now());
    return flow.until(
      () =>
        flow.inbox.some(this.unheard) ||
        (spec.stirred?.() ?? false) ||
        (this.blockId !== undefined && flow.desk.answerTo(this.blockId) !== undefined),
      this.dueAt() - Date.now(),
      `${spec.step}: next query`,
    );
  }

  /** Told when the flow comes to rest at it; a wait that is blocked is told as a block. Money that cards wait for is the block's to tell. */
  private tellWaiting(): void {
    if (this.told || this.blockId !== undefined || this.spec.shared) return;
    this.told = true;
    this.flow.teller.waiting(this.wait);
  }

  /** The deadline is a time to ask, too: nobody is called while FalPay would have said it. */
  private dueAt(): number {
    return this.overdue ? this.nextAt : Math.min(this.nextAt, this.deadlineAt);
  }

  private readonly unheard = (event: CallbackEvent): boolean =>
    !this.heard.has(event.eventId) && this.spec.concerns(event);

  /** Drains this wait's callbacks. A claim that must be confirmed makes the query due now. */
  private listen(): Verdict<T> | undefined {
    const { flow, spec } = this;
    let believed: Verdict<T> | undefined;
    for (const event of spec.shared ? flow.inbox.filter(this.unheard) : flow.take(spec.concerns)) {
      this.heard.add(event.eventId);
      const heard = spec.hear(event);
      if (heard === 'known') continue;
      if (heard !== 'ask' && !flow.policy.confirmCallbacks && !event.stale) {
        believed = heard;
        continue;
      }
      this.nextAt = Date.now();
      if (heard !== 'ask') this.lagsBehind({ behind: `the ${event.topic} callback of ${event.occurredAt}` });
    }
    return believed;
  }

  private async ask(): Promise<Verdict<T>> {
    const verdict = await this.spec.query();
    if (verdict.is !== 'settled') this.flow.lookedInVain(this.spec.name);
    if (verdict.is !== 'open') {
      this.lag = undefined;
      this.nextAt = this.nextRung();
      return verdict;
    }
    if (verdict.lag && !this.lag) this.lagsBehind(verdict.lag);
    const pause = this.lag ? CONFIRM_LADDER_MS[this.askedSinceLag++] : undefined;
    if (pause !== undefined) {
      this.nextAt = Date.now() + pause;
      return verdict;
    }
    this.nextAt = this.nextRung();
    if (!this.lag) return verdict;
    const { behind, lasting } = this.lag;
    this.lag = undefined;
    return {
      is: 'blocked',
      block: lasting ?? this.systemBlock('MISMATCH', `FalPay's query does not agree with ${behind}`),
    };
  }

  private lagsBehind(lag: Lag): void {
    this.lag = lag;
    this.askedSinceLag = 0;
  }

  private apply(verdict: Exclude<Verdict<T>, { is: 'settled' }>): void {
    const { flow, spec } = this;
    if (verdict.is === 'blocked') {
      this.blockId = flow.desk.raise(spec.step, verdict.block, this.blockId);
      this.closesWhenOpen = verdict.block.closesWhenOpen ?? false;
    } else if (this.blockId !== undefined && this.closesWhenOpen && flow.desk.answerTo(this.blockId) === undefined) {
      flow.desk.close(this.blockId);
      this.blockId = undefined;
      this.overdue = false;
    }
  }

  private checkDeadline(): void {
    if (this.overdue || Date.now() < this.deadlineAt) return;
    this.overdue = true;
    // The pause after the deadline's own look was drawn from the ladder; a claim to confirm keeps its own.
    if (!this.lag) this.nextAt = this.nextRung();
    if (this.blockId !== undefined) return;
    const block =
      this.spec.atDeadline?.() ?? this.systemBlock('DEADLINE', `nothing settled it until ${this.wait.deadline}`);
    this.apply({ is: 'blocked', block });
  }

  private systemBlock(reason: 'DEADLINE' | 'MISMATCH', message: string): BlockSpec {
    const actions: ActionName[] = this.spec.resolved ? ['retry', 'resolve'] : ['retry'];
    if (this.spec.skippable) actions.push('skip');
    const { endsNotDone } = this.spec;
    return { reason, message, actions, endsNotDone, contradiction: (request) => this.contradiction(request) };
  }

  private async contradiction({ outcome }: ResolveRequest): Promise<string | undefined> {
    const settled = (await this.spec.query()).is === 'settled';
    if (settled === (outcome === 'DONE')) return undefined;
    return settled ? 'FalPay shows it as done' : 'FalPay does not show it as done';
  }

  private nextRung(): number {
    const { ladderMs } = this.timing;
    const rung = ladderMs[Math.min(this.rung++, ladderMs.length - 1)] ?? PACE_AFTER_DEADLINE_MS;
    // Jitter upwards only after the deadline: many flows that were blocked together must not ask together for ever.
    const pause = this.lengthened(this.overdue ? Math.max(rung, this.overduePace()) / (1 - JITTER) : rung);
    return Date.now() + Math.round(pause * (1 - JITTER + 2 * JITTER * Math.random()));
  }

  private lengthened(pause: number): number {
    const { flow, spec } = this;
    const beyond = (flow.looksInVain.get(spec.name) ?? 0) - (LOOKS_AT_PACE[spec.name] ?? Infinity);
    if (beyond <= 0 || !beganWith(flow.policy, 3)) return pause;
    return Math.max(pause, Math.min(pause * 2 ** (beyond / DOUBLED_BY_LOOKS), LONGEST_PAUSE_MS));
  }

  private overduePace(): number {
    const { overduePaceMs } = this.flow.policy;
    if (!overduePaceMs) return PACE_AFTER_DEADLINE_MS;
    return overduePauseMs(overduePaceMs, this.looksOverdue++);
  }

  private answered(blockId: string): Answered {
    this.blockId = undefined;
    return { is: 'answered', ...this.flow.desk.takeAnswer(blockId) };
  }
}
