import type { FlowInput, FlowState, WalletWithdrawalBody, WalletWithdrawalResult } from '../messages';
import { beginFlow } from './flow/begin';
import { withdrawalFault } from './stand-alone-bodies';
import { tellResidue } from './steps/residue';
import { withdrawFromWallet } from './steps/withdrawal';

/** Money out of a wallet: 创建提现订单, until 卡钱包流水 shows it paid out. What FalPay definitely failed waits for an operator. */
export async function walletWithdrawal(
  input: FlowInput<WalletWithdrawalBody>,
): Promise<FlowState<WalletWithdrawalResult>> {
  const plan = ['check-balance', 'create-withdrawal', 'withdrawal-result'];
  const flow = beginFlow('wallet-withdrawal', input, plan, withdrawalFault);
  const { walletId } = input.body;
  flow.know({ walletId });
  return flow.run(
    async () => ({ walletId, withdrawal: await withdrawFromWallet(flow) }),
    () => tellResidue(flow),
  );
}
