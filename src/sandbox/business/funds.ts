/** Setting a wallet's money aside, and what happens when there is not enough. */
import type { Decimal } from 'decimal.js';
import { InsufficientFunds, money } from '../ledger/ledger';
import { Refusal } from '../refusal';
import type { World } from '../world';
import { available, frozen } from './accounts';
import type { Wallet } from './entities';

/** @throws Refusal INSUFFICIENT_BALANCE, and nothing has moved */
export function setAside(
  world: World,
  wallet: Pick<Wallet, 'walletId' | 'currency'>,
  { kind, ref, amount }: { readonly kind: string; readonly ref: string; readonly amount: Decimal },
): void {
  const { walletId, currency } = wallet;
  whenShort(currency, () =>
    world.ledger.move({
      kind,
      ref,
      at: world.clock.now(),
      from: available(walletId),
      to: frozen(walletId),
      currency,
      amount,
    }),
  );
}

/** Says to a caller what the ledger says to us: there is not enough. */
export function whenShort<T>(currency: string, book: () => T): T {
  try {
    return book();
  } catch (error) {
    if (!(error instanceof InsufficientFunds)) throw error;
    throw new Refusal(
      'INSUFFICIENT_BALANCE',
      `${money(error.wanted, currency)} ${currency} are needed, ${money(error.balance, currency)} are available`,
    );
  }
}
