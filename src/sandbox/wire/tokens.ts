/** 获取令牌: access tokens and their end. Kept in memory only: after a restart the client is refused once and takes a new one. */
import { randomBytes, timingSafeEqual, createHash } from 'node:crypto';
import type { TokenVo } from '../../falpay/contract';
import type { Clock } from '../clock';
import { Refusal } from '../refusal';

/** What came, and how the profile calls it. */
export interface TokenRequest {
  readonly grantType: unknown;
  readonly wantedGrantType: string;
  readonly grantTypeName: string;
  readonly clientId: unknown;
  readonly clientSecret: unknown;
}

export class Tokens {
  private readonly endOf = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly client: { readonly id: string; readonly secret: string },
  ) {}

  /** @throws Refusal when the grant type or the credentials are wrong */
  issue(request: TokenRequest, lifetimeSeconds: number): TokenVo {
    if (request.grantType !== request.wantedGrantType) {
      throw new Refusal('INVALID_PARAMETER', `must be ${request.wantedGrantType}`, request.grantTypeName);
    }
    if (!isSame(request.clientId, this.client.id) || !isSame(request.clientSecret, this.client.secret)) {
      throw new Refusal('INVALID_CLIENT', 'unknown client id or wrong client secret');
    }
    this.forgetEnded();
    const token = randomBytes(96).toString('base64');
    this.endOf.set(token, this.clock.now() + lifetimeSeconds * 1000);
    return { access_token: token, token_type: 'bearer', expires_in: lifetimeSeconds, scope: 'default' };
  }

  /** @throws Refusal INVALID_TOKEN */
  check(authorization: string | undefined, scheme: string): void {
    const start = scheme === '' ? '' : `${scheme} `;
    const token =
      authorization?.toLowerCase().startsWith(start.toLowerCase()) === true ? authorization.slice(start.length) : '';
    if (token === '') throw new Refusal('INVALID_TOKEN', `no access token: send it as "${start}<token>"`);
    const end = this.endOf.get(token);
    if (end === undefined || end <= this.clock.now())
      throw new Refusal('INVALID_TOKEN', 'the access token is unknown or has expired');
  }

  /** Every token out there is refused from now on. */
  revokeAll(): void {
    this.endOf.clear();
  }

  private forgetEnded(): void {
    for (const [token, end] of this.endOf) if (end <= this.clock.now()) this.endOf.delete(token);
  }
}

function isSame(given: unknown, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(wanted));
}
