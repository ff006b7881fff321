import { Client, Connection } from '@temporalio/client';
import { keepReconciliationScheduled } from '../../../src/temporal/reconciliation-schedule';

const client = new Client({ connection: Connection.lazy({ address: '127.0.0.1:9', interceptors: [] }) });
const wanted = { environment: 'test', at: { hour: 4, minute: 30 }, zone: '+08:00' } as const;
const logging = () => ({ info: jest.fn(), error: jest.fn() });

test('a Schedule that cannot be made is tried again until it can, and each failure is told', async () => {
  const log = logging();
  const ensure = jest.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce('created');
  await keepReconciliationScheduled(client, wanted, { log, signal: new AbortController().signal }, ensure);
  expect(ensure).toHaveBeenCalledTimes(2);
  expect(log.error).toHaveBeenCalledTimes(1);
  expect(log.error).toHaveBeenCalledWith(
    expect.objectContaining({ schedule: 'reconciliation-test', retryInMs: 1_000 }),
    'the daily reconciliation cannot be scheduled yet',
  );
  expect(log.info).toHaveBeenCalledWith(expect.objectContaining({ outcome: 'created' }), expect.any(String));
});

test('a worker that stops does not wait for it', async () => {
  const stop = new AbortController();
  const keeping = keepReconciliationScheduled(client, wanted, { log: logging(), signal: stop.signal }, () =>
    Promise.reject(new Error('away')),
  );
  setTimeout(() => stop.abort(), 50);
  const began = Date.now();
  await keeping;
  expect(Date.now() - began).toBeLessThan(900);
});
