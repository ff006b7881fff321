import { dirname } from 'node:path';
import type { FlowState } from '../messages/state';
import { duration } from './report';
import type { TemporalAt } from './stack';
import type { Timings } from './timings';

export interface StartResult {
  readonly ok: boolean;
  readonly state: FlowState;
  readonly timings: Timings;
  readonly temporal: TemporalAt;
  readonly gateway: { readonly url: string };
  readonly sandbox: { readonly url: string; readonly ledger: unknown };
}

/** The flow's page in the Temporal UI. */
export function flowPage({ ui, namespace }: TemporalAt, workflowId: string): string | undefined {
  return ui === undefined ? undefined : `${ui}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}

/**
 * What a person wants to know at the end.
 *
 * @param apiKeyFile holds a backend's key for the gateway
 * @param staysUp whether the servers go on running, so that the commands work at once
 */
export function summary(result: StartResult, apiKeyFile: string, staysUp: boolean): string {
  const { state, timings, temporal, gateway, sandbox } = result;
  const { merchantId, walletId, recharge, cards } = state.outputs;
  const page = flowPage(temporal, state.workflowId);
  return [
    '',
    `${state.workflowId}: ${state.stage} in ${duration(timings.totalMs)}`,
    `  merchant   ${merchantId ?? '-'}`,
    `  wallet     ${walletId ?? '-'}`,
    recharge === undefined
      ? '  recharge   -'
      : `  recharge   ${recharge.orderNo ?? recharge.rechargeOrderNo}  ordered ${recharge.amount}, credited ${recharge.credited ?? '-'} ${recharge.currency}  ${recharge.status}`,
    ...cards.map(
      ({ cardId, cardOrderNo, last4, status }) =>
        `  card       ${cardId ?? cardOrderNo}  ${last4 === undefined ? '' : `•••• ${last4}  `}${status}`,
    ),
    ...state.blocks.map(({ step, reason, message }) => `  ✖ ${step}: ${reason}: ${message}`),
    '',
    ...timings.steps.map(
      ({ name, status, tookMs }) =>
        `  ${name.padEnd(28)} ${tookMs === undefined ? status.toLowerCase() : duration(tookMs)}`,
    ),
    `  waiting for FalPay ${duration(timings.waitingForFalpayMs)} · calls to FalPay ${duration(timings.callingFalpayMs)} · orchestration ${duration(timings.orchestrationMs)}`,
    '',
    ...(page === undefined ? [] : [`Temporal UI  ${page}`]),
    `Gateway      ${gateway.url}/docs`,
    `Sandbox      ${sandbox.url}/sandbox`,
    `API keys     ${dirname(apiKeyFile)}`,
    '',
    staysUp ? 'Try next:' : 'Try next, while `npm start` runs:',
    ...commands(result, apiKeyFile).map((command) => `  ${command}`),
    '',
  ].join('\n');
}

function commands({ state, temporal, gateway }: StartResult, apiKeyFile: string): readonly string[] {
  const settings = `CARDFLOW_ENVIRONMENT=local TEMPORAL_ADDRESS=${temporal.address}`;
  return [
    `curl -H "Authorization: Bearer $(cat ${quoted(apiKeyFile)})" ${gateway.url}/v1/onboardings/${state.number}`,
    `${settings} npx cardflow status ${state.workflowId}`,
    `${settings} npx cardflow list`,
  ];
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
