/** The flows beside the onboarding, on the wallet of one that is complete. */
import { FlowDriver } from '../../../setup/flow-driver';
import { BIN } from '../../../setup/stack';
import type { CreatingOperation, StartBodies, StartedKind } from '../../../../src/messages';
import { ONE_CARD } from '../bodies';
import type { Case } from '../case';
import type { Scenario } from '../scenario';

export const CARD = { binId: BIN.plain, cardLimit: '50.00', currency: 'USD' } as const;
const PAYEE = { accountName: 'Starbridge Limited', accountNo: '000123456789' } as const;

/** Starts a flow of this kind under the onboarding's number, on its merchant and wallet. */
export async function onWallet<Kind extends StartedKind>(
  flow: Case,
  kind: Kind,
  body: (ids: { readonly merchantId: string; readonly walletId: string }) => StartBodies[Kind],
): Promise<FlowDriver & { save(name: string): Promise<void> }> {
  await flow.pastRecharge();
  const { merchantId = '', walletId = '' } = (await flow.completed()).outputs;
  const started = await new FlowDriver(flow.stack, kind, flow.number).start(body({ merchantId, walletId }));
  return Object.assign(started, { save: (name: string) => flow.record(name, `${kind}/${flow.number}`) });
}

export const lost = (operation: CreatingOperation, orderNo: string) =>
  [{ operation, orderNo, fault: 'resetAfterCommit', times: 1 }] as const;

export const standAlone: readonly Scenario[] = [
  {
    records: ['wallet-opening.rejected', 'wallet-opening.completed-next-round'],
    body: ONE_CARD,
    async run(flow) {
      const opening = await onWallet(flow, 'wallet-opening', ({ merchantId }) => ({ merchantId, currency: 'USD' }));
      await opening.waitsFor('wallet-audit');
      const decide = (orderNo: string, decision: string) =>
        flow.stack.control('POST', `/audits/wallets/${flow.number}_${orderNo}`, {
          decision,
          reason: 'which currency?',
        });
      await decide('WO1', 'REJECTED');
      const block = await opening.blockedBy('WALLET_REJECTED');
      await opening.save('wallet-opening.rejected');
      await opening.correct(block, { patch: { currency: 'EUR' } });
      await opening.waitsFor('wallet-audit');
      await decide('WO1_r2', 'APPROVED');
      await opening.completed();
      await opening.save('wallet-opening.completed-next-round');
    },
  },
  {
    records: ['wallet-recharge.waiting', 'wallet-recharge.short', 'wallet-recharge.completed-rest-ordered'],
    body: ONE_CARD,
    async run(flow) {
      const order = { amount: '100.00', currency: 'USD', methodCode: 'BANK_TRANSFER' } as const;
      const recharge = await onWallet(flow, 'wallet-recharge', ({ walletId }) => ({ walletId, ...order }));
      await recharge.waitsFor('wallet-recharge');
      await recharge.save('wallet-recharge.waiting');
      await flow.pay({ amount: '60.00', final: true }, 'RC1');
      const block = await recharge.blockedBy('RECHARGE_SHORT');
      await recharge.save('wallet-recharge.short');
      await recharge.correct(block);
      await recharge.waitsFor('wallet-recharge');
      await flow.pay({}, 'RC2');
      await recharge.completed();
      await recharge.save('wallet-recharge.completed-rest-ordered');
    },
  },
  {
    records: ['wallet-withdrawal.waiting', 'wallet-withdrawal.failed', 'wallet-withdrawal.completed-next-round'],
    body: ONE_CARD,
    async run(flow) {
      const withdrawal = await onWallet(flow, 'wallet-withdrawal', withdraw);
      await withdrawal.waitsFor('wallet-withdrawal');
      await withdrawal.save('wallet-withdrawal.waiting');
      const finish = (orderNo: string, result: object) =>
        flow.stack.control('POST', `/withdrawals/${flow.number}_${orderNo}/finish`, result);
      await finish('WD1', { status: 'FAILED', reason: 'account closed' });
      const { blockId } = await withdrawal.blockedBy('INVALID');
      await withdrawal.save('wallet-withdrawal.failed');
      await withdrawal.act('amend', { blockId, patch: { payee: { accountNo: '000987654321' } } });
      await withdrawal.waitsFor('wallet-withdrawal');
      await finish('WD1_r2', {});
      await withdrawal.completed();
      await withdrawal.save('wallet-withdrawal.completed-next-round');
    },
  },
  {
    records: ['wallet-withdrawal.unknown', 'wallet-withdrawal.unknown-settled-by-callback'],
    body: ONE_CARD,
    faults: (number) => lost('createWithdrawal', `${number}_WD1`),
    async run(flow) {
      const withdrawal = await onWallet(flow, 'wallet-withdrawal', withdraw);
      await withdrawal.blockedBy('OUTCOME_UNKNOWN');
      await withdrawal.save('wallet-withdrawal.unknown');
      await flow.stack.control('POST', `/withdrawals/${flow.number}_WD1/finish`, {});
      await withdrawal.completed();
      await withdrawal.save('wallet-withdrawal.unknown-settled-by-callback');
    },
  },
  {
    records: ['wallet-status-change.completed'],
    body: ONE_CARD,
    async run(flow) {
      const change = await onWallet(flow, 'wallet-status-change', ({ walletId }) => ({ walletId, status: 'FROZEN' }));
      await change.completed();
      await change.save('wallet-status-change.completed');
    },
  },
  {
    records: ['wallet-status-change.refused'],
    body: ONE_CARD,
    async run(flow) {
      const change = await onWallet(flow, 'wallet-status-change', ({ walletId }) => ({ walletId, status: 'CLOSED' }));
      await change.blockedBy('INVALID');
      await change.save('wallet-status-change.refused');
    },
  },
  {
    // More than are in hand at a time, so that some wait for their turn.
    records: ['card-issuance.one-refused', 'card-issuance.completed'],
    body: ONE_CARD,
    async run(flow) {
      const refused = { step: 'card', at: 'apply', orderNo: `${flow.number}_IC2`, reason: 'name not allowed' };
      await flow.plan(refused);
      const issuance = await onWallet(flow, 'card-issuance', ({ walletId }) => ({
        walletId,
        cards: Array.from({ length: 12 }, () => CARD),
      }));
      const block = await issuance.blockedBy('CARD_REFUSED');
      await issuance.reach(({ steps }) => steps.filter(({ status }) => status === 'DONE').length === 11);
      await issuance.save('card-issuance.one-refused');
      await issuance.correct(block, { patch: { cards: { '1': { cardName: 'office' } } } });
      await issuance.completed();
      await issuance.save('card-issuance.completed');
    },
  },
];

export function withdraw({ walletId }: { readonly walletId: string }): StartBodies['wallet-withdrawal'] {
  return { walletId, amount: '10.00', currency: 'USD', payee: PAYEE };
}
