import fc from 'fast-check';
import { InvalidInputError } from '../../../src/client';
import { BEGINNING, cursorOf, isAfter, positionOf } from '../../../src/client/event-cursor';

const positions = fc.record({
  nanos: fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n }),
  id: fc.stringMatching(/^[A-Za-z0-9_:~-]{0,80}$/),
});

test('a cursor leads back to the position it was made from', () => {
  fc.assert(fc.property(positions, (position) => expect(positionOf(cursorOf(position))).toEqual(position)));
  expect(positionOf(cursorOf(BEGINNING))).toEqual(BEGINNING);
});

test('whatever else is handed in is refused, and the field is named', () => {
  const refusal = (cursor: string) => {
    try {
      positionOf(cursor);
    } catch (error) {
      return error instanceof InvalidInputError ? error.issues[0]?.path : error;
    }
    return 'taken';
  };
  for (const cursor of [
    '',
    'x',
    '2026-03-01',
    `${cursorOf(BEGINNING)}=`,
    ` ${cursorOf(BEGINNING)}`,
    Buffer.from('2.1.a').toString('base64url'),
  ])
    expect([cursor, refusal(cursor)]).toEqual([cursor, 'after']);
  fc.assert(fc.property(fc.string(), (text) => expect(['after', 'taken']).toContain(refusal(text))));
});

test('positions have one order: by moment, then by id', () => {
  fc.assert(
    fc.property(positions, positions, (one, other) => {
      const same = one.nanos === other.nanos && one.id === other.id;
      expect([isAfter(one, other), isAfter(other, one)].filter(Boolean)).toHaveLength(same ? 0 : 1);
    }),
  );
});
