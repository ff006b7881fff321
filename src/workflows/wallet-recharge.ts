import type { FlowInput, FlowState, WalletRechargeBody, WalletRechargeResult } from '../messages';
import { beginFlow } from './flow/begin';
import { rechargeFault } from './stand-alone-bodies';
import { rechargeWallet } from './steps/recharge';
import { tellResidue } from './steps/residue';

/**
 * Money for an approved wallet: 创建充值订单, until enough has arrived. Payee and amount stand in the outputs as soon as the order is about to be
 * placed. The currency is the wallet's and stays: an order in another is another flow.
 */
export async function walletRecharge(input: FlowInput<WalletRechargeBody>): Promise<FlowState<WalletRechargeResult>> {
  const plan = ['recharge-method', 'create-recharge', 'recharge-arrival'];
  const flow = beginFlow('wallet-recharge', input, plan, rechargeFault);
  const { walletId } = input.body;
  flow.know({ walletId });
  return flow.run(
    async () => {
      const recharge = await rechargeWallet(flow, {
        walletId,
        at: '',
        now: () => flow.body,
        patchable: ['amount', 'methodCode', 'minCredited', 'voucherKey', 'remark'],
      });
      await recharge.recount();
      return { walletId, recharge: recharge.newest };
    },
    () => tellResidue(flow),
  );
}
