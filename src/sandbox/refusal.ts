/** Every way in which the sandbox says no: the code it answers and the HTTP status that goes with it. [I] */

import type { FalpayProfile } from '../falpay/contract/profile';

const HTTP_STATUS = {
  INVALID_PARAMETER: 400,
  INVALID_SIGNATURE: 400,
  INVALID_CLIENT: 401,
  INVALID_TOKEN: 401,
  ENDPOINT_UNKNOWN: 404,
  BODY_TOO_LARGE: 413,
  TOO_MANY_REQUESTS: 429,
  SYSTEM_ERROR: 500,
  NOT_FOUND: 200,
  DUPLICATE_ORDER_NO: 200,
  INSUFFICIENT_BALANCE: 200,
  MERCHANT_NOT_APPROVED: 200,
  MERCHANT_STATUS: 200,
  WALLET_STATUS: 200,
  BIN_UNAVAILABLE: 200,
  CARDHOLDER_REQUIRED: 200,
  CARDHOLDER_INVALID: 200,
  CARD_STATUS: 200,
  CARD_REFUSED: 200,
  LIMIT_BELOW_USED: 200,
  AMOUNT_TOO_SMALL: 200,
  CURRENCY_UNSUPPORTED: 200,
  METHOD_UNAVAILABLE: 200,
  ORDER_STATUS: 200,
} as const;

export type RefusalCode = keyof typeof HTTP_STATUS;

type CodeMeaning = FalpayProfile['errors']['codes'][string];

/** Codes whose meaning a client acts on, by the profile's table. */
const MEANING: Readonly<Partial<Record<RefusalCode, CodeMeaning>>> = {
  INVALID_SIGNATURE: 'auth',
  INVALID_CLIENT: 'auth',
  INVALID_TOKEN: 'token',
  TOO_MANY_REQUESTS: 'unavailable',
};

/**
 * A code as this FalPay writes it: our word where the profile knows it so, else a code of the profile with that meaning. Where codes are numbers, the
 * others are numbered from 70001 on.
 */
export function codeOnTheWire(code: RefusalCode, { envelope, errors }: FalpayProfile): string {
  if (code === 'NOT_FOUND' && envelope.notFoundCodes[0] !== undefined) return envelope.notFoundCodes[0];
  const meaning = MEANING[code];
  if (meaning !== undefined && errors.codes[code] !== meaning) {
    const known = Object.entries(errors.codes).find(([, means]) => means === meaning);
    if (known !== undefined) return known[0];
  }
  return envelope.codes === 'number' ? String(70_001 + Object.keys(HTTP_STATUS).indexOf(code)) : code;
}

/** A definite no. Nothing of what was asked has happened. */
export class Refusal extends Error {
  constructor(
    readonly code: RefusalCode,
    message: string,
    /** The field at fault, by path. */
    readonly field?: string,
  ) {
    super(message);
  }

  get status(): number {
    return HTTP_STATUS[this.code];
  }
}

/** A refusal that a plan asked for: the plan is used up by it, so what was written until then is kept. */
export class PlannedRefusal extends Refusal {}
