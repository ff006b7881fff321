/** The FalPay client: everything about FalPay's Open API, and nothing of Temporal. */
export * from './contract';
export { FalpayClient, type FalpayClientOptions } from './client';
export type { CallHooks, CallOptions, ObservedCall } from './caller';
export * from './errors';
export {
  generateKeyPair,
  type KeyForm,
  type KeyPair,
  readPrivateKey,
  readPublicKey,
  splitKeys,
  writeKey,
  writeKeyPair,
} from './keys';
export {
  answerScheme,
  callbackScheme,
  newNonce,
  sign,
  signatureHeaders,
  type SignatureScheme,
  signedBytes,
  type SignedMessage,
  timestampOf,
  type Verification,
  verify,
} from './signature';
export {
  type Diagnosis,
  diagnoseSignature,
  type Finding,
  type FindingCode,
  type NamedKey,
  type SignatureCase,
} from './signature-tool';
export {
  type CallbackCheck,
  type CallbackFault,
  type CallbackTrust,
  type ReceivedCallback,
  verifyCallback,
} from './verify-callback';
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
