/** Bundled with the workflows: what stands between them and the SDK. */
import type { ConcludeActivationInput, WorkflowInterceptorsFactory } from '@temporalio/workflow';

type Commands = ConcludeActivationInput['commands'];

/** How Core names a query that is a task of its own. */
const LONE_QUERY = 'legacy_query';

/**
 * Where a workflow task fails, its commands stay behind. SDK 1.24 sends them with the answer to the query that comes next, and Core shuts the whole
 * worker down for it. They are made anew when the run is replayed: only the answer goes out.
 */
export function withoutLeftovers(commands: Commands): Commands {
  const answer = commands.filter(({ respondToQuery }) => respondToQuery?.queryId === LONE_QUERY);
  return answer.length > 0 ? answer : commands;
}

export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [{ concludeActivation: (input, next) => next({ ...input, commands: withoutLeftovers(input.commands) }) }],
});
