import { ServiceError } from '@temporalio/client';
import { loadProfile } from '../../../src/falpay/contract/profile';
import { createLogger } from '../../../src/logging';
import { connectionOptions } from '../../../src/temporal/connection';
import { dataConverter } from '../../../src/temporal/data-converter';
import { explain } from '../../../src/temporal/reach';
import { bundleLogger, sdkLogger } from '../../../src/temporal/runtime';
import { keepWorking, shutdownGraceMs, type Working } from '../../../src/temporal/worker';

const temporal = { address: 't.example:7233', namespace: 'cards' };

describe('draining', () => {
  test('a worker waits longer than its slowest FalPay call with a token fetched before', () => {
    const profile = loadProfile({ operations: { applyCard: { timeoutMs: 40_000 } }, token: { timeoutMs: 7_000 } });
    expect(shutdownGraceMs(profile)).toBeGreaterThan(47_000);
    expect(shutdownGraceMs(loadProfile())).toBeLessThan(30_000);
  });
});

describe('a worker that is lost', () => {
  const QUERY_FAULT = new TypeError(
    'Malformed Workflow Completion: "Workflow completion had a legacy query response along with other commands. […]"',
  );

  /** Workers that fail one after the other; the last one runs until it is stopped. */
  async function work(failures: readonly Error[], stop = new AbortController()) {
    const left = [...failures];
    const seen = { created: 0, lost: [] as Error[] };
    const create = async (): Promise<Working> => {
      seen.created += 1;
      const failure = left.shift();
      let end: () => void = () => undefined;
      const stopped = new Promise<void>((resolve) => (end = resolve));
      return {
        run: () => (failure ? Promise.reject(failure) : stopped),
        shutdown: () => end(),
        getState: () => 'RUNNING',
      };
    };
    const done = keepWorking({
      create,
      stop: stop.signal,
      onStart: () => left.length === 0 && setImmediate(() => stop.abort()),
      onLost: (error) => seen.lost.push(error),
    });
    return { seen, failure: await done.catch((error: unknown) => error) };
  }

  test('to the fault of SDK Core with queries is followed by another one, until it is stopped', async () => {
    expect(await work([QUERY_FAULT, QUERY_FAULT])).toEqual({
      seen: { created: 3, lost: [QUERY_FAULT, QUERY_FAULT] },
      failure: undefined,
    });
  });

  test('to anything else ends the process, whose supervisor decides', async () => {
    const fault = new Error('the namespace is gone');
    expect(await work([fault])).toEqual({ seen: { created: 1, lost: [] }, failure: fault });
  });

  test('while it drains has drained', async () => {
    const stop = new AbortController();
    const worker: Working = {
      run: () => {
        stop.abort();
        return Promise.reject(QUERY_FAULT);
      },
      shutdown: () => undefined,
      getState: () => 'FAILED',
    };
    const nothing = () => undefined;
    await keepWorking({ create: async () => worker, stop: stop.signal, onStart: nothing, onLost: nothing });
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
