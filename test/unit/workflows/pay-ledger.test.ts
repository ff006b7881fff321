import fc from 'fast-check';
import type { CardPayOrder } from '../../../src/messages';
import { addUp } from '../../../src/messages/pay-totals';
import { factKey } from '../../../src/workflows/card-life/facts';
import { PayLedger } from '../../../src/workflows/card-life/pay-ledger';

function order(payOrderNo: string, status: string, over: Partial<CardPayOrder> = {}): CardPayOrder {
  return {
    payOrderNo,
    cardId: '50',
    type: 'AUTH',
    status,
    transactionAmount: '5.00',
    transactionCurrency: 'USD',
    billingAmount: '5.00',
    billingCurrency: 'USD',
    fee: '0.10',
    merchantName: 'SHOP',
    mcc: '5999',
    transactionTime: '2026-01-05 10:00:00',
    ...over,
  };
}
const empty = { old: [], recent: [] };
const at = (second: number) => `2026-01-05 10:00:${String(second).padStart(2, '0')}`;

test('an order counts once however often it is told, under its latest status', () => {
  const ledger = new PayLedger(empty);
  expect(ledger.fold(order('1', 'AUTHORIZED'))).toBe('news');
  expect(ledger.fold(order('1', 'AUTHORIZED'))).toBe('known');
  expect(ledger.fold(order('2', 'AUTHORIZED', { billingAmount: '0.30', fee: '0' }))).toBe('news');
  expect(ledger.fold(order('1', 'SETTLED'))).toBe('news');
  expect(ledger.totals()).toEqual([
    { type: 'AUTH', status: 'AUTHORIZED', currency: 'USD', count: 1, amount: '0.30', fee: '0' },
    { type: 'AUTH', status: 'SETTLED', currency: 'USD', count: 1, amount: '5.00', fee: '0.10' },
  ]);
});

test('another amount or fee under the same status is told apart from nothing new', () => {
  const ledger = new PayLedger(empty);
  ledger.fold(order('1', 'AUTHORIZED'));
  expect(ledger.fold(order('1', 'AUTHORIZED', { billingAmount: '8.00' }))).toBe('amended');
  expect(ledger.fold(order('1', 'AUTHORIZED', { billingAmount: '8.00', fee: '0.20' }))).toBe('amended');
  expect(ledger.fold(order('1', 'AUTHORIZED', { billingAmount: '8.00', fee: '0.20' }))).toBe('known');
  expect(ledger.totals()).toMatchObject([{ count: 1, amount: '8.00', fee: '0.20' }]);
});

test('an answer that lies behind changes nothing, and a status of the past is known', () => {
  const ledger = new PayLedger(empty);
  ledger.fold(order('1', 'AUTHORIZED'));
  ledger.fold(order('1', 'SETTLED'));
  expect(ledger.fold(order('1', 'AUTHORIZED'))).toBe('earlier');
  expect(ledger.hasReached('1', 'AUTHORIZED')).toBe(true);
  expect(ledger.hasReached('1', 'REFUNDED')).toBe(false);
  expect(ledger.isKnown('1', { status: 'AUTHORIZED', amount: '5.00', fee: '0.10' })).toBe(true);
  expect(ledger.isKnown('1', { status: 'SETTLED', amount: '4.00', fee: '0.10' })).toBe(false);
});

test('a status that nobody knows is kept as it comes, and known once it was left', () => {
  const ledger = new PayLedger(empty);
  ledger.fold(order('1', 'ON_HOLD'));
  expect(ledger.hasReached('1', 'AUTHORIZED')).toBe(false);
  expect(ledger.fold(order('1', 'AUTHORIZED'))).toBe('news');
  expect(ledger.hasReached('1', 'ON_HOLD')).toBe(true);
});

test('an order that came from the list alone is news when its callback comes', () => {
  const share = { type: 'AUTH', amount: '5.00', currency: 'USD', fee: '0.10', time: at(1), past: [] };
  const ledger = new PayLedger({
    old: [],
    recent: [{ payOrderNo: '1', status: 'AUTHORIZED', ...share, untold: true }],
  });
  expect(ledger.isKnown('1', { status: 'AUTHORIZED', amount: '5.00', fee: '0.10' })).toBe(false);
  expect(ledger.fold(order('1', 'AUTHORIZED'))).toBe('news');
  expect(ledger.fold(order('1', 'AUTHORIZED'))).toBe('known');
  expect(ledger.totals()).toMatchObject([{ count: 1 }]);
});

test('beyond what is kept one by one an order is counted anew, never added', () => {
  const ledger = new PayLedger(empty, 3);
  for (const second of [1, 2, 2, 3, 4].entries()) {
    ledger.fold(order(`${second[0]}`, 'AUTHORIZED', { transactionTime: at(second[1]) }));
  }
  expect(ledger.edge).toBe(at(2));
  expect(ledger.totals()).toMatchObject([{ count: 5, amount: '25.00' }]);
  expect(ledger.fold(order('1', 'SETTLED', { transactionTime: at(2) }))).toBe('beyond');
  expect(ledger.totals()).toMatchObject([{ count: 5, amount: '25.00' }]);
  ledger.recounted(addUp([], [{ type: 'AUTH', status: 'SETTLED', currency: 'USD', amount: '15.00', fee: '0' }]));
  expect(ledger.totals().map(({ status }) => status)).toEqual(['AUTHORIZED', 'SETTLED']);
});

test('any order and repetition of what happens ends in the sums of the list itself', () => {
  const steps: Readonly<Record<string, readonly string[]>> = {
    kept: ['AUTHORIZED'],
    reversed: ['AUTHORIZED', 'REVERSED'],
    paid: ['AUTHORIZED', 'SETTLED'],
    returned: ['AUTHORIZED', 'SETTLED', 'REFUNDED'],
    declined: ['DECLINED'],
  };
  const life = fc.record({ end: fc.constantFrom(...Object.keys(steps)), cents: fc.integer({ min: 1, max: 99_999 }) });
  fc.assert(
    fc.property(
      fc.array(life, { maxLength: 30 }),
      fc.integer({ min: 1, max: 8 }),
      fc.infiniteStream(fc.nat()),
      (lives, kept, draws) => {
        const amounts = lives.map(({ cents }) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`);
        const shown = (index: number, status: string) =>
          order(`${index}`, status, { billingAmount: amounts[index], transactionTime: at(index) });
        const told = lives.flatMap(({ end }, index) => (steps[end] ?? []).map((status) => shown(index, status)));
        // Each is told up to three times, in any order; what FalPay's query shows then is its last status.
        const heard = [...told, ...told, ...told]
          .map((one) => ({ one, place: draws.next().value as number }))
          .sort((left, right) => left.place - right.place);
        const list = lives.map(({ end }, index) => shown(index, steps[end]?.at(-1) ?? ''));
        const shares = (orders: readonly CardPayOrder[]) =>
          orders.map(({ type, status, billingAmount: amount, billingCurrency: currency, fee }) => ({
            type,
            status,
            amount,
            currency,
            fee,
          }));
        let ledger = new PayLedger(empty, kept);
        for (const { one } of heard) {
          const queried = list[Number(one.payOrderNo)] as CardPayOrder;
          const edge = ledger.edge ?? '';
          if (ledger.fold(queried) === 'beyond')
            ledger.recounted(addUp([], shares(list.filter(({ transactionTime }) => transactionTime <= edge))));
          // As through continue-as-new.
          ledger = new PayLedger(JSON.parse(JSON.stringify(ledger.memory())), kept);
        }
        expect(ledger.totals().map(({ count, status }) => [status, count])).toEqual(
          addUp([], shares(list)).map(({ count, status }) => [status, count]),
        );
        expect(ledger.totals()).toEqual(addUp([], shares(list)));
      },
    ),
    { seed: 20260105, numRuns: 300 },
  );
});

test('a fact has a name of signs that an id may hold', () => {
  expect(factKey('FROZEN', '2026-01-05 10:00:00')).toBe('FROZEN-2026-01-05-10:00:00');
  expect(factKey('冻结/x', '1')).toBe('_51bb__7ed3__2f_x-1');
});
