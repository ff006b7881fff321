/** Audits that FalPay rejects, and what follows. */
import { ONE_CARD } from '../bodies';
import type { Scenario } from '../scenario';

const ADDRESS = { merchant: { company: { address: '2 Better Road, Hong Kong' } } };

export const audits: readonly Scenario[] = [
  {
    records: ['onboarding.merchant-rejected', 'onboarding.merchant-corrected'],
    body: ONE_CARD,
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.decideMerchant('REJECTED', 'the address does not match the licence');
      const rejected = await flow.blockedBy('MERCHANT_REJECTED');
      await flow.record('onboarding.merchant-rejected');
      await flow.correct(rejected, { patch: ADDRESS });
      await flow.waitsFor('merchant-audit');
      await flow.decideMerchant('APPROVED');
      await flow.finishFromWalletAudit();
      await flow.record('onboarding.merchant-corrected');
    },
  },
  {
    records: ['onboarding.wallet-rejected', 'onboarding.wallet-next-round'],
    body: ONE_CARD,
    async run(flow) {
      await flow.toWalletAudit();
      await flow.decideWallet('REJECTED', 'the wallet name is taken');
      const rejected = await flow.blockedBy('WALLET_REJECTED');
      await flow.record('onboarding.wallet-rejected');
      await flow.correct(rejected, { patch: { wallet: { walletName: 'Starbridge USD 2' } } });
      await flow.waitsFor('wallet-audit');
      await flow.decideWallet('APPROVED', undefined, '_r2');
      await flow.finishFromRecharge();
      await flow.record('onboarding.wallet-next-round');
    },
  },
];
