/** `retry` without a flow: every block that a query and the filters find. */
import { InvalidArgumentError, type Command } from 'commander';
import {
  DEFAULT_RATE,
  fieldIssues,
  listQuery,
  type BulkRetried,
  type BulkRetryRequest,
  type CardflowClient,
} from '../client/index';
import { CliFailure, EXIT } from './failure';
import { namingOptions, usageFault } from './list-request';
import { defaultActor, type Io } from './io';
import { withCardflow } from './session';

export interface ManyOptions {
  readonly reason: string;
  readonly actor?: string;
  readonly query?: string;
  readonly stage?: string;
  readonly kind?: string;
  readonly reasonIs?: string;
  readonly merchantOrderNo?: string;
  readonly rate?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const SELECTING = ['query', 'stage', 'kind', 'reasonIs', 'merchantOrderNo'] as const;

export function manyOptions(retry: Command): void {
  retry
    .option('--query <query>', 'instead of a flow: all that a visibility query finds, as the Temporal UI takes it')
    .option('--stage <stage>', 'instead of a flow: BLOCKED or ACTION_REQUIRED')
    .option('--kind <kind>', 'instead of a flow: flows of this kind')
    .option('--reason-is <reason>', 'instead of a flow: blocks of this reason, as in OUTCOME_UNKNOWN')
    .option('--merchant-order-no <number>', 'instead of a flow: everything of one merchant')
    .option(
      '--rate <rate>',
      `of many: at most so many a second or minute, as in 5/s or 30/m (default: ${DEFAULT_RATE}/s)`,
      rateOf,
    )
    .option('--dry-run', 'of many: tell what would be retried, and do nothing');
}

export function selectsMany(options: ManyOptions): boolean {
  return SELECTING.some((name) => options[name] !== undefined);
}

/** Retries, tells each outcome, and sums up. @throws CliFailure when any failed or it was interrupted */
export async function retryMany(io: Io, options: ManyOptions): Promise<void> {
  const request = requestOf(io, options);
  const counts = { 'would-retry': 0, retried: 0, settled: 0, failed: 0 };
  const tell = (one: BulkRetried) => {
    counts[one.outcome] += 1;
    io.out(options.json ? JSON.stringify(asJson(one)) : lineOf(one));
  };
  const sumUp = () => {
    const sum = options.dryRun
      ? `${counts['would-retry']} would be retried`
      : `${counts.retried} retried, ${counts.settled} settled meanwhile`;
    const text = `${sum}, ${counts.failed} failed`;
    if (options.json) io.err(JSON.stringify(counts));
    else io.out(text);
    return text;
  };
  await withCardflow(io, async (cardflow) => {
    try {
      await each(cardflow, request, tell);
    } catch (error) {
      if (Object.values(counts).some((count) => count > 0)) sumUp();
      return namingOptions(error);
    }
  });
  const text = sumUp();
  if (io.signal.aborted) throw new CliFailure(`ended by you: ${text}; the rest was not begun`, EXIT.interrupted);
  if (counts.failed > 0)
    throw new CliFailure(`${counts.failed} failed; the same command again tries those that are still blocked`);
}

async function each(
  cardflow: CardflowClient,
  request: BulkRetryRequest,
  tell: (one: BulkRetried) => void,
): Promise<void> {
  for await (const one of cardflow.retryAll(request)) tell(one);
}

function requestOf(
  io: Io,
  { rate, dryRun, query, reason, actor, reasonIs, ...filters }: ManyOptions,
): BulkRetryRequest {
  const { stage, kind, merchantOrderNo } = filters;
  if (stage !== undefined && stage !== 'BLOCKED' && stage !== 'ACTION_REQUIRED')
    throw new CliFailure('--stage: must be BLOCKED or ACTION_REQUIRED: nothing else waits for a retry', EXIT.usage);
  const given = { stage, kind, merchantOrderNo, reason: reasonIs };
  const parsed = listQuery.safeParse(given);
  if (!parsed.success) {
    const issues = fieldIssues(parsed.error, given);
    throw usageFault(issues.map(({ path, message }) => ({ path: path === 'reason' ? 'reasonIs' : path, message })));
  }
  const { reason: wanted, ...rest } = parsed.data;
  return {
    ...rest,
    query,
    reasonIs: wanted,
    reason,
    actor: actor ?? defaultActor(),
    perSecond: rate ?? DEFAULT_RATE,
    dryRun,
    signal: io.signal,
  };
}

function lineOf(one: BulkRetried): string {
  const flow = `${one.kind}/${one.number}`;
  const about = one.block ? `  ${one.block.blockId}  ${one.block.reason} at ${one.block.step}` : '';
  const rest = one.outcome === 'failed' ? one.error.message : one.outcome === 'would-retry' ? one.block.message : '';
  return `${one.outcome.padEnd(11)}  ${flow}${about}${rest === '' ? '' : `: ${rest}`}`;
}

function asJson(one: BulkRetried): object {
  const { kind, number, outcome, block } = one;
  const error = one.outcome === 'failed' ? { error: one.error.message } : {};
  return { workflowId: `${kind}/${number}`, outcome, ...block, ...error };
}

/** `5/s` → 5, `30/m` → 0.5, `2` → 2 */
function rateOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(?:\/(s|m))?$/.exec(text) ?? [];
  const rate = Number(count) / (unit === 'm' ? 60 : 1);
  if (!(rate > 0)) throw new InvalidArgumentError('write it as 5/s or 30/m');
  return rate;
}
