/** Sums per currency of several windows of one wallet, or of several wallets. */
import { add, received } from '../../falpay/money';
import type { CurrencySums } from '../../messages';

/**
 * @param how `one after the other`: windows of one wallet, where the later one's closing is the whole's; `side by side`: wallets, whose balances add up
 */
export function addSums(
  first: readonly CurrencySums[],
  second: readonly CurrencySums[],
  how: 'one after the other' | 'side by side',
): readonly CurrencySums[] {
  const currencies = [...new Set([...first, ...second].map(({ currency }) => currency))].sort();
  return currencies.flatMap((currency) => {
    const [left, right] = [first, second].map((sums) => sums.find((one) => one.currency === currency));
    if (!left || !right) return left ?? right ?? [];
    const plus = (pick: (sums: CurrencySums) => string) =>
      add(received(pick(left), currency), received(pick(right), currency)).amount;
    const together = {
      currency,
      in: plus((sums) => sums.in),
      out: plus((sums) => sums.out),
      fees: plus((sums) => sums.fees),
      agrees: left.agrees && right.agrees,
      movements: left.movements + right.movements,
    };
    if (how === 'one after the other')
      return {
        ...together,
        ...optional('opening', left.opening ?? right.opening),
        ...optional('closing', right.closing ?? left.closing),
      };
    return {
      ...together,
      ...optional('opening', plusKnown(left.opening, right.opening, currency)),
      ...optional('closing', plusKnown(left.closing, right.closing, currency)),
    };
  });
}

/** A balance that nobody knows is no part of the sum. */
function plusKnown(left: string | undefined, right: string | undefined, currency: string): string | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return add(received(left, currency), received(right, currency)).amount;
}

function optional<Name extends 'opening' | 'closing'>(
  name: Name,
  value: string | undefined,
): { [Key in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: string };
}
