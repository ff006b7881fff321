/** One flow of each kind on a road with every hitch it can meet, and the places on that road at which somebody may press a button. */
import type { CreatingOperation, FlowState, StartBodies, StartedKind } from '../../../src/messages';
import { BIN, onboardingBody } from '../../setup/stack';
import type { Mishap } from './others';
import type { Hitch } from './interference';

export interface Place {
  readonly name: string;
  /** A call that is under way, or cannot be made. */
  readonly call?: { readonly operation: CreatingOperation; readonly order: string; readonly hitch: Hitch };
  /** Where the flow rests. @param answered mishaps that it has heard of, and that somebody has answered */
  readonly at?: (state: FlowState, answered: ReadonlySet<Mishap>) => boolean;
}

/** What FalPay's books must hold under the flow's number in the end. */
export interface Expected {
  readonly merchants?: number;
  readonly approvedWallets?: number;
  /** Gross, over all recharge orders. */
  readonly paidIn?: number;
  readonly activeCards?: number;
  readonly paidOut?: number;
}

export interface Journey<Kind extends StartedKind = StartedKind> {
  readonly kind: Kind;
  readonly body: (ids: { readonly merchantId: string; readonly walletId: string }) => StartBodies[Kind];
  readonly mishaps: readonly Mishap[];
  /** Plans of the sandbox: what FalPay will refuse. */
  readonly plans?: (number: string) => readonly object[];
  /** Answers that get lost on this road, by operation and what follows the number. */
  readonly lost?: readonly (readonly [CreatingOperation, string])[];
  readonly places: readonly Place[];
  readonly expected: Expected;
}

const waits =
  (topic: FlowState['waits'][number]['topic'], after?: Mishap) =>
  ({ waits, blocks }: FlowState, answered: ReadonlySet<Mishap>): boolean =>
    blocks.length === 0 && waits.some((wait) => wait.topic === topic) && (after === undefined || answered.has(after));

const blockedBy =
  (reason: FlowState['blocks'][number]['reason'], step?: string) =>
  ({ blocks }: FlowState): boolean =>
    blocks.some((block) => block.reason === reason && (step === undefined || block.step === step));

const call = (operation: CreatingOperation, order: string, hitch: Hitch): Place => ({
  name: `${operation} ${{ before: 'on its way', after: 'carried out, not answered', away: 'while FalPay is away', lost: 'lost' }[hitch]}`,
  call: { operation, order, hitch },
});

const PLAIN = { binId: BIN.plain, cardLimit: '50.00', currency: 'USD' } as const;
const PREPAID = { binId: BIN.prepaid, cardLimit: '100.00', currency: 'USD' } as const;
const PAYEE = { accountName: 'Starbridge Limited', accountNo: '000123456789' } as const;

const onboarding: Journey<'onboarding'> = {
  kind: 'onboarding',
  body: () => {
    const { cards, recharge, ...rest } = onboardingBody();
    const withHolder = cards[0] as (typeof cards)[number];
    return { ...rest, recharge: { amount: recharge.amount, currency: 'USD' }, cards: [withHolder, PREPAID] };
  },
  mishaps: ['merchant rejected', 'wallet rejected', 'recharge short', 'card failed'],
  plans: (number) => [{ step: 'card', at: 'apply', orderNo: `${number}_OC2`, reason: 'name not allowed' }],
  lost: [
    ['createMerchant', ''],
    ['createRecharge', '_OR1'],
  ],
  places: [
    call('createMerchant', '', 'before'),
    { name: 'merchant audit', at: waits('merchant-audit') },
    { name: 'merchant rejected', at: blockedBy('MERCHANT_REJECTED') },
    { name: 'merchant audited again', at: waits('merchant-audit', 'merchant rejected') },
    call('openWallet', '_OW1', 'after'),
    { name: 'wallet audit', at: waits('wallet-audit') },
    { name: 'wallet rejected', at: blockedBy('WALLET_REJECTED') },
    call('openWallet', '_OW1_r2', 'before'),
    { name: 'second wallet’s audit', at: waits('wallet-audit', 'wallet rejected') },
    { name: 'no recharge method chosen', at: blockedBy('CHOOSE_RECHARGE_METHOD') },
    { name: 'recharge unknown', at: blockedBy('OUTCOME_UNKNOWN', 'create-recharge') },
    { name: 'money awaited', at: waits('wallet-recharge') },
    { name: 'recharge short', at: blockedBy('RECHARGE_SHORT', 'recharge-arrival') },
    call('createRecharge', '_OR2', 'after'),
    { name: 'the rest awaited', at: waits('wallet-recharge', 'recharge short') },
    call('createCardholder', '_OH1', 'after'),
    { name: 'card refused', at: blockedBy('CARD_REFUSED') },
    call('applyCard', '_OC1', 'before'),
    { name: 'cards being issued', at: waits('card-issue') },
  ],
  expected: { merchants: 1, approvedWallets: 1, paidIn: 500, activeCards: 2 },
};

const walletOpening: Journey<'wallet-opening'> = {
  kind: 'wallet-opening',
  body: ({ merchantId }) => ({ merchantId, currency: 'USD' }),
  mishaps: ['wallet rejected'],
  lost: [['openWallet', '_WO1']],
  places: [
    call('openWallet', '_WO1', 'away'),
    call('openWallet', '_WO1', 'before'),
    { name: 'wallet audit', at: waits('wallet-audit') },
    { name: 'wallet rejected', at: blockedBy('WALLET_REJECTED') },
    { name: 'second wallet’s audit', at: waits('wallet-audit', 'wallet rejected') },
  ],
  expected: { approvedWallets: 1 },
};

const walletRecharge: Journey<'wallet-recharge'> = {
  kind: 'wallet-recharge',
  body: ({ walletId }) => ({ walletId, amount: '300.00', currency: 'USD' }),
  mishaps: ['recharge failed', 'recharge short'],
  lost: [['createRecharge', '_RC1']],
  places: [
    { name: 'no recharge method chosen', at: blockedBy('CHOOSE_RECHARGE_METHOD') },
    call('createRecharge', '_RC1', 'away'),
    call('createRecharge', '_RC1', 'before'),
    { name: 'recharge unknown', at: blockedBy('OUTCOME_UNKNOWN', 'create-recharge') },
    { name: 'money awaited', at: waits('wallet-recharge') },
    { name: 'recharge failed', at: blockedBy('RECHARGE_FAILED') },
    { name: 'money awaited again', at: waits('wallet-recharge', 'recharge failed') },
    { name: 'recharge short', at: blockedBy('RECHARGE_SHORT', 'recharge-arrival') },
    call('createRecharge', '_RC2', 'after'),
    { name: 'the rest awaited', at: waits('wallet-recharge', 'recharge short') },
  ],
  expected: { paidIn: 300 },
};

const walletWithdrawal: Journey<'wallet-withdrawal'> = {
  kind: 'wallet-withdrawal',
  // All that the wallet has, the fee included: asked for a second time it would be refused for want of money.
  body: ({ walletId }) => ({ walletId, amount: '399.00', currency: 'USD', payee: PAYEE }),
  mishaps: ['payout failed'],
  places: [
    call('createWithdrawal', '_WD1', 'away'),
    call('createWithdrawal', '_WD1', 'before'),
    call('createWithdrawal', '_WD1', 'after'),
    { name: 'payout awaited', at: waits('wallet-withdrawal') },
    { name: 'payout failed', at: blockedBy('INVALID') },
    { name: 'second payout awaited', at: waits('wallet-withdrawal', 'payout failed') },
  ],
  expected: { paidOut: 399 },
};

const walletStatusChange: Journey<'wallet-status-change'> = {
  kind: 'wallet-status-change',
  body: ({ walletId }) => ({ walletId, status: 'FROZEN' }),
  mishaps: [],
  lost: [['updateWalletStatus', '']],
  places: [
    call('updateWalletStatus', '', 'away'),
    call('updateWalletStatus', '', 'before'),
    call('updateWalletStatus', '', 'after'),
  ],
  expected: {},
};

const cardIssuance: Journey<'card-issuance'> = {
  kind: 'card-issuance',
  // Three prepaid cards take 306.00 of the wallet's 400.00: asked for twice, the money would not do.
  body: ({ walletId, merchantId }) => ({
    walletId,
    merchantId,
    cards: [PREPAID, PREPAID, PREPAID, PLAIN],
  }),
  mishaps: ['card failed'],
  plans: (number) => [{ step: 'card', at: 'apply', orderNo: `${number}_IC2`, reason: 'name not allowed' }],
  lost: [['applyCard', '_IC3']],
  places: [
    call('applyCard', '_IC1', 'away'),
    call('applyCard', '_IC1', 'before'),
    call('applyCard', '_IC4', 'after'),
    { name: 'card refused', at: blockedBy('CARD_REFUSED') },
    { name: 'cards being issued', at: waits('card-issue') },
    { name: 'some cards issued', at: ({ steps }) => steps.some(({ status }) => status === 'DONE') },
  ],
  expected: { activeCards: 4 },
};

export const JOURNEYS = {
  onboarding,
  'wallet-opening': walletOpening,
  'wallet-recharge': walletRecharge,
  'wallet-withdrawal': walletWithdrawal,
  'wallet-status-change': walletStatusChange,
  'card-issuance': cardIssuance,
} as const;
