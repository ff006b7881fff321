/** One push to the backend, by the Standard Webhooks rules: https://www.standardwebhooks.com */
import { createHmac } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import axios, { isAxiosError } from 'axios';
import type { BackendEvent } from '../messages';

export interface WebhookTarget {
  readonly url: string;
  /** Each signs. */
  readonly secrets: readonly Buffer[];
}

/** What the backend said; `code` is the system's where it said nothing. */
export type PushAnswer = { readonly status: number; readonly retryAfterMs?: number } | { readonly code: string };

const LIMIT_MS = 15_000;
/** An endpoint that works answers within this, as a rule. */
const PROBE_PATIENCE_MS = 2_000;
// Shorter than the 5 s after which common servers close an idle connection.
const IDLE_CONNECTION_MS = 4_000;

export class Webhook {
  private readonly agents = { keepAlive: true, timeout: IDLE_CONNECTION_MS, maxSockets: 32 };
  private readonly http = axios.create({
    adapter: 'http',
    proxy: false,
    // A signed body goes where the settings say, and nowhere else.
    maxRedirects: 0,
    validateStatus: () => true,
    // The answer is for its status alone: it is neither read nor logged.
    responseType: 'stream',
    httpAgent: new http.Agent(this.agents),
    httpsAgent: new https.Agent(this.agents),
  });

  /** The last push found nobody. */
  private isLost = false;
  /** The push that tries a lost endpoint: ends with whether it was found. */
  private probe?: Promise<boolean>;

  constructor(
    private readonly target: WebhookTarget,
    private readonly limitMs = LIMIT_MS,
  ) {}

  /**
   * While the endpoint is lost, one push at a time tries it. The others wait a little for what it finds, and go out when it is back; they do not wait
   * for its silence to end: a thousand that did would take the worker's activity slots from the calls to FalPay.
   *
   * @param isLast no other push follows: it waits until the one that tries has ended
   */
  async push(event: BackendEvent, { now = new Date(), isLast = false } = {}): Promise<PushAnswer> {
    while (this.isLost && this.probe) {
      const late = isLast ? [] : [pause(PROBE_PATIENCE_MS, false, { ref: false })];
      const isFound = await Promise.race([this.probe, ...late]);
      if (!isFound) return { code: 'UNREACHABLE' };
    }
    const tries = this.isLost;
    const answer = this.noting(this.send(event, now));
    if (!tries) return answer;
    this.probe = answer.then((found) => 'status' in found);
    return answer.finally(() => (this.probe = undefined));
  }

  private async noting(sent: Promise<PushAnswer>): Promise<PushAnswer> {
    const answer = await sent;
    this.isLost = 'code' in answer;
    return answer;
  }

  /** Never throws; and never tells address or body, which an error of the HTTP client would hold. */
  private async send({ id, type, timestamp, data }: BackendEvent, now: Date): Promise<PushAnswer> {
    const body = JSON.stringify({ type, timestamp, data });
    try {
      const answer = await this.http.post<Readable>(this.target.url, body, {
        headers: { 'content-type': 'application/json', 'user-agent': 'cardflow', ...this.sign(id, now, body) },
        signal: AbortSignal.timeout(this.limitMs),
      });
      // Read to its end and thrown away, so that the connection can be used again.
      answer.data.on('error', () => undefined).resume();
      const retryAfterMs = retryAfter(answer.headers['retry-after'], now);
      return { status: answer.status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    } catch (error) {
      const code = isAxiosError(error) ? error.code : undefined;
      return { code: code === 'ERR_CANCELED' || code === 'ECONNABORTED' ? 'TIMEOUT' : (code ?? 'FAILED') };
    }
  }

  private sign(id: string, now: Date, body: string): Record<string, string> {
    const seconds = String(Math.floor(now.getTime() / 1_000));
    const signatures = this.target.secrets.map((secret) => signatureOf(secret, id, seconds, body));
    return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
  }
}

export function signatureOf(secret: Buffer, id: string, seconds: string, body: string): string {
  return `v1,${createHmac('sha256', secret).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** Seconds or a date. */
export function retryAfter(value: unknown, now: Date): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now.getTime();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
