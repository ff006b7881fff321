/** A history as it is kept: one event a line, without what tells of the machine or the hour it was recorded on that replay does not need. */
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { History } from '../history';

/** Stands where the process id and the host name did. */
const IDENTITY = 'recorder';
/** The server's bookkeeping, and the paths of whoever recorded. */
const DROPPED = [
  'taskId',
  'version',
  'workerVersion',
  'requestId',
  'historySizeBytes',
  'meteringMetadata',
  'stackTrace',
];

export function readableHistory(history: History): string {
  const { events } = neutral(JSON.parse(historyToJSON(history))) as { events: readonly unknown[] };
  return `{"events":[\n${events.map((event) => JSON.stringify(event)).join(',\n')}\n]}\n`;
}

function neutral(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(neutral);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([name]) => !DROPPED.includes(name));
  if (isStickyQueue(value)) return { ...Object.fromEntries(fields), name: IDENTITY };
  return Object.fromEntries(fields.map(([name, inner]) => [name, name === 'identity' ? IDENTITY : neutral(inner)]));
}

/** Named after the worker's process. */
function isStickyQueue(value: object): boolean {
  return 'kind' in value && value.kind === 'TASK_QUEUE_KIND_STICKY';
}
