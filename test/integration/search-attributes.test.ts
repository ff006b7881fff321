import { temporal as proto } from '@temporalio/proto';
import { SearchAttributesMissingError, TemporalUnavailableError } from '../../src/client';
import { SEARCH_ATTRIBUTES } from '../../src/messages';
import { registerSearchAttributes, SearchAttributesError } from '../../src/temporal/search-attributes';
import { runCli } from '../../src/cli/program';
import { onboardingBody, startStack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';

const opened: TestTemporal[] = [];
const server = async (): Promise<TestTemporal> => {
  const temporal = await temporalForTests();
  opened.push(temporal);
  return temporal;
};
afterAll(async () => {
  for (const temporal of opened) await temporal.close();
});

const NAMES = Object.keys(SEARCH_ATTRIBUTES);

const neverTaken = (): never => {
  throw new Error('a callback was taken without search attributes');
};
/** A callback has three seconds; what takes longer is another fault, after which FalPay sends it again. @throws any that is not passing */
function isMissing(error: unknown): boolean {
  if (error instanceof SearchAttributesMissingError) return true;
  if (error instanceof TemporalUnavailableError) return false;
  throw error;
}

test('search attributes are added once, and can be used when the registration returns', async () => {
  const { connection, namespace } = await server();
  expect(await registerSearchAttributes(connection, namespace)).toEqual({ added: NAMES });
  const query = NAMES.map((name) => `${name} = 'x'`).join(' OR ');
  await expect(connection.workflowService.listWorkflowExecutions({ namespace, query })).resolves.toBeDefined();
  expect(await registerSearchAttributes(connection, namespace)).toEqual({ added: [] });
});

test('worker and gateway may register at the same moment', async () => {
  const { connection, namespace } = await server();
  await expect(Promise.all([1, 2, 3].map(() => registerSearchAttributes(connection, namespace)))).resolves.toHaveLength(
    3,
  );
});

test('a name that is taken by another type is told, and nothing is added', async () => {
  const { connection, namespace } = await server();
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { FlowStage: proto.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_INT },
  });
  await expect(registerSearchAttributes(connection, namespace)).rejects.toThrow(
    new SearchAttributesError(
      `namespace "${namespace}" has FlowStage as another type than Keyword: rename or remove it there`,
    ),
  );
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  expect(Object.keys(customAttributes ?? {})).toEqual(['FlowStage']);
});

test('while they are missing, what needs them is told so and asked to come again', async () => {
  const temporal = await server();
  const stack = await startStack({ ...temporal, searchable: true }, { bundle: workflowBundle() });
  try {
    for (const [method, path, body] of [
      ['PUT', '/v1/onboardings/B-1', onboardingBody()],
      ['GET', '/v1/flows', undefined],
    ] as const) {
      const answer = await stack.api(method, path, body, 'operator');
      expect([path, answer.status, answer.body.code]).toEqual([path, 503, 'search-attributes-missing']);
      expect(answer.body.detail).toMatch(/search attribute \w+ .+ create it by hand, type Keyword/s);
    }
    const early = await fetch(`${stack.gatewayUrl}/v1/flows`, {
      headers: { authorization: `Bearer ${stack.keys.operator}` },
    });
    expect(early.headers.get('retry-after')).toMatch(/^\d+$/);
    // A 503 for FalPay as well, which then sends it again.
    const event = {
      eventId: 'e',
      topic: 'wallet-recharge',
      occurredAt: '2026-01-31 10:00:00',
      receivedAt: '2026-01-31T02:00:00Z',
      stale: false,
      ref: '4711',
      ids: { walletId: '1' },
      data: {},
    } as const;
    await until(
      () => stack.cardflow.callbacks.route(event).then(neverTaken, isMissing),
      () => 'FalPay is not told that they are missing',
    );
    const increase = { direction: 'INCREASE', amount: '1.00', currency: 'USD' } as const;
    const change = stack.cardflow.changeLimit({ cardId: '4711', orderNo: 'A-1' }, increase);
    await expect(change).rejects.toThrow(SearchAttributesMissingError);
    const told: string[] = [];
    const code = await runCli(['start', 'onboarding', 'B-2', '--file', '-'], {
      out: (line) => told.push(line),
      err: (line) => told.push(line),
      stdin: async () => JSON.stringify(onboardingBody()),
      env: {
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        CARDFLOW_ENVIRONMENT: temporal.environment,
      },
      signal: new AbortController().signal,
    });
    expect([code, told.join()]).toEqual([1, expect.stringContaining('create it by hand, type Keyword')]);
    await registerSearchAttributes(temporal.connection, temporal.namespace);
    expect((await stack.start('B-1')).status).toBe(201);
  } finally {
    await stack.stop();
  }
});
