/** The FalPay client: everything about FalPay's Open API, and nothing of Temporal. */
export * from './contract';
export { FalpayClient, type FalpayClientOptions } from './client';
export type { CallHooks, CallOptions } from './caller';
export * from './errors';
export { generateKeyPair, type KeyPair, readPrivateKey, readPublicKey, splitKeys } from './keys';
export {
  newNonce,
  sign,
  type SignatureScheme,
  signedBytes,
  type SignedMessage,
  timestampOf,
  type Verification,
  verify,
} from './signature';
export { type CallbackCheck, type CallbackFault, type ReceivedCallback, verifyCallback } from './verify-callback';
export { maskCardNumbers } from './redact';
export {
  add,
  amount,
  type Amount,
  compare,
  currencyDigits,
  formatMoney,
  isNegative,
  isZero,
  type Money,
  money,
  subtract,
  sum,
} from './money';
