/** 创建持卡人. FalPay has no query for cardholders: an unknown outcome is an operator's, and a pending one is 开卡申请's to judge. */
import type { CardRequest } from '../../messages';
import type { CardholderFacts } from '../../activities';
import type { Correction } from '../flow/correction';
import { askForCorrection } from '../flow/correction';
import type { Refusal } from '../flow/failures';
import type { Flow } from '../flow/flow';
import { place } from '../flow/order';

const MISSING: Refusal = { kind: 'refused', message: 'the BIN needs a cardholder' };

type HolderData = NonNullable<CardRequest['cardholder']>;

export interface Cardholder {
  readonly cardholderId: string;
  /** What it was made from: corrected data need a new cardholder, under the next round's number. */
  readonly madeFrom: HolderData;
  readonly round: number;
}

export interface HolderOf {
  readonly index: number;
  readonly merchantId: string;
  readonly data: () => HolderData | undefined;
  readonly orderNo: (round: number) => string;
}

/**
 * @param made the one there is; kept while its data are the body's
 * @returns undefined when the card is skipped
 */
export async function provideCardholder(
  flow: Flow<unknown>,
  holder: HolderOf,
  made?: Cardholder,
): Promise<Cardholder | undefined> {
  const step = `cardholder-${holder.index + 1}`;
  const at = `cards.${holder.index}.cardholder`;
  const correction: Correction = {
    reason: 'CARDHOLDER_REJECTED',
    at,
    patchable: [`cards.${holder.index}`],
    skippable: true,
  };
  for (let round = made ? made.round + 1 : 1; ; round += 1) {
    const madeFrom = holder.data();
    if (madeFrom && made?.madeFrom === madeFrom) return made;
    const refusal = madeFrom ? await createCardholder(flow, step, holder, madeFrom, round) : MISSING;
    if ('cardholderId' in refusal) return refusal;
    if ((await askForCorrection(flow, step, correction, refusal)).action === 'skip') {
      flow.record.end(step, 'SKIPPED');
      return undefined;
    }
  }
}

async function createCardholder(
  flow: Flow<unknown>,
  step: string,
  holder: HolderOf,
  madeFrom: HolderData,
  round: number,
): Promise<Cardholder | Refusal> {
  const cardholderOrderNo = holder.orderNo(round);
  const placed = await place<CardholderFacts>(flow, {
    step,
    operation: 'createCardholder',
    orderNo: cardholderOrderNo,
    send: (calls, permit) =>
      calls.createCardholder({ order: { ...madeFrom, cardholderOrderNo, merchantId: holder.merchantId }, permit }),
    fromRef: async (cardholderId) => ({ cardholderId, status: 'PENDING' }),
    wait: { name: 'card-issue', topic: 'card-issue' },
  });
  flow.openOrders.delete(cardholderOrderNo);
  if (placed.is === 'refused') return placed.refusal;
  const { cardholderId, status, reason } = placed.value;
  if (status === 'REJECTED')
    return { kind: 'refused', message: reason ?? 'FalPay rejected the cardholder and gave no reason' };
  flow.record.end(step, 'DONE', cardholderId);
  return { cardholderId, madeFrom, round };
}
