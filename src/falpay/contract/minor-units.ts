import { Decimal } from 'decimal.js';
import { isCurrency, minorDigits } from './iso';
import type { FalpayProfile } from './profile-schema';

type UnitRules = Pick<FalpayProfile['wire'], 'minorDigits'>;

// Enough for any amount of a model; Decimal's default of 20 digits would round silently.
const Exact = Decimal.clone({ precision: 100, toExpNeg: -100, toExpPos: 100 });
const DECIMAL = /^[+-]?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,2})?$/;

/**
 * "100.00" in a currency with cents is 10000.
 * @throws RangeError when nobody knows how many decimals the currency has
 */
export function toMinor(amount: string, currency: unknown, rules: UnitRules): string {
  const digits = digitsOf(currency, rules);
  if (digits === undefined)
    throw new RangeError(`How many decimals ${String(currency)} has is not known: set wire.minorDigits of the profile`);
  return DECIMAL.test(amount) ? new Exact(amount).times(new Exact(10).pow(digits)).toFixed() : amount;
}

/**
 * 10000 in a currency with cents is "100.00". What cannot be told is made unreadable as an amount: taken as it is, it
 * would be a hundredfold.
 */
export function fromMinor(amount: string, currency: unknown, rules: UnitRules): string {
  const digits = digitsOf(currency, rules);
  if (digits === undefined || !DECIMAL.test(amount)) return `${amount} minor units of ${String(currency)}`;
  const major = new Exact(amount).div(new Exact(10).pow(digits));
  return major.toFixed(Math.max(digits, major.decimalPlaces()));
}

function digitsOf(currency: unknown, { minorDigits: own }: UnitRules): number | undefined {
  if (typeof currency !== 'string') return undefined;
  if (Object.hasOwn(own, currency)) return own[currency];
  return isCurrency(currency) ? minorDigits(currency) : undefined;
}
