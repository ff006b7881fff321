/** Onboardings that nobody needs to help. */
import { DEFAULT_WAITS } from '../../../../src/config/timings';
import { AT_ONCE, BY_HAND } from '../../../setup/stack';
import type { Scenario } from '../scenario';

const HOUR = 3_600_000;
/** Queries come only when nothing else does. */
const SELDOM = { ladderMs: [HOUR], deadlineMs: 24 * HOUR };
const OFTEN = { ladderMs: [300], deadlineMs: HOUR };

export const happy: readonly Scenario[] = [
  {
    records: ['onboarding.happy'],
    alone: AT_ONCE,
    waits: DEFAULT_WAITS,
    async run(flow) {
      await flow.start();
      await flow.completed();
      await flow.record('onboarding.happy');
    },
  },
  {
    records: ['onboarding.happy-slow-callbacks'],
    alone: {},
    waits: DEFAULT_WAITS,
    async run(flow) {
      await flow.pastRecharge();
      await flow.completed();
      await flow.record('onboarding.happy-slow-callbacks');
    },
  },
  {
    records: ['onboarding.happy-without-callbacks'],
    waits: { 'merchant-audit': OFTEN, 'wallet-audit': OFTEN, 'wallet-recharge': OFTEN },
    faults: (number) =>
      ([number, `${number}_OW1`, `${number}_OR1`] as const).map((orderNo, index) => ({
        topic: (['merchant-audit', 'wallet-audit', 'wallet-recharge'] as const)[index],
        orderNo,
        fault: 'dropCallback',
      })),
    async run(flow) {
      await flow.pastRecharge();
      await flow.completed();
      await flow.record('onboarding.happy-without-callbacks');
    },
  },
  {
    // All four open waits of one flow, each as it is waited for.
    records: [
      'onboarding.waiting-merchant-audit',
      'onboarding.waiting-wallet-audit',
      'onboarding.waiting-recharge',
      'onboarding.waiting-card-issue',
    ],
    alone: { ...BY_HAND, issueDelay: 'manual' },
    waits: { 'card-issue': SELDOM },
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.record('onboarding.waiting-merchant-audit');
      await flow.decideMerchant('APPROVED');
      await flow.waitsFor('wallet-audit');
      await flow.record('onboarding.waiting-wallet-audit');
      await flow.decideWallet('APPROVED');
      await flow.waitsFor('wallet-recharge');
      await flow.record('onboarding.waiting-recharge');
      await flow.pay();
      await flow.reach(({ waits }) => waits.filter(({ topic }) => topic === 'card-issue').length === 2);
      await flow.record('onboarding.waiting-card-issue');
    },
  },
];
