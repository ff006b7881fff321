import { temporal as proto } from '@temporalio/proto';
import { SEARCH_ATTRIBUTES } from '../../src/messages';
import { registerSearchAttributes, SearchAttributesError } from '../../src/temporal/search-attributes';
import { temporalForTests, type TestTemporal } from '../setup/temporal';

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
