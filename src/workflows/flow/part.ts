/** What a step works from: the same step serves flows whose start bodies differ. */
import type { OrderKind, OrderStep } from '../../messages';
import { orderNoFor } from '../../messages';
import type { Flow } from './flow';

export interface Part<Data> {
  /** Where it stands in the start body: `wallet`; empty where it is the body itself. */
  readonly at: string;
  /** As it is now, with every accepted patch. */
  readonly now: () => Data;
  /** What a correction may change, as paths of the start body. */
  readonly patchable: readonly string[];
}

/** The path of a field within a part: `recharge.amount`, or `amount` where the part is the whole body. */
export function fieldAt(at: string, field: string): string {
  return at === '' ? field : `${at}.${field}`;
}

/** The order number of a step of this flow. */
export function orderNoIn(flow: Flow<unknown>, step: OrderStep, item: number, round: number): string {
  return orderNoFor({ kind: flow.state.kind as OrderKind, number: flow.input.number, step, item, round });
}
