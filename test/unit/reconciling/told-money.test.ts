/** What a reconciliation tells of an order's money: what was given back is netted as flows do, and each currency is told by itself. */
import { moneyTold } from '../../../src/messages';
import type { BookedRow } from '../../../src/workflows/reconciling/books';
import { missedOrders } from '../../../src/workflows/reconciling/feeding';
import { match } from '../../../src/workflows/reconciling/match';
import { DAY, WALLET, worldOf, type World } from './wallet-books';

const AT = { instant: '2026-02-01T00:00:00.000Z', clock: '2026-02-01 08:00:00' };

const row = (change: Partial<BookedRow>): BookedRow => ({
  ...{ flowNo: 'X1', walletId: WALLET, orderNo: 'O0', type: 'RECHARGE', direction: 'IN', amount: '50.00', fee: '0.00' },
  ...{ balanceAfter: '0.00', currency: 'USD', status: 'SUCCESS', createTime: `${DAY} 10:00:00` },
  ...change,
});

/** The world, where all that is known of the order is `facts` and these rows. */
function knowing(world: World, orderNo: string, facts: object, rows: readonly BookedRow[]) {
  const known = world.known.orders.get(orderNo);
  if (!known) throw new Error(`no order ${orderNo}`);
  return {
    books: { ...world.books, rows },
    known: {
      ...world.known,
      exact: true,
      orders: new Map([[orderNo, { ...known, ...facts }]]),
      allRows: new Map([[orderNo, rows]]),
    },
  };
}

function told({ books, known }: ReturnType<typeof knowing>) {
  return missedOrders(WALLET, known, match(books, known), AT).map(({ event }) => moneyTold(event));
}

test('a withdrawal that was taken and given back agrees with its flow, and nothing is told', () => {
  const world = worldOf([{ is: 'withdrawal', net: '10.00', fee: '0.00' }], [1], '100.00');
  const facts = { amount: '0.00', fee: '0.00', ended: false, status: 'FAILED' };
  const of = { merchantOrderNo: 'D-0_WD1', type: 'WITHDRAW', amount: '10.00' };
  const rows = [row({ ...of, direction: 'OUT' }), row({ ...of, flowNo: 'X2', direction: 'IN' })];
  const back = knowing(world, 'D-0_WD1', facts, rows);
  expect(told(back)).toEqual([]);
  expect(match(back.books, back.known)).toMatchObject([{ order: 'D-0_WD1', mark: 'MATCHED', theirs: '0.00' }]);
});

test('of a recharge each currency is told by itself, all of it, and what went back is not', () => {
  const world = worldOf([{ is: 'recharge', parts: ['10.00'], fee: '0.00' }], [1], '0.00');
  const facts = { amount: undefined, fee: undefined, ordered: '100.00', ended: true, falpayOrderNo: 'O0' };
  const of = { merchantOrderNo: 'R-0_RC1' };
  const euros = row({ ...of, flowNo: 'E1', currency: 'EUR' });
  const dollars = row({ ...of, flowNo: 'U1', amount: '40.00' });
  const says = (...rows: BookedRow[]) =>
    told(knowing(world, 'R-0_RC1', facts, rows)).map((money) => `${money?.amount} ${money?.currency}`);
  expect(says(euros)).toEqual(['50.00 EUR']);
  expect(says(euros, dollars)).toEqual(['40.00 USD', '50.00 EUR']);
  expect(says(euros, { ...euros, flowNo: 'E2' })).toEqual(['100.00 EUR']);
  expect(says(dollars, euros, { ...euros, flowNo: 'E2', direction: 'OUT' })).toEqual(['40.00 USD']);
});

test('a recharge that came and was sent back agrees with its flow, and is no correction that nobody explains', () => {
  const world = worldOf([{ is: 'recharge', parts: ['10.00'], fee: '0.00' }], [1], '0.00');
  const facts = { amount: '20.00', fee: '0.00', ended: false };
  const of = { merchantOrderNo: 'R-0_RC1' };
  const back = { ...of, type: 'ADJUST', direction: 'OUT' };
  const rows = [
    ...[row({ ...of }), row({ ...back, flowNo: 'X2', amount: '30.00' })],
    ...[row({ ...of, flowNo: 'E1', currency: 'EUR' }), row({ ...back, flowNo: 'E2', currency: 'EUR' })],
  ];
  const sent = knowing(world, 'R-0_RC1', facts, rows);
  expect(told(sent)).toEqual([]);
  expect(match(sent.books, sent.known)).toMatchObject([{ order: 'R-0_RC1', mark: 'MATCHED', theirs: '20.00' }]);
});
