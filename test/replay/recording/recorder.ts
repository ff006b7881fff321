/** Runs scenarios against a whole Cardflow and writes their histories. */
import { Context } from '@temporalio/activity';
import type { Activities } from '../../../src/activities';
import type { FlowPolicy } from '../../../src/messages';
import { workflowIdFor } from '../../../src/messages';
import { BY_HAND, startStack, type Stack } from '../../setup/stack';
import { temporalForTests, workflowBundle } from '../../setup/temporal';
import { Case } from './case';
import { numberOf, type Scenario } from './scenario';
import { readableHistory } from './neutral';

const SIDE_BY_SIDE = 4;
const HOUR = 3_600_000;
/** A callback decides; cards, which have none, are asked for at once, and parked callbacks are given up within seconds. */
const QUICK: FlowPolicy['waits'] = {
  'merchant-audit': { ladderMs: [HOUR], deadlineMs: 24 * HOUR },
  'wallet-audit': { ladderMs: [HOUR], deadlineMs: 24 * HOUR },
  'wallet-recharge': { ladderMs: [HOUR], deadlineMs: 24 * HOUR },
  'wallet-withdrawal': { ladderMs: [HOUR], deadlineMs: 24 * HOUR },
  'wallet-status': { ladderMs: [200, 500], deadlineMs: HOUR },
  'card-issue': { ladderMs: [200, 500], deadlineMs: HOUR },
  'limit-change': { ladderMs: [200, 500], deadlineMs: HOUR },
  parked: { ladderMs: [300, 700], deadlineMs: 2_500 },
  // Longer than one push may take: the server would write the shorter of the two down.
  delivery: { ladderMs: [500], deadlineMs: HOUR },
};

/** What lives long goes on in a new run soon, so that its history can be kept. */
const NEWS_PER_RUN = 10;
const CONTINUE_AT_EVENTS = 90;

export type Write = (name: string, history: string) => void;

/** @throws when any scenario does not reach what it is to record; the others are recorded all the same */
export async function recordAll(scenarios: readonly Scenario[], write: Write): Promise<void> {
  const temporal = await temporalForTests();
  const stack = await startStack(
    { ...temporal, environment: 'recording' },
    { bundle: workflowBundle(), waits: QUICK, timeoutMs: 2_000, activities: (real) => activitiesOf(real, scenarios) },
  );
  try {
    const failures: unknown[] = [];
    const attempt = (scenario: Scenario) => runOne(stack, scenario, write).catch((error) => failures.push(error));
    for (const scenario of scenarios.filter(({ alone }) => alone)) {
      await prepare(stack, [scenario]);
      await attempt(scenario);
    }
    const together = scenarios.filter(({ alone }) => !alone);
    await prepare(stack, together);
    const waiting = together.values();
    await Promise.all(
      Array.from({ length: SIDE_BY_SIDE }, async () => {
        for (const scenario of waiting) await attempt(scenario);
      }),
    );
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} scenarios were not recorded`);
  } finally {
    await stack.stop();
    await temporal.close();
  }
}

async function prepare(stack: Stack, scenarios: readonly Scenario[]): Promise<void> {
  const [{ alone } = {}] = scenarios;
  await stack.control('PUT', '/settings', { ...BY_HAND, callbackOrderNumbers: true, ...alone });
  await stack.control('PUT', '/faults', {
    rules: scenarios.flatMap((scenario) => scenario.faults?.(numberOf(scenario)) ?? []),
  });
}

async function runOne(stack: Stack, scenario: Scenario, write: Write): Promise<void> {
  const missing = new Set<string>(scenario.records);
  const flow = new Case({
    stack,
    number: numberOf(scenario),
    body: scenario.body,
    save: async (name, workflowId, runId) => {
      if (!missing.delete(name)) throw new Error(`${name} is recorded twice, or stands in no list of records`);
      write(name, readableHistory(await stack.client.workflow.getHandle(workflowId, runId).fetchHistory()));
    },
  });
  await scenario.run(flow);
  if (missing.size > 0) throw new Error(`${numberOf(scenario)} did not record ${[...missing].join(', ')}`);
}

/** Activities with the policy, and the failures, that each scenario asks for. */
function activitiesOf(real: Activities, scenarios: readonly Scenario[]): Partial<Activities> {
  const byWorkflow = new Map(
    scenarios.map((scenario) => {
      const loadPolicy: Activities['loadPolicy'] = async (flow) => changed(await real.loadPolicy(flow), scenario);
      return [
        workflowIdFor(scenario.about ?? 'onboarding', numberOf(scenario)),
        { ...real, ...scenario.activities?.(real), loadPolicy },
      ] as const;
    }),
  );
  const others: Activities = {
    ...real,
    loadPolicy: async (flow) => ({
      ...(await real.loadPolicy(flow)),
      registerNewsPerRun: NEWS_PER_RUN,
      continueAtEvents: CONTINUE_AT_EVENTS,
    }),
  };
  const names = Object.keys(real) as (keyof Activities)[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      (...args: unknown[]) => {
        const workflowId = Context.current().info.workflowExecution?.workflowId ?? '';
        const activity = (byWorkflow.get(scenarioOf(workflowId)) ?? others)[name] as (
          ...args: unknown[]
        ) => Promise<unknown>;
        return activity(...args);
      },
    ]),
  );
}

/** The flow that a scenario is about: also of the delivery that pushes an event of it, `delivery/onboarding:M-1:1a2b3c4d:3`. */
function scenarioOf(workflowId: string): string {
  return workflowId.replace(/^delivery\/([^:]+):([^:]+).*$/, '$1/$2');
}

function changed(policy: FlowPolicy, { waits, operations = {}, pushesEvents }: Scenario): FlowPolicy {
  const each = Object.entries(policy.operations).map(([name, own]) => [
    name,
    { ...own, ...operations[name as keyof typeof operations] },
  ]);
  return {
    ...policy,
    registerNewsPerRun: NEWS_PER_RUN,
    ...(pushesEvents && { pushesEvents }),
    waits: { ...policy.waits, ...waits },
    operations: Object.fromEntries(each),
  };
}
