import type { CardflowClient } from '../../src/client';
import type { FlowKind, FlowState } from '../../src/messages';
import { unlessAway } from './unless-away';
import { until } from './until';

/**
 * Waits for a state of a flow, by its own word: what Temporal knows of one that does not answer in time has neither waits nor blocks.
 * @param limitMs for what takes long by itself
 * @throws after a while, with the last state
 */
export async function ownState(
  cardflow: Pick<CardflowClient, 'state'>,
  kind: FlowKind,
  number: string,
  wanted: (state: FlowState) => boolean = () => true,
  limitMs?: number,
): Promise<FlowState> {
  let last: FlowState | undefined;
  await until(
    async () => {
      const state = await unlessAway(cardflow.state(kind, number));
      last = state ?? last;
      return state !== undefined && !state.stale && wanted(state);
    },
    () => `${kind}/${number} stays at ${JSON.stringify(last, null, 1)}`,
    limitMs,
  );
  return last as FlowState;
}
