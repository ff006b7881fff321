/** The Schedule of the daily reconciliation: made once, kept to the settings, and what it starts. */
import { Client } from '@temporalio/client';
import { addDays, workflowIdFor } from '../../src/messages';
import { ensureReconciliationSchedule, scheduleIdFor } from '../../src/temporal/reconciliation-schedule';
import { registerOf, today, untilListed } from '../setup/reconciled';
import { AT_ONCE, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';

const ZONE = '+08:00';

let temporal: TestTemporal;
let stack: Stack;
let client: Client;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle(), sandbox: AT_ONCE });
  client = new Client({ connection: temporal.connection, namespace: temporal.namespace });
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const handle = () => client.schedule.getHandle(scheduleIdFor(temporal.environment));
const ensure = (at: { hour: number; minute: number } | 'off', environment = temporal.environment) =>
  ensureReconciliationSchedule(client, { environment, at, zone: ZONE });
const timeOf = async () => {
  const { spec } = await handle().describe();
  return spec.calendars?.map(({ hour, minute }) => [hour?.[0]?.start, minute?.[0]?.start]);
};

test('two workers that start together make one Schedule, in FalPay’s zone, that catches up what it missed', async () => {
  const outcomes = await Promise.all([ensure({ hour: 4, minute: 30 }), ensure({ hour: 4, minute: 30 })]);
  expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
  expect(outcomes).not.toContain('updated');
  // 04:30 in +08:00.
  expect(await timeOf()).toEqual([[20, 30]]);
  const { policies, action, state } = await handle().describe();
  expect(policies).toMatchObject({ overlap: 'BUFFER_ALL', catchupWindow: 30 * 86_400_000, pauseOnFailure: false });
  expect(action).toMatchObject({ workflowType: 'scheduledReconciliation', args: [] });
  expect(state).toMatchObject({ paused: false, note: expect.stringContaining('04:30 (+08:00)') });
});

test('a worker with other settings changes it, the same settings change nothing, and off pauses it', async () => {
  expect(await ensure({ hour: 4, minute: 30 })).toBe('unchanged');
  expect(await ensure({ hour: 6, minute: 0 })).toBe('updated');
  expect(await timeOf()).toEqual([[22, 0]]);
  expect(await ensure('off')).toBe('updated');
  expect((await handle().describe()).state.paused).toBe(true);
  expect(await ensure('off')).toBe('unchanged');
  expect(await ensure({ hour: 6, minute: 0 })).toBe('updated');
  expect((await handle().describe()).state.paused).toBe(false);
});

test('what an operator paused stays paused when a worker starts', async () => {
  await handle().pause('FalPay is being moved');
  expect(await ensure({ hour: 6, minute: 0 })).toBe('unchanged');
  expect(await ensure({ hour: 7, minute: 0 })).toBe('updated');
  expect((await handle().describe()).state).toMatchObject({ paused: true, note: 'FalPay is being moved' });
  await handle().unpause();
});

test('what it starts reconciles the day before the one on which it was due, under the number of that day', async () => {
  await stack.start('M-1');
  const { outputs } = await stack.reach('M-1', ({ stage }) => stage === 'COMPLETED');
  await untilListed(stack, 1);
  await handle().trigger();
  const yesterday = addDays(today(), -1);
  await until(
    async () =>
      (await stack.api('GET', `/v1/reconciliations/${yesterday}`, undefined, 'finance')).body.stage === 'COMPLETED',
    () => `there is no report of ${yesterday}`,
  );
  const { wallets } = await stack.cardflow.reconciliation(yesterday);
  expect(wallets).toMatchObject([{ walletId: outputs.walletId, differences: 0 }]);
  expect(await registerOf(stack, outputs.walletId ?? '')).toMatchObject({ reconciledTo: yesterday });
  // A day that was missed long ago, from the Temporal UI: the window follows the time at which it was due.
  const due = new Date('2026-01-31T22:00:00Z');
  await handle().backfill({
    start: new Date(due.getTime() - 1_000),
    end: new Date(due.getTime() + 3_600_000),
    overlap: 'ALLOW_ALL',
  });
  await handle().backfill({
    start: new Date('2026-01-31T22:59:59Z'),
    end: new Date('2026-01-31T23:30:00Z'),
    overlap: 'ALLOW_ALL',
  });
  await until(
    async () =>
      client.workflow
        .getHandle(workflowIdFor('reconciliation', '2026-01-31'))
        .describe()
        .then(
          ({ status }) => status.name === 'COMPLETED',
          () => false,
        ),
    () => 'the backfill reconciles no 2026-01-31',
  );
});
