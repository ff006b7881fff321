/** Who may call: a living access token, and a signature of the client's key over exactly the bytes that came, fresh and for the first time. */
import type { IncomingHttpHeaders } from 'node:http';
import type { KeyObject } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { FalpayProfile } from '../../falpay/contract/profile';
import type { Clock } from '../clock';
import { Refusal } from '../refusal';
import { isGenuine, timestampMs } from '../wire/signature';

/** How far a caller's clock may be off, either way. [I] */
const SKEW_MS = 300_000;

const UNITS = { ms: 'epoch milliseconds', s: 'epoch seconds', text: 'a time as FalPay writes it' } as const;

export class Gatekeeper {
  /** Nonces of the last minutes, with the time after which their timestamp is refused anyway. */
  private readonly seen = new Map<string, number>();

  constructor(
    private readonly parts: {
      readonly clock: Clock;
      readonly profile: FalpayProfile;
      readonly clientKey: KeyObject;
      readonly clientId: string;
    },
  ) {}

  /** @throws Refusal INVALID_SIGNATURE that says why */
  checkSignature(request: FastifyRequest, body: Buffer): void {
    const { clock, profile, clientKey, clientId } = this.parts;
    const rules = profile.signature;
    const names = profile.headers;
    const timestamp = this.required(request, names.timestamp);
    const nonce = this.required(request, names.nonce);
    const signature = this.required(request, names.signature) ?? '';
    if (names.clientId !== undefined && this.required(request, names.clientId) !== clientId)
      throw refused(names.clientId, 'is not the client');
    if (timestamp !== undefined) this.checkTimestamp(names.timestamp ?? '', timestamp);
    if (nonce !== undefined && !/^[\x21-\x7e]{16,64}$/.test(nonce))
      throw refused(names.nonce ?? '', 'must have 16 to 64 characters');
    const message = {
      timestamp: timestamp ?? '',
      nonce: nonce ?? '',
      body,
      method: request.method,
      path: request.url.split('?')[0] ?? '',
      clientId,
    };
    if (!isGenuine(message, signature, clientKey, rules))
      throw refused(names.signature, "does not fit the body and the client's public key");
    // Only of a genuine message: a forger must not be able to use up somebody else's nonces.
    if (nonce !== undefined) this.checkNonce(names.nonce ?? '', nonce, clock.now());
  }

  private required(request: FastifyRequest, name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const value = headerOf(request.headers, name);
    if (value === undefined) throw refused(name, 'is missing');
    return value;
  }

  private checkTimestamp(name: string, timestamp: string): void {
    const { profile, clock } = this.parts;
    const at = timestampMs(timestamp, profile.signature, profile.time);
    if (at === undefined) throw refused(name, `must be ${UNITS[profile.signature.timestampUnit]}`);
    if (Math.abs(clock.now() - at) > SKEW_MS) throw refused(name, 'is more than 5 minutes away from the time here');
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

/** @throws Refusal INVALID_PARAMETER when a header that the profile sends with every call is not there as it says */
export function checkFixed(fixed: Readonly<Record<string, string>>, request: FastifyRequest): void {
  for (const [name, value] of Object.entries(fixed)) {
    if (headerOf(request.headers, name) !== value)
      throw new Refusal('INVALID_PARAMETER', `header ${name}: must be ${value}`, `header ${name}`);
  }
}

export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return Array.isArray(value) ? value[0] : value;
}

function refused(header: string, why: string): Refusal {
  return new Refusal('INVALID_SIGNATURE', `${header} ${why}`);
}
