import { match } from '../../../src/workflows/reconciling/match';
import { balances } from '../../../src/workflows/reconciling/chain';
import { ownRows, type BookedRow } from '../../../src/workflows/reconciling/books';
import { worldOf, type Happening } from './wallet-books';

/** A wallet whose rows stand at a few seconds of its day: the more happenings, the more rows of one second. */
function compared(happenings: number) {
  const happened = Array.from({ length: happenings }, (_, index): Happening =>
    index % 2 === 0
      ? { is: 'recharge', parts: ['10.00'], fee: '0.10' }
      : { is: 'payment', amount: '5.00', fee: '0.10', prepaid: false },
  );
  const seconds = happened.map((_, index) => (index * 7) % 60);
  const { books, known } = worldOf(happened, seconds, '0.00');
  let looks = 0;
  const watched = books.rows.map(
    (row): BookedRow =>
      new Proxy(row, {
        get: (target, name) => {
          looks += 1;
          return Reflect.get(target, name) as unknown;
        },
      }),
  );
  const watchedBooks = { ...books, rows: watched };
  const entries = match(watchedBooks, known);
  const [balance] = balances(ownRows(watchedBooks));
  return { entries, balance, rows: watched.length, looksPerRow: looks / watched.length };
}

test('a window of thousands of rows takes no more work a row than a small one: the SDK ends a workflow that computes for long', () => {
  const [small, large] = [compared(120), compared(3_000)];
  expect(large.entries.filter(({ mark }) => mark !== 'MATCHED')).toEqual([]);
  expect(large.balance?.sums).toMatchObject({ agrees: true, movements: 4_500 });
  expect(large.looksPerRow).toBeLessThan(2 * small.looksPerRow);
});
