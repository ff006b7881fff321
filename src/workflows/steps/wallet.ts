/** 开通卡钱包 and its audit; a rejection opens the next round under a new order number. */
import type { OpenWalletInfoVo } from '../../falpay/contract';
import type { CallbackEvent, WalletOpeningBody } from '../../messages';
import type { Correction } from '../flow/correction';
import { askForCorrection, correctionBlock } from '../flow/correction';
import type { Flow } from '../flow/flow';
import { place } from '../flow/order';
import type { Part } from '../flow/part';
import { orderNoIn } from '../flow/part';
import { read } from '../flow/read';
import type { Heard, Verdict } from '../flow/watch';
import { watch } from '../flow/watch';

const OPEN = 'open-wallet';
const AUDIT = 'wallet-audit';

/** What is asked for, and the merchant that it is for. */
export interface WalletPart extends Part<Omit<WalletOpeningBody, 'merchantId'>> {
  readonly merchantId: string;
}

type AuditFacts = Pick<OpenWalletInfoVo, 'auditStatus' | 'rejectReason'>;

/** @returns the walletId of an approved wallet */
export async function openWallet(flow: Flow<unknown>, part: WalletPart): Promise<string> {
  for (let round = 1; ; round += 1) {
    const walletOrderNo = orderNoIn(flow, 'wallet', 1, round);
    const walletId = await applyForWallet(flow, part, round);
    const approved = walletId !== undefined && (await passAudit(flow, part, walletId, walletOrderNo));
    flow.openOrders.delete(walletOrderNo);
    if (approved) return walletId;
  }
}

/** @returns undefined when FalPay refused it and the body was corrected */
async function applyForWallet(flow: Flow<unknown>, part: WalletPart, round: number): Promise<string | undefined> {
  const walletOrderNo = orderNoIn(flow, 'wallet', 1, round);
  const placed = await place(flow, {
    step: OPEN,
    operation: 'openWallet',
    orderNo: walletOrderNo,
    send: async (calls, permit) =>
      (await calls.openWallet({ order: { ...part.now(), walletOrderNo, merchantId: part.merchantId }, permit }))
        .walletId,
    lookUp: async (calls) => {
      const { run, found } = await calls.findWallet({ walletOrderNo });
      return { run, found: found && found.walletId };
    },
    laterRound: (calls, ahead) => calls.findWallet({ walletOrderNo: orderNoIn(flow, 'wallet', 1, round + ahead) }),
    fromRef: async (ref) => ref,
    shownBy: (event) => isAbout(event, walletOrderNo),
    wait: { name: AUDIT, topic: AUDIT },
  });
  if (placed.is === 'refused') {
    if (!placed.refusal.isOver) await askForCorrection(flow, OPEN, correctionOf(part), placed.refusal);
    return undefined;
  }
  flow.know({ walletId: placed.value });
  flow.outbox.register({ walletId: placed.value, merchantId: part.merchantId, currency: part.now().currency });
  flow.record.end(OPEN, 'DONE', placed.value);
  return placed.value;
}

function isAbout(event: CallbackEvent, walletOrderNo: string, walletId?: string): boolean {
  return event.topic === AUDIT && (event.orderNo === walletOrderNo || event.ref === walletId);
}

/** @returns false when it was rejected and the body was corrected for the next round */
async function passAudit(
  flow: Flow<unknown>,
  part: WalletPart,
  walletId: string,
  walletOrderNo: string,
): Promise<boolean> {
  const query = async (): Promise<Verdict<void>> => {
    const { found } = await read(flow, AUDIT, `audit of wallet ${walletId}`, (calls) => calls.findWallet({ walletId }));
    return found
      ? judge(part, found)
      : { is: 'open', lag: { behind: `开通卡钱包, which gave the wallet id ${walletId}` } };
  };
  for (;;) {
    const outcome = await watch<void>(flow, {
      step: AUDIT,
      name: AUDIT,
      topic: AUDIT,
      ref: walletId,
      query,
      concerns: (event) => isAbout(event, walletOrderNo, walletId),
      hear: (event) => hear(part, event.data as AuditFacts),
      resolved: async () => undefined,
    });
    // `retry` looks again. So does a correction, before it opens the next round: a rejection taken back unseen would leave two wallets.
    const found = outcome.is === 'answered' && outcome.answer.action === 'amend' ? await query() : outcome;
    if (found.is === 'settled') {
      flow.record.end(AUDIT, 'DONE', walletId);
      return true;
    }
    if (found.is === 'blocked') return false;
  }
}

function judge(part: WalletPart, { auditStatus, rejectReason }: AuditFacts): Verdict<void> {
  if (auditStatus === 'APPROVED') return { is: 'settled', value: undefined };
  if (auditStatus !== 'REJECTED') return { is: 'open' };
  const block = correctionBlock(correctionOf(part), {
    kind: 'refused',
    message: rejectReason ?? 'FalPay gave no reason',
  });
  return { is: 'blocked', block: { ...block, closesWhenOpen: true } };
}

function hear(part: WalletPart, facts: AuditFacts): Heard<void> {
  const verdict = judge(part, facts);
  return verdict.is === 'open' ? 'ask' : verdict;
}

function correctionOf({ at, patchable }: WalletPart): Correction {
  return { reason: 'WALLET_REJECTED', at, patchable };
}
