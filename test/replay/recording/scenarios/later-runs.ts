/** What flows do that began after the first release, and runs after a reset: corrected creations, refused queries, orders of earlier runs. */
import { ApplicationFailure } from '@temporalio/common';
import { reset } from '../../../setup/reset';
import { ONE_CARD } from '../bodies';
import type { Scenario } from '../scenario';
import { onWallet, withdraw } from './stand-alone';

export const laterRuns: readonly Scenario[] = [
  {
    records: ['onboarding.merchant-refused', 'onboarding.merchant-next-round'],
    body: ONE_CARD,
    activities: (real) => ({
      createMerchant: async (given) => {
        if (given.order.merchantOrderNo.includes('_')) return real.createMerchant(given);
        throw ApplicationFailure.nonRetryable('DUPLICATE_REGISTRATION', 'FalpayRejected', {});
      },
    }),
    async run(flow) {
      await flow.start();
      const block = await flow.blockedBy('MERCHANT_REJECTED');
      await flow.record('onboarding.merchant-refused');
      await flow.correct(block, { patch: { merchant: { contactName: 'Chan Tai Man' } } });
      await flow.waitsFor('merchant-audit');
      await flow.stack.control('POST', `/audits/merchants/${flow.number}_OM1_r2`, { decision: 'APPROVED' });
      await flow.waitsFor('wallet-audit');
      await flow.record('onboarding.merchant-next-round');
    },
  },
  {
    records: ['onboarding.query-refused-for-a-while'],
    body: ONE_CARD,
    activities: (real) => {
      let refusals = 0;
      return {
        findMerchant: async (key) => {
          refusals += 1;
          if (refusals > 2) return real.findMerchant(key);
          throw ApplicationFailure.nonRetryable('SYSTEM_BUSY', 'FalpayRejected', {});
        },
      };
    },
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.decideMerchant('APPROVED');
      await flow.waitsFor('wallet-audit');
      await flow.record('onboarding.query-refused-for-a-while');
    },
  },
  {
    records: ['onboarding.reset', 'onboarding.reset-aborted'],
    body: ONE_CARD,
    operations: { openWallet: { absenceProvenAfterMs: 300 }, createMerchant: { absenceProvenAfterMs: 300 } },
    async run(flow) {
      await flow.toRecharge();
      await reset(flow.stack.client, `onboarding/${flow.number}`);
      await flow.blockedBy('OUTCOME_UNKNOWN');
      await flow.record('onboarding.reset');
      await flow.act('abort', {});
      await flow.ended();
      await flow.record('onboarding.reset-aborted');
    },
  },
  {
    // The money that it needs is what it took itself, in an earlier run.
    records: ['wallet-withdrawal.reset'],
    body: ONE_CARD,
    async run(flow) {
      const withdrawal = await onWallet(flow, 'wallet-withdrawal', (ids) => ({ ...withdraw(ids), amount: '498.00' }));
      await withdrawal.waitsFor('wallet-withdrawal');
      await flow.stack.control('POST', `/withdrawals/${flow.number}_WD1/finish`, {});
      await withdrawal.completed();
      await reset(flow.stack.client, `wallet-withdrawal/${flow.number}`);
      await withdrawal.completed();
      await withdrawal.save('wallet-withdrawal.reset');
    },
  },
  {
    // Refused for the fee; no movement shows the one that followed.
    records: ['wallet-withdrawal.restarted-next-round', 'wallet-withdrawal.restarted-next-round-aborted'],
    body: ONE_CARD,
    async run(flow) {
      const withdrawal = await onWallet(flow, 'wallet-withdrawal', (ids) => ({ ...withdraw(ids), amount: '498.50' }));
      const { blockId } = await withdrawal.blockedBy('INVALID', 'create-withdrawal');
      await withdrawal.act('amend', { blockId, patch: { amount: '10.00' } });
      await withdrawal.waitsFor('wallet-withdrawal');
      await flow.stack.client.workflow.getHandle(`wallet-withdrawal/${flow.number}`).terminate('recorded on purpose');
      await withdrawal.act('restart', {});
      await withdrawal.blockedBy('OUTCOME_UNKNOWN');
      await withdrawal.save('wallet-withdrawal.restarted-next-round');
      await withdrawal.act('abort', {});
      await withdrawal.reach(({ stage }) => stage === 'ABORTED');
      await withdrawal.save('wallet-withdrawal.restarted-next-round-aborted');
    },
  },
];
