/** After a definite refusal: whoever owns the fault corrects the body, or the case ends. */
import type { ActionName, ActionRequiredReason } from '../../messages';
import type { Answer, BlockSpec } from './blocks';
import type { Refusal } from './failures';
import type { Flow } from './flow';
import { fieldAt } from './part';
import { hold } from './watch';

export interface Correction {
  /** FalPay's refusal is the backend's work under this reason; what our own model refuses is the operator's, as INVALID. */
  readonly reason: ActionRequiredReason | 'INVALID';
  /** Where the refused model stands in the start body: `cards.0.cardholder`; empty where it is the body itself. */
  readonly at: string;
  /** Default: all of `at`. */
  readonly patchable?: readonly string[];
  /** The item may be left out. */
  readonly skippable?: boolean;
}

export function correctionBlock({ reason, at, patchable = [at], skippable }: Correction, refusal: Refusal): BlockSpec {
  const invalid = refusal.kind === 'invalid' || reason === 'INVALID';
  const actions: ActionName[] = invalid ? ['amend', 'retry'] : ['correct', 'amend', 'retry'];
  if (skippable) actions.push('skip');
  return {
    reason: invalid ? 'INVALID' : reason,
    message: refusal.message,
    fields: refusal.fields?.map((field) => fieldAt(at, field)),
    actions,
    patchable,
  };
}

/** Waits for the correction; the patch is applied to the flow's body before this returns. */
export function askForCorrection(
  flow: Flow<unknown>,
  step: string,
  correction: Correction,
  refusal: Refusal,
): Promise<Answer> {
  return hold(flow, step, correctionBlock(correction, refusal));
}
