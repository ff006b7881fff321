import axios from 'axios';
import { Connection } from '@temporalio/client';
import type { Command } from 'commander';
import { loadCliConfig, type CliConfig } from '../config';
import { SEARCH_ATTRIBUTES, taskQueueFor } from '../messages';
import { connectionOptions } from '../temporal/connection';
import { CliFailure } from './failure';
import type { Io } from './io';
import { table } from './render';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found; of a failure, with its remedy. */
  readonly found: string;
}

const WITHIN_MS = 5_000;
const DAY_S = 86_400;
/** Of the queue's two kinds, the one that workflow tasks wait in. */
const WORKFLOW_QUEUE = 1;
/** Repeated starts are told from new ones for as long as the namespace retains. */
const RETENTION_DAYS = 90;

/** `doctor`: whether settings, Temporal, workers and gateway fit together, and what to do where they do not. */
export function doctorCommand(program: Command, io: Io): void {
  program
    .command('doctor')
    .description('check settings, Temporal, workers and gateway')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const config = loadCliConfig(io.env);
      const findings = [...(await lookAtTemporal(config)), await lookAtGateway(config)];
      if (json) io.out(JSON.stringify({ ok: findings.every(({ ok }) => ok), findings }));
      else io.out(table(findings.map(({ check, ok, found }) => [ok ? 'ok' : 'FAILED', check, found])));
      if (!findings.every(({ ok }) => ok)) throw new CliFailure('not everything is as it must be');
    });
}

async function lookAtTemporal({ temporal, environment }: CliConfig): Promise<readonly Finding[]> {
  const { address, namespace } = temporal;
  const connection = Connection.lazy({ ...connectionOptions(temporal), connectTimeout: WITHIN_MS });
  try {
    const reached = await attempt('Temporal', async () => {
      await connection.ensureConnected();
      return address;
    });
    if (!reached.ok)
      return [{ ...reached, found: `${address}: ${reached.found}; check TEMPORAL_ADDRESS and TEMPORAL_TLS_*` }];
    return await connection.withDeadline(Date.now() + WITHIN_MS, () =>
      Promise.all([
        attempt(`namespace ${namespace}`, () => retentionOf(connection, namespace)),
        attempt('search attributes', () => attributesOf(connection, namespace)),
        attempt('workers', () => pollersOf(connection, namespace, taskQueueFor(environment))),
      ]).then((findings) => [reached, ...findings]),
    );
  } finally {
    await connection.close();
  }
}

async function retentionOf({ workflowService }: Connection, namespace: string): Promise<string> {
  const { config } = await workflowService.describeNamespace({ namespace });
  const days = Math.floor(Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) / DAY_S);
  if (days >= RETENTION_DAYS) return `keeps ended flows for ${days} days`;
  return `keeps ended flows for ${days} days only: a number used before that is no longer known (${RETENTION_DAYS} is advised)`;
}

async function attributesOf({ operatorService }: Connection, namespace: string): Promise<string> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.keys(SEARCH_ATTRIBUTES).filter((name) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return 'all registered';
  throw new Error(`${missing.join(', ')} not registered: start a worker or a gateway, which register them`);
}

async function pollersOf({ workflowService }: Connection, namespace: string, name: string): Promise<string> {
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name },
    taskQueueType: WORKFLOW_QUEUE,
  });
  if (!pollers?.length) throw new Error(`nobody polls ${name}: start a worker with this CARDFLOW_ENVIRONMENT`);
  return `${pollers.length} on ${name}`;
}

async function lookAtGateway({ gatewayUrl }: CliConfig): Promise<Finding> {
  return attempt('gateway', async () => {
    const { status } = await axios
      .get(`${gatewayUrl}/readyz`, { timeout: WITHIN_MS, validateStatus: () => true, proxy: false })
      .catch((error: unknown) => {
        const code = axios.isAxiosError(error) ? error.code : String(error);
        throw new Error(`${gatewayUrl} does not answer (${code}): start it, or set GATEWAY_HOST and GATEWAY_PORT`);
      });
    if (status !== 200) throw new Error(`${gatewayUrl} answers, and is not ready (HTTP ${status}): its log says why`);
    return `${gatewayUrl} is ready`;
  });
}

async function attempt(check: string, look: () => Promise<string>): Promise<Finding> {
  try {
    return { check, ok: true, found: await look() };
  } catch (error) {
    return { check, ok: false, found: error instanceof Error ? error.message : String(error) };
  }
}
