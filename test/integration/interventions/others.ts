/** Everybody a flow waits for: FalPay's clerks, the payer, the backend, the operator. Each hitch of a journey happens once, whatever becomes of the flow. */
import type { BlockState, FlowState } from '../../../src/messages';
import type { FlowDriver } from '../../setup/flow-driver';
import type { Stack } from '../../setup/stack';
import type { Books, Bookkeeper } from './books';
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

const PATIENCE_MS = 6_000;

export interface Parts {
  readonly stack: Stack;
  readonly bookkeeper: Bookkeeper;
  readonly interferences: Interferences;
}

export class Others {
  readonly happened = new Set<Mishap>();
  /** Of those, what the flow has heard of and somebody has answered: before, it waits as if nothing had happened. */
  readonly answered = new Set<Mishap>();
  /** Numbers that an operator was asked about, since nothing proved what had become of them. */
  readonly askedAbout: string[] = [];
  private readonly actedAt = new Map<string, number>();

  constructor(
    private readonly parts: Parts,
    private readonly flow: FlowDriver,
    private readonly mishaps: ReadonlySet<Mishap>,
  ) {}

  /** Does what the flow waits for now, if anything. @throws on a block that no journey should come to */
  async move(state: FlowState): Promise<void> {
    for (const block of state.blocks) await this.answer(block, state);
    // What was answered goes on first; cards go on one beside the other.
    const issues = state.steps.some(({ name, status }) => name.startsWith('card-') && status !== 'PENDING');
    if (state.blocks.length > 0 && !issues) return;
    for (const wait of state.waits) await this.decide(wait, state);
  }

  private mishap(name: Mishap): boolean {
    if (!this.mishaps.has(name) || this.happened.has(name)) return false;
    this.happened.add(name);
    return true;
  }

  /** Whether it is decided before, by whichever run of the flow it was asked for, FalPay's control plane knows, and refuses. */
  private async decide({ topic, ref }: FlowState['waits'][number], { outputs }: FlowState): Promise<void> {
    switch (topic) {
      case 'merchant-audit':
        return this.once(ref, () => this.audit('merchants', ref, 'merchant rejected'));
      case 'wallet-audit':
        return this.once(ref, () => this.audit('wallets', ref, 'wallet rejected'));
      case 'wallet-recharge': {
        const orderNo = outputs.recharge?.rechargeOrderNo ?? '';
        return this.once(orderNo, () => this.pay(orderNo));
      }
      case 'wallet-withdrawal': {
        const orderNo = outputs.withdrawal?.withdrawOrderNo ?? '';
        return this.once(orderNo, () => {
          const end = this.mishap('payout failed') ? { status: 'FAILED', reason: 'account closed' } : {};
          return this.control(`/withdrawals/${orderNo}/finish`, end);
        });
      }
      case 'card-issue':
        return this.once(ref, () =>
          this.control(`/cards/${ref}/issue`, this.mishap('card failed') ? { outcome: 'FAILED' } : {}),
        );
    }
  }

  /** The flow gets time to react; when nothing happens, it is done again. */
  private async once(what: string, act: () => Promise<void>): Promise<void> {
    if (Date.now() - (this.actedAt.get(what) ?? 0) < PATIENCE_MS) return;
    this.actedAt.set(what, Date.now());
    await act();
  }

  private audit(what: 'merchants' | 'wallets', ref: string, mishap: Mishap): Promise<void> {
    const decision = this.mishap(mishap)
      ? { decision: 'REJECTED', reason: 'papers unreadable' }
      : { decision: 'APPROVED' };
    // A rejected merchant is audited again after its correction, under the same id.
    if (decision.decision === 'REJECTED') this.actedAt.delete(ref);
    return this.control(`/audits/${what}/${ref}`, decision);
  }

  /** Without a sum the payer sends what is missing of the order, and nothing where it has come to its end: failed, or short for good. */
  private async pay(orderNo: string): Promise<void> {
    const { recharges } = await this.parts.bookkeeper.books();
    const own = recharges.find(({ rechargeOrderNo }) => rechargeOrderNo === orderNo);
    if (own && ['FAILED', 'SUCCESS'].includes(own.status)) return;
    if (this.mishap('recharge failed')) return this.control(`/recharges/${orderNo}/fail`, {});
    return this.control(
      `/recharges/${orderNo}/arrivals`,
      this.mishap('recharge short') ? { amount: '120.00', final: true } : {},
    );
  }

  private async answer(block: BlockState, state: FlowState): Promise<void> {
    const mishap = mishapOf(block);
    await this.answerTo(block, state);
    // Said in vain it is asked again, and until then no place is taken for the next one.
    if (mishap) this.answered.add(mishap);
  }

  private async answerTo(block: BlockState, state: FlowState): Promise<void> {
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
        if (!this.happened.has('payout failed')) break;
        return this.take('retry', { blockId });
    }
    throw new Error(`nobody should be asked this: ${reason} at ${block.step}: ${block.message}`);
  }

  /** Of an unknown outcome an operator says what FalPay's books say, as soon as no call is under way any more. */
  private async resolve({ blockId, step }: BlockState, state: FlowState): Promise<void> {
    if (this.parts.interferences.holds(this.flow.number)) return;
    const ref = state.steps.find(({ name }) => name === step)?.ref ?? '';
    const made = madeOf(await this.parts.bookkeeper.books(), ref, state);
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

  /** Somebody may have decided a moment ago, and what the flow still looks for may not be there: what hangs is noticed at the end. */
  private async control(path: string, body: object): Promise<void> {
    await this.parts.stack.control('POST', path, body).catch((error: unknown) => {
      if (!/: (400|404|409|422) /.test(String(error))) throw error;
    });
  }
}

function mishapOf({ reason, step }: BlockState): Mishap | undefined {
  switch (reason) {
    case 'MERCHANT_REJECTED':
      return 'merchant rejected';
    case 'WALLET_REJECTED':
      return 'wallet rejected';
    case 'RECHARGE_FAILED':
      return 'recharge failed';
    case 'RECHARGE_SHORT':
      return 'recharge short';
    case 'INVALID':
      return step === 'withdrawal-result' ? 'payout failed' : undefined;
    default:
      return undefined;
  }
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
