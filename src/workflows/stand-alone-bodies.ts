/** What the stand-alone flows reckon with must be sound in every body, as an onboarding's must: see onboarding-body. */
import { amountFault, cardFault, fieldOf, isRecord } from './onboarding-body';

/** 开通卡钱包 is passed on as it is: the model checks it before it is sent. */
export function openingFault(body: unknown): string | undefined {
  return textFault(body, 'currency');
}

export function rechargeFault(body: unknown): string | undefined {
  const minCredited = fieldOf(body, 'minCredited');
  return (
    amountFault('amount', fieldOf(body, 'amount')) ??
    (minCredited === undefined ? undefined : amountFault('minCredited', minCredited))
  );
}

export function withdrawalFault(body: unknown): string | undefined {
  if (!isRecord(fieldOf(body, 'payee'))) return 'payee: cannot be taken away';
  return amountFault('amount', fieldOf(body, 'amount'));
}

export function statusChangeFault(body: unknown): string | undefined {
  return textFault(body, 'status');
}

export function issuanceFault(body: unknown): string | undefined {
  const cards = fieldOf(body, 'cards');
  if (!Array.isArray(cards)) return 'cards: cannot be taken away';
  const merchantId = fieldOf(body, 'merchantId');
  if (merchantId !== undefined && typeof merchantId !== 'string') return 'merchantId: a text is needed';
  return cards.map(cardFault).find((fault) => fault !== undefined);
}

function textFault(body: unknown, field: string): string | undefined {
  return typeof fieldOf(body, field) === 'string' ? undefined : `${field}: a text is needed`;
}
