/** 创建持卡人. FalPay has no query for cardholders: an unknown outcome is an operator's, and a pending one is 开卡申请's to judge. */
import type { CardRequest } from '../../messages';
import { beganWith } from '../../messages';
import type { CardholderFacts } from '../../activities';
import type { Correction } from '../flow/correction';
import { askForCorrection } from '../flow/correction';
import type { Refusal } from '../flow/failures';
import type { Flow } from '../flow/flow';
import type { Turnstile } from '../flow/turnstile';

const MISSING: Refusal = { kind: 'refused', message: 'the BIN needs a cardholder' };

type HolderData = NonNullable<CardRequest['cardholder']>;

interface Cardholder {
  readonly cardholderId: string;
  /** What it was made from: corrected data need a new cardholder, under the next round's number. */
  readonly madeFrom: HolderData;
}

export interface HolderOf {
  readonly index: number;
  readonly data: () => HolderData | undefined;
  readonly orderNo: (round: number) => string;
}

/** The cardholder of one card, over all attempts to issue it: each one made takes a round of its own, also after the card was looked at anew. */
export class Cardholding {
  private made?: Cardholder;
  private round = 0;
  private readonly step: string;
  private readonly correction: Correction;

  constructor(
    private readonly flow: Flow<unknown>,
    private readonly holder: HolderOf,
    private readonly turnstile: Turnstile,
  ) {
    this.step = `cardholder-${holder.index + 1}`;
    this.correction = {
      reason: 'CARDHOLDER_REJECTED',
      at: `cards.${holder.index}.cardholder`,
      patchable: [`cards.${holder.index}`],
      skippable: true,
    };
  }

  /** Whether one was asked for and none has come of it. */
  get isOpen(): boolean {
    return this.round > 0 && !this.made;
  }

  /** @returns the one there is while its data are the body's, else a new one; `same round` where a correction may have changed more than the cardholder */
  async provide(merchantId: string): Promise<Cardholder | 'skip' | 'same round'> {
    const { flow, step } = this;
    for (;;) {
      const madeFrom = this.holder.data();
      if (madeFrom && this.made?.madeFrom === madeFrom) return this.made;
      this.round += 1;
      const refusal = madeFrom ? await this.create(merchantId, madeFrom) : MISSING;
      if ('cardholderId' in refusal) return (this.made = refusal);
      if ((await askForCorrection(flow, step, this.correction, refusal)).action === 'skip') {
        flow.record.end(step, 'SKIPPED');
        return 'skip';
      }
      if (beganWith(flow.policy, 3)) return 'same round';
    }
  }

  private async create(merchantId: string, madeFrom: HolderData): Promise<Cardholder | Refusal> {
    const { flow, step } = this;
    const cardholderOrderNo = this.holder.orderNo(this.round);
    const placed = await this.turnstile.place<CardholderFacts>({
      step,
      operation: 'createCardholder',
      orderNo: cardholderOrderNo,
      send: (calls, permit) =>
        calls.createCardholder({ order: { ...madeFrom, cardholderOrderNo, merchantId }, permit }),
      fromRef: async (cardholderId) => ({ cardholderId, status: 'PENDING' }),
      wait: { name: 'card-issue', topic: 'card-issue' },
    });
    flow.openOrders.delete(cardholderOrderNo);
    if (placed.is === 'refused') return placed.refusal;
    const { cardholderId, status, reason } = placed.value;
    if (status === 'REJECTED')
      return { kind: 'refused', message: reason ?? 'FalPay rejected the cardholder and gave no reason' };
    flow.record.end(step, 'DONE', cardholderId);
    return { cardholderId, madeFrom };
  }
}
