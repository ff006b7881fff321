import type { FlowInput, FlowState, WalletStatusChangeBody, WalletStatusChangeResult } from '../messages';
import { beginFlow } from './flow/begin';
import { statusChangeFault } from './stand-alone-bodies';
import { tellResidue } from './steps/residue';
import { changeWalletStatus } from './steps/wallet-status';

/** 修改卡钱包状态, until 查询卡钱包信息 shows the status that was asked for. */
export async function walletStatusChange(
  input: FlowInput<WalletStatusChangeBody>,
): Promise<FlowState<WalletStatusChangeResult>> {
  const flow = beginFlow('wallet-status-change', input, ['change-status'], statusChangeFault);
  const { walletId } = input.body;
  flow.know({ walletId });
  return flow.run(
    async () => ({ walletId, walletStatus: await changeWalletStatus(flow) }),
    () => tellResidue(flow),
  );
}
