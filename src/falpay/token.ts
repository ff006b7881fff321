import { decode } from './contract/codec';
import { TokenVo } from './contract/envelope';
import type { FalpayProfile } from './contract/profile';
import { type ErrorContext, FalpayAuth, FalpayUnavailable, issuesOf } from './errors';
import { readEnvelope, retryAfterMs, utf8 } from './answer';
import { Deadline, type Http, type HttpAnswer, type HttpRequest } from './http';
import { quotable } from './redact';
import { verifyAnswer, type PlatformKeys } from './answer-signature';

export interface Token {
  readonly value: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly renewAt: number;
}

/**
 * Keeps the one token of the process: renewed before it expires, by one request however many callers wait for it.
 */
export class TokenCache {
  #token: Token | undefined;
  #inFlight: Promise<Token> | undefined;

  constructor(
    private readonly fetchToken: () => Promise<Token>,
    private readonly now: () => number,
  ) {}

  /**
   * A token that is good for a while.
   * @throws FalpayAuth our credentials were refused
   * @throws FalpayUnavailable no token can be had for now
   */
  async get(): Promise<string> {
    const held = this.#token;
    if (held && this.now() < held.renewAt) return held.value;
    try {
      return (await this.#refresh()).value;
    } catch (error) {
      // Renewed ahead of time so that a short failure of the token endpoint costs nothing.
      if (held && held === this.#token && this.now() < held.expiresAt) return held.value;
      throw error;
    }
  }

  /** Forgets `refused` after a 401 and gets another; callers refused together share one request. */
  async renew(refused: string): Promise<string> {
    if (this.#token?.value === refused) this.#token = undefined;
    return this.get();
  }

  #refresh(): Promise<Token> {
    this.#inFlight ??= this.fetchToken()
      .then((token) => (this.#token = token))
      .finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }
}

export interface TokenRequest {
  readonly http: Http;
  readonly profile: FalpayProfile;
  readonly keys: PlatformKeys;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly now: () => number;
}

/** 获取令牌 [A]: the credentials travel as the profile says, by default in the query. */
export async function requestToken(request: TokenRequest): Promise<Token> {
  const { http, profile, keys, clientSecret, now } = request;
  // Counted from before the request: the provider's clock started no earlier.
  const requestedAt = now();
  const answer = await http.post({ ...tokenCall(request), deadline: new Deadline(profile.token.timeoutMs) });
  if (answer.kind === 'failure')
    throw new FalpayUnavailable(`No token: FalPay could not be reached (${answer.code})`, {
      operation: 'getToken',
      code: answer.code,
    });

  const context = { operation: 'getToken', httpStatus: answer.status };
  checkStatus(answer, context);
  checkSignature(answer, profile, keys, context);
  const envelope = readEnvelope(utf8(answer.body), profile.envelope);
  if (!envelope.ok) throw statusRefusal(answer, `the answer is not FalPay's envelope (${envelope.problem})`, context);
  if (!envelope.success) {
    const said = quotable(envelope.message, [clientSecret]);
    const about = { ...context, code: quotable(envelope.code, [clientSecret]) };
    if (profile.errors.codes[envelope.code] === 'unavailable') throw new FalpayUnavailable(`No token: ${said}`, about);
    throw new FalpayAuth(
      `FalPay refused our credentials (${about.code}: ${said}): check the client id and secret, and that they belong to this address`,
      about,
    );
  }
  if (answer.status >= 300) throw statusRefusal(answer, 'its envelope contradicts its status', context);
  return tokenFrom(envelope.data, requestedAt, profile.token, context);
}

function tokenCall({ profile, clientId, clientSecret }: TokenRequest): Omit<HttpRequest, 'deadline'> {
  const credentials = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const { path, transport } = profile.token;
  if (transport === 'query') return { path, query: credentials, headers: {}, body: Buffer.alloc(0) };
  if (transport === 'json')
    return {
      path,
      headers: { 'Content-Type': profile.http.contentType },
      body: Buffer.from(JSON.stringify(credentials)),
    };
  const form = new URLSearchParams(credentials).toString();
  return { path, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: Buffer.from(form) };
}

function checkStatus(answer: HttpAnswer, context: ErrorContext): void {
  const { status } = answer;
  if (status === 429) throw new FalpayUnavailable('No token: too many requests', context, retryAfterMs(answer));
  if (status >= 500)
    throw new FalpayUnavailable(`No token: FalPay answered HTTP ${status}`, context, retryAfterMs(answer));
  if (status === 401)
    throw new FalpayAuth('FalPay refused our credentials (HTTP 401): check the client id and secret', context);
}

function checkSignature(answer: HttpAnswer, profile: FalpayProfile, keys: PlatformKeys, context: ErrorContext): void {
  const rule = profile.token.answerSignature;
  const signed = answer.headers[profile.headers.signature.toLowerCase()] !== undefined;
  if (rule === 'ignored' || (rule === 'ifPresent' && !signed)) return;
  const verification = verifyAnswer(answer, profile, keys);
  if (!verification.ok)
    throw new FalpayUnavailable(`No token: the answer is not signed by FalPay (${verification.detail})`, context);
}

function statusRefusal(answer: HttpAnswer, problem: string, context: ErrorContext): Error {
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 408)
    return new FalpayAuth(`FalPay refused the token call with HTTP ${answer.status}; ${problem}`, context);
  return new FalpayUnavailable(`No token: HTTP ${answer.status}, ${problem}`, context);
}

const UNIT_MS = { ms: 1, s: 1000, min: 60_000 } as const;

function tokenFrom(data: unknown, requestedAt: number, rules: FalpayProfile['token'], context: ErrorContext): Token {
  const parsed = TokenVo.safeParse(decode(TokenVo, data));
  if (!parsed.success) {
    const problems = issuesOf(parsed.error).map(({ path, message }) => `data.${path} ${message}`);
    throw new FalpayUnavailable(`No token: the answer does not fit (${problems.join('; ')})`, context);
  }
  const lifeMs = parsed.data.expires_in * UNIT_MS[rules.expiresInUnit];
  const aheadMs = Math.min(rules.refreshBeforeMs, lifeMs / 2);
  const expiresAt = requestedAt + lifeMs;
  return { value: parsed.data.access_token, expiresAt, renewAt: expiresAt - aheadMs };
}
