/**
 * Finds card numbers in text, and leaves FalPay's ids alone.
 *
 * The two look alike: ids are 19 digits, a card number has 13 to 19, and one id in ten has a right Luhn digit by chance. So the length decides:
 * 13 to 16 digits are a card number when a card scheme begins so and the Luhn digit is right; 17 to 19 digits only where the text before calls them
 * one. The cards FalPay issues (Visa, Mastercard) have 16. Groups of digits with spaces or hyphens between count as one number.
 */

const CANDIDATE = /(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)/g;

/** Visa; Mastercard; American Express; Diners; JCB; UnionPay, Discover and Maestro. Timestamps and snowflake ids begin otherwise. */
const SCHEME = /^(4|5[0-8]|2[2-7]|3[47]|3[0689]|35|6)/;

const CALLED_A_CARD = /(card[\s_-]*(no|num|number)|\bpan|卡号)[\s"'\\:=#是：]*$/i;

export function maskCardNumbers(text: string): string {
  return text.replace(CANDIDATE, (found, offset: number) => {
    const digits = found.replace(/\D/g, '');
    const isCard =
      hasLuhnDigit(digits) &&
      (digits.length <= 16 ? SCHEME.test(digits) : CALLED_A_CARD.test(text.slice(Math.max(0, offset - 24), offset)));
    return isCard ? `${'*'.repeat(digits.length - 4)}${digits.slice(-4)}` : found;
  });
}

function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const weighed = index % 2 === 1 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
