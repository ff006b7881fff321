/** What flows are told of settings and profile at their start. */
import { settleMsOf, type FalpayProfile } from '../falpay/contract/profile';
import { CURRENT_WAYS, type CreatingOperation, type FlowPolicy, type OperationPolicy } from '../messages/policy';
import { withTimeouts } from './profile';
import type { Timings } from './timings';
import type { WebhookConfig } from './webhook';

const QUERIES = [
  'getMerchant',
  'getWallet',
  'listWalletFlows',
  'listCardBins',
  'getRechargeInfo',
  'getCard',
  'listCardPayOrders',
  'listCardFees',
  'getCardPayOrder',
] as const;

/** @param config a loaded configuration; only its timings count, and whether there is a webhook */
export function flowPolicy(
  config: { readonly timings: Timings; readonly webhook?: WebhookConfig },
  profile: FalpayProfile,
): FlowPolicy {
  const { operations, callbacks } = withTimeouts(profile, config.timings);
  const policyOf = (name: CreatingOperation): OperationPolicy => {
    const { timeoutMs, idempotent, lookup } = operations[name];
    // Without a look-up, or with one that shows booked movements only, "not found" proves nothing however long one waits.
    return lookup?.provesAbsence
      ? { timeoutMs, idempotent, absenceProvenAfterMs: settleMsOf(operations[name]) }
      : { timeoutMs, idempotent };
  };
  // No query knows a limit change by its number. The flow has a proof of its own: the limit is exactly what it was before.
  const limitPolicy = (name: 'increaseCardLimit' | 'decreaseCardLimit'): OperationPolicy => ({
    ...policyOf(name),
    absenceProvenAfterMs: settleMsOf(operations[name]),
  });
  return {
    operations: {
      createMerchant: policyOf('createMerchant'),
      updateMerchant: policyOf('updateMerchant'),
      openWallet: policyOf('openWallet'),
      createRecharge: policyOf('createRecharge'),
      createWithdrawal: policyOf('createWithdrawal'),
      updateWalletStatus: policyOf('updateWalletStatus'),
      createCardholder: policyOf('createCardholder'),
      applyCard: policyOf('applyCard'),
      increaseCardLimit: limitPolicy('increaseCardLimit'),
      decreaseCardLimit: limitPolicy('decreaseCardLimit'),
    },
    queryTimeoutMs: Math.max(...QUERIES.map((name) => operations[name].timeoutMs)),
    waits: config.timings.waits,
    confirmCallbacks: callbacks.confirmByQuery,
    ...CURRENT_WAYS,
    registers: true,
    tellsEvents: true,
    ...(config.webhook && { pushesEvents: true }),
    groupsSteps: true,
  };
}
