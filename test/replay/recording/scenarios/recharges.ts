/** Money that does not come as it was ordered. */
import { ONE_CARD } from '../bodies';
import type { Scenario } from '../scenario';

const SHORT = { amount: '460.00', final: true };

export const recharges: readonly Scenario[] = [
  {
    records: ['onboarding.recharge-short', 'onboarding.recharge-short-accepted'],
    body: ONE_CARD,
    async run(flow) {
      await flow.toRecharge();
      await flow.pay(SHORT);
      const short = await flow.blockedBy('RECHARGE_SHORT');
      await flow.record('onboarding.recharge-short');
      await flow.correct(short, { accept: true });
      await flow.completed();
      await flow.record('onboarding.recharge-short-accepted');
    },
  },
  {
    records: ['onboarding.recharge-rest-ordered'],
    body: ONE_CARD,
    async run(flow) {
      await flow.toRecharge();
      await flow.pay(SHORT);
      await flow.correct(await flow.blockedBy('RECHARGE_SHORT'));
      await flow.waitsFor('wallet-recharge');
      await flow.pay({}, 'OR2');
      await flow.completed();
      await flow.record('onboarding.recharge-rest-ordered');
    },
  },
  {
    records: ['onboarding.recharge-in-parts'],
    body: ONE_CARD,
    async run(flow) {
      await flow.toRecharge();
      await flow.pay(SHORT);
      await flow.blockedBy('RECHARGE_SHORT');
      // More on the same order closes the block by itself.
      await flow.pay({ amount: '40.00' });
      await flow.completed();
      await flow.record('onboarding.recharge-in-parts');
    },
  },
  {
    records: ['onboarding.recharge-other-currency'],
    async run(flow) {
      await flow.toRecharge();
      await flow.pay({ amount: '500.00', currency: 'EUR' });
      await flow.blockedBy('CURRENCY_MISMATCH');
      await flow.record('onboarding.recharge-other-currency');
    },
  },
  {
    records: ['onboarding.recharge-failed-ordered-again'],
    body: ONE_CARD,
    async run(flow) {
      await flow.toRecharge();
      await flow.stack.control('POST', `/recharges/${flow.number}_OR1/fail`, {});
      await flow.correct(await flow.blockedBy('RECHARGE_FAILED'), { patch: { recharge: { amount: '600.00' } } });
      await flow.waitsFor('wallet-recharge');
      await flow.pay({}, 'OR1_r2');
      await flow.completed();
      await flow.record('onboarding.recharge-failed-ordered-again');
    },
  },
  {
    records: ['onboarding.choose-recharge-method', 'onboarding.recharge-method-chosen'],
    body: { ...ONE_CARD, recharge: { amount: '500.00', currency: 'USD' } },
    async run(flow) {
      await flow.toWalletAudit();
      await flow.decideWallet('APPROVED');
      const choose = await flow.blockedBy('CHOOSE_RECHARGE_METHOD');
      await flow.record('onboarding.choose-recharge-method');
      await flow.correct(choose, { patch: { recharge: { methodCode: 'CRYPTO' } } });
      await flow.waitsFor('wallet-recharge');
      await flow.record('onboarding.recharge-method-chosen');
    },
  },
];
