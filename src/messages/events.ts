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

/** What a flow tells its outbox. */
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

/** An event as the backend gets it, pushed or asked for: the start body of its delivery, and part of that flow's memo. */
export interface BackendEvent {
  /** The number of its delivery; the same event has the same id however often it comes. */
  readonly id: string;
  readonly type: EventType;
  readonly timestamp: string;
  readonly data: EventData;
}

export interface EventData {
  readonly flow: FlowEvent['flow'];
  /** Which run of the flow told it: sequences are counted within a run. */
  readonly run: string;
  readonly sequence: number;
  readonly [detail: string]: unknown;
}

/** What became of a delivery. */
export interface DeliveryResult {
  readonly outcome: 'DELIVERED' | 'NOT_PUSHED' | 'GIVEN_UP';
}

/** The step a delivery ends with, by which a list tells what became of it. */
export const DELIVERY_STEPS = { push: 'push', keep: 'keep', giveUp: 'give-up' } as const;

/** Memo key: the {@link BackendEvent}, so that a list of deliveries is a list of events. A second delivery of the same event has none. */
export const EVENT_MEMO = 'event';
