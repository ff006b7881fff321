/** What a flow needs to know of settings and profile. Read once, at its start, and recorded in its history: a change reaches new flows only. */

export type CreatingOperation =
  | 'createMerchant'
  | 'updateMerchant'
  | 'openWallet'
  | 'createRecharge'
  | 'createWithdrawal'
  | 'updateWalletStatus'
  | 'createCardholder'
  | 'applyCard'
  | 'increaseCardLimit'
  | 'decreaseCardLimit';

export interface OperationPolicy {
  /** One HTTP call's limit. */
  readonly timeoutMs: number;
  readonly idempotent: 'confirmed' | 'assumed' | 'no';
  /** After this time "not found" proves absence; undefined where it proves nothing. */
  readonly absenceProvenAfterMs?: number;
}

export const WAIT_NAMES = [
  'merchant-audit',
  'wallet-audit',
  'wallet-recharge',
  'wallet-withdrawal',
  'wallet-status',
  'card-issue',
  'limit-change',
  'parked',
] as const;
export type WaitName = (typeof WAIT_NAMES)[number];

export interface WaitPolicy {
  /** Pauses between queries; the last one repeats. */
  readonly ladderMs: readonly number[];
  readonly deadlineMs: number;
}

export interface FlowPolicy {
  /** Those of later releases are absent in flows that began before, which do not call them. */
  readonly operations: Readonly<Record<CreatingOperation, OperationPolicy>>;
  /** Limit of one look-up call. */
  readonly queryTimeoutMs: number;
  /** As `operations`. */
  readonly waits: Readonly<Record<WaitName, WaitPolicy>>;
  /** Callbacks that open something or move money are confirmed by query. */
  readonly confirmCallbacks: boolean;
  /** Results are told to the backend; absent in flows that began before they were. */
  readonly tellsEvents?: true;
  /** Wallets, orders and cards are told to the wallet's register; absent in flows that began before it was there. */
  readonly registers?: true;
  /** A life continues as new at this length of its history; absent, as a rule: where Temporal suggests it. */
  readonly continueAtEvents?: number;
}

/** When a query lags a callback: the pauses before it is asked again. */
export const CONFIRM_LADDER_MS: readonly number[] = [1_000, 3_000, 10_000, 30_000, 60_000];
