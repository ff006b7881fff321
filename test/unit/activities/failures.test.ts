import { MockActivityEnvironment } from '@temporalio/testing';
import { createOnce, toFailure } from '../../../src/activities/failures';
import { FalpayRejected, FalpayUnavailable, InvalidInput } from '../../../src/falpay/errors';

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

describe('a creating call of a run that may not be the first', () => {
  /** What it fails with, given its look-up. */
  const failureAfter = (find: () => Promise<string | null>): Promise<unknown> =>
    new MockActivityEnvironment().run(() =>
      createOnce('another run', 'applyCard', 'M-1_OC1', {
        send: () => Promise.reject(new Error('it was sent')),
        find,
      }).catch((failure: unknown) => failure),
    );

  test.each([
    ['FalPay', new FalpayRejected('getCard M-1_OC1: SYSTEM_BUSY')],
    ['our own model', new InvalidInput('getCard', [{ path: 'cardOrderNo', message: 'too long' }])],
  ])('is of unknown outcome where its look-up is refused by %s', async (_whom, refused) => {
    expect(await failureAfter(() => Promise.reject(refused))).toMatchObject({
      type: 'FalpayOutcomeUnknown',
      orderNo: 'M-1_OC1',
      message: expect.stringContaining(refused.message),
    });
  });

  test('waits where its look-up finds FalPay away', async () => {
    const away = new FalpayUnavailable('busy');
    expect(await failureAfter(() => Promise.reject(away))).toBe(away);
  });
});
