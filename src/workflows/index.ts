/** What the worker's bundle holds: one export per workflow type. */
export { card } from './card';
export { cardIssuance } from './card-issuance';
export { delivery } from './delivery';
export { merchantOnboarding } from './merchant-onboarding';
export { parkedCallback } from './parked-callback';
export { reconciliation, scheduledReconciliation } from './reconciliation';
export { reconciliationReport } from './reconciliation-report';
export { wallet } from './wallet';
export { walletOpening } from './wallet-opening';
export { walletReconciliation } from './wallet-reconciliation';
export { walletRecharge } from './wallet-recharge';
export { walletStatusChange } from './wallet-status-change';
export { walletWithdrawal } from './wallet-withdrawal';
