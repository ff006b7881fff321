/** CARDFLOW_RECONCILE_AT: when the day before is reconciled. */
import type { SettingReader } from './reader';
import { parsed } from './schemas';

export interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
}

/** Some hours after midnight: what FalPay books late stands in its books by then. */
const DEFAULT_RECONCILE_AT: TimeOfDay = { hour: 4, minute: 0 };

const timeOfDay = parsed<TimeOfDay | 'off'>((text) => {
  if (text === 'off') return { value: 'off' };
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hour && minute
    ? { value: { hour: Number(hour), minute: Number(minute) } }
    : { wrong: `"${text}" is no time of day` };
});

export function readReconcileAt(reader: SettingReader): TimeOfDay | 'off' {
  return reader.read('CARDFLOW_RECONCILE_AT', timeOfDay, 'write it like 04:00, or off') ?? DEFAULT_RECONCILE_AT;
}
