import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { keepReconciliationScheduled } from '../../../src/temporal/reconciliation-schedule';

jest.mock('node:timers/promises');
const paused = jest.mocked(pause);
afterEach(() => paused.mockReset());

const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:9', interceptors: [] }) });
const wanted = { environment: 'test', at: { hour: 4, minute: 30 }, zone: '+08:00' } as const;
const logging = () => ({ info: jest.fn(), error: jest.fn() });

test('a Schedule that cannot be made is tried again until it can, and each failure is told', async () => {
  paused.mockResolvedValueOnce(undefined);
  const log = logging();
  const ensure = jest.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce('created');
  await keepReconciliationScheduled(client, wanted, { log, signal: new AbortController().signal }, ensure);
  expect(ensure).toHaveBeenCalledTimes(2);
  expect(paused).toHaveBeenCalledWith(1_000, undefined, expect.anything());
  expect(log.error).toHaveBeenCalledTimes(1);
  expect(log.error).toHaveBeenCalledWith(
    expect.objectContaining({ schedule: 'reconciliation-test', retryInMs: 1_000 }),
    'the daily reconciliation cannot be scheduled yet',
  );
  expect(log.info).toHaveBeenCalledWith(expect.objectContaining({ outcome: 'created' }), expect.any(String));
});

test('a worker that stops does not wait for it', async () => {
  // Nothing but the signal ends this pause.
  paused.mockImplementation(
    (_ms, _value, { signal } = {}) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
      ),
  );
  const stop = new AbortController();
  const keeping = keepReconciliationScheduled(client, wanted, { log: logging(), signal: stop.signal }, () =>
    Promise.reject(new Error('away')),
  );
  await new Promise(setImmediate);
  expect(paused).toHaveBeenCalledTimes(1);
  stop.abort();
  await keeping;
});
