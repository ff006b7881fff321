/** What the flows beside the onboarding can meet on their way: refusals, unknown outcomes, contradictions, deadlines, a FalPay that is away. */
import type { StartBodies, WaitName, WaitPolicy } from '../../../../src/messages';
import { BIN, BY_HAND } from '../../../setup/stack';
import { ONE_CARD } from '../bodies';
import type { Scenario } from '../scenario';
import { CARD, lost, onWallet, withdraw } from './stand-alone';

const HOUR = 3_600_000;
const soonOver = (name: WaitName): Partial<Record<WaitName, WaitPolicy>> => ({
  [name]: { ladderMs: [HOUR], deadlineMs: 700 },
});
const unanswered = (operation: 'openWallet' | 'createRecharge' | 'createWithdrawal' | 'applyCard', orderNo: string) =>
  [{ operation, orderNo, fault: 'resetBeforeCommit', times: 1 }] as const;
const open = ({ merchantId }: { readonly merchantId: string }): StartBodies['wallet-opening'] => ({
  merchantId,
  currency: 'USD',
});
const pay = ({ walletId }: { readonly walletId: string }): StartBodies['wallet-recharge'] => ({
  walletId,
  amount: '100.00',
  currency: 'USD',
  methodCode: 'BANK_TRANSFER',
});
const freeze = ({ walletId }: { readonly walletId: string }): StartBodies['wallet-status-change'] => ({
  walletId,
  status: 'FROZEN',
});
const issue = ({ walletId }: { readonly walletId: string }): StartBodies['card-issuance'] => ({
  walletId,
  cards: [CARD, CARD],
});

export const standAloneHitches: readonly Scenario[] = [
  {
    records: ['wallet-opening.waiting', 'wallet-opening.completed'],
    body: ONE_CARD,
    async run(flow) {
      const opening = await onWallet(flow, 'wallet-opening', open);
      await opening.waitsFor('wallet-audit');
      await opening.save('wallet-opening.waiting');
      await flow.stack.control('POST', `/audits/wallets/${flow.number}_WO1`, { decision: 'APPROVED' });
      await opening.completed();
      await opening.save('wallet-opening.completed');
    },
  },
  {
    records: ['wallet-opening.unknown-found'],
    body: ONE_CARD,
    faults: (number) => lost('openWallet', `${number}_WO1`),
    async run(flow) {
      const opening = await onWallet(flow, 'wallet-opening', open);
      await opening.waitsFor('wallet-audit');
      await opening.save('wallet-opening.unknown-found');
    },
  },
  {
    records: ['wallet-opening.unknown-resent'],
    body: ONE_CARD,
    about: 'wallet-opening',
    operations: { openWallet: { absenceProvenAfterMs: 300 } },
    faults: (number) => unanswered('openWallet', `${number}_WO1`),
    async run(flow) {
      const opening = await onWallet(flow, 'wallet-opening', open);
      await opening.waitsFor('wallet-audit');
      await opening.save('wallet-opening.unknown-resent');
    },
  },
  {
    records: ['wallet-opening.deadline', 'wallet-opening.deadline-resolved'],
    body: ONE_CARD,
    about: 'wallet-opening',
    waits: soonOver('wallet-audit'),
    async run(flow) {
      const opening = await onWallet(flow, 'wallet-opening', open);
      const { blockId } = await opening.blockedBy('DEADLINE');
      await opening.save('wallet-opening.deadline');
      const { outputs } = await opening.state();
      await opening.act('resolve', { blockId, outcome: 'DONE', ref: outputs.walletId, force: true });
      await opening.completed();
      await opening.save('wallet-opening.deadline-resolved');
    },
  },
  {
    records: ['wallet-recharge.choose-method', 'wallet-recharge.method-chosen'],
    body: ONE_CARD,
    async run(flow) {
      const recharge = await onWallet(flow, 'wallet-recharge', (ids) => ({ ...pay(ids), methodCode: undefined }));
      const block = await recharge.blockedBy('CHOOSE_RECHARGE_METHOD');
      await recharge.save('wallet-recharge.choose-method');
      await recharge.correct(block, { patch: { methodCode: 'CRYPTO' } });
      await recharge.waitsFor('wallet-recharge');
      await recharge.save('wallet-recharge.method-chosen');
    },
  },
  {
    records: ['wallet-recharge.failed', 'wallet-recharge.ordered-again'],
    body: ONE_CARD,
    async run(flow) {
      const recharge = await onWallet(flow, 'wallet-recharge', pay);
      await recharge.waitsFor('wallet-recharge');
      await flow.stack.control('POST', `/recharges/${flow.number}_RC1/fail`, {});
      const block = await recharge.blockedBy('RECHARGE_FAILED');
      await recharge.save('wallet-recharge.failed');
      await recharge.correct(block);
      await recharge.waitsFor('wallet-recharge');
      await flow.pay({}, 'RC1_r2');
      await recharge.completed();
      await recharge.save('wallet-recharge.ordered-again');
    },
  },
  {
    records: ['wallet-recharge.unknown', 'wallet-recharge.unknown-settled-by-callback'],
    body: ONE_CARD,
    faults: (number) => lost('createRecharge', `${number}_RC1`),
    async run(flow) {
      const recharge = await onWallet(flow, 'wallet-recharge', pay);
      await recharge.blockedBy('OUTCOME_UNKNOWN');
      await recharge.save('wallet-recharge.unknown');
      await flow.pay({}, 'RC1');
      await recharge.completed();
      await recharge.save('wallet-recharge.unknown-settled-by-callback');
    },
  },
  {
    records: ['wallet-recharge.unknown-not-done'],
    body: ONE_CARD,
    faults: (number) => unanswered('createRecharge', `${number}_RC1`),
    async run(flow) {
      const recharge = await onWallet(flow, 'wallet-recharge', pay);
      const { blockId } = await recharge.blockedBy('OUTCOME_UNKNOWN');
      await recharge.act('resolve', { blockId, outcome: 'NOT_DONE' });
      await recharge.waitsFor('wallet-recharge');
      await recharge.save('wallet-recharge.unknown-not-done');
    },
  },
  {
    records: ['wallet-recharge.short-accepted'],
    body: ONE_CARD,
    async run(flow) {
      const recharge = await onWallet(flow, 'wallet-recharge', pay);
      await recharge.waitsFor('wallet-recharge');
      await flow.pay({ amount: '90.00', final: true }, 'RC1');
      const block = await recharge.blockedBy('RECHARGE_SHORT');
      await recharge.correct(block, { accept: true });
      await recharge.completed();
      await recharge.save('wallet-recharge.short-accepted');
    },
  },
  {
    records: ['wallet-recharge.rest-too-little', 'wallet-recharge.rest-came-meanwhile'],
    body: ONE_CARD,
    async run(flow) {
      const recharge = await onWallet(flow, 'wallet-recharge', pay);
      await recharge.waitsFor('wallet-recharge');
      await flow.pay({ amount: '95.00', final: true }, 'RC1');
      await recharge.correct(await recharge.blockedBy('RECHARGE_SHORT'));
      await recharge.reach(({ blocks }) => blocks.some(({ step }) => step !== 'recharge-arrival'));
      await recharge.save('wallet-recharge.rest-too-little');
      await flow.pay({ amount: '5.00' }, 'RC1');
      await recharge.completed();
      await recharge.save('wallet-recharge.rest-came-meanwhile');
    },
  },
  {
    records: ['wallet-recharge.other-currency'],
    body: ONE_CARD,
    async run(flow) {
      const recharge = await onWallet(flow, 'wallet-recharge', pay);
      await recharge.waitsFor('wallet-recharge');
      await flow.pay({ amount: '100.00', currency: 'EUR' }, 'RC1');
      await recharge.blockedBy('CURRENCY_MISMATCH');
      await recharge.save('wallet-recharge.other-currency');
    },
  },
  {
    records: ['wallet-recharge.deadline', 'wallet-recharge.deadline-retried'],
    body: ONE_CARD,
    about: 'wallet-recharge',
    waits: soonOver('wallet-recharge'),
    async run(flow) {
      const recharge = await onWallet(flow, 'wallet-recharge', pay);
      const { blockId } = await recharge.blockedBy('DEADLINE');
      await recharge.save('wallet-recharge.deadline');
      await recharge.act('retry', { blockId });
      await flow.pay({}, 'RC1');
      await recharge.completed();
      await recharge.save('wallet-recharge.deadline-retried');
    },
  },
  {
    records: ['wallet-withdrawal.balance-short', 'wallet-withdrawal.balance-short-corrected'],
    body: ONE_CARD,
    async run(flow) {
      const withdrawal = await onWallet(flow, 'wallet-withdrawal', (ids) => ({ ...withdraw(ids), amount: '90000.00' }));
      const block = await withdrawal.blockedBy('RECHARGE_SHORT');
      await withdrawal.save('wallet-withdrawal.balance-short');
      await withdrawal.correct(block, { patch: { amount: '10.00' } });
      await withdrawal.waitsFor('wallet-withdrawal');
      await withdrawal.save('wallet-withdrawal.balance-short-corrected');
    },
  },
  {
    records: ['wallet-withdrawal.unknown-not-done'],
    body: ONE_CARD,
    faults: (number) => unanswered('createWithdrawal', `${number}_WD1`),
    async run(flow) {
      const withdrawal = await onWallet(flow, 'wallet-withdrawal', withdraw);
      const { blockId } = await withdrawal.blockedBy('OUTCOME_UNKNOWN');
      await withdrawal.act('resolve', { blockId, outcome: 'NOT_DONE' });
      await withdrawal.waitsFor('wallet-withdrawal');
      await withdrawal.save('wallet-withdrawal.unknown-not-done');
    },
  },
  {
    records: ['wallet-withdrawal.deadline'],
    body: ONE_CARD,
    about: 'wallet-withdrawal',
    waits: soonOver('wallet-withdrawal'),
    async run(flow) {
      const withdrawal = await onWallet(flow, 'wallet-withdrawal', withdraw);
      await withdrawal.blockedBy('DEADLINE');
      await withdrawal.save('wallet-withdrawal.deadline');
    },
  },
  {
    records: ['wallet-status-change.unknown-found'],
    body: ONE_CARD,
    faults: () => [],
    about: 'wallet-status-change',
    activities: (real) => ({
      updateWalletStatus: async (change) => {
        await real.updateWalletStatus(change);
        throw new Error('the worker died');
      },
    }),
    async run(flow) {
      const change = await onWallet(flow, 'wallet-status-change', freeze);
      await change.completed();
      await change.save('wallet-status-change.unknown-found');
    },
  },
  {
    // FalPay takes it and never shows it.
    records: ['wallet-status-change.waiting', 'wallet-status-change.deadline'],
    body: ONE_CARD,
    about: 'wallet-status-change',
    waits: { 'wallet-status': { ladderMs: [200], deadlineMs: 2_500 } },
    activities: () => ({ updateWalletStatus: async () => true }),
    async run(flow) {
      const change = await onWallet(flow, 'wallet-status-change', freeze);
      await change.waitsFor('wallet-status');
      await change.save('wallet-status-change.waiting');
      await change.blockedBy('DEADLINE');
      await change.save('wallet-status-change.deadline');
    },
  },
  {
    records: ['wallet-status-change.amended'],
    body: ONE_CARD,
    async run(flow) {
      const change = await onWallet(flow, 'wallet-status-change', (ids) => ({ ...freeze(ids), status: 'CLOSED' }));
      const { blockId } = await change.blockedBy('INVALID');
      await change.act('amend', { blockId, patch: { status: 'FROZEN' } });
      await change.completed();
      await change.save('wallet-status-change.amended');
    },
  },
  {
    records: ['card-issuance.waiting', 'card-issuance.issued'],
    body: ONE_CARD,
    alone: { ...BY_HAND, issueDelay: 1_500 },
    async run(flow) {
      const issuance = await onWallet(flow, 'card-issuance', issue);
      await issuance.waitsFor('card-issue');
      await issuance.save('card-issuance.waiting');
      await issuance.completed();
      await issuance.save('card-issuance.issued');
    },
  },
  {
    records: ['card-issuance.balance-short', 'card-issuance.balance-short-skipped'],
    body: ONE_CARD,
    async run(flow) {
      const issuance = await onWallet(flow, 'card-issuance', (ids) => ({
        ...issue(ids),
        cards: [CARD, { ...CARD, binId: BIN.prepaid, cardLimit: '90000.00' }],
      }));
      await issuance.reach(({ blocks }) => blocks.length === 2);
      await issuance.save('card-issuance.balance-short');
      const { blockId } = await issuance.blockedBy('RECHARGE_SHORT', 'card-2');
      await issuance.act('skip', { blockId });
      await issuance.completed();
      await issuance.save('card-issuance.balance-short-skipped');
    },
  },
  {
    records: ['card-issuance.unknown-found'],
    body: ONE_CARD,
    faults: (number) => lost('applyCard', `${number}_IC2`),
    async run(flow) {
      const issuance = await onWallet(flow, 'card-issuance', issue);
      await issuance.completed();
      await issuance.save('card-issuance.unknown-found');
    },
  },
  {
    records: ['card-issuance.failed', 'card-issuance.failed-next-round'],
    body: ONE_CARD,
    async run(flow) {
      await flow.plan({ step: 'card', at: 'issue', orderNo: `${flow.number}_IC1`, reason: 'refused by the issuer' });
      const issuance = await onWallet(flow, 'card-issuance', issue);
      const block = await issuance.blockedBy('CARD_REFUSED');
      await issuance.save('card-issuance.failed');
      await issuance.correct(block);
      await issuance.completed();
      await issuance.save('card-issuance.failed-next-round');
    },
  },
  {
    records: ['card-issuance.deadline', 'card-issuance.deadline-skipped'],
    body: ONE_CARD,
    about: 'card-issuance',
    waits: soonOver('card-issue'),
    faults: (number) => [{ topic: 'card-status', orderNo: `${number}_IC1`, fault: 'dropCallback' }],
    activities: (real) => ({
      findCard: async (key) => {
        const { run, found } = await real.findCard(key);
        return { run, found: found && { ...found, status: 'PENDING' } };
      },
    }),
    async run(flow) {
      const issuance = await onWallet(flow, 'card-issuance', ({ walletId }) => ({ walletId, cards: [CARD] }));
      const { blockId } = await issuance.blockedBy('DEADLINE');
      await issuance.save('card-issuance.deadline');
      await issuance.act('skip', { blockId });
      await issuance.completed();
      await issuance.save('card-issuance.deadline-skipped');
    },
  },
];
