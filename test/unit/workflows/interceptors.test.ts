import { withoutLeftovers } from '../../../src/workflows/interceptors';

const timer = { startTimer: { seq: 1 } };
const answer = (queryId: string) => ({ respondToQuery: { queryId } });

test('to a query that is a task of its own nothing goes out but the answer', () => {
  expect(withoutLeftovers([timer, answer('legacy_query')])).toEqual([answer('legacy_query')]);
});

test.each([
  ['no query', [timer]],
  ['queries that came with a task', [timer, answer('1'), answer('2')]],
  ['nothing', []],
])('with %s everything goes out', (_what, commands) => {
  expect(withoutLeftovers(commands)).toBe(commands);
});
