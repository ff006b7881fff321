import { setTimeout as pause } from 'node:timers/promises';
import type { FlowState } from '../messages';
import type { FlowName } from './actions';
import type { FlowContext } from './context';
import { digestOf } from './digest';
import { TemporalUnavailableError } from './errors';
import { closedState, openState, ownFlow } from './read';

export interface WatchOptions {
  /** Ends the watch; it then returns without an error. */
  readonly signal?: AbortSignal;
  /** Told once per outage; the watch goes on by itself. */
  readonly onOutage?: (error: TemporalUnavailableError) => void;
  /** The fingerprint last seen: a state that still has it is not shown again. */
  readonly since?: string;
}

const PAUSE_MIN_MS = 200;
const PAUSE_MAX_MS = 2_000;
const PAUSE_GROWTH = 1.5;
const JITTER = 0.2;

/** What counts as a change: stage, steps, blocks and outputs, but not attempts or the next query. */
export function fingerprint({ stage, steps, blocks, outputs, stale }: FlowState): string {
  return digestOf({
    stage,
    steps: steps.map(({ name, status, ref }) => ({ name, status, ref })),
    blocks: blocks.map(({ blockId }) => blockId),
    outputs,
    stale,
  }).slice(0, 32);
}

export function isOver({ stage }: Pick<FlowState, 'stage'>): boolean {
  return stage === 'COMPLETED' || stage === 'ABORTED';
}

/**
 * The states of a flow as they change, beginning with the present one; ends when the flow does.
 *
 * Looks at the history's length first, which costs no worker anything, and asks the flow only when it grew.
 *
 * @throws FlowNotFoundError
 */
export async function* watchFlow(
  context: FlowContext,
  { kind, number }: FlowName,
  { signal, onOutage, since }: WatchOptions = {},
): AsyncGenerator<FlowState, void, undefined> {
  let shown = since;
  let seen = '';
  let pauseMs = PAUSE_MIN_MS;
  let out = false;
  while (!signal?.aborted) {
    try {
      const description = await ownFlow(context, kind, number);
      const length = `${description.runId} ${description.status.name} ${description.historyLength}`;
      if (length !== seen) {
        const open = description.status.name === 'RUNNING' ? await openState(context, kind, number) : undefined;
        const state = open ?? (await closedState(context, kind, number, description));
        const print = fingerprint(state);
        // An open flow that does not answer is no change of the flow, and must be asked again although its history stood still.
        const silent = state.stale === true && description.status.name === 'RUNNING';
        if (!silent) seen = length;
        if (print !== shown && (!silent || shown === undefined)) {
          shown = print;
          pauseMs = PAUSE_MIN_MS;
          yield state;
        }
        if (isOver(state)) return;
      }
      out = false;
    } catch (error) {
      if (!(error instanceof TemporalUnavailableError)) throw error;
      if (!out) onOutage?.(error);
      out = true;
    }
    await rest(pauseMs, signal);
    pauseMs = Math.min(pauseMs * PAUSE_GROWTH, PAUSE_MAX_MS);
  }
}

/** Jittered, so that many who wait for one event do not all come back at once. */
async function rest(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const jittered = ms * (1 - JITTER + Math.random() * 2 * JITTER);
  await pause(jittered, undefined, { signal }).catch(() => undefined);
}
