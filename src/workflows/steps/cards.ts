/** 创建持卡人 and 开卡申请, card by card: each on its own, so that one refused does not stop the others. */
import type { ApiCardBinVo } from '../../falpay/contract';
import type { Money } from '../../falpay/money';
import { add, compare, received, sum } from '../../falpay/money';
import type { CardFacts } from '../../activities';
import type { CardOutput, CardRequest, OrderStep } from '../../messages';
import { beganWith } from '../../messages';
import type { Correction } from '../flow/correction';
import { askForCorrection, correctionBlock } from '../flow/correction';
import type { Flow } from '../flow/flow';
import { FlowAborted } from '../flow/flow';
import { ROUNDS_AHEAD } from '../flow/order';
import { orderNoIn } from '../flow/part';
import { read } from '../flow/read';
import { Turnstile } from '../flow/turnstile';
import type { Verdict } from '../flow/watch';
import { watch } from '../flow/watch';
import { Cardholding } from './cardholder';

export interface CardsPart {
  readonly walletId: string;
  /** Whose cardholders they are; a batch whose BINs need none may leave it out. */
  readonly merchantId: () => string | undefined;
  /** The `cards` of the start body, as they are now. */
  readonly now: () => readonly CardRequest[];
  /** Paths of the body that a correction may change besides the card itself. */
  readonly patchable?: readonly string[];
  /** How many are in hand at a time, those that wait for a person left out; default: all. */
  readonly atATime?: number;
}

/** A new round takes a new order number: FalPay definitely refused or failed the one before. */
type End = 'issued' | 'skip' | 'same round' | 'next round';

/** Cards that FalPay has issued: a frozen card is one. Unknown statuses are not. */
const ISSUED = ['ACTIVE', 'FROZEN'];
const ENDED = ['FAILED', 'CANCELLED', 'EXPIRED'];

/** The names of the steps that cards take, in order. */
export function cardSteps(cards: readonly CardRequest[]): readonly string[] {
  return cards.flatMap(({ cardholder }, index) => [
    ...(cardholder ? [`cardholder-${index + 1}`] : []),
    `card-${index + 1}`,
  ]);
}

/** @returns one output per card, in the order of the body; each stands in the flow's outputs as soon as it is known */
export async function issueCards(flow: Flow<unknown>, part: CardsPart): Promise<readonly CardOutput[]> {
  const offered = await listBins(flow, 'card-1');
  const turnstile = new Turnstile(flow);
  const cards = part.now().map((_, index) => new CardIssue(flow, part, turnstile, index, offered));
  flow.record.outputs.cards = cards.map((card) => card.output);
  const runs: Promise<void>[] = [];
  const begin = async () => {
    for (const card of cards) {
      await takeTurn(flow, cards, part.atATime);
      runs.push(card.run(cards).catch(unlessAborted));
    }
  };
  if (cards.length > 1) flow.branches();
  await begin().catch(unlessAborted);
  // An abort waits until every card has let go; a bug of one card must be seen at once, not when the others are done.
  await Promise.all(runs);
  if (cards.length > 1) flow.joins();
  flow.checkAborted();
  return flow.record.outputs.cards;
}

function unlessAborted(failure: unknown): void {
  if (!(failure instanceof FlowAborted)) throw failure;
}

/** A card that waits for a person makes room for the next: it may wait for days. One that waits for money does not: the next would wait for it, too. */
async function takeTurn(flow: Flow<unknown>, cards: readonly CardIssue[], atATime = Infinity): Promise<void> {
  const isFull = () => {
    const waiting = new Set(
      flow.state.blocks.filter(({ reason }) => reason !== 'RECHARGE_SHORT').map(({ step }) => step),
    );
    return cards.filter((card) => card.isInHand(waiting)).length >= atATime;
  };
  if (isFull()) await flow.until(() => !isFull(), Infinity, '');
}

function listBins(flow: Flow<unknown>, step: string): Promise<readonly ApiCardBinVo[]> {
  return read(flow, step, 'card BINs on offer', (calls) => calls.listCardBins());
}

class CardIssue {
  output: CardOutput;
  private readonly step: string;
  private readonly holderStep: string;
  private inHand = false;
  private readonly correction: Correction;
  /** What this card will still take from the wallet; nothing once it was applied for. */
  private toCome?: Money;
  /** FalPay may have taken its money already, while it still counts as to come. */
  private applying = false;
  /** What all cards needed when the balance was last looked at. */
  private lastNeed?: Money;
  private round = 1;
  /** Whether an earlier run has applied for this round or a later one: looked for once a round. */
  private sought?: Promise<boolean>;
  private readonly holder: Cardholding;

  constructor(
    private readonly flow: Flow<unknown>,
    private readonly part: CardsPart,
    private readonly turnstile: Turnstile,
    private readonly index: number,
    /** What FalPay offered just now; read anew after a correction. */
    private offered: readonly ApiCardBinVo[] | undefined,
  ) {
    this.step = `card-${index + 1}`;
    this.holderStep = `cardholder-${index + 1}`;
    const at = `cards.${index}`;
    this.correction = { reason: 'CARD_REFUSED', at, patchable: [at, ...(part.patchable ?? [])], skippable: true };
    const holderOf = {
      index,
      data: () => this.request.cardholder,
      orderNo: (round: number) => this.orderNo('cardholder', round),
    };
    this.holder = new Cardholding(flow, holderOf, turnstile);
    this.toCome = this.costAt(offered?.find(({ binId }) => binId === this.request.binId));
    this.output = { cardOrderNo: this.orderNo(), status: 'UNCONFIRMED' };
  }

  private get request(): CardRequest {
    const request = this.part.now()[this.index];
    if (!request) throw new RangeError(`no card ${this.index}`);
    return request;
  }

  private orderNo(step: OrderStep = 'card', round = this.round): string {
    return orderNoIn(this.flow, step, this.index + 1, round);
  }

  /** @param waiting the steps at which a person is waited for */
  isInHand(waiting: ReadonlySet<string>): boolean {
    return this.inHand && !waiting.has(this.step) && !waiting.has(this.holderStep);
  }

  async run(all: readonly CardIssue[]): Promise<void> {
    this.inHand = true;
    try {
      await this.issue(all);
    } finally {
      this.inHand = false;
    }
  }

  private async issue(all: readonly CardIssue[]): Promise<void> {
    for (;;) {
      const end = await this.attempt(all);
      if (end === 'skip') return this.skip();
      if (end === 'issued') return this.flow.record.end(this.step, 'DONE', this.output.cardId);
      if (end === 'next round') {
        this.round += 1;
        this.sought = undefined;
      }
      this.show({ cardOrderNo: this.orderNo(), status: 'UNCONFIRMED' });
    }
  }

  private async attempt(all: readonly CardIssue[]): Promise<End> {
    const bin = await this.chooseBin();
    if (!bin) return 'skip';
    if (!bin.needCardholder && (this.request.cardholder || this.holder.isOpen))
      this.flow.record.end(this.holderStep, 'SKIPPED');
    const merchantId = this.part.merchantId();
    let cardholderId: string | undefined;
    if (bin.needCardholder && merchantId !== undefined) {
      const holder = await this.holder.provide(merchantId);
      if (holder === 'skip' || holder === 'same round') return holder;
      ({ cardholderId } = holder);
    }
    const covered = await this.awaitBalance(all);
    return covered === 'covered' ? this.apply(cardholderId) : covered;
  }

  private show(output: CardOutput): void {
    this.output = output;
    this.flow.record.outputs.cards = this.flow.record.outputs.cards.with(this.index, output);
  }

  private skip(): void {
    this.toCome = undefined;
    this.flow.record.end(this.step, 'SKIPPED');
  }

  /** @returns the card's BIN as FalPay offers it now; undefined when the card is skipped */
  private async chooseBin(): Promise<ApiCardBinVo | undefined> {
    const { flow, step } = this;
    flow.record.begin(step, this.orderNo());
    for (;;) {
      const bins = this.offered ?? (await listBins(flow, step));
      this.offered = undefined;
      const bin = bins.find(({ binId }) => binId === this.request.binId);
      const fault = this.binFault(bin);
      if (bin && !fault) {
        this.toCome = this.sought && (await this.sought) ? undefined : this.costAt(bin);
        return bin;
      }
      const refusal = { kind: 'refused', message: fault?.message ?? '', fields: fault && [fault.field] } as const;
      if ((await askForCorrection(flow, step, this.correction, refusal)).action === 'skip') return undefined;
    }
  }

  /** What a card of this BIN takes from the wallet; undefined for one that cannot be issued as it is asked for. */
  private costAt(bin: ApiCardBinVo | undefined): Money | undefined {
    if (!bin || this.binFault(bin)) return undefined;
    const limit = bin.cardMode === 'PREPAID' ? this.request.cardLimit : '0';
    return add(received(bin.openFee, bin.currency), received(limit, bin.currency));
  }

  private binFault(bin: ApiCardBinVo | undefined): { field: string; message: string } | undefined {
    const { binId, currency, cardholder } = this.request;
    if (!bin) return { field: 'binId', message: `FalPay offers no BIN ${binId}` };
    if (!bin.enabled) return { field: 'binId', message: `BIN ${binId} is not enabled at FalPay` };
    if (bin.currency !== currency)
      return { field: 'currency', message: `BIN ${binId} issues cards in ${bin.currency}, not ${currency}` };
    if (bin.needCardholder && !cardholder) return { field: 'cardholder', message: `BIN ${binId} needs a cardholder` };
    if (bin.needCardholder && this.part.merchantId() === undefined)
      return { field: 'cardholder', message: `merchantId: BIN ${binId} needs a cardholder, and that a merchant` };
    return undefined;
  }

  /** The wallet must hold the fees and limits of all cards that are still to come. */
  private async awaitBalance(all: readonly CardIssue[]): Promise<'covered' | 'skip' | 'same round'> {
    const { flow, step } = this;
    const { walletId } = this.part;
    const asked = this.request;
    const look = () => this.judgeBalance(all);
    while ((await look()).is !== 'settled') {
      const outcome = await watch<void>(flow, {
        step,
        name: 'wallet-recharge',
        topic: 'wallet-recharge',
        ref: walletId,
        askNow: true,
        query: look,
        concerns: (event) => event.topic === 'wallet-recharge' && event.ids.walletId === walletId,
        hear: () => 'ask',
        // Each card that is short waits for the same money; what came is counted by the recharge before the flow ends.
        shared: true,
        stirred: () =>
          this.lastNeed !== undefined && compare(CardIssue.needOf(all, this.lastNeed.currency), this.lastNeed) !== 0,
      });
      if (outcome.is === 'settled') break;
      if (outcome.answer.action === 'skip') return 'skip';
      if (outcome.answer.action === 'amend') return outcome.answer.accept ? 'covered' : 'same round';
    }
    // Corrected in the moment in which the money came: the corrected card has not been looked at.
    return this.request === asked ? 'covered' : 'same round';
  }

  private static needOf(all: readonly CardIssue[], currency: string): Money {
    return sum(
      all.flatMap(({ toCome }) => (toCome?.currency === currency ? toCome : [])),
      currency,
    );
  }

  private async judgeBalance(all: readonly CardIssue[]): Promise<Verdict<void>> {
    const { walletId } = this.part;
    const { run, found } = await read(this.flow, this.step, `balance of wallet ${walletId}`, (calls) =>
      calls.findWallet({ walletId }),
    );
    // Looked at, whatever came of it: else the need that has changed would be looked at for ever.
    this.lastNeed &&= CardIssue.needOf(all, this.lastNeed.currency);
    if (!found) return { is: 'open', lag: { behind: `开通卡钱包, which gave the wallet id ${walletId}` } };
    // Another currency than the wallet's is FalPay's to convert: it refuses what is not covered.
    if (found.currency !== this.request.currency) return { is: 'settled', value: undefined };
    const need = CardIssue.needOf(all, found.currency);
    this.lastNeed = need;
    if (compare(received(found.availableBalance, found.currency), need) >= 0)
      return { is: 'settled', value: undefined };
    // What is missing may be what an earlier run's cards have taken: nobody is asked for money before they were looked for.
    if (this.flow.isLaterRun(run)) {
      const foundAny = await this.seekAll(all);
      if (this.toCome === undefined) return { is: 'settled', value: undefined };
      if (foundAny) return this.judgeBalance(all);
    }
    // Counted twice, it would look short for a moment; the need changes when the application is through.
    if (all.some((card) => card.applying)) return { is: 'open' };
    const message = `the wallet has ${found.availableBalance} ${found.currency} available, the cards to come need ${need.amount}`;
    const block = {
      reason: 'RECHARGE_SHORT',
      message,
      actions: ['correct', 'amend', 'retry', 'skip'],
      closesWhenOpen: true,
    } as const;
    return { is: 'blocked', block: { ...block, patchable: [`cards.${this.index}`] } };
  }

  /** @returns whether any card was found that still counted as to come */
  private async seekAll(all: readonly CardIssue[]): Promise<boolean> {
    const before = all.filter(({ toCome }) => toCome !== undefined).length;
    for (const card of all) if (card.toCome && (await card.seek())) card.toCome = undefined;
    return all.filter(({ toCome }) => toCome !== undefined).length < before;
  }

  private seek(): Promise<boolean> {
    return (this.sought ??= this.isAppliedFor());
  }

  private async isAppliedFor(): Promise<boolean> {
    for (let ahead = 0; ahead <= ROUNDS_AHEAD; ahead += 1) {
      const cardOrderNo = this.orderNo('card', this.round + ahead);
      const { found } = await read(this.flow, this.step, `look for ${cardOrderNo}`, (calls) =>
        calls.findCard({ cardOrderNo }),
      );
      if (found) return true;
    }
    return false;
  }

  private async apply(cardholderId: string | undefined): Promise<End> {
    const { flow, step } = this;
    const cardOrderNo = this.orderNo();
    flow.outbox.register({
      walletId: this.part.walletId,
      merchantId: this.part.merchantId(),
      orders: [{ orderNo: cardOrderNo, step: 'card', workflowId: flow.state.workflowId }],
    });
    const placed = await this.turnstile.place<CardFacts>({
      step,
      operation: 'applyCard',
      orderNo: cardOrderNo,
      send: (calls, permit) => {
        this.applying = true;
        const { binId, cardLimit, currency, cardName } = this.request;
        return calls.applyCard({
          order: { cardOrderNo, walletId: this.part.walletId, binId, cardholderId, cardLimit, currency, cardName },
          permit,
        });
      },
      lookUp: (calls) => calls.findCard({ cardOrderNo }),
      laterRound: (calls, ahead) => calls.findCard({ cardOrderNo: this.orderNo('card', this.round + ahead) }),
      fromRef: async (cardId) => ({ cardId, cardOrderNo, status: 'PENDING' }),
      shownBy: (event) => event.topic === 'card-status' && event.orderNo === cardOrderNo,
      failed: ({ status }) => status === 'FAILED',
      wait: { name: 'card-issue', topic: 'card-issue' },
    });
    this.toCome = undefined;
    this.applying = false;
    if (placed.is === 'refused' && placed.refusal.isOver) return 'next round';
    if (placed.is === 'refused') {
      this.show({ cardOrderNo, status: 'REFUSED', error: placed.refusal.message });
      return (await askForCorrection(flow, step, this.correction, placed.refusal)).action === 'skip'
        ? 'skip'
        : 'next round';
    }
    return this.awaitIssue(placed.value);
  }

  private async awaitIssue(applied: CardFacts): Promise<End> {
    const { flow, step } = this;
    const { cardId } = applied;
    const early = this.judge(applied);
    if (early.is === 'settled') return 'issued';
    const query = async (): Promise<Verdict<void>> => {
      const { found } = await read(flow, step, `card ${cardId}`, (calls) => calls.findCard({ cardId }));
      return found ? this.judge(found) : { is: 'open', lag: { behind: `开卡申请, which gave the card id ${cardId}` } };
    };
    for (let askNow = early.is === 'blocked'; ; askNow = true) {
      const outcome = await watch<void>(flow, {
        step,
        name: 'card-issue',
        topic: 'card-issue',
        ref: cardId,
        askNow,
        query,
        concerns: (event) =>
          event.topic === 'card-status' && (event.ref === cardId || event.orderNo === applied.cardOrderNo),
        hear: () => 'ask',
        resolved: async () => undefined,
        skippable: beganWith(flow.policy, 3),
      });
      if (outcome.is === 'settled') return 'issued';
      if (outcome.answer.action === 'skip') return this.leaveOut(applied, query);
      if (outcome.answer.action !== 'amend') continue;
      // Issued or taken up late, and not yet seen: another round would be a second card.
      const found = await query();
      if (found.is === 'settled') return 'issued';
      if (found.is === 'blocked') return 'next round';
    }
  }

  /** One that FalPay may still issue is not left out in the moment in which it is; its order stays open, and an abort tells it. */
  private async leaveOut({ cardOrderNo }: CardFacts, query: () => Promise<Verdict<void>>): Promise<End> {
    const isOpen = this.flow.openOrders.has(cardOrderNo);
    return isOpen && (await query()).is === 'settled' ? 'issued' : 'skip';
  }

  private judge({ cardId, cardOrderNo, status, last4, failReason }: CardFacts): Verdict<void> {
    const error = ENDED.includes(status) ? (failReason ?? `the card is ${status}`) : undefined;
    this.show({ cardId, cardOrderNo, status, last4, error });
    if (ISSUED.includes(status) || error !== undefined) this.flow.openOrders.delete(cardOrderNo);
    if (ISSUED.includes(status)) {
      this.flow.outbox.register({ walletId: this.part.walletId, cards: [{ cardId, cardOrderNo }] });
      return { is: 'settled', value: undefined };
    }
    return error === undefined
      ? { is: 'open' }
      : { is: 'blocked', block: correctionBlock(this.correction, { kind: 'refused', message: error }) };
  }
}
