/** 签名验签工具: why a signature does not fit. Making and checking one is `sign` and `verify` of the client. */
export type { NamedKey, SignatureCase } from './case';
export { type Diagnosis, diagnoseSignature } from './diagnose';
export type { Finding, FindingCode } from './finding';
