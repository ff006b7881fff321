/** What a recorded history holds, in the terms of the commands that made it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPayloadConverter, type History } from '@temporalio/common';
import { tsToMs, optionalTsToMs } from '@temporalio/common/lib/time';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import type { RecordedActivity, RecordedTimer } from './command-recorder';

export const HISTORIES = join(__dirname, 'histories');

export interface Recorded {
  readonly name: string;
  readonly history: History;
}

/** Append-only: one file for each flow, stage and release. */
export function recordedHistories(): readonly Recorded[] {
  return readdirSync(HISTORIES)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({ name: file.replace(/\.json$/, ''), history: readHistory(file) }));
}

export function readHistory(file: string): History {
  return historyFromJSON(JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')));
}

export interface Commands {
  readonly activities: readonly RecordedActivity[];
  readonly localActivities: readonly Pick<RecordedActivity, 'seq' | 'type'>[];
  readonly timers: readonly RecordedTimer[];
}

export function commandsOf({ events = [] }: History): Commands {
  const activities: RecordedActivity[] = [];
  const localActivities: Pick<RecordedActivity, 'seq' | 'type'>[] = [];
  const timers: RecordedTimer[] = [];
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      activities.push({
        seq: Number(scheduled.activityId),
        type: scheduled.activityType?.name ?? '',
        args: (scheduled.input?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload(payload)),
        startToCloseMs: optionalTsToMs(scheduled.startToCloseTimeout),
        maximumAttempts: scheduled.retryPolicy?.maximumAttempts ?? undefined,
      });
    }
    const marker = event.markerRecordedEventAttributes;
    const data = marker?.markerName === 'core_local_activity' ? marker.details?.['data']?.payloads?.[0]?.data : undefined;
    if (data) {
      const { seq, activity_type: type } = JSON.parse(Buffer.from(data).toString()) as { seq: number; activity_type: string };
      localActivities.push({ seq, type });
    }
    const timer = event.timerStartedEventAttributes;
    if (timer) timers.push({ seq: Number(timer.timerId), ms: tsToMs(timer.startToFireTimeout) });
  }
  return { activities, localActivities, timers };
}
