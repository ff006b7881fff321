/** Reconciliations on demand, and reading what any of them found. */
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';
import {
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
  daysBetween,
  isDay,
  reconciliationNumber,
  reportPageNumber,
  taskQueueFor,
  walletPartNumber,
  workflowIdFor,
  type FlowInput,
  type FlowState,
  type ReconciliationBody,
  type ReconciliationOutput,
  type ReportEntry,
  type WalletLine,
  type WalletSummary,
} from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';
import { FlowNotFoundError, FlowUnresponsiveError, InvalidInputError } from './errors';
import { openState, readState } from './read';
import { firstState } from './start';
import { isOver } from './watch';

/** Days, `yyyy-MM-dd` in FalPay's zone, both included. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** One wallet of a report; without summary where its part cannot be read, or has not ended. */
export interface WalletReport extends WalletLine {
  readonly summary?: WalletSummary;
  readonly entries: readonly ReportEntry[];
}

export interface ReconciliationReport {
  readonly number: string;
  readonly stage: FlowState['stage'];
  readonly reconciliation: ReconciliationOutput;
  readonly wallets: readonly WalletReport[];
}

/** Wallets whose pages are fetched side by side. */
const READ_AT_ONCE = 8;
/** A year. */
const DAYS_AT_ONCE = 366;
/** UTC+14. */
const EARLIEST_ZONE_MS = 14 * 3_600_000;

/**
 * Reconciles the days now, also those that were reconciled before: what agrees is not changed by it. One of the same days that is under way is joined.
 *
 * @throws InvalidInputError, TemporalUnavailableError
 */
export async function reconcile(context: FlowContext, { from, to }: Days): Promise<FlowState> {
  checkDays({ from, to });
  const { temporal, environment, limits } = context;
  const number = reconciliationNumber(from, to);
  const input: FlowInput<ReconciliationBody> = { number, environment, body: { from, to } };
  try {
    await within(temporal, limits.callMs, () =>
      temporal.workflow.start(WORKFLOW_TYPES.reconciliation, {
        workflowId: workflowIdFor('reconciliation', number),
        taskQueue: taskQueueFor(environment),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        args: [input],
        staticSummary: `Reconciliation of ${from === to ? from : `${from} to ${to}`}, on demand`,
        typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' }],
      }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return (await openState(context, 'reconciliation', number)) ?? firstState('reconciliation', number);
  }
  return firstState('reconciliation', number);
}

/**
 * What a reconciliation found, wallet by wallet; of one under way, of the wallets that are done.
 *
 * @param number `2026-01-31`, or `2026-01-01..2026-01-31`
 * @throws FlowNotFoundError, FlowUnresponsiveError, TemporalUnavailableError
 */
export async function readReport(context: FlowContext, number: string): Promise<ReconciliationReport> {
  const { stage, outputs, stale } = await readState(context, 'reconciliation', number);
  const { reconciliation } = outputs;
  if (!reconciliation && stale && !isOver({ stage }))
    throw new FlowUnresponsiveError(`reconciliation/${number} runs, and no worker answers for it`);
  if (!reconciliation) throw new FlowNotFoundError('reconciliation', number);
  const lines = [...reconciliation.wallets];
  const wallets: WalletReport[] = [];
  while (lines.length > 0)
    wallets.push(
      ...(await Promise.all(lines.splice(0, READ_AT_ONCE).map((line) => walletReport(context, number, line)))),
    );
  return { number, stage, reconciliation, wallets };
}

async function walletReport(context: FlowContext, number: string, line: WalletLine): Promise<WalletReport> {
  const { walletId } = line;
  const part = await resultOfPart<FlowState<WalletSummary>>(context, walletPartNumber(number, walletId));
  const summary = part?.stage === 'COMPLETED' ? part.result : undefined;
  const entries: ReportEntry[] = [];
  for (let page = 1; page <= (summary?.pages ?? 0); page += 1)
    entries.push(
      ...((await resultOfPart<readonly ReportEntry[]>(context, reportPageNumber(number, walletId, page))) ?? []),
    );
  return { ...line, ...(summary && { summary }), entries };
}

/** Undefined for a part that the namespace no longer retains, or that ended badly. */
async function resultOfPart<T>({ temporal, limits }: FlowContext, number: string): Promise<T | undefined> {
  const handle = temporal.workflow.getHandle(workflowIdFor('reconciliation', number));
  try {
    const { status } = await within(temporal, limits.callMs, () => handle.describe());
    if (status.name !== 'COMPLETED') return undefined;
    // The wire gives `any`; our workflows are typed to return it.
    return await within(temporal, limits.callMs, () => handle.result() as Promise<T>);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function checkDays({ from, to }: Days): void {
  const issues = Object.entries({ from, to })
    .filter(([, day]) => typeof day !== 'string' || !isDay(day))
    .map(([path]) => ({ path, message: 'must be a day as in 2026-01-31' }));
  if (issues.length > 0) throw new InvalidInputError(issues);
  if (from > to) throw new InvalidInputError([{ path: 'to', message: `must not be before ${from}` }]);
  // FalPay's clock is the worker's to know: nowhere on earth is it later than this.
  const today = new Date(Date.now() + EARLIEST_ZONE_MS).toISOString().slice(0, 10);
  const ahead = Object.entries({ from, to }).filter(([, day]) => day > today);
  if (ahead.length > 0)
    throw new InvalidInputError(ahead.map(([path]) => ({ path, message: 'must not lie in the future' })));
  if (daysBetween(from, to) > DAYS_AT_ONCE)
    throw new InvalidInputError([
      { path: 'from', message: `must be at most ${DAYS_AT_ONCE} days, both included, up to ${to}` },
    ]);
}
