import { WorkflowClient, type Client } from '@temporalio/client';

/** What every part of this folder works with. */
export interface FlowContext {
  readonly temporal: Client;
  /** A client whose queries closed flows refuse: one round trip tells open from closed. */
  readonly openOnly: WorkflowClient;
  /** CARDFLOW_ENVIRONMENT: names the task queue, stands in each flow's input. */
  readonly environment: string;
  readonly limits: Limits;
}

/** Milliseconds. */
export interface Limits {
  /** Start, signal, describe, list. */
  readonly callMs: number;
  /** A query: a worker must answer. */
  readonly queryMs: number;
  /** An action: the flow may have to ask FalPay first. */
  readonly actionMs: number;
}

export const DEFAULT_LIMITS: Limits = { callMs: 5_000, queryMs: 1_500, actionMs: 20_000 };

export function flowContext(temporal: Client, environment: string, limits: Partial<Limits> = {}): FlowContext {
  return {
    temporal,
    openOnly: new WorkflowClient({
      ...temporal.workflow.options,
      connection: temporal.connection,
      queryRejectCondition: 'NOT_OPEN',
    }),
    environment,
    limits: { ...DEFAULT_LIMITS, ...limits },
  };
}
