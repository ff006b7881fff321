/** 创建商户 and its audit, corrected by 更新商户 as often as it takes. */
import type { MerchantDetailVo } from '../../falpay/contract';
import type { CallbackEvent, OnboardingBody } from '../../messages';
import type { BlockSpec } from '../flow/blocks';
import type { Flow } from '../flow/flow';
import { place } from '../flow/order';
import { orderNoIn } from '../flow/part';
import { read } from '../flow/read';
import type { Correction } from '../flow/correction';
import { askForCorrection, correctionBlock } from '../flow/correction';
import type { Heard, Verdict } from '../flow/watch';
import { watch } from '../flow/watch';

const CREATE = 'create-merchant';
const AUDIT = 'merchant-audit';

const CREATION: Correction = { reason: 'MERCHANT_REJECTED', at: 'merchant' };
/** 更新商户 changes anything but the number and the type. */
const UPDATE: Correction = {
  reason: 'MERCHANT_REJECTED',
  at: 'merchant',
  patchable: ['company', 'person', 'contactName', 'contactPhone', 'contactEmail', 'callbackUrl'].map(
    (field) => `merchant.${field}`,
  ),
};

type OnboardingFlow = Flow<OnboardingBody>;
type AuditFacts = Pick<MerchantDetailVo, 'auditStatus' | 'rejectReason' | 'auditTime'>;

/** @returns the merchantId of an approved merchant */
export async function registerMerchant(flow: OnboardingFlow): Promise<string> {
  const { merchantId, merchantOrderNo } = await createMerchant(flow);
  await passAudit(flow, merchantId, merchantOrderNo);
  flow.openOrders.delete(merchantOrderNo);
  return merchantId;
}

/** FalPay gives the first result again to a number that it refused, whatever was corrected: so a correction takes the next round's. [I] */
async function createMerchant(flow: OnboardingFlow): Promise<{ merchantId: string; merchantOrderNo: string }> {
  const { merchantRounds } = flow.policy;
  const numberOf = (round: number) => orderNoIn(flow, 'merchant', 1, merchantRounds ? round : 1);
  for (let round = 1; ;) {
    const merchantOrderNo = numberOf(round);
    const placed = await place(flow, {
      step: CREATE,
      operation: 'createMerchant',
      orderNo: merchantOrderNo,
      send: (calls, permit) => calls.createMerchant({ order: { ...flow.body.merchant, merchantOrderNo }, permit }),
      lookUp: async (calls) => {
        const { run, found } = await calls.findMerchant({ merchantOrderNo });
        return { run, found: found && found.merchantId };
      },
      laterRound:
        merchantRounds && ((calls, ahead) => calls.findMerchant({ merchantOrderNo: numberOf(round + ahead) })),
      fromRef: async (ref) => ref,
      shownBy: (event) => isAbout(event, merchantOrderNo),
      wait: { name: AUDIT, topic: AUDIT },
    });
    if (placed.is === 'placed') {
      flow.know({ merchantId: placed.value });
      flow.record.end(CREATE, 'DONE', placed.value);
      return { merchantId: placed.value, merchantOrderNo };
    }
    if (!placed.refusal.isOver) await askForCorrection(flow, CREATE, CREATION, placed.refusal);
    // What our own model refused was never sent: the number is free.
    if (placed.refusal.kind === 'refused') round += 1;
  }
}

function isAbout(event: CallbackEvent, merchantOrderNo: string, merchantId?: string): boolean {
  return event.topic === AUDIT && (event.orderNo === merchantOrderNo || event.ref === merchantId);
}

/**
 * Tells the rejection of this round from an earlier round's. FalPay's clock has whole seconds, so that equal times prove nothing:
 * a rejection counts when it is newer, when the audit was seen pending since the correction, or when FalPay keeps showing it.
 */
class AuditRounds {
  lastRejection?: string;
  private reopened = true;

  corrected(): void {
    this.reopened = false;
  }

  judge(detail: AuditFacts): Verdict<void> {
    if (detail.auditStatus === 'APPROVED') return { is: 'settled', value: undefined };
    if (detail.auditStatus !== 'REJECTED') {
      this.reopened ||= detail.auditStatus === 'PENDING';
      return { is: 'open' };
    }
    const block = rejection(detail.rejectReason);
    if (!this.reopened && !this.isNewer(detail.auditTime))
      return { is: 'open', lag: { behind: 'the accepted 更新商户', lasting: block } };
    this.lastRejection = detail.auditTime;
    return { is: 'blocked', block };
  }

  hear({ auditStatus, auditTime, rejectReason }: AuditFacts): Heard<void> {
    if (auditStatus === 'APPROVED') return { is: 'settled', value: undefined };
    if (auditStatus !== 'REJECTED') return 'ask';
    if (this.isNewer(auditTime)) return { is: 'blocked', block: rejection(rejectReason) };
    // Of the same second as the corrected one: a repetition of it, or the next. FalPay's query knows.
    return auditTime === this.lastRejection ? 'ask' : 'known';
  }

  /** Whether FalPay has taken up a correction: the audit runs again, or has come to another end. */
  shows(detail: AuditFacts): boolean {
    return detail.auditStatus !== 'REJECTED' || this.isNewer(detail.auditTime);
  }

  private isNewer(auditTime: string | undefined): boolean {
    return this.lastRejection === undefined || (auditTime !== undefined && auditTime > this.lastRejection);
  }
}

function rejection(reason: string | undefined): BlockSpec {
  return {
    ...correctionBlock(UPDATE, { kind: 'refused', message: reason ?? 'FalPay gave no reason' }),
    closesWhenOpen: true,
  };
}

async function passAudit(flow: OnboardingFlow, merchantId: string, merchantOrderNo: string): Promise<void> {
  const rounds = new AuditRounds();
  const query = async (): Promise<Verdict<void>> => {
    const { found } = await read(flow, AUDIT, `audit of merchant ${merchantId}`, (calls) =>
      calls.findMerchant({ merchantId }),
    );
    return found
      ? rounds.judge(found)
      : { is: 'open', lag: { behind: `创建商户, which gave the merchant id ${merchantId}` } };
  };
  for (let round = 1; ; round += 1) {
    const outcome = await watch<void>(flow, {
      step: AUDIT,
      name: AUDIT,
      topic: AUDIT,
      ref: merchantId,
      askNow: round > 1,
      query,
      concerns: (event) => isAbout(event, merchantOrderNo, merchantId),
      hear: (event) => rounds.hear(event.data as AuditFacts),
      resolved: async () => undefined,
    });
    // A rejection taken back unseen: an approved merchant must not be sent into another audit.
    const corrected = outcome.is === 'answered' && outcome.answer.action === 'amend';
    if (outcome.is === 'settled' || (corrected && (await query()).is === 'settled')) {
      flow.record.end(AUDIT, 'DONE', merchantId);
      return;
    }
    if (corrected) await updateMerchant(flow, merchantId, rounds, round);
  }
}

/** 更新商户 with the whole corrected body: one meaning whatever FalPay takes a missing field for. */
async function updateMerchant(
  flow: OnboardingFlow,
  merchantId: string,
  rounds: AuditRounds,
  round: number,
): Promise<void> {
  const label = `${flow.input.number} (更新商户 ${round})`;
  for (;;) {
    const placed = await place<true>(flow, {
      step: AUDIT,
      operation: 'updateMerchant',
      orderNo: label,
      send: (calls, permit) =>
        calls.updateMerchant({
          order: { ...flow.body.merchant, merchantId },
          rejectedAt: rounds.lastRejection,
          permit,
        }),
      lookUp: async (calls) => {
        const { run, found } = await calls.findMerchant({ merchantId });
        return { run, found: found && rounds.shows(found) ? true : null };
      },
      fromRef: async () => true,
      wait: { name: AUDIT, topic: AUDIT },
    });
    flow.openOrders.delete(label);
    if (placed.is === 'placed') return rounds.corrected();
    const answer = await askForCorrection(flow, AUDIT, UPDATE, placed.refusal);
    if (answer.action === 'retry') return;
  }
}
