import { toFailure } from '../../../src/activities/failures';
import { FalpayUnavailable } from '../../../src/falpay/errors';

test.each([
  ['as FalPay says', 45_000, 45_000],
  ['never without a pause: "0" would be a loop', 0, 1_000],
  ['never longer than ten minutes: a flow must be back soon after FalPay is', 9_999_999_000, 600_000],
])('how long a call waits before it is made again: %s', (_which, asked, waited) => {
  const failure = toFailure(new FalpayUnavailable('busy', {}, asked));
  expect(failure.nextRetryDelay).toBe(waited);
  expect(failure.details?.[0]).toMatchObject({ retryAfterMs: waited });
});
