import fc from 'fast-check';
import { inSequence, type EventItem } from '../../../src/client/events';

const items = fc.array(
  fc
    .record({ run: fc.constantFrom('a', 'b', 'c'), sequence: fc.integer({ min: 1, max: 9 }) })
    .map(({ run, sequence }): EventItem => ({
      id: `onboarding:M-1:${run}:${sequence}`,
      type: 'flow.waiting',
      timestamp: '',
      data: { flow: { kind: 'onboarding', number: 'M-1' }, run, sequence },
      delivered: true,
    })),
);

test('within a page each run is in its own order, at the places that it had, and nothing is lost', () => {
  fc.assert(
    fc.property(items, (page) => {
      const sorted = inSequence(page);
      expect(sorted.map(({ data }) => data.run)).toEqual(page.map(({ data }) => data.run));
      expect(sorted.map(({ id }) => id).toSorted()).toEqual(page.map(({ id }) => id).toSorted());
      for (const run of ['a', 'b', 'c']) {
        const sequences = sorted.filter(({ data }) => data.run === run).map(({ data }) => data.sequence);
        expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
      }
    }),
  );
});
