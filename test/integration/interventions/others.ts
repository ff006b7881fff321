/** Everybody a flow waits for: FalPay's clerks, the payer, the backend, the operator. Each hitch of a journey happens once, whatever becomes of the flow. */
import type { BlockState, FlowState } from '../../../src/messages';
import type { FlowDriver } from '../../setup/flow-driver';
import type { Stack } from '../../setup/stack';
import type { Books, Bookkeeper } from './books';
import { isOf } from './books';
import type { Interferences } from './interference';

export const HITCHES = [
  'merchant rejected',
  'wallet rejected',
  'recharge failed',
  'recharge short',
  'card failed',
  'payout failed',
] as const;
export type Mishap = (typeof HITCHES)[number];

/** A flow has as long to react before the payer, seeing nothing happen, sends what is missing. */
const PAYERS_PATIENCE_MS = 6_000;

export interface Parts {
  readonly stack: Stack;
  readonly bookkeeper: Bookkeeper;
  readonly interferences: Interferences;
}

export class Others {
  readonly happened = new Set<Mishap>();
  /** Numbers that an operator was asked about, since nothing proved what had become of them. */
  readonly askedAbout: string[] = [];
  private readonly paidAt = new Map<string, number>();

  constructor(
    private readonly parts: Parts,
    private readonly flow: FlowDriver,
    private readonly mishaps: ReadonlySet<Mishap>,
  ) {}

  /** Does what the flow waits for now, if anything. @throws on a block that no journey should come to */
  async move(state: FlowState): Promise<void> {
    const books = await this.parts.bookkeeper.books();
    for (const block of state.blocks) await this.answer(block, state, books);
    if (state.blocks.length > 0 && !state.steps.some(({ name }) => name.startsWith('card-'))) return;
    for (const { topic, ref } of state.waits) await this.decide(topic, ref, state, books);
  }

  private mishap(name: Mishap): boolean {
    if (!this.mishaps.has(name) || this.happened.has(name)) return false;
    this.happened.add(name);
    return true;
  }

  private async decide(
    topic: FlowState['waits'][number]['topic'],
    ref: string,
    { outputs }: FlowState,
    books: Books,
  ): Promise<void> {
    const { number } = this.flow;
    switch (topic) {
      case 'merchant-audit': {
        const merchant = books.merchants.find(({ merchantId }) => merchantId === ref);
        if (merchant?.auditStatus === 'PENDING') await this.audit('merchants', ref, 'merchant rejected');
        return;
      }
      case 'wallet-audit': {
        const wallet = books.wallets.find(({ walletId }) => walletId === ref);
        if (wallet?.auditStatus === 'PENDING') await this.audit('wallets', ref, 'wallet rejected');
        return;
      }
      case 'wallet-recharge':
        if (outputs.recharge) await this.pay(outputs.recharge.rechargeOrderNo, books);
        return;
      case 'wallet-withdrawal': {
        const order = books.withdrawals.find((one) => one.withdrawOrderNo === outputs.withdrawal?.withdrawOrderNo);
        if (order?.status !== 'PROCESSING') return;
        const end = this.mishap('payout failed') ? { status: 'FAILED', reason: 'account closed' } : {};
        await this.control(`/withdrawals/${order.withdrawOrderNo}/finish`, end);
        return;
      }
      case 'card-issue':
        for (const { cardOrderNo, status } of books.cards) {
          if (!isOf(number, cardOrderNo) || status !== 'PENDING') continue;
          await this.control(`/cards/${cardOrderNo}/issue`, this.mishap('card failed') ? { outcome: 'FAILED' } : {});
        }
    }
  }

  private async audit(what: 'merchants' | 'wallets', ref: string, mishap: Mishap): Promise<void> {
    const decision = this.mishap(mishap)
      ? { decision: 'REJECTED', reason: 'papers unreadable' }
      : { decision: 'APPROVED' };
    await this.control(`/audits/${what}/${ref}`, decision);
  }

  private async pay(orderNo: string, books: Books): Promise<void> {
    const order = books.recharges.find(({ rechargeOrderNo }) => rechargeOrderNo === orderNo);
    if (!order || order.status === 'FAILED') return;
    const came = Object.values(order.received)[0]?.gross ?? '0';
    if (Number(came) >= Number(order.amount)) return;
    if (Date.now() - (this.paidAt.get(orderNo) ?? 0) < PAYERS_PATIENCE_MS) return;
    this.paidAt.set(orderNo, Date.now());
    if (this.mishap('recharge failed')) return this.control(`/recharges/${orderNo}/fail`, {});
    await this.control(
      `/recharges/${orderNo}/arrivals`,
      this.mishap('recharge short') ? { amount: '120.00', final: true } : {},
    );
  }

  private async answer(block: BlockState, state: FlowState, books: Books): Promise<void> {
    const { blockId, reason } = block;
    switch (reason) {
      case 'OUTCOME_UNKNOWN':
        return this.resolve(block, state);
      case 'CHOOSE_RECHARGE_METHOD':
        return this.correct(block, { methodCode: 'BANK_TRANSFER' });
      case 'MERCHANT_REJECTED':
        return this.correct(block, { contactName: 'Chan Tai Man' });
      case 'WALLET_REJECTED':
      case 'RECHARGE_FAILED':
      case 'CARD_REFUSED':
      case 'CARDHOLDER_REJECTED':
        return this.correct(block);
      case 'RECHARGE_SHORT':
        // Whether money is missing is FalPay's books' to say, not the flow's.
        if (block.step !== 'recharge-arrival') break;
        return this.correct(block);
      case 'INVALID':
        if (!block.message.includes('reports') || !isFailed(books, this.flow.number)) break;
        return this.take('retry', { blockId });
    }
    throw new Error(`nobody should be asked this: ${reason} at ${block.step}: ${block.message}`);
  }

  /** Of an unknown outcome an operator says what FalPay's books say, as soon as no call is under way any more. */
  private async resolve({ blockId, step }: BlockState, state: FlowState): Promise<void> {
    if (this.parts.interferences.holds(this.flow.number)) return;
    const ref = state.steps.find(({ name }) => name === step)?.ref ?? '';
    const made = madeOf(await this.parts.bookkeeper.newest(), ref, state);
    this.askedAbout.push(ref);
    await this.take('resolve', { blockId, ...(made ? { outcome: 'DONE', ref: made } : { outcome: 'NOT_DONE' }) });
  }

  private async correct(block: BlockState, change?: Record<string, string>): Promise<void> {
    const at = this.flow.kind === 'onboarding' ? (block.patchable?.[0]?.split('.')[0] ?? '') : '';
    const patch = change && (at === '' ? change : { [at]: change });
    await this.quietly(this.flow.correct(block, patch ? { patch } : {}));
  }

  private async take(action: string, request: object): Promise<void> {
    await this.quietly(this.flow.act(action, request));
  }

  /** What settled meanwhile needs nobody's answer any more; what could not be said in time is said again. */
  private async quietly(answer: Promise<unknown>): Promise<void> {
    await answer.catch((error: unknown) => {
      if (!/^Error: (409|404|503) /.test(String(error))) throw error;
    });
  }

  /** Somebody may have decided a moment ago: the books at hand are not the newest. */
  private async control(path: string, body: object): Promise<void> {
    await this.parts.stack.control('POST', path, body).catch((error: unknown) => {
      if (!/: (409|400|422) /.test(String(error))) throw error;
    });
  }
}

function isFailed({ withdrawals }: Books, number: string): boolean {
  return withdrawals.some(({ withdrawOrderNo, status }) => isOf(number, withdrawOrderNo) && status === 'FAILED');
}

/** FalPay's id of what was made under a number of ours. */
function madeOf(books: Books, orderNo: string, state: FlowState): string | undefined {
  const { merchants, wallets, recharges, withdrawals, cardholders, cards } = books;
  const [, changedWallet, wanted] = /\((\S+) → (\w+),/.exec(orderNo) ?? [];
  if (changedWallet !== undefined)
    return wallets.find(({ walletId, status }) => walletId === changedWallet && status === wanted)?.walletId;
  if (orderNo.includes('更新商户'))
    return merchants.find(
      ({ merchantOrderNo, auditStatus }) => merchantOrderNo === state.number && auditStatus !== 'REJECTED',
    )?.merchantId;
  return (
    merchants.find(({ merchantOrderNo }) => merchantOrderNo === orderNo)?.merchantId ??
    wallets.find(({ walletOrderNo }) => walletOrderNo === orderNo)?.walletId ??
    recharges.find(({ rechargeOrderNo }) => rechargeOrderNo === orderNo)?.orderNo ??
    withdrawals.find(({ withdrawOrderNo }) => withdrawOrderNo === orderNo)?.orderNo ??
    cardholders.find(({ cardholderOrderNo }) => cardholderOrderNo === orderNo)?.cardholderId ??
    cards.find(({ cardOrderNo }) => cardOrderNo === orderNo)?.cardId
  );
}
