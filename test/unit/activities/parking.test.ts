import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../../src/activities';
import type { CallbackEvent } from '../../../src/messages';

const event: CallbackEvent = {
  eventId: 'e-1',
  topic: 'wallet-recharge',
  occurredAt: '2026-01-01 00:00:00',
  receivedAt: '2026-01-01T00:00:00.000Z',
  stale: false,
  ref: '77',
  ids: { walletId: '12' },
  data: { orderNo: '77', creditedAmount: '1.00' },
};

async function park(callback: CallbackEvent): Promise<readonly CallbackEvent[]> {
  const parked: CallbackEvent[] = [];
  const router = { park: async (one: CallbackEvent) => parked.push(one) };
  const { parkCallback } = createActivities({ router } as unknown as Parameters<typeof createActivities>[0]);
  await new MockActivityEnvironment().run(parkCallback, callback);
  return parked;
}

test('a callback is parked under its names', async () => {
  expect(await park(event)).toMatchObject([event]);
});

test.each([
  ['a ref that is empty', { ref: '' }],
  ['a ref that is too long for a workflow id', { ref: 'x'.repeat(2_000) }],
  ['an id that is no text', { ids: { walletId: 5 } }],
])('one with %s is refused for good: trying again could not name it either', async (_what, names) => {
  await expect(park({ ...event, ...names } as CallbackEvent)).rejects.toMatchObject({
    type: 'InvalidInput',
    nonRetryable: true,
  });
});
