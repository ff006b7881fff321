import { toFailure } from '../../../src/activities/failures';
import { FalpayUnavailable } from '../../../src/falpay/errors';

test.each([
  ['as FalPay says', 45_000, 45_000],
  ['never without a pause: "0" would be a loop', 0, 1_000],
  ['never longer than ten minutes: a flow must be back soon after FalPay is', 9_999_999_000, 600_000],
])('how long a call waits before it is made again: %s', (_which, asked, waited) => {
  const failure = toFailure(new FalpayUnavailable('busy', {}, asked), 1);
  expect(failure.nextRetryDelay).toBe(waited);
  expect(failure.details?.[0]).toMatchObject({ retryAfterMs: waited });
});

test.each([
  [1, 500, 1_000],
  [4, 4_000, 8_000],
  [11, 300_000, 600_000],
  [5_000, 300_000, 600_000],
])('after try %i flows that failed together come again apart, between %i and %i ms later', (attempt, least, most) => {
  const pauses = Array.from({ length: 50 }, () =>
    Number(toFailure(new FalpayUnavailable('down'), attempt).nextRetryDelay),
  );
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(least);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(most);
  expect(new Set(pauses).size).toBeGreaterThan(25);
});
