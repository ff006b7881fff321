import fc from 'fast-check';
import { narrow, type Stretch } from '../../../src/client/time-window';

const NOW = Date.parse('2026-03-01T00:00:00Z');
const DAY = 86_400_000;

/** Counts as visibility does, and remembers how often it was asked. */
function counting(times: readonly number[]) {
  const asked: Stretch[] = [];
  const count = async (stretch: Stretch) => {
    asked.push(stretch);
    return times.filter((time) => time > stretch.from && time <= stretch.to).length;
  };
  return { asked, count };
}

/** Bursts and silences over months, many at one millisecond now and then. */
const times = fc
  .array(
    fc.record({
      at: fc.integer({ min: 1, max: 120 * DAY }),
      many: fc.integer({ min: 1, max: 60 }),
      within: fc.constantFrom(0, 5, 60_000, DAY),
    }),
    { maxLength: 30 },
  )
  .map((bursts) =>
    bursts
      .flatMap(({ at, many, within }) =>
        Array.from({ length: many }, (_, index) => at + Math.floor((within * index) / many)),
      )
      .map((offset) => NOW - 121 * DAY + offset)
      .filter((time) => time <= NOW),
  );

test('stretch after stretch, every event is met once and none is stepped over, few enough at a time', async () => {
  await fc.assert(
    fc.asyncProperty(times, fc.integer({ min: 1, max: 100 }), fc.boolean(), async (all, atMost, knowsWhere) => {
      const met: number[] = [];
      const { asked, count } = counting(all);
      let from = knowsWhere ? NOW - 200 * DAY : 0;
      while (from < NOW) {
        const before = asked.length;
        const found = await narrow({ from, to: NOW }, atMost, count);
        const held = all.filter((time) => time > found.from && time <= found.to);
        expect(found.from).toBe(from);
        expect(found.to).toBeGreaterThan(from);
        expect(found.count).toBe(held.length);
        if (held.length > atMost) expect(new Set(held).size).toBe(1);
        if (found.to < NOW) expect(held.length).toBeGreaterThan(0);
        // Twice the halvings of 200 days, and the look back.
        expect(asked.length - before).toBeLessThan(90);
        met.push(...held);
        from = found.to;
      }
      expect(met.toSorted()).toEqual(all.toSorted());
    }),
    { numRuns: 60 },
  );
});

test('where there is little, one question is enough', async () => {
  const { asked, count } = counting([NOW - 5, NOW - 3]);
  expect(await narrow({ from: 0, to: NOW }, 10, count)).toEqual({ from: 0, to: NOW, count: 2 });
  expect(asked).toHaveLength(1);
});

test('through ninety days of a busy system it asks a handful of times a page', async () => {
  const busy = Array.from({ length: 20_000 }, (_, index) => NOW - 90 * DAY + Math.floor((index * 90 * DAY) / 20_000));
  const { asked, count } = counting(busy);
  const first = await narrow({ from: 0, to: NOW }, 100, count);
  expect(asked.length).toBeLessThan(40);
  asked.length = 0;
  await narrow({ from: first.to, to: NOW }, 100, count);
  expect(asked.length).toBeLessThan(15);
});
