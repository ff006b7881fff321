import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import axios from 'axios';
import type { OnboardingBody } from '../messages/onboarding';
import type { FlowState } from '../messages/state';
import { failure } from './failure';
import type { Guardian } from './guardian';
import { localKeys } from './local-keys';
import { OnboardingClient } from './onboarding-client';
import { projectRoot } from './paths';
import { progressTeller } from './onboarding-progress';
import type { StartOptions } from './options';
import { duration } from './report';
import type { HeldLock } from './lock';
import { ownIdentity } from './process-identity';
import type { RunningStack } from './run-lock';
import { Stack, type TemporalAt } from './stack';
import type { StartResult } from './summary';
import { acquireTemporalServer } from './temporal-server';
import { splitTime, type Timings } from './timings';
import { carryOut, type ViewStage } from './view';

export interface LocalStart {
  readonly options: StartOptions;
  readonly dataFolder: string;
  readonly lock: HeldLock<RunningStack>;
  readonly guardian: Guardian;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly live: boolean;
  /** Told as soon as there is something to stop. */
  readonly onStack: (stack: Stack) => void;
}

/** Starts everything, runs one onboarding as a backend would, and returns what came of it; the stack stays up. */
export async function startAndOnboard(start: LocalStart): Promise<{ result: StartResult; apiKeyFile: string }> {
  const { options, dataFolder, lock, guardian, signal, env, live } = start;
  const keys = localKeys(join(dataFolder, 'keys'));
  // Said each time: the sandbox remembers the settings of the start before.
  const delay = options.delay ?? (options.once ? '0s' : '2s');
  const stack = new Stack({ env, dataFolder, keys, delay, guardian, signal });
  start.onStack(stack);
  const since = new Date().toISOString();
  const number = `DEMO-${since.replace(/\D/g, '').slice(0, 17)}`;
  let temporal: TemporalAt | undefined;
  let state: FlowState | undefined;

  const temporalStage: ViewStage = {
    title: 'Temporal server',
    work: timed(async (say) => {
      const server = await acquireTemporalServer({ env, report: say, guardian });
      signal.throwIfAborted();
      temporal = await stack.startTemporal(server, say);
      lock.annotate({ main: ownIdentity(), since, ui: temporal.ui, gateway: stack.gatewayUrl });
      return `${temporal.address}${temporal.ui === undefined ? '' : `, UI ${temporal.ui}`}`;
    }),
  };
  const part = (title: string, name: Parameters<Stack['start']>[0]): ViewStage => ({
    title,
    work: timed(() => stack.start(name)),
  });
  const onboarding: ViewStage = {
    title: `Onboarding ${number}`,
    work: timed(async (say) => {
      const backend = new OnboardingClient(stack.gatewayUrl, readFileSync(keys.apiKeyFiles.backend, 'utf8'), signal);
      const first = await backend.start(number, exampleOnboarding());
      state = await backend.follow(number, first, progressTeller(say, live));
      return state.stage;
    }),
  };
  await carryOut(
    [
      temporalStage,
      [part('FalPay sandbox', 'sandbox'), part('Gateway', 'gateway'), part('Worker', 'worker')],
      onboarding,
    ],
    live,
  );
  if (temporal === undefined || state === undefined) throw failure('The start ended without a result', 'start again');

  const { data: ledger } = await axios.get<unknown>(`${stack.sandboxUrl}/sandbox/ledger`, { proxy: false, signal });
  const result: StartResult = {
    ok: state.stage === 'COMPLETED',
    state,
    timings: await timingsOf(temporal, state),
    temporal,
    gateway: { url: stack.gatewayUrl },
    sandbox: { url: stack.sandboxUrl, ledger },
  };
  return { result, apiKeyFile: keys.apiKeyFiles.backend };
}

async function timingsOf({ address, namespace }: TemporalAt, state: FlowState): Promise<Timings> {
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    const { events } = await client.workflow.getHandle(state.workflowId).fetchHistory();
    return splitTime(events ?? [], state.steps);
  } finally {
    await connection.close();
  }
}

/** Adds how long a stage took to what it says at its end. */
function timed(work: ViewStage['work']): ViewStage['work'] {
  return async (say) => {
    const startedAt = Date.now();
    const done = await work(say);
    return `${done} (${duration(Date.now() - startedAt)})`;
  };
}

/** The example of the documentation: a company with two cards, one of which needs a cardholder. */
function exampleOnboarding(): OnboardingBody {
  return JSON.parse(readFileSync(join(projectRoot, 'docs', 'examples', 'onboarding.json'), 'utf8')) as OnboardingBody;
}
