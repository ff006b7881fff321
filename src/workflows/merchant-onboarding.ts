import type { FlowInput, FlowState, OnboardingBody, OnboardingResult } from '../messages';
import { beginFlow } from './flow/begin';
import { onboardingFault } from './onboarding-body';
import { tellResidue } from './steps/residue';
import { cardSteps, issueCards } from './steps/cards';
import { registerMerchant } from './steps/merchant';
import { rechargeWallet } from './steps/recharge';
import { openWallet } from './steps/wallet';

const PLAN = [
  'create-merchant',
  'merchant-audit',
  'open-wallet',
  'wallet-audit',
  'recharge-method',
  'create-recharge',
  'recharge-arrival',
];

/**
 * A merchant from 创建商户 to active cards, in one run: days or weeks long, and ended only by success or by an abort.
 * @returns the final state; its `result` holds the ids, or, after an abort, what is left behind at FalPay
 */
export async function merchantOnboarding(input: FlowInput<OnboardingBody>): Promise<FlowState<OnboardingResult>> {
  const flow = beginFlow('onboarding', input, [...PLAN, ...cardSteps(input.body.cards)], onboardingFault);
  return flow.run(
    async () => {
      const merchantId = await registerMerchant(flow);
      const walletId = await openWallet(flow, {
        merchantId,
        at: 'wallet',
        now: () => flow.body.wallet,
        patchable: ['wallet'],
      });
      const recharge = await rechargeWallet(flow, {
        walletId,
        at: 'recharge',
        now: () => flow.body.recharge,
        patchable: ['recharge'],
      });
      const cards = await issueCards(flow, { walletId, merchantId: () => merchantId, now: () => flow.body.cards });
      await recharge.recount();
      return { merchantId, walletId, recharge: recharge.newest, cards };
    },
    () => tellResidue(flow),
  );
}
