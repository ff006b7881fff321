import fc from 'fast-check';
import { add, amount, compare, currencyDigits, formatMoney, money, subtract, sum } from '../../../src/falpay';

/** The reference: whole minor units as BigInt, with 4 decimals for all. */
const units = (text: string): bigint => {
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(4, '0'));
  return negative ? -value : value;
};
const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.integer({ min: 0, max: 4 }), fc.nat(9999))
  .map(([negative, whole, digits, fraction]) => {
    const tail = digits === 0 ? '' : `.${String(fraction).padStart(4, '0').slice(0, digits)}`;
    return `${negative ? '-' : ''}${whole}${tail}`;
  });
const usd = (text: string) => ({ amount: amount(text), currency: 'USD' });

test('sums and differences of any size agree with whole numbers', () => {
  fc.assert(
    fc.property(decimal, decimal, (a, b) => {
      expect(units(add(usd(a), usd(b)).amount)).toBe(units(a) + units(b));
      expect(units(subtract(usd(a), usd(b)).amount)).toBe(units(a) - units(b));
      const order = units(a) < units(b) ? -1 : units(a) > units(b) ? 1 : 0;
      expect(compare(usd(a), usd(b))).toBe(order);
    }),
  );
});

test('the order of adding does not matter, and nothing is rounded', () => {
  fc.assert(
    fc.property(fc.array(decimal), (all) => {
      const forth = sum(all.map(usd), 'USD').amount;
      const back = sum([...all].reverse().map(usd), 'USD').amount;
      expect(units(forth)).toBe(units(back));
      expect(units(forth)).toBe(all.reduce((total, one) => total + units(one), 0n));
    }),
  );
});

test('results are written plainly, with the decimals of the finer amount', () => {
  expect(formatMoney(add(usd('0.10'), usd('0.2')))).toBe('0.30 USD');
  expect(subtract(usd('1.00'), usd('1.00')).amount).toBe('0.00');
  expect(subtract(usd('-1.00'), usd('-1.00')).amount).toBe('0.00');
  expect(add(usd('1000000000000000000000.00'), usd('0.01')).amount).toBe('1000000000000000000000.01');
  expect(sum([], 'JPY')).toEqual({ amount: '0', currency: 'JPY' });
});

test('currencies are never mixed', () => {
  const eur = { amount: amount('1'), currency: 'EUR' };
  for (const mix of [add, subtract, compare])
    expect(() => mix(usd('1'), eur)).toThrow('USD and EUR cannot be reckoned together');
  expect(() => sum([eur], 'USD')).toThrow(RangeError);
});

test.each(['1e3', '+1', ' 1', '1.', '.5', '01', '1,000', 'NaN', 'Infinity', '', '0x10', '--1'])(
  '"%s" is no amount',
  (text) => {
    expect(() => amount(text)).toThrow(RangeError);
  },
);

test('an amount must not be finer than its currency', () => {
  expect(money('100.00', 'USD')).toEqual({ amount: '100.00', currency: 'USD' });
  expect(() => money('0.001', 'USD')).toThrow('at most 2 decimals');
  expect(() => money('1.5', 'JPY')).toThrow('at most 0 decimals');
  expect(money('1.234', 'KWD').amount).toBe('1.234');
  expect(money('0.00000001', 'USDT').amount).toBe('0.00000001');
});

test('the currencies agree with those the runtime knows', () => {
  for (const code of ['USD', 'EUR', 'HKD', 'CNY', 'JPY', 'KWD', 'CLF']) {
    const { maximumFractionDigits } = new Intl.NumberFormat('en', {
      style: 'currency',
      currency: code,
    }).resolvedOptions();
    expect(currencyDigits(code)).toBe(maximumFractionDigits);
  }
});
