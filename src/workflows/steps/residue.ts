/** What an aborted flow leaves behind at FalPay. */
import type { Residue } from '../../messages';
import { localReads } from '../flow/calls';
import type { Flow } from '../flow/flow';

/** Asks for the balance once: an abort must come to its end while FalPay is down, too. */
export async function tellResidue(flow: Flow<unknown>): Promise<Residue> {
  const { merchantId, walletId } = flow.record.outputs;
  return {
    merchantId,
    walletId,
    balance: walletId === undefined ? undefined : await balanceOf(walletId),
    openOrders: [...flow.openOrders],
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
