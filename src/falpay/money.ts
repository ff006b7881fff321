import { Decimal } from 'decimal.js';
import { isCurrency, minorDigits } from './contract/iso';

// Enough for any sum of what fits in a model; Decimal's default of 20 digits would round silently.
const Exact = Decimal.clone({ precision: 100, toExpNeg: -100, toExpPos: 100 });

declare const amountBrand: unique symbol;
/** A plain decimal string in major units, such as "100.00" or "-0.5". Make one with `amount`. */
export type Amount = string & { readonly [amountBrand]: true };

/** An amount with its currency. */
export interface Money {
  readonly amount: Amount;
  /** ISO 4217 for what we send; FalPay's word for what it sends. */
  readonly currency: string;
}

/** The decimals an amount of this currency may have (ISO 4217; 2 where it lists nothing else). */
export const currencyDigits = minorDigits;

/** Whether a text is an amount as `amount` reads it. */
export const isAmount = (text: unknown): text is Amount =>
  typeof text === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) && text.length <= 64;

/**
 * Reads an amount.
 * @throws RangeError when the text is no plain decimal: no exponent, no spaces, no "+", no JS number
 */
export function amount(text: string): Amount {
  if (isAmount(text)) return text;
  throw new RangeError('An amount must be a plain decimal string such as "100.00"');
}

/**
 * An amount with its currency.
 * @throws RangeError when the amount is no plain decimal, or has more decimals than a known currency has
 */
export function money(text: string, currency: string): Money {
  const value = amount(text);
  const decimals = value.split('.')[1]?.replace(/0+$/, '').length ?? 0;
  if (isCurrency(currency) && decimals > currencyDigits(currency))
    throw new RangeError(`An amount in ${currency} must have at most ${currencyDigits(currency)} decimals`);
  return { amount: value, currency };
}

/** An amount of a FalPay answer: exact whatever its number of decimals. @throws RangeError when the text is no plain decimal */
export const received = (text: string, currency: string): Money => ({ amount: amount(text), currency });

/** a + b, with as many decimals as the finer of the two. @throws RangeError when the currencies differ */
export const add = (a: Money, b: Money): Money => combine(a, b, (x, y) => x.plus(y));

/** a - b, with as many decimals as the finer of the two. @throws RangeError when the currencies differ */
export const subtract = (a: Money, b: Money): Money => combine(a, b, (x, y) => x.minus(y));

/** -1, 0 or 1 as a is less than, equal to or more than b. @throws RangeError when the currencies differ */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  sameCurrency(a, b);
  const order = new Exact(a.amount).comparedTo(b.amount);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/** The sum of all; of nothing it is zero of the currency. @throws RangeError when a currency differs */
export const sum = (all: Iterable<Money>, currency: string): Money =>
  [...all].reduce(add, { amount: amount('0'), currency });

export const isZero = (value: Money): boolean => new Exact(value.amount).isZero();
export const isNegative = (value: Money): boolean => new Exact(value.amount).lt(0);

/** "100.00 USD" */
export const formatMoney = (value: Money): string => `${value.amount} ${value.currency}`;

function combine(a: Money, b: Money, operation: (x: Decimal, y: Decimal) => Decimal): Money {
  sameCurrency(a, b);
  const [x, y] = [new Exact(a.amount), new Exact(b.amount)];
  const result = operation(x, y);
  // toFixed writes a negative zero as "-0.00".
  const written = (result.isZero() ? result.abs() : result).toFixed(Math.max(decimalsOf(a), decimalsOf(b)));
  return { amount: amount(written), currency: a.currency };
}

const decimalsOf = (value: Money): number => value.amount.split('.')[1]?.length ?? 0;

function sameCurrency(a: Money, b: Money): void {
  if (a.currency === b.currency) return;
  throw new RangeError(`${a.currency} and ${b.currency} cannot be reckoned together`);
}
