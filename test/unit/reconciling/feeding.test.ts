import { isCallbackEvent } from '../../../src/messages';
import { cardEvents, missedOrders } from '../../../src/workflows/reconciling/feeding';
import { match } from '../../../src/workflows/reconciling/match';
import { addSums } from '../../../src/workflows/reconciling/sums';
import { PREPAID, SHARED, WALLET, worldOf, type World } from './wallet-books';

const AT = { instant: '2026-02-01T00:00:00.000Z', clock: '2026-02-01 08:00:00' };

/** The world with a flow that knows only so much of its order. */
function knowing(world: World, orderNo: string, change: object): World {
  const facts = world.known.orders.get(orderNo);
  if (!facts) throw new Error(`no ${orderNo}`);
  return {
    ...world,
    known: { ...world.known, orders: new Map(world.known.orders).set(orderNo, { ...facts, ...change }) },
  };
}
const missedIn = ({ books, known }: World) =>
  missedOrders(WALLET, known, match(books, known), AT).map(({ event }) => event);

const recharge = worldOf([{ is: 'recharge', parts: ['60.00', '39.00'], fee: '1.00' }], [1], '0.00');
const withdrawal = worldOf([{ is: 'withdrawal', net: '20.00', fee: '2.00' }], [1], '100.00');

test('money that a flow does not know is told as its callback would be, as a hint and under the same name each time', () => {
  const [event, ...more] = missedIn(knowing(recharge, 'R-0_RC1', { amount: '60.00', falpayOrderNo: 'O0' }));
  expect(more).toEqual([]);
  expect(isCallbackEvent(event)).toBe(true);
  expect(event).toMatchObject({
    topic: 'wallet-recharge',
    orderNo: 'R-0_RC1',
    ref: 'O0',
    stale: true,
    ids: { walletId: WALLET },
    data: { status: 'SUCCESS', amount: '100.00', creditedAmount: '99.00', fee: '1.00', currency: 'USD' },
  });
  expect(missedIn(knowing(recharge, 'R-0_RC1', { amount: '60.00', falpayOrderNo: 'O0' }))[0]?.eventId).toBe(
    event?.eventId,
  );
});

test('as long as less came than was ordered, nobody is told that it was the last', () => {
  const open = { amount: undefined, fee: undefined, ordered: '150.00' };
  expect(missedIn(knowing(recharge, 'R-0_RC1', open))).toMatchObject([
    { data: { status: 'PROCESSING', amount: '150.00' } },
  ]);
});

test('a withdrawal is told net of its fee, which is how it was ordered', () => {
  const open = { amount: undefined, fee: undefined };
  expect(missedIn(knowing(withdrawal, 'D-0_WD1', open))).toMatchObject([
    { topic: 'wallet-withdrawal', data: { status: 'SUCCESS', amount: '20.00', fee: '2.00' } },
  ]);
});

test('nothing is told to a flow that knows more, that is not there, that is silent, or whose day was another', () => {
  expect(missedIn(recharge)).toEqual([]);
  expect(missedIn(knowing(recharge, 'R-0_RC1', { amount: '500.00' }))).toEqual([]);
  expect(missedIn(knowing(recharge, 'R-0_RC1', { amount: undefined, shown: false, found: false }))).toEqual([]);
  expect(missedIn(knowing(recharge, 'R-0_RC1', { amount: undefined, silent: true }))).toEqual([]);
  const open = knowing(recharge, 'R-0_RC1', { amount: undefined });
  const allRows = new Map([['R-0_RC1', open.books.rows]]);
  expect(missedIn({ books: { ...open.books, rows: [] }, known: { ...open.known, allRows } })).toEqual([]);
});

test('an issued card that its flow does not know is told with the status that it has', () => {
  const world = worldOf([{ is: 'card', fee: '1.00' }], [1], '10.00');
  const open = knowing(world, 'I-0_IC1', { cardId: undefined, status: 'UNCONFIRMED' });
  expect(missedIn(open)).toMatchObject([
    { topic: 'card-status', ref: '90', occurredAt: AT.clock, data: { status: 'ACTIVE' } },
  ]);
});

test('payments go to their cards in the order in which they happened, then each card’s status; strangers’ cards are left alone', () => {
  const payment = { is: 'payment', amount: '5.00', fee: '0.00' } as const;
  const { books, known } = worldOf(
    [
      { ...payment, prepaid: false },
      { ...payment, prepaid: true },
    ],
    [10, 20],
    '100.00',
  );
  const events = cardEvents(WALLET, books, known, [], AT);
  expect(events.every(isCallbackEvent)).toBe(true);
  expect(events.map(({ topic, ref }) => [topic, ref])).toEqual([
    ['card-authorization', SHARED],
    ['card-authorization', PREPAID],
    ['card-status', SHARED],
    ['card-status', PREPAID],
  ]);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(events.length);
  const ours = { ...known, ourCards: new Set([PREPAID]) };
  expect(cardEvents(WALLET, books, ours, [], AT).map(({ ref }) => ref)).toEqual([PREPAID, PREPAID]);
});

describe('sums', () => {
  const sums = (opening: string, closing: string, agrees = true) =>
    ({ currency: 'USD', opening, in: '2.00', out: '1.00', fees: '0.10', closing, agrees, movements: 2 }) as const;

  test('of windows: the first one’s opening, the last one’s closing', () => {
    expect(addSums([sums('1.00', '2.00')], [sums('2.00', '3.00', false)], 'one after the other')).toEqual([
      {
        currency: 'USD',
        opening: '1.00',
        in: '4.00',
        out: '2.00',
        fees: '0.20',
        closing: '3.00',
        agrees: false,
        movements: 4,
      },
    ]);
  });

  test('of wallets: what they hold together', () => {
    expect(addSums([sums('1.00', '2.00')], [sums('5.00', '6.00')], 'side by side')).toMatchObject([
      { opening: '6.00', closing: '8.00', in: '4.00', agrees: true },
    ]);
    const euro = { ...sums('1.00', '2.00'), currency: 'EUR' };
    expect(addSums([sums('1.00', '2.00')], [euro], 'side by side').map(({ currency }) => currency)).toEqual([
      'EUR',
      'USD',
    ]);
  });
});
