/** What flows are told of settings and profile at their start. */
import { settleMsOf, type FalpayProfile } from '../falpay/contract/profile';
import type { CreatingOperation, FlowPolicy, OperationPolicy } from '../messages/policy';
import { withTimeouts } from './profile';
import type { Timings } from './timings';

const QUERIES = ['getMerchant', 'getWallet', 'listWalletFlows', 'listCardBins', 'getRechargeInfo', 'getCard'] as const;

/** @param config a loaded configuration; only its timings count */
export function flowPolicy(config: { readonly timings: Timings }, profile: FalpayProfile): FlowPolicy {
  const { operations, callbacks } = withTimeouts(profile, config.timings);
  const policyOf = (name: CreatingOperation): OperationPolicy => {
    const { timeoutMs, idempotent, lookup } = operations[name];
    // Without a look-up, or with one that shows booked movements only, "not found" proves nothing however long one waits.
    return lookup?.provesAbsence
      ? { timeoutMs, idempotent, absenceProvenAfterMs: settleMsOf(operations[name]) }
      : { timeoutMs, idempotent };
  };
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
    },
    queryTimeoutMs: Math.max(...QUERIES.map((name) => operations[name].timeoutMs)),
    waits: config.timings.waits,
    confirmCallbacks: callbacks.confirmByQuery,
    groupsSteps: true,
  };
}
