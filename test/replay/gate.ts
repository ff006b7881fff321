/** The gate: replays recorded histories with the workflow code of today, and compares what replay itself does not look at. */
import { isDeepStrictEqual } from 'node:util';
import type { WorkflowInfo } from '@temporalio/workflow';
import { Worker, type InjectedSinks, type ReplayResult, type WorkflowBundleOption } from '@temporalio/worker';
import type { CommandSinks } from './command-recorder';
import { commandsOf, runIdOf, workflowIdOf, type Commands, type Recorded } from './history';

export interface Difference {
  /** The recorded history: `onboarding.happy.v0.1.0`. */
  readonly history: string;
  readonly difference: string;
}

/** @returns where today's code does something else than the recorded flows did; nothing when all of them can go on */
export async function differences(
  workflowBundle: WorkflowBundleOption,
  histories: readonly Recorded[],
): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for (const batch of batches(histories)) found.push(...(await differencesOf(workflowBundle, batch)));
  return found;
}

/** One run may be recorded at several stages, and replay tells its results by run: two of one run must not be replayed together. */
function batches(histories: readonly Recorded[]): readonly (readonly Recorded[])[] {
  const all: Recorded[][] = [];
  for (const recorded of histories) {
    const runId = runIdOf(recorded.history);
    const free = all.find((batch) => batch.every(({ history }) => runIdOf(history) !== runId));
    if (free) free.push(recorded);
    else all.push([recorded]);
  }
  return all;
}

async function differencesOf(
  workflowBundle: WorkflowBundleOption,
  histories: readonly Recorded[],
): Promise<readonly Difference[]> {
  const asked = new Map<string, Commands>();
  const results = Worker.runReplayHistories(
    { workflowBundle, sinks: collectInto(asked) },
    histories.map(({ history }) => ({ history, workflowId: workflowIdOf(history) })),
  );
  const found: Difference[] = [];
  const outcomes = new Map<string, ReplayResult>();
  for await (const result of results) outcomes.set(result.runId, result);
  for (const { name, history } of histories) {
    const runId = runIdOf(history);
    const outcome = outcomes.get(runId);
    if (!outcome) found.push({ history: name, difference: 'was not replayed' });
    else if (outcome.error) found.push({ history: name, difference: outcome.error.message });
    for (const difference of compare(commandsOf(history), asked.get(runId) ?? noCommands()))
      found.push({ history: name, difference });
  }
  return found;
}

/** What the code asks for beyond the history's end is not compared: it has not happened yet. */
function* compare(recorded: Commands, asked: Commands): Generator<string> {
  for (const kind of ['activities', 'localActivities', 'timers'] as const) {
    for (const was of recorded[kind]) {
      const is = asked[kind].find(({ seq }) => seq === was.seq);
      // What is missing altogether replay tells better.
      if (is && !isDeepStrictEqual(is, was)) yield `${LABELS[kind]} ${was.seq}: ${unlike(was, is)}`;
    }
  }
}

const LABELS = { activities: 'activity', localActivities: 'local activity', timers: 'timer' } as const;

function unlike(was: object, is: object): string {
  const now = new Map(Object.entries(is));
  return Object.entries(was)
    .filter(([field, value]) => !isDeepStrictEqual(value, now.get(field)))
    .map(([field, value]) => `${field} was ${JSON.stringify(value)}, is ${JSON.stringify(now.get(field))}`)
    .join('; ');
}

function collectInto(asked: Map<string, Commands>): InjectedSinks<CommandSinks> {
  const noting =
    <Kind extends keyof Commands>(kind: Kind) =>
    ({ runId }: WorkflowInfo, command: Commands[Kind][number]): void => {
      const known = asked.get(runId) ?? noCommands();
      asked.set(runId, known);
      // As it will be on the wire: what is undefined is not there, and objects of the workflow's realm are like any other.
      (known[kind] as (typeof command)[]).push(JSON.parse(JSON.stringify(command)));
    };
  return {
    commands: {
      activity: { callDuringReplay: true, fn: noting('activities') },
      localActivity: { callDuringReplay: true, fn: noting('localActivities') },
      timer: { callDuringReplay: true, fn: noting('timers') },
    },
  };
}

function noCommands(): Commands {
  return { activities: [], localActivities: [], timers: [] };
}
