/**
 * What an onboarding reckons with must be sound in every body. A patch may come from the Temporal UI, where no model stands in front of the flow:
 * an amount that cannot be read would fail the workflow task for ever. Whatever is only passed on to FalPay is checked by the model before it is sent.
 */

/** Why the flow cannot go on with a patched body, by field, or undefined when it can. */
export function onboardingFault(body: unknown): string | undefined {
  const [merchant, wallet, recharge] = ['merchant', 'wallet', 'recharge'].map((field) => fieldOf(body, field));
  for (const [field, part] of Object.entries({ merchant, wallet, recharge })) {
    if (!isRecord(part)) return `${field}: cannot be taken away`;
  }
  const cards = fieldOf(body, 'cards');
  if (!Array.isArray(cards)) return 'cards: cannot be taken away';
  return (
    amountFault('recharge.amount', fieldOf(recharge, 'amount')) ??
    (fieldOf(recharge, 'minCredited') === undefined
      ? undefined
      : amountFault('recharge.minCredited', fieldOf(recharge, 'minCredited'))) ??
    (fieldOf(recharge, 'currency') === fieldOf(wallet, 'currency')
      ? undefined
      : `recharge.currency: must be the wallet's, ${String(fieldOf(wallet, 'currency'))}`) ??
    cards.map(cardFault).find((fault) => fault !== undefined)
  );
}

export function cardFault(card: unknown, index: number): string | undefined {
  if (!isRecord(card)) return `cards.${index}: cannot be taken away; skip leaves a card out`;
  for (const field of ['binId', 'currency']) {
    if (typeof card[field] !== 'string') return `cards.${index}.${field}: a text is needed`;
  }
  if (card['cardholder'] !== undefined && !isRecord(card['cardholder']))
    return `cards.${index}.cardholder: an object is needed`;
  return amountFault(`cards.${index}.cardLimit`, card['cardLimit']);
}

export function amountFault(field: string, value: unknown): string | undefined {
  const isPlain = typeof value === 'string' && value.length <= 32 && /^(0|[1-9]\d*)(\.\d+)?$/.test(value);
  return isPlain ? undefined : `${field}: a plain decimal string such as "100.00" is needed`;
}

export function fieldOf(value: unknown, field: string): unknown {
  return isRecord(value) ? value[field] : undefined;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
