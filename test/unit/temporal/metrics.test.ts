import axios from 'axios';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  falpayCallMetrics,
  processRegistry,
  serveMetrics,
  type Health,
  type MetricsServer,
} from '../../../src/temporal/metrics';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(
  health: Partial<Health> = {},
  nativeUrl?: string,
): Promise<(path: string) => Promise<{ status: number; data: unknown }>> {
  const registry = processRegistry('worker');
  falpayCallMetrics(registry).onCall?.({ operation: 'applyCard', outcome: 'ok', durationMs: 40 });
  const server: MetricsServer = await serveMetrics({
    port: 0,
    registry,
    nativeUrl,
    health: { alive: () => true, notReady: () => undefined, ...health },
  });
  closers.push(() => server.close());
  return (path) => axios.get(`http://127.0.0.1:${server.port}${path}`, { validateStatus: () => true, proxy: false });
}

async function exporter(body: string): Promise<string> {
  const server = createServer((_request, response) => response.end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

test('/metrics holds the process’s, the FalPay calls’ and the SDK’s own', async () => {
  const get = await serve({}, await exporter('temporal_request_total 7\n'));
  const { data } = await get('/metrics');
  expect(data).toContain('process_cpu_seconds_total');
  expect(data).toMatch(/cardflow_falpay_call_duration_seconds_count\{.*operation="applyCard",outcome="ok".*\} 1/);
  expect(data).toContain('temporal_request_total 7');
});

test('/metrics is served while the SDK’s cannot be read', async () => {
  const get = await serve({}, 'http://127.0.0.1:1/metrics');
  expect(await get('/metrics')).toMatchObject({
    status: 200,
    data: expect.stringContaining('could not be read') as string,
  });
});

test('/readyz says what a worker still waits for', async () => {
  const get = await serve({ notReady: () => 'waits for Temporal at t:7233' });
  expect(await get('/readyz')).toMatchObject({ status: 503, data: { reason: 'waits for Temporal at t:7233' } });
  expect(await get('/healthz')).toMatchObject({ status: 200 });
});

test('/readyz and /healthz tell a working worker from a failed one', async () => {
  expect(await (await serve())('/readyz')).toMatchObject({ status: 200, data: { status: 'ready' } });
  expect(await (await serve({ alive: () => false }))('/healthz')).toMatchObject({ status: 503 });
});

test('another path is not found, and says which there are', async () => {
  expect(await (await serve())('/?x=1')).toMatchObject({
    status: 404,
    data: { paths: ['/healthz', '/readyz', '/metrics'] },
  });
});

test('a port in use is told with the remedy', async () => {
  const options = { registry: processRegistry('worker'), health: { alive: () => true, notReady: () => undefined } };
  const first = await serveMetrics({ ...options, port: 0 });
  closers.push(() => first.close());
  await expect(serveMetrics({ ...options, port: first.port })).rejects.toThrow(
    /METRICS_PORT \d+ is in use by another program: choose/,
  );
});
