/** 创建持卡人 and 开卡申请, card by card: each on its own, so that one refused does not stop the others. */
import type { ApiCardBinVo } from '../../falpay/contract';
import type { Money } from '../../falpay/money';
import { add, compare, received, sum } from '../../falpay/money';
import type { CardFacts } from '../../activities';
import type { CardOutput, CardRequest, OnboardingBody, OrderStep } from '../../messages';
import { orderNoFor } from '../../messages';
import type { Correction } from '../flow/correction';
import { askForCorrection, correctionBlock } from '../flow/correction';
import type { Flow } from '../flow/flow';
import { FlowAborted } from '../flow/flow';
import { place } from '../flow/order';
import { read } from '../flow/read';
import type { Verdict } from '../flow/watch';
import { watch } from '../flow/watch';
import type { Cardholder, HolderOf } from './cardholder';
import { provideCardholder } from './cardholder';

export interface Owner {
  readonly merchantId: string;
  readonly walletId: string;
}

type OnboardingFlow = Flow<OnboardingBody>;
/** A new round takes a new order number: FalPay definitely refused or failed the one before. */
type End = 'issued' | 'skip' | 'same round' | 'next round';

/** Cards that FalPay has issued: a frozen card is one. Unknown statuses are not. */
const ISSUED = ['ACTIVE', 'FROZEN'];
const ENDED = ['FAILED', 'CANCELLED', 'EXPIRED'];

/** @returns one output per card, in the order of the body; each stands in the flow's outputs as soon as it is known */
export async function issueCards(flow: OnboardingFlow, owner: Owner): Promise<readonly CardOutput[]> {
  const offered = await listBins(flow, 'card-1');
  const cards = flow.body.cards.map((_, index) => new CardIssue(flow, owner, index, offered));
  flow.record.outputs.cards = cards.map((card) => card.output);
  // An abort waits until every card has let go; a bug of one card must be seen at once, not when the others are done.
  await Promise.all(
    cards.map((card) =>
      card.run(cards).catch((failure: unknown) => {
        if (!(failure instanceof FlowAborted)) throw failure;
      }),
    ),
  );
  flow.checkAborted();
  return flow.record.outputs.cards;
}

function listBins(flow: OnboardingFlow, step: string): Promise<readonly ApiCardBinVo[]> {
  return read(flow, step, 'card BINs on offer', (calls) => calls.listCardBins());
}

class CardIssue {
  output: CardOutput;
  private readonly step: string;
  private readonly correction: Correction;
  /** What this card will still take from the wallet; nothing once it was applied for. */
  private toCome?: Money;
  /** What all cards needed when the balance was last looked at. */
  private lastNeed?: Money;
  private round = 1;
  private holder?: Cardholder;

  constructor(
    private readonly flow: OnboardingFlow,
    private readonly owner: Owner,
    private readonly index: number,
    /** What FalPay offered just now; read anew after a correction. */
    private offered: readonly ApiCardBinVo[] | undefined,
  ) {
    this.step = `card-${index + 1}`;
    this.correction = { reason: 'CARD_REFUSED', at: `cards.${index}`, skippable: true };
    this.output = { cardOrderNo: this.orderNo(), status: 'UNCONFIRMED' };
  }

  private get request(): CardRequest {
    const request = this.flow.body.cards[this.index];
    if (!request) throw new RangeError(`no card ${this.index}`);
    return request;
  }

  private orderNo(step: OrderStep = 'card', round = this.round): string {
    return orderNoFor({ kind: 'onboarding', number: this.flow.input.number, step, item: this.index + 1, round });
  }

  async run(all: readonly CardIssue[]): Promise<void> {
    for (;;) {
      const end = await this.attempt(all);
      if (end === 'skip') return this.skip();
      if (end === 'issued') return this.flow.record.end(this.step, 'DONE', this.output.cardId);
      if (end === 'next round') this.round += 1;
      this.show({ cardOrderNo: this.orderNo(), status: 'UNCONFIRMED' });
    }
  }

  private async attempt(all: readonly CardIssue[]): Promise<End> {
    const bin = await this.chooseBin();
    if (!bin) return 'skip';
    const holderStep = `cardholder-${this.index + 1}`;
    if (!bin.needCardholder && this.request.cardholder) this.flow.record.end(holderStep, 'SKIPPED');
    if (bin.needCardholder) {
      this.holder = await provideCardholder(this.flow, this.holderOf(), this.holder);
      if (!this.holder) return 'skip';
    }
    const covered = await this.awaitBalance(all);
    return covered === 'covered' ? this.apply(bin.needCardholder ? this.holder?.cardholderId : undefined) : covered;
  }

  private holderOf(): HolderOf {
    return {
      index: this.index,
      merchantId: this.owner.merchantId,
      data: () => this.request.cardholder,
      orderNo: (round) => this.orderNo('cardholder', round),
    };
  }

  private show(output: CardOutput): void {
    this.output = output;
    this.flow.record.outputs.cards = this.flow.record.outputs.cards.with(this.index, output);
  }

  private skip(): void {
    this.toCome = undefined;
    this.flow.openOrders.delete(this.orderNo());
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
        const limit = bin.cardMode === 'PREPAID' ? this.request.cardLimit : '0';
        this.toCome = add(received(bin.openFee, bin.currency), received(limit, bin.currency));
        return bin;
      }
      const refusal = { kind: 'refused', message: fault?.message ?? '', fields: fault && [fault.field] } as const;
      if ((await askForCorrection(flow, step, this.correction, refusal)).action === 'skip') return undefined;
    }
  }

  private binFault(bin: ApiCardBinVo | undefined): { field: string; message: string } | undefined {
    const { binId, currency, cardholder } = this.request;
    if (!bin) return { field: 'binId', message: `FalPay offers no BIN ${binId}` };
    if (!bin.enabled) return { field: 'binId', message: `BIN ${binId} is not enabled at FalPay` };
    if (bin.currency !== currency)
      return { field: 'currency', message: `BIN ${binId} issues cards in ${bin.currency}, not ${currency}` };
    if (bin.needCardholder && !cardholder) return { field: 'cardholder', message: `BIN ${binId} needs a cardholder` };
    return undefined;
  }

  /** The wallet must hold the fees and limits of all cards that are still to come. */
  private async awaitBalance(all: readonly CardIssue[]): Promise<'covered' | 'skip' | 'same round'> {
    const { flow, step } = this;
    const { walletId } = this.owner;
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
    const { walletId } = this.owner;
    const { found } = await read(this.flow, this.step, `balance of wallet ${walletId}`, (calls) =>
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
    const message = `the wallet has ${found.availableBalance} ${found.currency} available, the cards to come need ${need.amount}`;
    const block = {
      reason: 'RECHARGE_SHORT',
      message,
      actions: ['correct', 'amend', 'retry', 'skip'],
      closesWhenOpen: true,
    } as const;
    return { is: 'blocked', block: { ...block, patchable: [`cards.${this.index}`] } };
  }

  private async apply(cardholderId: string | undefined): Promise<End> {
    const { flow, step } = this;
    const cardOrderNo = this.orderNo();
    const placed = await place<CardFacts>(flow, {
      step,
      operation: 'applyCard',
      orderNo: cardOrderNo,
      send: (calls, permit) => {
        const { binId, cardLimit, currency, cardName } = this.request;
        return calls.applyCard({
          order: { cardOrderNo, walletId: this.owner.walletId, binId, cardholderId, cardLimit, currency, cardName },
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
      });
      if (outcome.is === 'settled') return 'issued';
      if (outcome.answer.action === 'skip') return 'skip';
      if (outcome.answer.action !== 'amend') continue;
      // Issued or taken up late, and not yet seen: another round would be a second card.
      const found = await query();
      if (found.is === 'settled') return 'issued';
      if (found.is === 'blocked') return 'next round';
    }
  }

  private judge({ cardId, cardOrderNo, status, last4, failReason }: CardFacts): Verdict<void> {
    const error = ENDED.includes(status) ? (failReason ?? `the card is ${status}`) : undefined;
    this.show({ cardId, cardOrderNo, status, last4, error });
    if (ISSUED.includes(status)) {
      this.flow.openOrders.delete(cardOrderNo);
      return { is: 'settled', value: undefined };
    }
    return error === undefined
      ? { is: 'open' }
      : { is: 'blocked', block: correctionBlock(this.correction, { kind: 'refused', message: error }) };
  }
}
