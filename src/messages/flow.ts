/** The envelope of every flow's start: workflow types, the input, and the memo that tells the same input from another. */
import type { CallbackEvent } from './callback';
import type { FlowKind } from './ids';

export const WORKFLOW_TYPES = {
  onboarding: 'merchantOnboarding',
  'wallet-opening': 'walletOpening',
  'wallet-recharge': 'walletRecharge',
  'wallet-withdrawal': 'walletWithdrawal',
  'wallet-status-change': 'walletStatusChange',
  'card-issuance': 'cardIssuance',
  card: 'card',
  wallet: 'wallet',
  delivery: 'delivery',
  reconciliation: 'reconciliation',
  parked: 'parkedCallback',
} as const satisfies Record<FlowKind, string>;

export interface FlowInput<Body> {
  readonly number: string;
  /** CARDFLOW_ENVIRONMENT of whoever started it; a worker of another environment refuses the flow. */
  readonly environment: string;
  /** True when an operator restarted an ended flow: each step's first act is the look-up. */
  readonly restarted?: boolean;
  /** Who restarted it and why; absent in runs that began before it was recorded. */
  readonly restart?: { readonly actor: string; readonly reason: string };
  /** Of a restarted flow: the callbacks of the runs before. FalPay got its acknowledgement for them and tells them no more. */
  readonly heard?: readonly CallbackEvent[];
  readonly body: Body;
}

/** Memo key: SHA-256 of the start body in canonical JSON. */
export const INPUT_DIGEST_MEMO = 'inputDigest';

/** Memo key: who restarted the flow and why, of a run that a restart began. */
export const RESTART_MEMO = 'restart';

/** One worker fleet and one task queue per environment. */
export function taskQueueFor(environment: string): string {
  return `cardflow-${environment}`;
}

/** The reverse of {@link taskQueueFor}. */
export function environmentOf(taskQueue: string): string {
  return taskQueue.replace(/^cardflow-/, '');
}
