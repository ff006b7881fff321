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

/** No query of FalPay's shows what they created before its money has moved. */
export type UnlistedOperation = Extract<CreatingOperation, 'createRecharge' | 'createWithdrawal'>;

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
  'delivery',
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
  /** `FlowStep` names the kind of a step, `card` for the seventeenth card: absent in flows that began while it named each. */
  readonly groupsSteps?: true;
  /** Results are told to the backend; absent in flows that began before they were. */
  readonly tellsEvents?: true;
  /** Events are pushed to a webhook; without one they are kept for whoever asks. */
  readonly pushesEvents?: true;
  /** Wallets, orders and cards are told to the wallet's register; absent in flows that began before it was there. */
  readonly registers?: true;
  /**
   * A run after a reset or a restart looks for what an earlier one ordered before it asks for money, and tells it in its residue; blocks are named
   * so that no two runs share a name. Absent in flows that began before.
   */
  readonly mindsEarlierRuns?: true;
  /** A full inbox drops no callback that moves money; absent in flows that began before. */
  readonly keepsMoneyCallbacks?: true;
  /** 创建商户 that FalPay refused goes out under the next round's number; absent in flows that began before, which repeat the number. */
  readonly merchantRounds?: true;
  /** Pauses before a query that FalPay refuses is asked again, until a person is called; absent in flows that call one at once. */
  readonly refusedQueryPausesMs?: readonly number[];
  /** After its deadline a wait asks at pauses that double from the first to the longest; absent in flows that ask on every six hours. */
  readonly overduePaceMs?: { readonly first: number; readonly longest: number };
  /** Where a flow does several things at a time its reads are activities of their own; absent in flows that began before. */
  readonly readsAside?: true;
  /** The minor version with which the flow began: what changed since then without a name of its own asks {@link beganWith}. Absent before 0.3. */
  readonly release?: number;
  /** After so many messages a wallet's register continues as new. */
  readonly registerNewsPerRun?: number;
  /** A card's life, and what holds parked callbacks, continues as new at this length of its history; absent, as a rule: where Temporal suggests it. */
  readonly continueAtEvents?: number;
}

const HOUR_MS = 3_600_000;

/** How flows of this release differ from those recorded before it. */
export const CURRENT_WAYS = {
  mindsEarlierRuns: true,
  keepsMoneyCallbacks: true,
  merchantRounds: true,
  readsAside: true,
  release: 3,
  // A passing fault of FalPay's can look like a refusal; nobody is called for what is over within minutes.
  refusedQueryPausesMs: [1_000, 10_000, 60_000, 5 * 60_000],
  // A hundred cards that wait for months must fit in one history.
  overduePaceMs: { first: 6 * HOUR_MS, longest: 30 * 24 * HOUR_MS },
} as const satisfies Partial<FlowPolicy>;

/** Whether a flow began with this minor version or a later one: older ones go on as they began, so that they replay. */
export function beganWith({ release = 0 }: FlowPolicy, minor: number): boolean {
  return release >= minor;
}

/** The pause before one more look at what is overdue, or refused: twice as long each time. */
export function overduePauseMs({ first, longest }: NonNullable<FlowPolicy['overduePaceMs']>, looks: number): number {
  return Math.min(first * 2 ** looks, longest);
}

/** When a query lags a callback: the pauses before it is asked again. */
export const CONFIRM_LADDER_MS: readonly number[] = [1_000, 3_000, 10_000, 30_000, 60_000];
