/** What a flow tells of itself: the answer of the `state` query, of the API, and the result of a closed flow. */
import type { CallbackTopic, MoneyTold } from './callback';
import type { CardLife } from './card';
import type { FlowKind } from './ids';
import type { ReconciliationOutput } from './reconciliation';
import type { WalletRegister } from './register';

export type Stage = 'RUNNING' | 'WAITING' | 'ACTION_REQUIRED' | 'BLOCKED' | 'COMPLETED' | 'ABORTED';
export type StepStatus = 'PENDING' | 'RUNNING' | 'WAITING' | 'DONE' | 'SKIPPED' | 'FAILED';

/** Work of the customer or the backend. */
export const ACTION_REQUIRED_REASONS = [
  'MERCHANT_REJECTED',
  'WALLET_REJECTED',
  'CARDHOLDER_REJECTED',
  'CARD_REFUSED',
  'RECHARGE_SHORT',
  'RECHARGE_FAILED',
  'CHOOSE_RECHARGE_METHOD',
] as const;
export type ActionRequiredReason = (typeof ACTION_REQUIRED_REASONS)[number];
/** Work of an operator. */
export const BLOCKED_REASONS = ['OUTCOME_UNKNOWN', 'MISMATCH', 'CURRENCY_MISMATCH', 'DEADLINE', 'INVALID'] as const;
export type BlockedReason = (typeof BLOCKED_REASONS)[number];
export type BlockReason = ActionRequiredReason | BlockedReason;
export const BLOCK_REASONS: readonly [BlockReason, ...BlockReason[]] = [...ACTION_REQUIRED_REASONS, ...BLOCKED_REASONS];

/** Whose work a block is: BLOCKED is the operator's, ACTION_REQUIRED the backend's. */
export function stageOf(reason: BlockReason): 'BLOCKED' | 'ACTION_REQUIRED' {
  return BLOCKED_REASONS.some((known) => known === reason) ? 'BLOCKED' : 'ACTION_REQUIRED';
}

export const ACTION_NAMES = ['correct', 'retry', 'amend', 'resolve', 'skip', 'abort'] as const;
export type ActionName = (typeof ACTION_NAMES)[number];
export const RECORDED_ACTIONS = [...ACTION_NAMES, 'restart'] as const;
export type RecordedAction = (typeof RECORDED_ACTIONS)[number];

/** Times are ISO 8601 in UTC everywhere in a state. */
export interface StepState {
  readonly name: string;
  status: StepStatus;
  startedAt?: string;
  endedAt?: string;
  /** Calls made to FalPay to bring the step about; look-ups do not count. */
  attempts: number;
  /** FalPay's id of what the step made, or our order number while that is unknown. */
  ref?: string;
}

export interface WaitState {
  readonly step: string;
  /** The callback that ends it, or what is asked about where none does. */
  readonly topic: CallbackTopic | 'card-issue' | 'wallet-status' | 'limit-change';
  readonly ref: string;
  readonly since: string;
  deadline: string;
  nextQueryAt: string;
}

export interface BlockState {
  readonly blockId: string;
  readonly step: string;
  readonly reason: BlockReason;
  readonly message: string;
  /** Paths of the start body that are at fault, where they are known. */
  readonly fields?: readonly string[];
  readonly actions: readonly ActionName[];
  /** Paths of the start body that `amend` and `correct` may patch. */
  readonly patchable?: readonly string[];
  /** `resolve` takes NOT_DONE as well: it ends the matter, where FalPay never will. */
  readonly endsNotDone?: true;
  readonly since: string;
}

export interface Payee {
  readonly accountName: string;
  readonly accountNo: string;
  readonly bankName?: string;
  readonly swiftCode?: string;
  readonly bankAddress?: string;
  readonly network?: string;
  readonly address?: string;
  readonly memo?: string;
}

/** Amounts are decimal strings in major units; `status` is FalPay's as received. */
export interface RechargeOutput {
  readonly rechargeOrderNo: string;
  readonly orderNo?: string;
  readonly amount: string;
  readonly currency: string;
  readonly credited?: string;
  readonly fee?: string;
  readonly payee?: Payee;
  readonly status: string;
}

/** Amounts are decimal strings in major units; `status` is FalPay's as received. */
export interface WithdrawalOutput {
  readonly withdrawOrderNo: string;
  readonly orderNo?: string;
  readonly amount: string;
  readonly currency: string;
  /** What the wallet was charged in all, the fee included. */
  readonly debited?: string;
  readonly fee?: string;
  readonly status: string;
  readonly error?: string;
}

export interface CardOutput {
  readonly cardOrderNo: string;
  readonly cardId?: string;
  readonly last4?: string;
  readonly status: string;
  readonly error?: string;
}

export interface Outputs {
  merchantId?: string;
  walletId?: string;
  /** The newest recharge order; earlier ones of the same flow are in `earlierRecharges`. */
  recharge?: RechargeOutput;
  earlierRecharges?: RechargeOutput[];
  /** The newest withdrawal order; earlier ones, which failed, are in `earlierWithdrawals`. */
  withdrawal?: WithdrawalOutput;
  earlierWithdrawals?: WithdrawalOutput[];
  /** FalPay's status of the wallet, where the flow is about it. */
  walletStatus?: string;
  /** Of a wallet's register. */
  wallet?: WalletRegister;
  /** Of a reconciliation. */
  reconciliation?: ReconciliationOutput;
  /** Where the flow is a card's life. */
  card?: CardLife;
  cards: CardOutput[];
}

export interface ActionRecord {
  readonly blockId?: string;
  /** `restart` stands first in the run that it began; the actions of the runs before are in those. */
  readonly action: RecordedAction;
  readonly actor: string;
  readonly reason: string;
  readonly at: string;
  /** Of the request, where it holds more than what stands here: a patch can hold identity data. Absent in runs that took it before there was one. */
  readonly digest?: string;
  /** Accepted, and then not carried out: FalPay settled the matter, or the flow was aborted, before it was. A patch stays applied. */
  superseded?: true;
}

/** What became of parked callbacks. */
export interface ParkedResult {
  readonly routed: number;
  readonly discarded: number;
  /** What the discarded ones of reconciliations told of money; absent where they told of none. */
  readonly discardedMoney?: readonly MoneyTold[];
}

/** What an aborted flow leaves behind at FalPay. */
export interface Residue {
  readonly merchantId?: string;
  readonly walletId?: string;
  /** `unknown` when FalPay could not be asked in time. */
  readonly balance?: { readonly available: string; readonly currency: string } | 'unknown';
  /** Order numbers of ours that FalPay may still act on. */
  readonly openOrders: readonly string[];
}

export interface FlowState<Result = unknown> {
  readonly workflowId: string;
  readonly kind: FlowKind;
  readonly number: string;
  stage: Stage;
  steps: StepState[];
  waits: WaitState[];
  blocks: BlockState[];
  outputs: Outputs;
  actions: ActionRecord[];
  /** A fault of the system that calls are waiting out; no person's work on this flow. */
  fault?: { readonly since: string; readonly message: string; readonly nextTryAt: string };
  result?: Result;
  /** Set by the reader when the flow could not be asked and this is what visibility knows. */
  stale?: true;
}
