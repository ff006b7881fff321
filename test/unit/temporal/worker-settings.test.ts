import { ServiceError } from '@temporalio/client';
import { loadProfile } from '../../../src/falpay/contract/profile';
import { createLogger } from '../../../src/logging';
import { connectionOptions } from '../../../src/temporal/connection';
import { dataConverter } from '../../../src/temporal/data-converter';
import { explain } from '../../../src/temporal/reach';
import { bundleLogger, sdkLogger } from '../../../src/temporal/runtime';
import { runToEnd, shutdownGraceMs } from '../../../src/temporal/worker';

const temporal = { address: 't.example:7233', namespace: 'cards' };

describe('draining', () => {
  test('a worker waits longer than its slowest FalPay call with a token fetched before', () => {
    const profile = loadProfile({ operations: { applyCard: { timeoutMs: 40_000 } }, token: { timeoutMs: 7_000 } });
    expect(shutdownGraceMs(profile)).toBeGreaterThan(47_000);
    expect(shutdownGraceMs(loadProfile())).toBeLessThan(30_000);
  });
});

describe('a worker’s end', () => {
  const never = new Promise<void>(() => undefined);

  test('is that of its run', async () => {
    await runToEnd({ run: async () => undefined, getState: () => 'STOPPED' });
    const fault = new Error('the namespace is gone');
    await expect(runToEnd({ run: () => Promise.reject(fault), getState: () => 'FAILED' })).rejects.toBe(fault);
  });

  test('comes after a while where it failed and does not finish its shutdown', async () => {
    await expect(runToEnd({ run: () => never, getState: () => 'FAILED' }, 20)).rejects.toThrow('does not end');
  });
});

describe('one data converter', () => {
  test('without codec keys it is the SDK’s own', () => expect(dataConverter({ temporal })).toBeUndefined());

  test('with codec keys payloads and failures are encrypted', () => {
    const codec = { keys: new Map([['k', Buffer.alloc(32)]]), activeKeyId: 'k' };
    const converter = dataConverter({ temporal, codec });
    expect(converter?.payloadCodecs).toHaveLength(1);
    expect(converter?.failureConverterPath).toMatch(/failure-converter\.(ts|js)$/);
  });
});

describe('connections', () => {
  test('no TLS unless it was asked for', () => {
    expect(connectionOptions(temporal)).toEqual({ address: 't.example:7233', tls: false });
    expect(connectionOptions({ ...temporal, apiKey: 'k', tls: {} })).toEqual({
      address: 't.example:7233',
      apiKey: 'k',
      tls: {},
    });
  });

  const grpc = (code: number, details: string) =>
    Object.assign(new Error(`${code} ${details}`), { code, details, metadata: {} });

  test.each([
    [
      'a missing namespace',
      grpc(5, 'Namespace cards is not found.'),
      /no namespace "cards": create it .* or correct TEMPORAL_NAMESPACE/,
    ],
    ['a refused key', grpc(16, 'Request unauthorized.'), /refuses us: check TEMPORAL_API_KEY/],
    ['missing rights', grpc(7, 'no access'), /refuses us: .* rights on namespace "cards"/],
    [
      'a server that expects TLS',
      new Error('Failed to connect before the deadline'),
      /cannot be reached .*does it expect TLS/,
    ],
    [
      'a certificate nobody knows',
      grpc(14, 'unable to verify the first certificate'),
      /no TLS connection .* check TEMPORAL_TLS_\*/,
    ],
    ['an error wrapped by the SDK', new ServiceError('outer', { cause: grpc(5, 'x') }), /no namespace/],
  ])('%s is told with the setting to look at', (_, error, message) => {
    expect(explain(error, temporal)).toMatch(message);
  });
});

describe('the SDK’s log', () => {
  const lines: string[] = [];
  const log = createLogger({
    service: 't',
    level: 'debug',
    destination: { write: (line: string) => void lines.push(line) },
  });
  const last = () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;

  test('arrives in ours with level, fields and error', () => {
    sdkLogger(log).warn('Activity failed', { workflowId: 'onboarding/M-1', error: new Error('no') });
    expect(last()).toMatchObject({
      level: 'warn',
      msg: 'Activity failed',
      workflowId: 'onboarding/M-1',
      err: { message: 'no' },
    });
  });

  test('webpack’s report is for debugging, its warnings are not', () => {
    bundleLogger(log).info('asset workflow-bundle.js');
    expect(last()).toMatchObject({ level: 'debug' });
    bundleLogger(log).log('INFO', 'created');
    expect(last()).toMatchObject({ level: 'debug' });
    bundleLogger(log).warn('module not found');
    expect(last()).toMatchObject({ level: 'warn' });
  });
});
