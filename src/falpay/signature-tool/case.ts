import type { KeyObject } from 'node:crypto';
import type { SignatureScheme, SignedMessage } from '../signature';
import type { Arrival } from './clock';

/** A public key and what to call it in a finding. */
export interface NamedKey {
  readonly name: string;
  readonly key: KeyObject;
}

/** A signed message as it came, and everything that may explain why its signature does not fit. */
export interface SignatureCase {
  readonly message: Partial<Omit<SignedMessage, 'body'>> & { readonly body: Buffer };
  /** As in the header. */
  readonly signature: string | undefined;
  readonly scheme: SignatureScheme;
  /** The keys that may have signed it. */
  readonly expected: readonly NamedKey[];
  /** Keys that may have been used by mistake: the other party's, another environment's. */
  readonly others?: readonly NamedKey[];
  /** The age is not looked at when left out. */
  readonly arrival?: Arrival;
}
