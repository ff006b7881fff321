/** One action for many flows: every block of an operator's choice is tried again, at a pace that neither Temporal nor FalPay feels. */
import { setTimeout as pause } from 'node:timers/promises';
import { stageOf, type BlockReason, type BlockState } from '../messages';
import { updateOnce, type FlowName } from './actions';
import type { FlowContext } from './context';
import {
  ActionRefusedError,
  CardflowError,
  FlowNotFoundError,
  FlowUnresponsiveError,
  InvalidInputError,
} from './errors';
import { blockedFlows, type ListRequest } from './list';
import { describeFlow, openState } from './read';

export interface BulkRetryRequest extends Pick<ListRequest, 'stage' | 'kind' | 'merchantOrderNo'> {
  /** A visibility query as the Temporal UI takes it, besides the filters; always within this environment, and open flows only. */
  readonly query?: string;
  /** Only blocks of this reason; with `stage`, only those whose work it is. Without either, every block of the flows that are found. */
  readonly reasonIs?: BlockReason;
  readonly actor: string;
  readonly reason: string;
  /** Retries a second at most; default {@link DEFAULT_RATE}. */
  readonly perSecond?: number;
  /** Tells what would be retried, and does nothing. */
  readonly dryRun?: boolean;
  /** Ends it before the next retry; what was begun is told. */
  readonly signal?: AbortSignal;
}

type Block = Pick<BlockState, 'blockId' | 'step' | 'reason' | 'message'>;

export type BulkRetried =
  | (FlowName & { readonly outcome: 'would-retry' | 'retried' | 'settled'; readonly block: Block })
  /** Without a block: the flow could not be asked for its blocks. */
  | (FlowName & { readonly outcome: 'failed'; readonly block?: Block; readonly error: Error });

/** As fast as a person would want to see what comes of it. */
export const DEFAULT_RATE = 5;

/**
 * Retries every open block that takes `retry`, each at most once, and tells each outcome as it is known. `settled`: the block was closed meanwhile,
 * which is no failure. A single failure does not end it. Asked again with the same reason and actor, a block that was retried is not retried again;
 * one that has come up anew since is another block.
 *
 * @throws InvalidInputError the query is none, or the rate or a text is missing
 * @throws TemporalUnavailableError what was told before was done, nothing else was begun: ask again
 */
export async function* retryAll(
  context: FlowContext,
  request: BulkRetryRequest,
): AsyncGenerator<BulkRetried, void, undefined> {
  const { actor, reason, dryRun, signal, perSecond = DEFAULT_RATE } = request;
  checkRequest(request, perSecond);
  // All of them first: the pages of a list shift under whoever changes the flows on it.
  const flows = await blockedFlows(context, request);
  const pace = new Pace(perSecond);
  for (const { kind, number } of flows) {
    const flow = { kind, number };
    if (signal?.aborted) return;
    const blocks = await blocksOf(context, flow, request);
    if (blocks instanceof Error) {
      yield { ...flow, outcome: 'failed', error: blocks };
      continue;
    }
    for (const block of blocks) {
      if (dryRun) {
        yield { ...flow, outcome: 'would-retry', block };
        continue;
      }
      await pace.next(signal);
      if (signal?.aborted) return;
      yield await retryOne(context, flow, block, { actor, reason });
    }
  }
}

function checkRequest({ actor, reason }: BulkRetryRequest, perSecond: number): void {
  const issues = Object.entries({ actor, reason })
    .filter(([, text]) => typeof text !== 'string' || text.trim() === '')
    .map(([path]) => ({ path, message: 'must not be empty' }));
  if (!(perSecond > 0 && Number.isFinite(perSecond)))
    issues.push({ path: 'perSecond', message: 'must be a number above 0' });
  if (issues.length > 0) throw new InvalidInputError(issues);
}

async function blocksOf(
  context: FlowContext,
  { kind, number }: FlowName,
  { stage, reasonIs }: BulkRetryRequest,
): Promise<readonly Block[] | Error> {
  try {
    const state = await openState(context, kind, number);
    if (!state) return await whyClosed(context, { kind, number });
    return (
      state.blocks
        .filter(({ actions }) => actions.includes('retry'))
        // A flow of that stage may have blocks of the other as well, and a card that is retried is applied for anew.
        .filter(({ reason }) => stage === undefined || stageOf(reason) === stage)
        .filter(({ reason }) => reasonIs === undefined || reason === reasonIs)
        .map(({ blockId, step, reason, message }) => ({ blockId, step, reason, message }))
    );
  } catch (error) {
    // Ended and forgotten since it was listed.
    if (error instanceof FlowNotFoundError) return [];
    throw error;
  }
}

/** A flow that has ended since it was listed has no blocks; one that does not answer may have some. */
async function whyClosed(context: FlowContext, { kind, number }: FlowName): Promise<readonly Block[] | Error> {
  const { status } = await describeFlow(context, kind, number);
  return status.name === 'RUNNING'
    ? new FlowUnresponsiveError(`no worker answered for ${kind}/${number} in time; nothing was retried there`)
    : [];
}

async function retryOne(
  context: FlowContext,
  flow: FlowName,
  block: Block,
  by: { readonly actor: string; readonly reason: string },
): Promise<BulkRetried> {
  try {
    await updateOnce(context, flow, 'retry', { blockId: block.blockId, ...by });
    return { ...flow, outcome: 'retried', block };
  } catch (error) {
    if (error instanceof ActionRefusedError && (error.refusal === 'stale' || error.refusal === 'closed'))
      return { ...flow, outcome: 'settled', block };
    if (error instanceof CardflowError) return { ...flow, outcome: 'failed', block, error };
    throw error;
  }
}

/** Spaces the retries evenly: a rate that is kept only on average is a storm in its first second. */
class Pace {
  private freeAt = 0;

  constructor(private readonly perSecond: number) {}

  async next(signal: AbortSignal | undefined): Promise<void> {
    const waitMs = this.freeAt - Date.now();
    if (waitMs > 0) await pause(waitMs, undefined, { signal }).catch(() => undefined);
    this.freeAt = Date.now() + 1_000 / this.perSecond;
  }
}
