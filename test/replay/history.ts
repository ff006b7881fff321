/** What a recorded history holds, in the terms of the commands that made it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import type { temporal } from '@temporalio/proto';
import type { RecordedActivity, RecordedLocalActivity, RecordedTimer } from './command-recorder';

export type History = temporal.api.history.v1.IHistory;

export const HISTORIES = join(__dirname, 'histories');

export interface Recorded {
  readonly name: string;
  readonly history: History;
}

/** `onboarding.happy` of 0.1.0 → `onboarding.happy.v0.1.0.json`. */
export function fileOf(name: string, release: string): string {
  return `${name}.v${release}.json`;
}

/** Append-only: one file for each flow, stage and release. */
export function historyFiles(): readonly string[] {
  return readdirSync(HISTORIES).sort();
}

export function recordedHistories(wanted: (file: string) => boolean = () => true): readonly Recorded[] {
  return historyFiles()
    .filter(wanted)
    .map((file) => ({ name: file.replace(/\.json$/, ''), history: readHistory(file) }));
}

/** Of every release: `onboarding.happy` finds `onboarding.happy.v0.1.0` and what came after. */
export function historiesOf(name: string): readonly Recorded[] {
  return recordedHistories((file) => isOf(file, name));
}

export function isOf(file: string, name: string): boolean {
  return file.startsWith(`${name}.v`);
}

function readHistory(file: string): History {
  return historyFromJSON(JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')));
}

export function workflowIdOf(history: History): string {
  return startOf(history).workflowId ?? '';
}

export function runIdOf(history: History): string {
  return startOf(history).originalExecutionRunId ?? '';
}

function startOf({ events }: History) {
  const start = events?.[0]?.workflowExecutionStartedEventAttributes;
  if (!start) throw new Error('a history begins with the start of its workflow');
  return start;
}

export interface Commands {
  readonly activities: RecordedActivity[];
  readonly localActivities: RecordedLocalActivity[];
  readonly timers: RecordedTimer[];
}

export function commandsOf({ events }: History): Commands {
  const commands: Commands = { activities: [], localActivities: [], timers: [] };
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      commands.activities.push({
        seq: Number(scheduled.activityId),
        type: scheduled.activityType?.name ?? '',
        args: (scheduled.input?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload)),
        startToCloseMs: msOf(scheduled.startToCloseTimeout),
        // On the wire 0 is "as often as it takes".
        maximumAttempts: scheduled.retryPolicy?.maximumAttempts ?? 0,
      });
    }
    const marker = event.markerRecordedEventAttributes;
    const about = marker?.markerName === LOCAL_ACTIVITY ? marker.details?.['data']?.payloads?.[0]?.data : undefined;
    if (about) {
      const told: unknown = JSON.parse(Buffer.from(about).toString());
      const { seq, activity_type: type } = told as { seq: number; activity_type: string };
      commands.localActivities.push({ seq, type });
    }
    const timer = event.timerStartedEventAttributes;
    if (timer) commands.timers.push({ seq: Number(timer.timerId), ms: msOf(timer.startToFireTimeout) });
  }
  return commands;
}

/** The SDK core's name for the marker. */
const LOCAL_ACTIVITY = 'core_local_activity';

/** A history from JSON has plain numbers in its durations, where the SDK's own reader wants Longs. */
function msOf(duration: { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined): number {
  return Number(duration?.seconds ?? 0) * 1_000 + Math.round((duration?.nanos ?? 0) / 1e6);
}
