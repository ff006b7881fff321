/**
 * A card's callbacks: each is a claim, which FalPay's query bears out or does not. Claims of one pay order, and those of the card's status, are one
 * matter; a matter that lags behind, or waits for a person, holds up no other.
 */
import { sleep } from '@temporalio/workflow';
import type { CallbackEvent, CardHappening, CardMemory, CardPayOrder, CardStanding, Claim } from '../../messages';
import { beganWith, CONFIRM_LADDER_MS } from '../../messages';
import type { Activities, PayCount } from '../../activities';
import type { BlockSpec } from '../flow/blocks';
import { longReads } from '../flow/calls';
import { readFault } from '../flow/failures';
import type { Flow } from '../flow/flow';
import { tryRead } from '../flow/read';
import { now } from '../flow/record';
import { CardFacts } from './facts';
import { ENTRIES_KEPT, isEarlier, PayLedger } from './pay-ledger';
import { afterRefusal, pauseWhileBlocked, RefusedList } from './refusals';

export const CARD_STATUS = 'card-status';
export const AUTHORIZATIONS = 'authorizations';

/** More claims than these are not kept one by one: FalPay's list is counted anew instead. */
const CLAIMS_KEPT = 3_000;
/** Of how many orders one count brings the facts along. */
const ASKED_AT_ONCE = 200;
/** Late callbacks about old orders come in swarms: one count serves all of a swarm. */
const SWARM_MS = 5_000;

/** The card goes nowhere from there. */
const ENDS = ['CANCELLED', 'EXPIRED', 'FAILED'];

interface Matter {
  /** Absent: the card's status. */
  readonly payOrderNo?: string;
  claims: Claim[];
  due: boolean;
  /** Too old to be known by itself: the next count settles it. */
  awaitsCount: boolean;
  /** Looks since the last claim. */
  asked: number;
  /** How often FalPay refused to answer since it last did. */
  refusals: number;
  /** The turn of the pause after a refusal: asked meanwhile for another reason, a second refusal says nothing more. */
  restingTurn?: number;
  /** Rises with each pause, so that an earlier one's end means nothing. */
  turn: number;
  blockId?: string;
}

export class Confirmations {
  standing?: CardStanding & { readonly asOf: string };
  private statusTime?: string;
  private ledger?: PayLedger;
  private readonly facts: CardFacts;
  private readonly matters = new Map<string, Matter>();
  private readonly status: Matter;
  private countDue: boolean;
  private countAwaited = false;
  private readonly list: RefusedList;

  constructor(
    private readonly flow: Flow<unknown>,
    private readonly cardId: string,
    memory: CardMemory | undefined,
  ) {
    this.status = { claims: [], due: true, awaitsCount: false, asked: 0, refusals: 0, turn: 0 };
    this.facts = new CardFacts(flow.outbox, memory?.events);
    this.list = new RefusedList(flow, AUTHORIZATIONS);
    this.standing = memory?.standing;
    this.statusTime = memory?.statusTime;
    this.ledger = memory?.payOrders && new PayLedger(memory.payOrders);
    this.countDue = memory?.countDue ?? false;
    for (const claim of memory?.claims ?? []) this.claim(claim);
  }

  /** What an earlier life of the card knew and had not settled. What it had counted, FalPay's own list says better. */
  adopt({ events, claims, statusTime, standing }: CardMemory): void {
    for (const event of events) this.facts.add(event);
    this.statusTime ??= statusTime;
    this.standing ??= standing;
    for (const claim of claims) this.claim(claim);
  }

  get payOrders() {
    return this.ledger?.totals() ?? [];
  }

  get events(): readonly CardHappening[] {
    return this.facts.newest;
  }

  get unconfirmed(): number {
    return this.claims().length;
  }

  /** Changes nothing: a query asks for it, too. What lies unread in the inbox belongs to it. */
  memory(): Pick<CardMemory, 'standing' | 'statusTime' | 'payOrders' | 'events' | 'claims' | 'countDue'> {
    const unread = this.flow.inbox.flatMap((event) => this.claimOf(event) ?? []);
    return {
      ...(this.standing && { standing: this.standing }),
      ...(this.statusTime !== undefined && { statusTime: this.statusTime }),
      ...(this.ledger && { payOrders: this.ledger.memory() }),
      events: this.facts.newest,
      claims: [...this.claims(), ...unread],
      ...(this.countDue && { countDue: true as const }),
    };
  }

  /** Takes what has come: an abort leaves it to the next life. */
  listen(): void {
    for (const event of this.flow.take(() => true)) {
      const claim = this.claimOf(event);
      if (claim) this.claim(claim);
    }
  }

  /** Takes callbacks until the flow continues as new. @throws FlowAborted, FlowMovesOn */
  async run(): Promise<void> {
    for (;;) {
      this.listen();
      this.takeAnswers();
      if (this.flow.movesOn) return;
      const look = this.nextLook();
      if (look) {
        await look();
        this.flow.outbox.flush();
      } else
        await this.flow.until(() => this.flow.inbox.length > 0 || this.hasWork() || this.isAnswered(), Infinity, '');
    }
  }

  /** Somebody else has asked FalPay for the card. */
  shows(card: CardStanding): void {
    this.standing = { ...card, asOf: now() };
    this.flow.know({ walletId: card.walletId, cardId: card.cardId });
  }

  private claims(): Claim[] {
    return [this.status, ...this.matters.values()].flatMap(({ claims, blockId }) =>
      claims.map(({ blocked: _was, ...claim }) =>
        blockId === undefined ? claim : { ...claim, blocked: true as const },
      ),
    );
  }

  /** Undefined where it concerns another card, or tells what is known. */
  private claimOf({ topic, data, ref, occurredAt }: CallbackEvent): Claim | undefined {
    const text = (name: string): string => (typeof data[name] === 'string' ? data[name] : '');
    const status = text('status');
    if (ref !== this.cardId || status === '') return undefined;
    if (topic === 'card-status') {
      const reason = text('reason');
      const time = text('operateTime');
      return { status, time, ...(reason !== '' && { reason }), ...(time === '' && { seenAt: occurredAt }) };
    }
    const payOrderNo = text('payOrderNo');
    if (topic !== 'card-authorization' || payOrderNo === '') return undefined;
    const isKnown = this.ledger?.isKnown(payOrderNo, { status, amount: text('billingAmount'), fee: text('fee') });
    return isKnown ? undefined : { payOrderNo, status, time: text('transactionTime') };
  }

  private claim(claim: Claim): void {
    const matter = claim.payOrderNo === undefined ? this.status : this.matterOf(claim.payOrderNo);
    if (!matter) return;
    if (!matter.claims.some(({ status, time }) => status === claim.status && time === claim.time))
      matter.claims.push(claim);
    matter.asked = claim.blocked ? CONFIRM_LADDER_MS.length : 0;
    matter.due = true;
    matter.turn += 1;
    // Nothing can be folded before FalPay has shown the card.
    if (!this.standing) this.status.due = true;
  }

  private matterOf(payOrderNo: string): Matter | undefined {
    const known = this.matters.get(payOrderNo);
    if (known) return known;
    if (this.matters.size >= CLAIMS_KEPT) {
      this.countDue = true;
      return undefined;
    }
    const matter: Matter = { payOrderNo, claims: [], due: true, awaitsCount: false, asked: 0, refusals: 0, turn: 0 };
    this.matters.set(payOrderNo, matter);
    return matter;
  }

  private hasWork(): boolean {
    return this.nextLook() !== undefined;
  }

  /** What FalPay is to be asked next; nothing is folded before the card is known and its list was counted once. */
  private nextLook(): (() => Promise<void>) | undefined {
    const { standing, ledger, status } = this;
    const lookAtCard = status.due ? () => this.lookAtCard() : undefined;
    if (!standing) return lookAtCard;
    const mayCount = this.list.mayAsk;
    if (mayCount && (!ledger || this.countDue)) return () => this.countAll(standing);
    if (!ledger) return lookAtCard;
    if (mayCount && this.countAwaited) return () => this.countOld(standing, ledger);
    for (const matter of this.matters.values()) {
      const { payOrderNo, due } = matter;
      if (due && payOrderNo !== undefined) return () => this.lookAtOrder(matter, payOrderNo, ledger);
    }
    return lookAtCard;
  }

  private async lookAtCard(): Promise<void> {
    const { flow, status: matter } = this;
    flow.record.begin(CARD_STATUS);
    matter.due = false;
    const answer = await tryRead(flow, 'the card', (calls) => calls.readCard({ cardId: this.cardId }));
    if ('refused' in answer) return this.refused(matter, answer);
    this.answers(matter);
    const card = answer.value.found;
    if (!card) {
      if (matter.claims.length > 0 || this.matters.size > 0) this.lag(matter, 'FalPay does not show the card');
      return;
    }
    this.shows(card);
    this.judgeStatus(card);
  }

  /** Times have whole seconds: of claims of one second either may be the later one. */
  private judgeStatus(card: CardStanding): void {
    const { status: matter, statusTime = '' } = this;
    const newest = matter.claims.reduce((latest, { time }) => (time > latest ? time : latest), '');
    const newestClaims = matter.claims.filter(({ time }) => time === newest);
    const borneOut = newestClaims.find(({ status }) => status === card.status);
    if (matter.claims.length === 0) return this.settle(matter);
    if (newest === '') return this.judgeHint(card);
    if (newest < statusTime) return this.settle(matter);
    if (borneOut) {
      this.statusTime = newest;
      this.facts.statusChanged(card, borneOut);
      return this.settle(matter);
    }
    const isOver = ENDS.includes(card.status) && !newestClaims.some(({ status }) => ENDS.includes(status));
    if (isOver || newest === statusTime) return this.settle(matter);
    this.lag(matter, `FalPay shows ${card.status}, and a callback of ${newest} said ${said(newestClaims)}`);
  }

  /** Of a claim without a time, as a reconciliation makes it: what FalPay shows counts, and is told where it is news. */
  private judgeHint(card: CardStanding): void {
    const known = this.facts.newest.findLast(({ what }) => what === 'status');
    const seenAt = this.status.claims.at(-1)?.seenAt;
    if (known && known.status !== card.status && seenAt !== undefined) this.facts.statusSeen(card, seenAt);
    this.settle(this.status);
  }

  private async lookAtOrder(matter: Matter, payOrderNo: string, ledger: PayLedger): Promise<void> {
    const { flow } = this;
    flow.record.begin(AUTHORIZATIONS);
    matter.due = false;
    if (matter.claims.every(({ time }) => ledger.isBeyond(payOrderNo, time))) return this.awaitCount(matter);
    const answer = await tryRead(flow, `pay order ${payOrderNo}`, (calls) => calls.readPayOrder({ payOrderNo }));
    if ('refused' in answer) return this.refused(matter, answer);
    this.answers(matter);
    const order = answer.value.found;
    if (!order) return this.lag(matter, `FalPay does not show the pay order ${payOrderNo}`);
    if (order.cardId !== this.cardId)
      return this.block(matter, {
        reason: 'MISMATCH',
        message: `FalPay shows the pay order ${payOrderNo} as one of another card`,
        actions: ['retry', 'skip'],
      });
    const folded = ledger.fold(order);
    if (folded === 'beyond') return this.awaitCount(matter);
    // What the card has left moves with its payments.
    this.status.due = true;
    if (folded === 'news' || (folded === 'amended' && beganWith(flow.policy, 3))) this.tell(order);
    this.judgeOrder(matter, order, (status) => ledger.hasReached(payOrderNo, status));
  }

  private tell(order: CardPayOrder): void {
    this.facts.authorized(order, this.standing?.walletId, beganWith(this.flow.policy, 3));
  }

  private judgeOrder(matter: Matter, order: CardPayOrder, hasReached: (status: string) => boolean): void {
    matter.claims = matter.claims.filter(({ status }) => !hasReached(status));
    if (matter.claims.length === 0) return this.settle(matter);
    this.lag(
      matter,
      `FalPay shows the pay order ${order.payOrderNo} as ${order.status}, and a callback said ${said(matter.claims)}`,
    );
  }

  private awaitCount(matter: Matter): void {
    matter.awaitsCount = true;
    const others = [...this.matters.values()].some((other) => other !== matter && other.awaitsCount);
    if (!others)
      void sleep(SWARM_MS, { summary: 'before old pay orders are counted' }).then(() => (this.countAwaited = true));
  }

  /** Everything from the card's creation on. */
  private async countAll({ createTime }: CardStanding): Promise<void> {
    const { cardId } = this;
    const count = await this.count('all pay orders', { cardId, from: createTime, keep: ENTRIES_KEPT, ask: [] });
    if (!count) return;
    this.ledger = new PayLedger(count.payOrders);
    this.countDue = false;
    this.status.due = true;
    for (const matter of this.matters.values()) matter.due = true;
  }

  /** Those that are kept as sums alone. */
  private async countOld({ createTime }: CardStanding, ledger: PayLedger): Promise<void> {
    const { cardId } = this;
    const waiting = [...this.matters.values()].filter(({ awaitsCount }) => awaitsCount);
    const asked = waiting.slice(0, ASKED_AT_ONCE);
    const ask = asked.flatMap(({ payOrderNo }) => payOrderNo ?? []);
    const count = await this.count('old pay orders', { cardId, from: createTime, upTo: ledger.edge, keep: 0, ask });
    if (!count) return;
    this.countAwaited = waiting.length > asked.length;
    ledger.recounted(count.payOrders.old);
    this.status.due = true;
    const found = new Map(count.asked.map((order) => [order.payOrderNo, order]));
    for (const matter of asked) {
      matter.awaitsCount = false;
      const order = found.get(matter.payOrderNo ?? '');
      if (!order) {
        this.lag(matter, `FalPay does not list the pay order ${matter.payOrderNo}`);
        continue;
      }
      this.tell(order);
      this.judgeOrder(matter, order, (status) => status === order.status || isEarlier(status, order.status));
    }
  }

  private async count(
    summary: string,
    asked: Parameters<Activities['countPayOrders']>[0],
  ): Promise<PayCount | undefined> {
    const { flow } = this;
    flow.record.begin(AUTHORIZATIONS);
    try {
      const count = await flow.leavable(() => longReads(summary).countPayOrders(asked));
      this.list.listed();
      return count;
    } catch (failure) {
      const { kind, message } = readFault(failure);
      this.list.refused({ message, isFinal: kind === 'invalid' });
      return undefined;
    }
  }

  private lag(matter: Matter, why: string): void {
    const pause = CONFIRM_LADDER_MS[matter.asked];
    if (pause === undefined) this.block(matter, { reason: 'MISMATCH', message: why, actions: ['retry', 'skip'] });
    const later = matter.asked - CONFIRM_LADDER_MS.length;
    matter.asked += 1;
    this.askAgain(matter, pause ?? pauseWhileBlocked(later));
  }

  private askAgain(matter: Matter, ms: number): void {
    const turn = (matter.turn += 1);
    const summary = `${matter.payOrderNo ?? CARD_STATUS}: asked again`;
    void sleep(ms, { summary }).then(() => {
      if (matter.turn !== turn) return;
      matter.due = true;
      matter.restingTurn = undefined;
    });
  }

  private refused(matter: Matter, { refused, isFinal }: { refused: string; isFinal?: boolean }): void {
    const { policy } = this.flow;
    const asksOn = beganWith(policy, 3);
    if (asksOn && matter.restingTurn === matter.turn) return;
    const { callsPerson, pauseMs } = afterRefusal(policy, matter.refusals, isFinal === true);
    if (callsPerson || !asksOn)
      this.block(matter, {
        reason: 'INVALID',
        message: `FalPay refuses to answer: ${refused}`,
        actions: ['retry', 'skip'],
      });
    if (!asksOn) return;
    matter.refusals += 1;
    this.askAgain(matter, pauseMs);
    matter.restingTurn = matter.turn;
  }

  /** FalPay answers again: what a person was called for is over. */
  private answers(matter: Matter): void {
    if (matter.refusals === 0) return;
    matter.refusals = 0;
    matter.turn += 1;
    const { blockId } = matter;
    if (!this.flow.state.blocks.some((block) => block.blockId === blockId && block.reason === 'INVALID')) return;
    if (blockId !== undefined) this.flow.desk.close(blockId);
    matter.blockId = undefined;
  }

  private block(matter: Matter, spec: BlockSpec): void {
    const step = matter.payOrderNo === undefined ? CARD_STATUS : AUTHORIZATIONS;
    matter.blockId = this.flow.desk.raise(step, spec, matter.blockId);
  }

  private settle(matter: Matter): void {
    if (matter.blockId !== undefined) this.flow.desk.close(matter.blockId);
    matter.blockId = undefined;
    matter.claims = [];
    matter.asked = 0;
    matter.refusals = 0;
    matter.turn += 1;
    if (matter.payOrderNo !== undefined) this.matters.delete(matter.payOrderNo);
  }

  private isAnswered(): boolean {
    const { desk } = this.flow;
    return this.list.isAnswered() || this.blocked().some(([, blockId]) => desk.answerTo(blockId) !== undefined);
  }

  /** `retry` asks anew, `skip` lets the claims go. */
  takeAnswers(): void {
    this.list.takeAnswer();
    for (const [matter, blockId] of this.blocked()) {
      const answer = this.flow.desk.answerTo(blockId);
      if (!answer) continue;
      this.flow.desk.takeAnswer(blockId);
      matter.blockId = undefined;
      if (answer.action === 'skip') {
        this.settle(matter);
        continue;
      }
      matter.asked = 0;
      matter.refusals = 0;
      matter.due = true;
      matter.turn += 1;
    }
  }

  private blocked(): readonly (readonly [Matter, string])[] {
    return [this.status, ...this.matters.values()].flatMap((matter) =>
      matter.blockId === undefined ? [] : [[matter, matter.blockId] as const],
    );
  }
}

function said(claims: readonly Claim[]): string {
  return [...new Set(claims.map(({ status }) => status))].join(', ');
}
