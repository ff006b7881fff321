import { millisOf, type SignatureScheme } from '../signature';
import type { FalpayProfile } from '../contract/profile';
import { type Finding, refusal } from './finding';

/** When a message arrived, epoch milliseconds, and what the profile allows. */
export interface Arrival {
  readonly now: number;
  readonly profile: Pick<FalpayProfile, 'callbacks' | 'time'>;
}

const DIGITS = { ms: 13, s: 10, text: undefined } as const;
const UNITS = {
  ms: 'epoch time in milliseconds',
  s: 'epoch time in seconds',
  text: 'a time as time.format of the profile has it',
} as const;

/** What the profile says about the time at which a message was signed. */
export function clockFindings(
  timestamp: string | undefined,
  scheme: SignatureScheme,
  arrival: Arrival | undefined,
): readonly Finding[] {
  if (arrival === undefined || !timestamp) return [];
  const { now, profile } = arrival;
  const rules = profile.callbacks;
  const signedAt = millisOf(timestamp, scheme, profile.time);
  // Epoch seconds taken for milliseconds lie in 1970, and the other way round far in the future.
  const isOtherUnit = /^(\d{10}|\d{13})$/.test(timestamp) && timestamp.length !== DIGITS[scheme.timestampUnit];
  if (signedAt === undefined || isOtherUnit)
    return [refusal('timestamp', `the timestamp is not ${UNITS[scheme.timestampUnit]}`)];
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
