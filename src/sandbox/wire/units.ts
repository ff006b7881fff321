/** Amounts in cents and in dollars, by moving the point. */
import { isCurrency, minorDigits } from '../../falpay/contract/iso';
import { Refusal } from '../refusal';
import type { WireRules } from './fields';

/** @throws Refusal when nobody knows how many decimals the currency has */
export function inUnits(amount: string, currency: unknown, to: 'major' | 'minor', { wire }: WireRules): string {
  const known = typeof currency === 'string' && isCurrency(currency) ? minorDigits(currency) : undefined;
  const digits = wire.minorDigits[String(currency)] ?? known;
  if (digits === undefined)
    throw new Refusal('INVALID_PARAMETER', `an amount without a currency whose decimals are known`);
  return to === 'minor' ? moved(amount, digits) : moved(amount, -digits, digits);
}

/** The point moved to the right; at least so many decimals. What is no number stays. */
function moved(amount: string, by: number, decimals = 0): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  if (whole === '') return amount;
  const places = Math.max(fraction.length - by, 0);
  const digits = String(BigInt(whole + fraction.padEnd(places + by, '0')));
  const padded = digits.padStart(places + 1, '0');
  const left = padded.slice(0, padded.length - places);
  const right = padded
    .slice(padded.length - places)
    .replace(/0+$/, '')
    .padEnd(decimals, '0');
  return `${sign}${left}${right === '' ? '' : `.${right}`}`;
}
