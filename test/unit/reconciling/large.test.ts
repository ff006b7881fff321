import { match } from '../../../src/workflows/reconciling/match';
import { balances } from '../../../src/workflows/reconciling/chain';
import { ownRows } from '../../../src/workflows/reconciling/books';
import { worldOf, type Happening } from './wallet-books';

/** What the SDK lets a workflow run without a pause; a busy machine needs ten times what an idle one does. */
const AT_MOST_MS = 5_000;

test('a window of thousands of rows is compared before the SDK takes the workflow for stuck', () => {
  const happenings: Happening[] = Array.from({ length: 3_000 }, (_, index) =>
    index % 2 === 0
      ? { is: 'recharge', parts: ['10.00'], fee: '0.10' }
      : { is: 'payment', amount: '5.00', fee: '0.10', prepaid: false },
  );
  const { books, known } = worldOf(
    happenings,
    happenings.map((_, index) => (index * 7) % 60),
    '0.00',
  );
  const began = Date.now();
  const entries = match(books, known);
  const [balance] = balances(ownRows(books));
  expect(Date.now() - began).toBeLessThan(AT_MOST_MS);
  expect(entries.filter(({ mark }) => mark !== 'MATCHED')).toEqual([]);
  expect(balance?.sums).toMatchObject({ agrees: true, movements: 4_500 });
});
