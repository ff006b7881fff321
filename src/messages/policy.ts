/** What a flow needs to know of settings and profile. Read once, at its start, and recorded in its history: a change reaches new flows only. */

export type CreatingOperation =
  | 'createMerchant'
  | 'updateMerchant'
  | 'openWallet'
  | 'createRecharge'
  | 'createWithdrawal'
  | 'updateWalletStatus'
  | 'createCardholder'
  | 'applyCard';

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
  'parked',
] as const;
export type WaitName = (typeof WAIT_NAMES)[number];

export interface WaitPolicy {
  /** Pauses between queries; the last one repeats. */
  readonly ladderMs: readonly number[];
  readonly deadlineMs: number;
}

export interface FlowPolicy {
  readonly operations: Readonly<Record<CreatingOperation, OperationPolicy>>;
  /** Limit of one look-up call. */
  readonly queryTimeoutMs: number;
  readonly waits: Readonly<Record<WaitName, WaitPolicy>>;
  /** Callbacks that open something or move money are confirmed by query. */
  readonly confirmCallbacks: boolean;
  /** `FlowStep` names the kind of a step, `card` for the seventeenth card: absent in flows that began while it named each. */
  readonly groupsSteps?: true;
  /** Results are told to the backend; absent in flows that began before they were. */
  readonly tellsEvents?: true;
  /** Wallets, orders and cards are told to the wallet's register; absent in flows that began before it was there. */
  readonly registers?: true;
}

/** When a query lags a callback: the pauses before it is asked again. */
export const CONFIRM_LADDER_MS: readonly number[] = [1_000, 3_000, 10_000, 30_000, 60_000];
