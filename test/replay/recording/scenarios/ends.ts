/** Flows that people end, at several stages. */
import type { Scenario } from '../scenario';

export const ends: readonly Scenario[] = [
  {
    records: ['onboarding.cancelled-merchant-audit'],
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.cancel();
      await flow.record('onboarding.cancelled-merchant-audit');
    },
  },
  {
    // Request Cancellation in the Temporal UI.
    records: ['onboarding.cancelled-in-temporal'],
    async run(flow) {
      await flow.toWalletAudit();
      await flow.stack.client.workflow.getHandle(`onboarding/${flow.number}`).cancel();
      await flow.ended();
      await flow.record('onboarding.cancelled-in-temporal');
    },
  },
  {
    records: ['onboarding.aborted-blocked'],
    async run(flow) {
      await flow.toRecharge();
      await flow.pay({ amount: '20.00', final: true });
      await flow.blockedBy('RECHARGE_SHORT');
      await flow.act('abort', {});
      await flow.ended();
      await flow.record('onboarding.aborted-blocked');
    },
  },
];
