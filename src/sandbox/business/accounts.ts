/** The names of the ledger's accounts. */

/** Banks and chains: where recharges come from and withdrawals go. */
export const BANK = 'external:bank';
/** The shops' side of card payments. */
export const SHOPS = 'external:shops';
/** What FalPay earned. */
export const FEES = 'falpay:fees';

export const available = (walletId: string): string => `wallet:${walletId}:available`;
export const frozen = (walletId: string): string => `wallet:${walletId}:frozen`;
/** A prepaid card's own money. A shared card has none: it spends its wallet's. */
export const cardAvailable = (cardId: string): string => `card:${cardId}:available`;
export const cardHeld = (cardId: string): string => `card:${cardId}:held`;
