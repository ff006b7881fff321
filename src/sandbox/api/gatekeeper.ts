/** Who may call: a living access token, and a signature of the client's key over exactly the bytes that came, fresh and for the first time. */
import type { IncomingHttpHeaders } from 'node:http';
import type { KeyObject } from 'node:crypto';
import type { FalpayProfile } from '../../falpay/contract/profile';
import type { Clock } from '../clock';
import { Refusal } from '../refusal';
import { isGenuine, timestampMs } from '../wire/signature';

/** How far a caller's clock may be off, either way. [I] */
const SKEW_MS = 300_000;

export class Gatekeeper {
  /** Nonces of the last minutes, with the time after which their timestamp is refused anyway. */
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly parts: { readonly clock: Clock; readonly profile: FalpayProfile; readonly clientKey: KeyObject },
  ) {}

  /** @throws Refusal INVALID_SIGNATURE that says why */
  checkSignature(headers: IncomingHttpHeaders, body: Buffer): void {
    const { clock, profile, clientKey } = this.parts;
    const rules = profile.signature;
    const named = {
      timestamp: profile.headers.timestamp,
      nonce: profile.headers.nonce,
      signature: profile.headers.signature,
    };
    const timestamp = headerOf(headers, named.timestamp);
    const nonce = headerOf(headers, named.nonce);
    const signature = headerOf(headers, named.signature);
    if (signature === undefined) throw refused(named.signature, 'is missing');
    if (rules.parts.includes('timestamp') && timestamp === undefined) throw refused(named.timestamp, 'is missing');
    if (rules.parts.includes('nonce') && nonce === undefined) throw refused(named.nonce, 'is missing');
    if (timestamp !== undefined) this.checkTimestamp(named.timestamp, timestamp);
    if (nonce !== undefined && !/^[\x21-\x7e]{16,64}$/.test(nonce))
      throw refused(named.nonce, 'must have 16 to 64 characters');
    if (!isGenuine({ timestamp: timestamp ?? '', nonce: nonce ?? '', body }, signature, clientKey, rules)) {
      throw refused(named.signature, "does not fit the body and the client's public key");
    }
    // Only of a genuine message: a forger must not be able to use up somebody else's nonces.
    if (nonce !== undefined) this.checkNonce(named.nonce, nonce, clock.now());
  }

  private checkTimestamp(name: string, timestamp: string): void {
    const at = timestampMs(timestamp, this.parts.profile.signature);
    if (at === undefined)
      throw refused(
        name,
        `must be epoch ${this.parts.profile.signature.timestampUnit === 's' ? 'seconds' : 'milliseconds'}`,
      );
    if (Math.abs(this.parts.clock.now() - at) > SKEW_MS)
      throw refused(name, 'is more than 5 minutes away from the time here');
  }

  private checkNonce(name: string, nonce: string, now: number): void {
    for (const [old, until] of this.seen) {
      if (until > now) break;
      this.seen.delete(old);
    }
    if (this.seen.has(nonce)) throw refused(name, 'was used before');
    this.seen.set(nonce, now + 2 * SKEW_MS);
  }
}

export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}

function refused(header: string, why: string): Refusal {
  return new Refusal('INVALID_SIGNATURE', `${header} ${why}`);
}
