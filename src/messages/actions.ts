/** The Updates by which people and backends steer a waiting flow, and the queries that show it. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ActionName, FlowState, Stage } from './state';

/** A part of the start body; array items by index: `{cards: {"1": {cardLimit: "20.00"}}}`. */
export type Patch = { readonly [field: string]: PatchValue };
export type PatchValue = string | boolean | null | readonly PatchValue[] | Patch;

export interface Request {
  readonly blockId: string;
  readonly reason: string;
  /** The API key's name; the Temporal UI's user when sent from there. */
  readonly actor: string;
}
export interface AmendRequest extends Request {
  readonly patch: Patch;
}
export interface CorrectRequest extends Request {
  /** Absent: try again as it is. */
  readonly patch?: Patch;
  /** Takes a short recharge as it is. */
  readonly accept?: boolean;
}
export interface ResolveRequest extends Request {
  readonly outcome: 'DONE' | 'NOT_DONE';
  /** FalPay's id of what was done; needed with DONE. */
  readonly ref?: string;
  /** Skips the check against FalPay's look-up. */
  readonly force?: boolean;
}
export type AbortRequest = Omit<Request, 'blockId'>;

/** Whether such a request says more than which block, who and why. */
export function saysMore(action: ActionName): boolean {
  return action === 'amend' || action === 'correct' || action === 'resolve';
}

export const stateQuery = defineQuery<FlowState>('state');
/** The start input with every accepted patch applied: what a restart begins with. Holds identity data. */
export const inputQuery = defineQuery<unknown>('input');

/**
 * What an accepted action answers with; the state, which can be long, is read apart. Flows that took an action before this was so have whole states
 * in their histories: nobody reads either.
 */
export interface Receipt {
  readonly stage: Stage;
  /** How many blocks still wait for somebody. */
  readonly openBlocks: number;
}

/** The backend's answer to ACTION_REQUIRED. */
export const correctUpdate = defineUpdate<Receipt, [CorrectRequest]>('correct');
export const retryUpdate = defineUpdate<Receipt, [Request]>('retry');
export const amendUpdate = defineUpdate<Receipt, [AmendRequest]>('amend');
export const resolveUpdate = defineUpdate<Receipt, [ResolveRequest]>('resolve');
export const skipUpdate = defineUpdate<Receipt, [Request]>('skip');
export const abortUpdate = defineUpdate<Receipt, [AbortRequest]>('abort');

/** Who pushes a delivery again that pauses: the server ends the pause, the flow keeps the record. */
export const hastenSignal = defineSignal<[AbortRequest]>('hasten');

/** `type` of the ApplicationFailure by which a flow refuses an action. */
export const REFUSAL = {
  /** No such block now: it was closed, or never was. 409. */
  stale: 'StaleBlock',
  /** This block does not take this action. 409. */
  notAllowed: 'ActionNotAllowed',
  /** The patch touches a field that it may not, or is malformed; the message names it. 422. */
  patch: 'PatchNotAllowed',
  /** A field of the request is missing or malformed. 422. */
  request: 'InvalidRequest',
  /** FalPay's look-up says otherwise; `force` overrides. 409. */
  contradicted: 'ResolutionContradicted',
  /** A call that moves money is under way; ask again in a moment. 409. */
  inFlight: 'CallInFlight',
  /** The number stands for another request. 409. */
  taken: 'NumberTaken',
  /** The flow has ended or is being aborted. 409. */
  closed: 'FlowClosed',
} as const;
