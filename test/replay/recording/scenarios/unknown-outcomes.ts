/** Creating calls whose outcome nobody knows: looked up, waited out, decided by a person; never simply repeated. */
import type { CreatingOperation } from '../../../../src/messages';
import { ONE_CARD } from '../bodies';
import type { Scenario } from '../scenario';

/** The settle time is shortened so that absence is proven soon. */
const SOON = { absenceProvenAfterMs: 400 };

const lost = (operation: CreatingOperation, orderNo: string) =>
  [{ operation, orderNo, fault: 'resetAfterCommit', times: 1 }] as const;
const neverArrived = (operation: CreatingOperation, orderNo: string) =>
  [{ operation, orderNo, fault: 'resetBeforeCommit', times: 1 }] as const;

export const unknownOutcomes: readonly Scenario[] = [
  {
    records: ['onboarding.unknown-merchant-found'],
    body: ONE_CARD,
    faults: (number) => lost('createMerchant', number),
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.record('onboarding.unknown-merchant-found');
    },
  },
  {
    records: ['onboarding.unknown-merchant-resent'],
    body: ONE_CARD,
    operations: { createMerchant: SOON },
    faults: (number) => neverArrived('createMerchant', number),
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.record('onboarding.unknown-merchant-resent');
    },
  },
  {
    // Answered after all, but so that nobody can trust it.
    records: ['onboarding.unknown-wallet-and-card'],
    body: ONE_CARD,
    operations: { openWallet: SOON, applyCard: SOON },
    faults: (number) => [
      { operation: 'openWallet', orderNo: `${number}_OW1`, fault: 'wrongSignature', times: 1 },
      { operation: 'createRecharge', orderNo: `${number}_OR1`, fault: 'http5xx', times: 1 },
      ...neverArrived('applyCard', `${number}_OC1`),
    ],
    async run(flow) {
      await flow.toWalletAudit();
      await flow.decideWallet('APPROVED');
      // The order cannot be looked up before it is paid: the payment's callback settles it.
      await flow.blockedBy('OUTCOME_UNKNOWN');
      await flow.pay();
      await flow.completed();
      await flow.record('onboarding.unknown-wallet-and-card');
    },
  },
  {
    records: ['onboarding.unknown-recharge', 'onboarding.unknown-recharge-done'],
    body: ONE_CARD,
    faults: (number) => lost('createRecharge', `${number}_OR1`),
    async run(flow) {
      await flow.toWalletAudit();
      await flow.decideWallet('APPROVED');
      const { blockId } = await flow.blockedBy('OUTCOME_UNKNOWN');
      await flow.record('onboarding.unknown-recharge');
      await flow.act('retry', { blockId });
      const block = await flow.blockedBy('OUTCOME_UNKNOWN');
      // An operator read FalPay's number of the order in FalPay's own back office.
      await flow.act('resolve', { blockId: block.blockId, outcome: 'DONE', ref: '2070000000000000001' });
      await flow.finishFromRecharge();
      await flow.record('onboarding.unknown-recharge-done');
    },
  },
  {
    records: ['onboarding.unknown-recharge-not-done'],
    body: ONE_CARD,
    faults: (number) => neverArrived('createRecharge', `${number}_OR1`),
    async run(flow) {
      await flow.toWalletAudit();
      await flow.decideWallet('APPROVED');
      const { blockId } = await flow.blockedBy('OUTCOME_UNKNOWN');
      await flow.act('resolve', { blockId, outcome: 'NOT_DONE' });
      await flow.finishFromRecharge();
      await flow.record('onboarding.unknown-recharge-not-done');
    },
  },
  {
    records: ['onboarding.unknown-cardholder'],
    faults: (number) => lost('createCardholder', `${number}_OH1`),
    async run(flow) {
      await flow.pastRecharge();
      await flow.blockedBy('OUTCOME_UNKNOWN');
      await flow.reach(({ outputs }) => outputs.cards[1]?.status === 'ACTIVE');
      await flow.record('onboarding.unknown-cardholder');
    },
  },
  {
    records: ['onboarding.unknown-correction-found'],
    body: ONE_CARD,
    faults: () => [],
    activities: (real) => ({
      // FalPay took it; the answer was lost. The call carries no order number by which the sandbox could be told to lose it.
      updateMerchant: async (order) => {
        await real.updateMerchant(order);
        throw new Error('the connection broke off');
      },
    }),
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.decideMerchant('REJECTED', 'the licence is unreadable');
      const rejected = await flow.blockedBy('MERCHANT_REJECTED');
      await flow.correct(rejected, { patch: { merchant: { company: { businessLicenseKey: 'kyc/license-2.pdf' } } } });
      await flow.waitsFor('merchant-audit');
      await flow.decideMerchant('APPROVED');
      await flow.waitsFor('wallet-audit');
      await flow.record('onboarding.unknown-correction-found');
    },
  },
];
