/** Every query of docs/operations.md on a real server: an operator pastes them as they are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { registerSearchAttributes } from '../../src/temporal/search-attributes';
import { temporalForTests, type TestTemporal } from '../setup/temporal';

const text = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
const queries = [
  ...[...text.matchAll(/^```sql\n(.+)\n```$/gm)].map(([, query = '']) => query),
  ...[...text.matchAll(/ --query '([^']+)'/g)].map(([, query = '']) => query),
];

let temporal: TestTemporal;
let client: Client;
beforeAll(async () => {
  temporal = await temporalForTests();
  await registerSearchAttributes(temporal.connection, temporal.namespace);
  client = new Client({ connection: temporal.connection, namespace: temporal.namespace });
});
afterAll(() => temporal?.close());

test('there are queries', () => expect(queries.length).toBeGreaterThan(12));

test.each(queries)('the server takes %s', async (query) => {
  await expect(client.workflow.count(query)).resolves.toMatchObject({ count: 0 });
  await expect(client.workflow.count(`(${query}) AND TaskQueue = "cardflow-production"`)).resolves.toMatchObject({
    count: 0,
  });
});

test('and refuses one that is none, so that the tests above mean something', async () => {
  await expect(client.workflow.count('FlowStge = "BLOCKED"')).rejects.toThrow();
});
