import { decimal, InsufficientFunds, Ledger, money, payable } from '../../../src/sandbox/ledger/ledger';
import { Database } from '../../../src/sandbox/store/database';

let database: Database;
let ledger: Ledger;
beforeEach(() => {
  database = new Database(undefined);
  ledger = new Ledger(database);
});
afterEach(() => database.close());

const move = (from: string, to: string, amount: string, currency = 'USD') =>
  database.transaction(() =>
    ledger.move({ kind: 'TEST', ref: '1', at: 0, from, to, currency, amount: decimal(amount) }),
  );
const balance = (account: string, currency = 'USD') => ledger.balance(account, currency).toFixed();

test('what one account gives, the other gets', () => {
  move('external:bank', 'wallet:1:available', '100.10');
  move('wallet:1:available', 'wallet:2:available', '0.07');
  expect([balance('external:bank'), balance('wallet:1:available'), balance('wallet:2:available')]).toEqual([
    '-100.1',
    '100.03',
    '0.07',
  ]);
});

test('a transfer that does not add up is a mistake of ours and books nothing', () => {
  const postings = [
    { account: 'external:bank', currency: 'USD', amount: decimal('-1') },
    { account: 'wallet:1:available', currency: 'EUR', amount: decimal('1') },
  ];
  expect(() => database.transaction(() => ledger.post({ kind: 'TEST', ref: '1', at: 0, postings }))).toThrow(/off by/);
  expect(balance('wallet:1:available', 'EUR')).toBe('0');
});

test('only the outside world goes below zero', () => {
  move('external:bank', 'wallet:1:available', '10');
  expect(() => move('wallet:1:available', 'falpay:fees', '10.01')).toThrow(InsufficientFunds);
  expect(() => move('wallet:1:available', 'falpay:fees', '1', 'EUR')).toThrow(InsufficientFunds);
  expect(balance('wallet:1:available')).toBe('10');
  move('wallet:1:available', 'falpay:fees', '10');
  expect(balance('wallet:1:available')).toBe('0');
});

test('amounts of any length stay exact', () => {
  const huge = '9999999999999999.99999999';
  for (let time = 0; time < 10; time += 1) move('external:bank', 'wallet:1:available', huge);
  move('external:bank', 'wallet:1:available', '0.00000001');
  expect(balance('wallet:1:available')).toBe('99999999999999999.99999991');
});

test.each([
  ['1.005', 'USD', '1.01'],
  ['1.004', 'USD', '1.00'],
  ['0.5', 'JPY', '1'],
  ['1.0005', 'KWD', '1.001'],
])('of %s %s can be paid %s', (amount, currency, expected) => {
  expect(money(payable(decimal(amount), currency), currency)).toBe(expected);
});
