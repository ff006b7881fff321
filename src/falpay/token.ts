import { decode } from './contract/codec';
import { TokenVo } from './contract/envelope';
import type { FalpayProfile } from './contract/profile';
import { type ErrorContext, FalpayAuth, FalpayUnavailable, issuesOf } from './errors';
import { retryAfterMs } from './answer';
import { readEnvelope, utf8 } from './envelope-reader';
import { isListed, meaningOfStatus } from './http-status';
import { Deadline, type Http, type HttpAnswer, type HttpRequest } from './http';
import { quotable } from './redact';
import { doubtAbout, type PlatformKeys } from './answer-signature';

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
  const answer = await http.send({ ...tokenCall(request), deadline: new Deadline(profile.token.timeoutMs) });
  if (answer.kind === 'failure')
    throw new FalpayUnavailable(`No token: FalPay could not be reached (${answer.code})`, {
      operation: 'getToken',
      code: answer.code,
    });

  const context = { operation: 'getToken', httpStatus: answer.status };
  checkStatus(answer, profile, context);
  checkSignature(answer, profile, keys, context);
  const envelope = readEnvelope(utf8(answer.body), profile);
  if (!envelope.ok)
    throw statusRefusal(answer, profile, `the answer is not FalPay's envelope (${envelope.problem})`, context);
  if (!envelope.success) {
    const said = quotable(envelope.message, [clientSecret]);
    const about = { ...context, code: quotable(envelope.code, [clientSecret]) };
    if (['unavailable', 'unknown'].includes(profile.errors.codes[envelope.code] ?? ''))
      throw new FalpayUnavailable(`No token: ${said}`, about);
    throw new FalpayAuth(
      `FalPay refused our credentials (${about.code}: ${said}): check the client id and secret, and that they belong to this address`,
      about,
    );
  }
  if (!isListed(answer.status, profile.http.success))
    throw statusRefusal(answer, profile, 'its envelope contradicts its status', context);
  return tokenFrom(envelope.data, requestedAt, profile, context);
}

function tokenCall({ profile, clientId, clientSecret }: TokenRequest): Omit<HttpRequest, 'deadline'> {
  const { method, transport, parameters, grantType } = profile.token;
  const { fixed } = profile.headers;
  const line = { method, path: profile.http.basePath + profile.token.path };
  const grant = { [parameters.grantType]: grantType };
  const credentials = { ...grant, [parameters.clientId]: clientId, [parameters.clientSecret]: clientSecret };
  const form = (fields: Readonly<Record<string, string>>) => Buffer.from(new URLSearchParams(fields).toString());
  const formType = { 'Content-Type': 'application/x-www-form-urlencoded' };
  switch (transport) {
    case 'query':
      return { ...line, query: credentials, headers: fixed, body: Buffer.alloc(0) };
    case 'json': {
      const headers = { ...fixed, 'Content-Type': profile.http.contentType };
      return { ...line, headers, body: Buffer.from(JSON.stringify(credentials)) };
    }
    case 'form':
      return { ...line, headers: { ...fixed, ...formType }, body: form(credentials) };
    case 'basic': {
      const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
      return { ...line, headers: { ...fixed, ...formType, Authorization: basic }, body: form(grant) };
    }
  }
}

function checkStatus(answer: HttpAnswer, profile: FalpayProfile, context: ErrorContext): void {
  const { status } = answer;
  switch (meaningOfStatus(status, profile.http.statuses)) {
    case 'token':
    case 'auth':
      throw new FalpayAuth(`FalPay refused our credentials (HTTP ${status}): check the client id and secret`, context);
    case 'unavailable':
    case 'unknown': {
      const message = `No token: FalPay answered HTTP ${status}`;
      throw new FalpayUnavailable(message, context, retryAfterMs(answer, profile));
    }
    case undefined:
  }
}

function checkSignature(answer: HttpAnswer, profile: FalpayProfile, keys: PlatformKeys, context: ErrorContext): void {
  const doubt = doubtAbout(answer, profile, keys, profile.token.answerSignature);
  if (doubt !== undefined)
    throw new FalpayUnavailable(`No token: the answer is not signed by FalPay (${doubt})`, context);
}

function statusRefusal(answer: HttpAnswer, profile: FalpayProfile, problem: string, context: ErrorContext): Error {
  if (isListed(answer.status, profile.token.refusals))
    return new FalpayAuth(`FalPay refused the token call with HTTP ${answer.status}; ${problem}`, context);
  return new FalpayUnavailable(`No token: HTTP ${answer.status}, ${problem}`, context);
}

const UNIT_MS = { ms: 1, s: 1000, min: 60_000 } as const;

function tokenFrom(data: unknown, requestedAt: number, profile: FalpayProfile, context: ErrorContext): Token {
  const rules = profile.token;
  const parsed = TokenVo.safeParse(decode(TokenVo, data, profile));
  if (!parsed.success) {
    const problems = issuesOf(parsed.error).map(({ path, message }) => `data.${path} ${message}`);
    throw new FalpayUnavailable(`No token: the answer does not fit (${problems.join('; ')})`, context);
  }
  const lifeMs = parsed.data.expires_in * UNIT_MS[rules.expiresInUnit];
  const aheadMs = Math.min(rules.refreshBeforeMs, lifeMs / 2);
  const expiresAt = requestedAt + lifeMs;
  return { value: parsed.data.access_token, expiresAt, renewAt: expiresAt - aheadMs };
}
