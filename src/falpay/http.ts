import http from 'node:http';
import https from 'node:https';
import axios, { type AxiosInstance, type AxiosResponse } from 'axios';
import { InvalidInput } from './errors';

/** What came back, as it was on the wire. */
export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Nothing readable came back. Never holds axios' error: that one carries the address with its query (the client's
 * secret), the headers (the token) and the body (identity papers).
 */
export interface HttpFailure {
  readonly kind: 'failure';
  /** False only when it is certain that not a byte of the request left us. */
  readonly sent: boolean;
  /** The system's code such as ECONNRESET, TIMEOUT or CANCELLED. */
  readonly code: string;
}

export interface HttpRequest {
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /**
   * On a connection of its own. A kept connection may have been closed by the other side a moment ago, unnoticed: for
   * a query that is a retry, for a creating call it would be an outcome nobody knows.
   */
  readonly freshConnection?: boolean;
  /** Gives the request up. */
  readonly deadline: Deadline;
}

const PLAIN = { Accept: 'application/json', 'Accept-Encoding': 'identity', 'User-Agent': 'cardflow' } as const;

// Shorter than the 5 s after which common servers close an idle connection.
const IDLE_CONNECTION_MS = 4000;

/** Sends raw bodies: no retries, no redirects, no parsing, no proxy from the environment. */
export class Http {
  readonly #base: string;
  readonly #axios: AxiosInstance;
  readonly #kept: Agents;
  readonly #fresh: Agents;

  constructor(baseUrl: string, maxAnswerBytes: number) {
    this.#base = checkedBase(baseUrl);
    this.#kept = agents({ keepAlive: true, timeout: IDLE_CONNECTION_MS, scheduling: 'lifo' });
    this.#fresh = agents({ keepAlive: false });
    this.#axios = axios.create({
      adapter: 'http',
      proxy: false,
      maxRedirects: 0,
      maxContentLength: maxAnswerBytes,
      responseType: 'arraybuffer',
      // Bodies are signed: both ways they must stay exactly the bytes they are.
      transformRequest: [(body: unknown) => body],
      transformResponse: [(body: unknown) => body],
      validateStatus: () => true,
    });
  }

  async send(request: HttpRequest): Promise<HttpAnswer | HttpFailure> {
    const { method, path, query, headers, body, freshConnection = false, deadline } = request;
    if (deadline.signal.aborted) return { kind: 'failure', sent: false, code: deadline.reason() };
    const search = query ? `?${new URLSearchParams(query).toString()}` : '';
    try {
      const response: AxiosResponse<Buffer> = await this.#axios.request({
        method,
        url: `${this.#base}${path}${search}`,
        ...(method === 'GET' ? {} : { data: body }),
        // `false`: axios would call an empty body a form.
        headers: { ...PLAIN, 'Content-Type': false, ...headers },
        signal: deadline.signal,
        ...(freshConnection ? this.#fresh : this.#kept),
      });
      return {
        kind: 'answer',
        status: response.status,
        headers: plainHeaders(response),
        body: Buffer.from(response.data),
      };
    } catch (error) {
      if (deadline.signal.aborted) return { kind: 'failure', sent: true, code: deadline.reason() };
      return { kind: 'failure', sent: !failedBeforeSending(error), code: codeOf(error) };
    }
  }

  /** A path as it stands in the request line: the base address may have one of its own. */
  pathOf(path: string): string {
    return new URL(`${this.#base}${path}`).pathname;
  }

  /** Closes the idle connections. */
  close(): void {
    this.#kept.httpAgent.destroy();
    this.#kept.httpsAgent.destroy();
  }
}

interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

const agents = (options: http.AgentOptions): Agents => ({
  httpAgent: new http.Agent(options),
  httpsAgent: new https.Agent(options),
});

/** When a call is given up: at its time limit, or when the caller says so. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #expired: AbortSignal;

  constructor(timeoutMs: number, cancelled?: AbortSignal) {
    this.#expired = AbortSignal.timeout(timeoutMs);
    this.signal = cancelled ? AbortSignal.any([this.#expired, cancelled]) : this.#expired;
  }

  reason(): 'TIMEOUT' | 'CANCELLED' {
    return this.#expired.aborted ? 'TIMEOUT' : 'CANCELLED';
  }

  /** Waits for something shared with other callers without being able to cancel it for them. */
  async race<Result>(work: Promise<Result>): Promise<Result | undefined> {
    // When the deadline wins, nobody is left to hear of the work's failure.
    work.catch(() => undefined);
    if (this.signal.aborted) return undefined;
    let stop: (() => void) | undefined;
    const given = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined);
      this.signal.addEventListener('abort', stop, { once: true });
    });
    try {
      return await Promise.race([work, given]);
    } finally {
      if (stop) this.signal.removeEventListener('abort', stop);
    }
  }
}

function checkedBase(baseUrl: string): string {
  const refuse = (message: string) => new InvalidInput('FalPay client', [{ path: 'baseUrl', message }]);
  if (!URL.canParse(baseUrl)) throw refuse('must be an address such as https://open.falpay.example');
  const url = new URL(baseUrl);
  if (!/^https?:$/.test(url.protocol)) throw refuse('must begin with https:// or http://');
  if (url.search || url.hash || url.username || url.password)
    throw refuse('must have no query, fragment or credentials');
  return url.href.replace(/\/+$/, '');
}

function plainHeaders(response: AxiosResponse): Readonly<Record<string, string>> {
  const entries = Object.entries(response.headers as Readonly<Record<string, unknown>>);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

// Refused while the connection was being made: the request itself had not been written yet. The same codes can come
// from a connection already in use (a route that vanishes), hence the look at the system call.
const CONNECTING = new Set(['connect', 'getaddrinfo']);
const UNTRUSTED = /^(ERR_TLS_CERT_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$)/;

function failedBeforeSending(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { syscall, code, errors, cause } = error as SystemError;
  if (typeof syscall === 'string') return CONNECTING.has(syscall);
  // Several addresses were tried: each of them must have failed while connecting.
  if (Array.isArray(errors) && errors.length > 0) return errors.every(failedBeforeSending);
  if (cause !== undefined) return failedBeforeSending(cause);
  return typeof code === 'string' && UNTRUSTED.test(code);
}

interface SystemError {
  readonly syscall?: unknown;
  readonly code?: unknown;
  readonly errors?: unknown;
  readonly cause?: unknown;
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null ? (error as SystemError).code : undefined;
  return typeof code === 'string' ? code : 'UNREADABLE';
}
