/** What the worker's bundle holds: one export per workflow type. */
export { card } from './card';
export { cardIssuance } from './card-issuance';
export { merchantOnboarding } from './merchant-onboarding';
export { parkedCallback } from './parked-callback';
export { walletOpening } from './wallet-opening';
export { walletRecharge } from './wallet-recharge';
export { walletStatusChange } from './wallet-status-change';
export { walletWithdrawal } from './wallet-withdrawal';
