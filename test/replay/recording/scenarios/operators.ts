/** What only an operator or the mending of the system brings on: deadlines, contradictions, faults, restarts. */
import { BY_HAND } from '../../../setup/stack';
import { ONE_CARD } from '../bodies';
import type { Scenario } from '../scenario';

const HOUR = 3_600_000;

export const operators: readonly Scenario[] = [
  {
    records: ['onboarding.deadline', 'onboarding.deadline-retried'],
    body: ONE_CARD,
    waits: { 'merchant-audit': { ladderMs: [HOUR], deadlineMs: 700 } },
    async run(flow) {
      await flow.start();
      const { blockId } = await flow.blockedBy('DEADLINE');
      await flow.record('onboarding.deadline');
      await flow.act('retry', { blockId });
      await flow.decideMerchant('APPROVED');
      await flow.waitsFor('wallet-audit');
      await flow.record('onboarding.deadline-retried');
    },
  },
  {
    // Somebody else has an order under our number: FalPay refuses ours, and yet shows one.
    records: ['onboarding.mismatch', 'onboarding.mismatch-resolved'],
    body: ONE_CARD,
    activities: (real) => ({
      createMerchant: async ({ order, permit }) => {
        await real.createMerchant({ order: { ...order, contactName: 'Somebody Else' }, permit });
        return real.createMerchant({ order, permit });
      },
    }),
    async run(flow) {
      await flow.start();
      const { blockId } = await flow.blockedBy('MISMATCH');
      await flow.record('onboarding.mismatch');
      await flow.act('resolve', { blockId, outcome: 'NOT_DONE' });
      await flow.blockedBy('MERCHANT_REJECTED');
      await flow.record('onboarding.mismatch-resolved');
    },
  },
  {
    records: ['onboarding.falpay-too-busy'],
    body: ONE_CARD,
    faults: (orderNo) => [{ operation: 'createMerchant', orderNo, fault: 'rateLimit', ms: 1_000, times: 2 }],
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.record('onboarding.falpay-too-busy');
    },
  },
  {
    records: ['onboarding.falpay-down', 'onboarding.falpay-back'],
    body: ONE_CARD,
    alone: { ...BY_HAND, merchantAuditDelay: 1_500 },
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.stack.sandbox.pause();
      try {
        // The callback comes all the same; what it says cannot be confirmed.
        await flow.reach(({ fault }) => fault !== undefined);
        await flow.record('onboarding.falpay-down');
      } finally {
        await flow.stack.sandbox.resume();
      }
      await flow.waitsFor('wallet-audit');
      await flow.record('onboarding.falpay-back');
    },
  },
  {
    records: ['onboarding.restarted'],
    body: ONE_CARD,
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.stack.client.workflow.getHandle(`onboarding/${flow.number}`).terminate('recorded on purpose');
      await flow.act('restart', {});
      await flow.waitsFor('merchant-audit');
      await flow.decideMerchant('APPROVED');
      await flow.waitsFor('wallet-audit');
      await flow.decideWallet('APPROVED');
      // No look-up shows an unpaid order: whether the run before had placed one is an operator's to say.
      const { blockId } = await flow.blockedBy('OUTCOME_UNKNOWN');
      await flow.act('resolve', { blockId, outcome: 'NOT_DONE' });
      await flow.finishFromRecharge();
      await flow.record('onboarding.restarted');
    },
  },
];
