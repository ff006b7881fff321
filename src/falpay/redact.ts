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

/** Fields of our requests whose values tell who somebody is. */
const IDENTIFYING = new Set([
  ...['name', 'nameCn', 'firstName', 'lastName', 'accountName', 'contactName'],
  ...['certNo', 'birthDate', 'phone', 'contactPhone', 'email', 'contactEmail', 'accountNo', 'address', 'line'],
]);

/** The values in a request that must not come back in an error: FalPay may quote what it refuses. */
export function identifyingValues(request: unknown): readonly string[] {
  if (typeof request !== 'object' || request === null) return [];
  return Object.entries(request).flatMap(([key, value]) => {
    if (typeof value === 'string') return IDENTIFYING.has(key) ? [value] : [];
    return identifyingValues(value);
  });
}

/**
 * Makes FalPay's own words fit for an error: one line, at most 300 characters, card numbers masked, and each of the
 * `hidden` values (identity data of the request, secrets) replaced.
 */
export function quotable(message: string, hidden: readonly string[] = []): string {
  // Longest first: a name that is part of an address must not leave the rest of the address behind.
  const longestFirst = [...hidden].filter((value) => value.length >= (isAscii(value) ? 3 : 2));
  longestFirst.sort((a, b) => b.length - a.length);
  const withoutHidden = longestFirst.reduce((text, value) => text.replaceAll(value, '***'), message);
  return maskCardNumbers(withoutHidden)
    .replace(/[\u0000-\u001f\u007f]+/g, ' ')
    .slice(0, 300)
    .trim();
}

const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text);
