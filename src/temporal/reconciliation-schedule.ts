/** The daily reconciliation: a Schedule of Temporal's own, which operators see, pause and trigger in its UI. */
import { setTimeout as pause } from 'node:timers/promises';
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type {
  Client,
  ScheduleDescription,
  ScheduleOptions,
  ScheduleOptionsStartWorkflowAction,
} from '@temporalio/client';
import type { Workflow } from '@temporalio/common';
import type { TimeOfDay } from '../config';
import type { Logger } from '../logging';
import { SEARCH_ATTRIBUTES, taskQueueFor, workflowIdFor } from '../messages';

export interface ReconciliationSchedule {
  readonly environment: string;
  /** In FalPay's zone; `off`: the Schedule is there, paused. */
  readonly at: TimeOfDay | 'off';
  /** FalPay's, as an offset from UTC: `+08:00`. */
  readonly zone: string;
}

type Ensured = 'created' | 'updated' | 'unchanged';

/** Days missed while the server was away are done when it is back. */
const CATCH_UP = '30 days';
const DAY_MINUTES = 1_440;

export function scheduleIdFor(environment: string): string {
  return `reconciliation-${environment}`;
}

/** Creates the Schedule, or brings it up to the settings. Several workers may do so at once; one that an operator paused stays paused. */
export async function ensureReconciliationSchedule(client: Client, wanted: ReconciliationSchedule): Promise<Ensured> {
  const options = optionsOf(wanted);
  try {
    await client.schedule.create({ ...options, state: { paused: wanted.at === 'off', note: noteOf(wanted) } });
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const handle = client.schedule.getHandle(options.scheduleId);
  const known = await handle.describe();
  if (isAsWanted(known, options, wanted)) return 'unchanged';
  const { spec, action, policies } = options;
  await handle.update(({ state }) => ({
    spec,
    action,
    policies,
    state: {
      paused: wanted.at === 'off' || (state.paused && !isOurs(state.note)),
      note: state.paused && !isOurs(state.note) ? state.note : noteOf(wanted),
    },
  }));
  return 'updated';
}

/** The first and the longest pause before it is tried again. */
const AGAIN_MS = { first: 1_000, longest: 60_000 } as const;

/**
 * The same, tried until it succeeds or `signal` aborts. Never throws: a reconciliation that cannot be planned yet is no reason to leave flows undone.
 * @param ensure replaced in tests
 */
export async function keepReconciliationScheduled(
  client: Client,
  wanted: ReconciliationSchedule,
  { log, signal }: { readonly log: Pick<Logger, 'info' | 'error'>; readonly signal: AbortSignal },
  ensure = ensureReconciliationSchedule,
): Promise<void> {
  const schedule = scheduleIdFor(wanted.environment);
  for (let retryInMs: number = AGAIN_MS.first; !signal.aborted; retryInMs = Math.min(retryInMs * 2, AGAIN_MS.longest)) {
    try {
      const outcome = await ensure(client, wanted);
      return log.info({ schedule, outcome, at: wanted.at }, 'daily reconciliation is scheduled');
    } catch (error) {
      if (signal.aborted) return;
      log.error({ err: error, schedule, retryInMs }, 'the daily reconciliation cannot be scheduled yet');
    }
    await pause(retryInMs, undefined, { signal }).catch(() => undefined);
  }
}

type Options = ScheduleOptions<ScheduleOptionsStartWorkflowAction<Workflow>>;

function optionsOf({ environment, at, zone }: ReconciliationSchedule): Options {
  return {
    scheduleId: scheduleIdFor(environment),
    spec: { calendars: at === 'off' ? [{ hour: 0, minute: 0 }] : [inUtc(at, zone)] },
    action: {
      type: 'startWorkflow',
      workflowType: 'scheduledReconciliation',
      // Temporal appends the time at which it was due.
      workflowId: workflowIdFor('reconciliation', 'scheduled'),
      taskQueue: taskQueueFor(environment),
      args: [],
      staticSummary: 'Reconciles the day before',
      typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' }],
    },
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL, catchupWindow: CATCH_UP, pauseOnFailure: false },
  };
}

const NOTE = 'Cardflow’s setting CARDFLOW_RECONCILE_AT';

/** A pause without a note of somebody's own is the setting's. */
function isOurs(note: string | undefined): boolean {
  return note?.startsWith(NOTE) ?? false;
}

function noteOf({ at, zone }: ReconciliationSchedule): string {
  return at === 'off' ? `${NOTE} is off` : `${NOTE}: ${clock(at)} (${zone})`;
}

function isAsWanted(
  { spec, action, policies, state }: ScheduleDescription,
  options: Options,
  wanted: ReconciliationSchedule,
): boolean {
  const [known, more] = spec.calendars ?? [];
  const [calendar] = options.spec.calendars ?? [];
  const first = (ranges: readonly { readonly start: number }[] | undefined) => ranges?.[0]?.start ?? 0;
  const sameTime =
    more === undefined && first(known?.hour) === calendar?.hour && first(known?.minute) === calendar?.minute;
  const pausedAsSet = wanted.at === 'off' ? state.paused : !state.paused || !isOurs(state.note);
  return (
    sameTime &&
    pausedAsSet &&
    action.type === 'startWorkflow' &&
    action.workflowType === options.action.workflowType &&
    action.taskQueue === options.action.taskQueue &&
    policies.overlap === options.policies?.overlap
  );
}

/** Schedules know names of zones, FalPay's profile an offset. */
function inUtc({ hour, minute }: TimeOfDay, zone: string): TimeOfDay {
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  const utc = (hour * 60 + minute - offset + 2 * DAY_MINUTES) % DAY_MINUTES;
  return { hour: Math.floor(utc / 60), minute: utc % 60 };
}

function clock({ hour, minute }: TimeOfDay): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}
