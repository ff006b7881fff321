import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { isGrpcServiceError, type WorkflowService } from '@temporalio/client';
import {
  FLOW_KINDS,
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
  parseWorkflowId,
  taskQueueFor,
  type BlockReason,
  type FlowKind,
  type SearchAttributeName,
  type Stage,
} from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';
import { InvalidInputError } from './errors';
import { pageToken, placeOf } from './page-token';
import { stageFor } from './read';

export interface ListRequest {
  readonly stage?: Stage;
  readonly kind?: FlowKind;
  readonly merchantOrderNo?: string;
  readonly reason?: BlockReason;
  /** 1 to 200; default 50. */
  readonly pageSize?: number;
  readonly nextPageToken?: string;
}

export interface FlowItem {
  readonly workflowId: string;
  readonly kind: FlowKind;
  readonly number: string;
  /** The workflow type. */
  readonly type: string;
  readonly stage: Stage;
  /** Absent until the flow has begun its first step. */
  readonly step?: string;
  readonly reason?: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
}

export interface FlowPage {
  readonly items: readonly FlowItem[];
  readonly nextPageToken?: string;
}

export const DEFAULT_PAGE_SIZE = 50;
const LONGEST_PAGE = 200;
/** A query with more of them grows beyond what every server takes. */
const IDS_ASKED_AT_ONCE = 50;
/** Of a flow that lives on under its id, only the run that does. */
const NOT_CONTINUED = "ExecutionStatus != 'ContinuedAsNew'";
/** The status of an execution, as visibility tells it. */
export const RUNNING = 1;
/** gRPC status: the request is at fault. */
const INVALID_ARGUMENT = 3;

/**
 * Flows of this environment from visibility, open ones first, then the latest: a second or so behind the flows themselves.
 *
 * @throws InvalidInputError a page token that is not of this list
 * @throws TemporalUnavailableError
 */
export async function listFlows(context: FlowContext, request: ListRequest): Promise<FlowPage> {
  const { temporal, limits, environment } = context;
  const query = visibilityQuery(environment, request);
  // The server takes a token it cannot read, or one of another list, for a fault of its own: so each carries a mark of its list.
  const nextPageToken = request.nextPageToken === undefined ? undefined : placeOf(request.nextPageToken, query);
  const page = await within(temporal, limits.callMs, () =>
    temporal.workflowService.listWorkflowExecutions({
      namespace: temporal.options.namespace,
      query,
      pageSize: request.pageSize ?? DEFAULT_PAGE_SIZE,
      nextPageToken,
    }),
  );
  return {
    items: (await latestRuns(context, page.executions)).flatMap((execution) => itemOf(execution) ?? []),
    ...(page.nextPageToken?.length && { nextPageToken: pageToken(page.nextPageToken, query) }),
  };
}

/**
 * Every open flow of this environment that has a block and that a visibility query finds, besides the filters, in the order of the list.
 *
 * @throws InvalidInputError the server cannot read the query
 * @throws TemporalUnavailableError
 */
export async function blockedFlows(
  context: FlowContext,
  {
    query,
    stage,
    kind,
    merchantOrderNo,
  }: Pick<ListRequest, 'stage' | 'kind' | 'merchantOrderNo'> & { readonly query?: string },
): Promise<readonly FlowItem[]> {
  const { environment } = context;
  const ours = `${visibilityQuery(environment, { stage, kind, merchantOrderNo })} AND FlowStage IN ('BLOCKED', 'ACTION_REQUIRED') AND ExecutionStatus = 'Running'`;
  const found: FlowItem[] = [];
  try {
    for await (const page of pagesWhere(context, query === undefined ? ours : `(${query}) AND ${ours}`)) {
      // A query with brackets of its own may reach beyond ours.
      const own = page.filter(({ taskQueue, status }) => taskQueue === taskQueueFor(environment) && status === RUNNING);
      found.push(...own.flatMap((execution) => itemOf(execution) ?? []));
    }
  } catch (error) {
    throw query === undefined ? error : queryFault(error);
  }
  // A page that shifts under the reader may repeat one.
  return [...new Map(found.map((item) => [item.workflowId, item])).values()];
}

function queryFault(error: unknown): unknown {
  if (!isGrpcServiceError(error) || Number(error.code) !== INVALID_ARGUMENT) return error;
  return new InvalidInputError([{ path: 'query', message: `Temporal cannot read it: ${error.details}` }]);
}

/**
 * A restarted flow has several runs, of which the last one counts. It may stand on another page or, at another stage, on none: so flows with a run
 * that has ended are asked for by their ids.
 */
async function latestRuns(context: FlowContext, executions: readonly Execution[]): Promise<readonly Execution[]> {
  const latest = new Map<string, Execution>();
  const count = (execution: Execution) => {
    const id = workflowIdOf(execution);
    const known = latest.get(id);
    if (known === undefined || startedNanos(execution) > startedNanos(known)) latest.set(id, execution);
  };
  executions.forEach(count);
  const ended = [...latest.values()].filter(({ status }) => status !== RUNNING).map(workflowIdOf);
  for (let from = 0; from < ended.length; from += IDS_ASKED_AT_ONCE) {
    const ids = ended.slice(from, from + IDS_ASKED_AT_ONCE);
    for await (const page of pagesWhere(context, runsQuery(context, ids))) page.forEach(count);
  }
  return executions.filter(
    (execution) => execution.execution?.runId === latest.get(workflowIdOf(execution))?.execution?.runId,
  );
}

/** The query for all runs of these flows, except those that were continued. */
export function runsQuery({ environment }: FlowContext, workflowIds: readonly string[]): string {
  return `TaskQueue = ${quoted(taskQueueFor(environment))} AND WorkflowId IN (${workflowIds.map(quoted).join(', ')}) AND ${NOT_CONTINUED}`;
}

/** What visibility finds, page by page. @throws TemporalUnavailableError */
export async function* pagesWhere(
  { temporal, limits }: FlowContext,
  query: string,
): AsyncGenerator<readonly Execution[]> {
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await within(temporal, limits.callMs, () =>
      temporal.workflowService.listWorkflowExecutions({
        namespace: temporal.options.namespace,
        query,
        pageSize: LONGEST_PAGE,
        nextPageToken,
      }),
    );
    yield page.executions;
    nextPageToken = page.nextPageToken?.length ? page.nextPageToken : undefined;
  } while (nextPageToken);
}

/** Text as a literal of a visibility query. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

export function visibilityQuery(environment: string, { stage, kind, merchantOrderNo, reason }: ListRequest): string {
  const terms = [
    `TaskQueue = ${quoted(taskQueueFor(environment))}`,
    kind ? typesTerm([kind]) : EVERY_KIND,
    NOT_CONTINUED,
  ];
  if (stage) terms.push(stageTerm(stage));
  if (merchantOrderNo !== undefined) terms.push(`MerchantOrderNo = ${quoted(merchantOrderNo)}`);
  if (reason) terms.push(`BlockedReason = ${quoted(reason)}`, "ExecutionStatus = 'Running'");
  return terms.join(' AND ');
}

function typesTerm(kinds: readonly FlowKind[]): string {
  return `WorkflowType IN (${kinds.map((kind) => quoted(WORKFLOW_TYPES[kind])).join(', ')})`;
}

/** Each flow has many deliveries: unless they are asked for, only those show that wait for a person. */
const EVERY_KIND = `(${typesTerm(FLOW_KINDS.filter((kind) => kind !== 'delivery'))} OR (${typesTerm(['delivery'])} AND ${stageTerm('BLOCKED')}))`;

/** A terminated flow keeps the stage of its last moment; it is over all the same. */
function stageTerm(stage: Stage): string {
  switch (stage) {
    case 'COMPLETED':
      return "FlowStage = 'COMPLETED'";
    case 'ABORTED':
      return "(FlowStage = 'ABORTED' OR ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled'))";
    case 'RUNNING':
    case 'WAITING':
    case 'ACTION_REQUIRED':
    case 'BLOCKED':
      return `FlowStage = ${quoted(stage)} AND ExecutionStatus = 'Running'`;
  }
}

export type Execution = Awaited<ReturnType<WorkflowService['listWorkflowExecutions']>>['executions'][number];

const STATUS_NAMES: Readonly<Record<number, string>> = { 1: 'RUNNING', 2: 'COMPLETED' };

function itemOf(execution: Execution): FlowItem | undefined {
  const workflowId = workflowIdOf(execution);
  const name = parseWorkflowId(workflowId);
  if (!name) return undefined;
  const open = execution.status === RUNNING;
  return {
    workflowId,
    ...name,
    type: execution.type?.name ?? '',
    stage: stageFor(STATUS_NAMES[execution.status ?? 0] ?? 'CLOSED', keyword(execution, 'FlowStage')),
    step: keyword(execution, 'FlowStep'),
    ...(open && { reason: keyword(execution, 'BlockedReason') }),
    startedAt: isoTime(execution.startTime),
  };
}

/** Search attributes are never encrypted: the plain converter reads them. */
export function keyword(execution: Execution, name: SearchAttributeName): string | undefined {
  const payload: Payload | undefined = execution.searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTES[name].name];
  const value = payload ? defaultPayloadConverter.fromPayload<unknown>(payload) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function workflowIdOf({ execution }: Execution): string {
  return execution?.workflowId ?? '';
}

export function startedNanos({ startTime }: Execution): bigint {
  return BigInt(String(startTime?.seconds ?? 0)) * 1_000_000_000n + BigInt(startTime?.nanos ?? 0);
}

function isoTime(time: Execution['startTime']): string {
  const seconds = Number(time?.seconds ?? 0);
  return new Date(seconds * 1_000 + Math.floor((time?.nanos ?? 0) / 1e6)).toISOString();
}
