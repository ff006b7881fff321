import { millisOf, type SignatureScheme } from '../signature';
import type { FalpayProfile } from '../contract/profile';
import { timestampsOf } from './candidates';
import { type Finding, refusal } from './finding';

/** When a message arrived, epoch milliseconds, and what the profile allows. */
export interface Arrival {
  readonly now: number;
  readonly rules: FalpayProfile['callbacks'];
}

/** What the profile says about the time at which a message was signed. */
export function clockFindings(
  timestamp: string | undefined,
  scheme: SignatureScheme,
  arrival: Arrival | undefined,
): readonly Finding[] {
  if (arrival === undefined || !timestamp) return [];
  const signedAt = millisOf(timestamp, scheme);
  const other = timestampsOf({ timestamp })[1];
  // Epoch seconds taken for milliseconds lie in 1970.
  if (signedAt === undefined || (other !== undefined && (timestamp.length === 10) === (scheme.timestampUnit === 'ms')))
    return [
      refusal(
        'timestamp',
        `the timestamp is not epoch time in ${scheme.timestampUnit === 'ms' ? 'milliseconds' : 'seconds'}`,
      ),
    ];
  const { now, rules } = arrival;
  const ageMs = now - signedAt;
  if (-ageMs > rules.maxFutureSkewMs)
    return [
      refusal(
        'clock',
        `it was signed ${span(-ageMs)} in the future: one of the two clocks is wrong, and it is refused`,
      ),
    ];
  if (ageMs <= rules.staleAfterMs) return [];
  return [
    rules.enforceFreshness
      ? refusal(
          'clock',
          `it was signed ${span(ageMs)} ago, and the profile refuses what is older than ${span(rules.staleAfterMs)}`,
        )
      : {
          code: 'clock',
          refuses: false,
          message: `it was signed ${span(ageMs)} ago: taken as stale, and confirmed by a query`,
        },
  ];
}

function span(millis: number): string {
  const seconds = Math.round(millis / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
