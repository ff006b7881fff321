/** Numbers of cards that exist in this sandbox only: of the BIN's range, with a right check digit, the same ones in every run of one seed. */
import { digits } from '../ids';

export interface CardSecrets {
  readonly cardNo: string;
  readonly cvv: string;
  /** MM/yy */
  readonly expiry: string;
}

export function makeCard(cardBin: string, cardId: string, now: number): CardSecrets {
  const payload = cardBin + digits(`card number ${cardId}`, 15 - cardBin.length);
  const until = new Date(now);
  const month = String(until.getUTCMonth() + 1).padStart(2, '0');
  const year = String((until.getUTCFullYear() + 3) % 100).padStart(2, '0');
  return { cardNo: payload + checkDigit(payload), cvv: digits(`cvv ${cardId}`, 3), expiry: `${month}/${year}` };
}

export function mask(cardNo: string): string {
  return `${cardNo.slice(0, 6)}${'*'.repeat(cardNo.length - 10)}${cardNo.slice(-4)}`;
}

/** ISO/IEC 7812-1, Luhn. */
function checkDigit(payload: string): string {
  const sum = [...payload]
    .toReversed()
    .map((digit, index) => (index % 2 === 0 ? Number(digit) * 2 : Number(digit)))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return String((10 - (sum % 10)) % 10);
}
