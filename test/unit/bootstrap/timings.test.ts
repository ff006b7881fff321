import { splitTime, type TimedEvent } from '../../../src/bootstrap/timings';

const at = (ms: number, event: Omit<TimedEvent, 'eventTime'>): TimedEvent => ({
  ...event,
  eventTime: { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 },
});

test('time in calls, in the engine and in waiting is kept apart', () => {
  const events = [
    at(0, { eventId: 1 }),
    at(0, { eventId: 2, workflowTaskScheduledEventAttributes: {} }),
    at(20, { eventId: 4, workflowTaskCompletedEventAttributes: {} }),
    at(20, { eventId: 5, activityTaskScheduledEventAttributes: {} }),
    at(30, { eventId: 6, activityTaskStartedEventAttributes: { scheduledEventId: 5 } }),
    at(80, { eventId: 7, activityTaskCompletedEventAttributes: { scheduledEventId: 5 } }),
    at(80, { eventId: 8, workflowTaskScheduledEventAttributes: {} }),
    at(85, { eventId: 10, workflowTaskCompletedEventAttributes: {} }),
    at(1085, { eventId: 11 }), // a callback
    at(1085, { eventId: 12, workflowTaskScheduledEventAttributes: {} }),
    at(1090, { eventId: 14, workflowTaskCompletedEventAttributes: {} }),
  ];
  const steps = [
    {
      name: 'merchant',
      status: 'DONE',
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:01.085Z',
      attempts: 1,
    },
    { name: 'wallet', status: 'PENDING', attempts: 0 },
  ] as const;
  expect(splitTime(events, steps)).toEqual({
    totalMs: 1090,
    waitingForFalpayMs: 1000,
    callingFalpayMs: 50,
    orchestrationMs: 40,
    steps: [
      { name: 'merchant', status: 'DONE', tookMs: 1085 },
      { name: 'wallet', status: 'PENDING' },
    ],
  });
});

test('calls at the same time count once', () => {
  const events = [
    at(0, { eventId: 1, activityTaskScheduledEventAttributes: {} }),
    at(0, { eventId: 2, activityTaskScheduledEventAttributes: {} }),
    at(0, { eventId: 3, activityTaskStartedEventAttributes: { scheduledEventId: 1 } }),
    at(10, { eventId: 4, activityTaskStartedEventAttributes: { scheduledEventId: 2 } }),
    at(50, { eventId: 5, activityTaskCompletedEventAttributes: { scheduledEventId: 1 } }),
    at(70, { eventId: 6, activityTaskFailedEventAttributes: { scheduledEventId: 2 } }),
  ];
  expect(splitTime(events, [])).toMatchObject({ totalMs: 70, callingFalpayMs: 70, orchestrationMs: 0 });
});

test('look-ups in local activities count as calls, by the time their markers tell', () => {
  const marker = (completedMs: number) => ({
    markerRecordedEventAttributes: {
      details: {
        data: {
          payloads: [
            { data: Buffer.from(JSON.stringify({ complete_time: { seconds: 0, nanos: completedMs * 1e6 } })) },
          ],
        },
      },
    },
  });
  const events = [
    at(0, { eventId: 1, workflowTaskScheduledEventAttributes: {} }),
    at(10, { eventId: 2, workflowTaskStartedEventAttributes: {} }),
    at(100, { eventId: 3, workflowTaskCompletedEventAttributes: {} }),
    at(100, { eventId: 4, ...marker(30) }),
    at(100, { eventId: 5, ...marker(45) }),
    at(100, {
      eventId: 6,
      markerRecordedEventAttributes: { details: { data: { payloads: [{ data: Buffer.from('?') }] } } },
    }),
  ];
  expect(splitTime(events, [])).toMatchObject({ totalMs: 100, callingFalpayMs: 35, orchestrationMs: 65 });
});
