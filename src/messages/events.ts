/** What flows tell the backend: each becomes a `delivery/{eventId}` flow, which pushes it. */
import type { FlowKind } from './ids';

export const EVENT_TYPES = [
  'flow.waiting',
  'flow.step_completed',
  'flow.action_required',
  'flow.blocked',
  'flow.completed',
  'flow.aborted',
  'card.issued',
  'card.authorization',
  'card.status',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface FlowEvent {
  readonly type: EventType;
  /** ISO 8601 in UTC: when it happened in the flow. */
  readonly timestamp: string;
  readonly flow: { readonly kind: FlowKind; readonly number: string };
  /** Rises by one from event to event, beginning with 1, also through continue-as-new; a restart or a reset begins anew. */
  readonly sequence: number;
  /** Names the fact itself, where it has a name: told a second time, by whichever run, it is no second event. */
  readonly key?: string;
  readonly details: Readonly<Record<string, unknown>>;
}
