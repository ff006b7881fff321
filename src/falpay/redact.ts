/**
 * Keeps card numbers out of texts that people and logs see. Whatever looks like a card number (12 to 19 digits,
 * possibly in groups, with a right Luhn check digit) keeps its last four digits.
 *
 * FalPay's ids are 19-digit numbers, one in ten of which passes the check by chance: use it on prose, never on ids.
 */
export function maskCardNumbers(text: string): string {
  return text.replace(/(?<!\d)\d(?:[ -]?\d){11,18}(?!\d)/g, (found) => {
    const digits = found.replace(/\D/g, '');
    return hasLuhnCheckDigit(digits) ? `${'*'.repeat(digits.length - 4)}${digits.slice(-4)}` : found;
  });
}

function hasLuhnCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let fromRight = 0; fromRight < digits.length; fromRight += 1) {
    const digit = Number(digits[digits.length - 1 - fromRight]);
    const weighted = fromRight % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
