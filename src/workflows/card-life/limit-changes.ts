/**
 * A card's limit changes: accepted once for each order number, carried out one at a time, in order. A change is a delta, and no query knows it by its
 * number: what tells whether it was done is the limit before it, which is read first and kept.
 */
import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { Money } from '../../falpay/money';
import { add, compare, isAmount, isNegative, isZero, received, subtract } from '../../falpay/money';
import type {
  CardMemory,
  CardStanding,
  ChangeInHand,
  ChangesMemory,
  LimitChange,
  LimitChangeAccepted,
  LimitChangeEnd,
  LimitChangeRequest,
} from '../../messages';
import {
  beganWith,
  isBusinessNumber,
  isOverLimitChange,
  LIMIT_DIRECTIONS,
  NUMBER_RULE,
  orderNoFor,
  REFUSAL,
} from '../../messages';
import { recalls } from '../flow/calls';
import { readFault } from '../flow/failures';
import type { Flow } from '../flow/flow';
import { FlowMovesOn } from '../flow/flow';
import type { LookedUp } from '../flow/order';
import { place } from '../flow/order';
import { read } from '../flow/read';
import { now } from '../flow/record';
import { hold, watch } from '../flow/watch';
import { factKey } from './facts';

export const LIMIT_CHANGES = 'limit-changes';
export const EARLIER_LIVES = 'earlier-lives';

const ENDED_KEPT = 50;
const NUMBERS_KEPT = 1_000;
const QUEUE_MAX = 500;
/** A run that may not be the first to send a number has none. */
const NO_PERMIT = { run: '' };

/** What the changes of a limit need of the rest of the card's life. */
export interface Around {
  /** FalPay was asked for the card. */
  readonly shows: (card: CardStanding) => void;
  /** What runs knew that ended without a successor, the newest first. */
  readonly recalled: (lives: readonly CardMemory[]) => void;
}

export class LimitChanges {
  /** Those to come and the newest that ended, in the order in which they were asked for. */
  private readonly known = new Map<string, LimitChange>();
  private readonly older = new Map<string, LimitChangeEnd>();
  private inHand?: ChangeInHand;
  private isRecalled: boolean;
  /** The run was reset: the next one asks what the runs before it knew. */
  private wasReset = false;

  constructor(
    private readonly flow: Flow<unknown>,
    private readonly cardId: string,
    memory: CardMemory | undefined,
    private readonly around: Around,
  ) {
    this.isRecalled = memory !== undefined && !memory.recall;
    if (memory) this.adopt(memory.changes);
    // Not told: the policy, which says whether anything is, has not been read yet.
    if (this.isRecalled) flow.record.step(EARLIER_LIVES).status = 'DONE';
  }

  memory(): { readonly changes: ChangesMemory; readonly recall?: true } {
    return {
      changes: {
        known: [...this.known.values()],
        older: [...this.older.values()],
        ...(this.inHand && { inHand: this.inHand }),
      },
      ...((this.wasReset || !this.isRecalled) && { recall: true as const }),
    };
  }

  list(): readonly LimitChange[] {
    return [...this.known.keys()].flatMap((orderNo) => this.find(orderNo) ?? []);
  }

  find(orderNo: string): LimitChange | null {
    const change = this.known.get(orderNo);
    if (!change) return fromEnd(this.older.get(orderNo));
    if (this.inHand?.orderNo !== orderNo || isOverLimitChange(change)) return change;
    // One at a time: whatever the step waits for, it waits for the one in hand.
    const { blocks, waits } = this.flow.state;
    const blockId = blocks.find(({ step }) => step === LIMIT_CHANGES)?.blockId;
    const waiting = blockId !== undefined || waits.some(({ step }) => step === LIMIT_CHANGES);
    return { ...change, ...(waiting && { status: 'WAITING' as const }), ...(blockId !== undefined && { blockId }) };
  }

  /** The Update's validator. @throws ApplicationFailure of a REFUSAL type: it leaves no trace in the history */
  check(request: LimitChangeRequest): void {
    if (this.flow.aborting || this.flow.state.stage === 'ABORTED') throw refusal(REFUSAL.closed, 'the flow has ended');
    const fault = requestFault(request);
    if (fault) throw refusal(REFUSAL.request, fault);
    this.checkContent(request);
    if (!this.find(request.orderNo) && this.waiting().length >= QUEUE_MAX)
      throw refusal(REFUSAL.inFlight, `${QUEUE_MAX} changes of this card wait for their turn; ask again later`);
  }

  /** Whether a number was used is known only when the card's earlier lives have been asked. */
  async accept(request: LimitChangeRequest): Promise<LimitChangeAccepted> {
    await condition(() => this.isRecalled || this.flow.aborting || this.flow.movesOn);
    if (!this.isRecalled && this.flow.aborting) throw refusal(REFUSAL.closed, 'the flow has ended');
    this.checkContent(request);
    const { orderNo, direction, amount, currency, ticket } = request;
    const before = this.find(orderNo);
    if (before) return { change: before };
    const change: LimitChange = { orderNo, direction, amount, currency, status: 'QUEUED', requestedAt: now() };
    this.known.set(orderNo, change);
    return { ...(ticket !== undefined && { ticket }), change };
  }

  /** Carries out one after the other until the flow continues as new. @throws FlowAborted, FlowMovesOn */
  async run(): Promise<void> {
    if (!this.isRecalled) await this.recall();
    for (;;) {
      if (this.flow.movesOn) return;
      const next = this.next();
      if (next) await this.carryOut(next);
      else await this.flow.until(() => this.next() !== undefined, Infinity, '');
    }
  }

  /** Nothing was sent for those whose turn had not come. */
  abort(): void {
    for (const { orderNo, limitBefore } of this.waiting())
      if (limitBefore === undefined) this.set(orderNo, { status: 'ABORTED', endedAt: now() });
  }

  private waiting(): readonly LimitChange[] {
    return [...this.known.values()].filter((change) => !isOverLimitChange(change));
  }

  private next(): LimitChange | undefined {
    return (this.inHand && this.known.get(this.inHand.orderNo)) ?? this.waiting()[0];
  }

  private checkContent(request: LimitChangeRequest): void {
    const known = this.find(request.orderNo);
    if (!known) return;
    const { direction, amount, currency } = known;
    if (direction === request.direction && amount === request.amount && currency === request.currency) return;
    throw refusal(
      REFUSAL.taken,
      `orderNo: ${request.orderNo} stands for another change of this card, ${direction} ${amount} ${currency}`,
    );
  }

  private set(orderNo: string, what: Partial<LimitChange>): void {
    const change = this.known.get(orderNo);
    if (change) this.known.set(orderNo, { ...change, ...what });
  }

  /** What other runs knew: an end counts for more than a beginning, and a limit that was read before for more than none. */
  private adopt({ known, older, inHand }: ChangesMemory): void {
    for (const end of older) if (!this.known.has(end[0])) this.older.set(end[0], end);
    for (const theirs of known) {
      const ours = this.known.get(theirs.orderNo);
      const isMore = !ours || (!isOverLimitChange(ours) && tellsMore(theirs, ours));
      if (isMore && !this.older.has(theirs.orderNo)) this.known.set(theirs.orderNo, theirs);
    }
    const mine = this.inHand && this.known.get(this.inHand.orderNo);
    if (mine && !isOverLimitChange(mine)) {
      // What another run saw of it holds in this one, too: a limit that proves nothing there proves nothing here.
      if (inHand?.orderNo === mine.orderNo && beganWith(this.flow.policy, 3))
        this.inHand = { ...inHand, ...this.inHand };
      return;
    }
    const hand = inHand && this.known.get(inHand.orderNo);
    this.inHand = hand && !isOverLimitChange(hand) ? inHand : undefined;
    this.forget();
  }

  private async recall(): Promise<void> {
    const { flow, cardId } = this;
    flow.record.begin(EARLIER_LIVES);
    for (;;) {
      try {
        const { run, lives } = await flow.leavable(() => recalls('what earlier runs knew').recallCard({ cardId }));
        this.checkRun(run);
        for (const { changes } of lives) this.adopt(changes);
        this.around.recalled(lives);
        break;
      } catch (failure) {
        const { message } = readFault(failure);
        const answer = await hold(flow, EARLIER_LIVES, {
          reason: 'INVALID',
          message: `which limit changes earlier runs of this flow made cannot be told (${message}); retry asks again, skip goes on as if there were none`,
          actions: ['retry', 'skip'],
        });
        if (answer.action === 'skip') break;
      }
    }
    this.isRecalled = true;
    flow.record.end(EARLIER_LIVES, 'DONE');
  }

  /** A UI reset keeps the code's run and changes the activity's: then a run before this one may have sent what this one is about to send. */
  private checkRun(run: string): void {
    if (run === this.flow.originalRun) return;
    this.wasReset = true;
    this.flow.movesOn = true;
    throw new FlowMovesOn();
  }

  private async carryOut({ orderNo }: LimitChange): Promise<void> {
    this.inHand ??= { orderNo };
    this.set(orderNo, { status: 'RUNNING' });
    const change = () => this.known.get(orderNo) as LimitChange;
    const falpayNo = falpayNoOf(change());
    this.flow.record.begin(LIMIT_CHANGES, falpayNo);
    if (!this.inHand.taken) {
      const isFirst = change().limitBefore === undefined;
      const fault = isFirst ? await this.readLimitBefore(orderNo) : undefined;
      if (fault) return this.end(orderNo, { status: 'REFUSED', error: fault });
      const placed = await this.send(change(), isFirst);
      if (placed.is === 'refused') {
        const { message: error, givenUp } = placed.refusal;
        return this.end(orderNo, { status: givenUp ? 'FAILED' : 'REFUSED', error });
      }
      this.inHand = { ...this.inHand, orderNo, taken: true };
    }
    this.end(orderNo, await this.shown(change()));
  }

  /** @returns why nothing can be sent, or undefined */
  private async readLimitBefore(orderNo: string): Promise<string | undefined> {
    const card = await this.look(`limit before ${orderNo}`);
    if (!card) return `cardId: FalPay has no card ${this.cardId}`;
    const { currency } = this.known.get(orderNo) as LimitChange;
    if (card.currency !== currency) return `currency: the card is kept in ${card.currency}`;
    this.set(orderNo, { limitBefore: card.limit });
    return undefined;
  }

  private async look(summary: string): Promise<CardStanding | null> {
    const { cardId } = this;
    const { run, found } = await read(this.flow, LIMIT_CHANGES, summary, (calls) => calls.readCard({ cardId }));
    this.checkRun(run);
    if (found) this.around.shows(found);
    return found;
  }

  private async send(change: LimitChange, isFirst: boolean) {
    const { cardId } = this;
    const { direction, amount, currency } = change;
    const limitOrderNo = falpayNoOf(change);
    const limitAfter = limitAfterOf(change).amount;
    const order = { limitOrderNo, cardId, amount, currency };
    // Once the limit was neither of the two, others change it, too: then no later one proves anything, in this run or another.
    const becomesUnclear = (why: string): void => {
      this.inHand = { ...this.inHand, orderNo: change.orderNo, unclear: this.inHand?.unclear ?? why };
    };
    return place<true>(this.flow, {
      step: LIMIT_CHANGES,
      operation: direction === 'INCREASE' ? 'increaseCardLimit' : 'decreaseCardLimit',
      orderNo: limitOrderNo,
      send: (calls, permit) =>
        direction === 'INCREASE'
          ? calls.increaseCardLimit({ order, limitAfter, permit })
          : calls.decreaseCardLimit({ order, limitAfter, permit }),
      ...(!isFirst && { permit: NO_PERMIT }),
      lookUp: async (calls): Promise<LookedUp<true>> => {
        const { run, found } = await calls.readCard({ cardId });
        this.checkRun(run);
        if (found) this.around.shows(found);
        const limit = found?.currency === currency ? received(found.limit, currency) : undefined;
        if (!limit) becomesUnclear(`FalPay shows no limit of the card in ${currency}`);
        else if (compare(limit, limitAfterOf(change)) === 0 && !this.inHand?.unclear) return { run, found: true };
        else if (compare(limit, limitBeforeOf(change)) !== 0)
          becomesUnclear(`the limit was ${change.limitBefore}, would be ${limitAfter}, and is ${limit.amount}`);
        const unclear = this.inHand?.unclear;
        return { run, found: null, ...(unclear !== undefined && { unclear }) };
      },
      fromRef: async () => true,
      skippable: true,
      wait: { name: 'limit-change', topic: 'limit-change' },
    });
  }

  /**
   * FalPay took it: the next change's proof stands on the limit that FalPay shows, so that must have come about first. Where others change the limit,
   * too, a person has said what became of it, and any limit will do.
   */
  private async shown(change: LimitChange): Promise<Partial<LimitChange>> {
    let limit = change.limitBefore;
    const outcome = await watch<void>(this.flow, {
      step: LIMIT_CHANGES,
      name: 'limit-change',
      topic: 'limit-change',
      ref: falpayNoOf(change),
      askNow: true,
      query: async () => {
        const card = await this.look(`limit after ${change.orderNo}`);
        limit = card?.limit ?? limit;
        const isThere = card && compare(received(card.limit, change.currency), limitAfterOf(change)) === 0;
        if (isThere || (card && this.inHand?.unclear)) return { is: 'settled', value: undefined };
        const behind = `its taking ${falpayNoOf(change)}: the limit should be ${limitAfterOf(change).amount} and is ${limit}`;
        return { is: 'open', lag: { behind } };
      },
      concerns: () => false,
      hear: () => 'known',
      resolved: async () => undefined,
      endsNotDone: true,
    });
    if (outcome.is === 'settled') return { status: 'DONE', limitAfter: limit };
    return { status: 'FAILED', error: 'FalPay took it, and an operator found that it was not done', limitAfter: limit };
  }

  private end(orderNo: string, what: Partial<LimitChange>): void {
    const change = this.known.get(orderNo);
    if (change) {
      this.flow.openOrders.delete(falpayNoOf(change));
      const limitChange = { ...change, ...what, endedAt: now() };
      this.known.set(orderNo, limitChange);
      this.flow.outbox.tell(
        'flow.step_completed',
        { cardId: this.cardId, step: LIMIT_CHANGES, limitChange },
        factKey(orderNo, limitChange.status),
      );
    }
    this.inHand = undefined;
    this.flow.record.end(LIMIT_CHANGES, 'DONE');
    this.forget();
  }

  private forget(): void {
    const ended = [...this.known.values()].filter(isOverLimitChange);
    for (const { orderNo, status, direction, amount, currency } of ended.slice(0, -ENDED_KEPT)) {
      this.known.delete(orderNo);
      this.older.set(orderNo, [orderNo, status, direction, amount, currency]);
    }
    for (const orderNo of [...this.older.keys()].slice(0, -NUMBERS_KEPT)) this.older.delete(orderNo);
  }
}

function falpayNoOf({ orderNo, direction }: LimitChange): string {
  const step = direction === 'INCREASE' ? 'increase' : 'decrease';
  return orderNoFor({ kind: 'card', number: orderNo, step, item: 1, round: 1 });
}

function limitBeforeOf({ limitBefore = '0', currency }: LimitChange): Money {
  return received(limitBefore, currency);
}

function limitAfterOf(change: LimitChange): Money {
  const delta = received(change.amount, change.currency);
  return change.direction === 'INCREASE' ? add(limitBeforeOf(change), delta) : subtract(limitBeforeOf(change), delta);
}

function tellsMore(theirs: LimitChange, ours: LimitChange): boolean {
  // An aborted one was not sent: that says nothing to a run that still has it before it.
  return isOverLimitChange(theirs) ? theirs.status !== 'ABORTED' : ours.limitBefore === undefined;
}

function fromEnd(end: LimitChangeEnd | undefined): LimitChange | null {
  if (!end) return null;
  const [orderNo, status, direction, amount, currency] = end;
  return { orderNo, status, direction, amount, currency };
}

/** The models check it, too; an Update can come from the Temporal UI, where nothing stands before it. */
function requestFault(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null)
    return 'an object with orderNo, direction, amount and currency is needed';
  const { orderNo, direction, amount, currency } = request as Readonly<Record<string, unknown>>;
  if (typeof orderNo !== 'string' || !isBusinessNumber(orderNo)) return `orderNo: must be ${NUMBER_RULE}`;
  if (!LIMIT_DIRECTIONS.some((known) => known === direction))
    return `direction: must be ${LIMIT_DIRECTIONS.join(' or ')}`;
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return 'currency: must be an ISO 4217 code';
  if (!isAmount(amount) || isNegative({ amount, currency }) || isZero({ amount, currency }))
    return 'amount: must be a positive decimal string';
  return undefined;
}

function refusal(type: string, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type);
}
