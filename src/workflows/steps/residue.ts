/** What an aborted flow leaves behind at FalPay. */
import type { Residue } from '../../messages';
import { localReads, ownFacts } from '../flow/calls';
import type { Flow } from '../flow/flow';
import { tracesOfEarlierRuns } from './earlier-runs';

/** Asks for the balance once: an abort must come to its end while FalPay is down, too. */
export async function tellResidue(flow: Flow<unknown>): Promise<Residue> {
  const { mindsEarlierRuns } = flow.policy;
  const isLater = mindsEarlierRuns === true && flow.isLaterRun(await ownFacts.currentRun());
  const found = isLater ? await tracesOfEarlierRuns(flow) : { openOrders: [] };
  const { merchantId = found.merchantId, walletId = found.walletId } = flow.record.outputs;
  return {
    merchantId,
    walletId,
    balance: walletId === undefined ? undefined : await balanceOf(walletId),
    openOrders: [...new Set([...flow.openOrders, ...found.openOrders])],
  };
}

async function balanceOf(walletId: string): Promise<Residue['balance']> {
  try {
    const { found } = await localReads(`balance of wallet ${walletId}`).findWallet({ walletId });
    return found ? { available: found.availableBalance, currency: found.currency } : 'unknown';
  } catch {
    return 'unknown';
  }
}
