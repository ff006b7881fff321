import type { FlowInput, FlowState, WalletOpeningBody, WalletOpeningResult } from '../messages';
import { beginFlow } from './flow/begin';
import { openingFault } from './stand-alone-bodies';
import { tellResidue } from './steps/residue';
import { openWallet } from './steps/wallet';

/** One more wallet of a merchant: 开通卡钱包, until its audit has approved it. A rejection is corrected, and opens the next round. */
export async function walletOpening(input: FlowInput<WalletOpeningBody>): Promise<FlowState<WalletOpeningResult>> {
  const flow = beginFlow('wallet-opening', input, ['open-wallet', 'wallet-audit'], openingFault);
  const { merchantId } = input.body;
  flow.know({ merchantId });
  return flow.run(
    async () => {
      const walletId = await openWallet(flow, {
        merchantId,
        at: '',
        now: () => ({ currency: flow.body.currency, walletName: flow.body.walletName }),
        patchable: ['currency', 'walletName'],
      });
      return { merchantId, walletId };
    },
    () => tellResidue(flow),
  );
}
