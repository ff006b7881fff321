/** Sends callbacks: at least once, again by the ladder until acknowledged, several at a time, order not guaranteed. */
import { setMaxListeners } from 'node:events';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance } from 'axios';
import type { Voice } from '../api/answer';
import type { Clock } from '../clock';
import type { Settings } from '../settings';
import { rulesFor, signatureHeaders, signBody, type Signed } from '../wire/signature';
import type { OutgoingCallback, Outbox } from './outbox';

const AT_ONCE = 32;
const LONGEST_TIMER = 2_147_483_647;

interface Answer {
  readonly status?: number;
  readonly outcome: string;
  readonly acknowledged: boolean;
}

export class Sender {
  private readonly http: AxiosInstance;
  private readonly agents = {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
  };
  private readonly inFlight = new Map<string, Promise<void>>();
  private readonly aborter = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running = false;

  constructor(
    private readonly parts: {
      readonly outbox: Outbox;
      readonly clock: Clock;
      readonly settings: Settings;
      readonly voice: Voice;
      /** True while an answer is being written that must leave before what it caused. */
      readonly isHeldBack: () => boolean;
    },
  ) {
    // Every callback on its way listens, and up to AT_ONCE are: no leak.
    setMaxListeners(AT_ONCE, this.aborter.signal);
    this.http = axios.create({
      ...this.agents,
      responseType: 'text',
      transformRequest: [],
      transformResponse: [],
      validateStatus: () => true,
      maxRedirects: 0,
      maxContentLength: 100_000,
      proxy: false,
    });
  }

  start(): void {
    this.running = true;
    this.pump();
  }

  /** Waits for what is on its way, cutting off what takes too long. */
  async stop(): Promise<void> {
    this.running = false;
    clearTimeout(this.timer);
    this.aborter.abort();
    await Promise.allSettled(this.inFlight.values());
    this.agents.httpAgent.destroy();
    this.agents.httpsAgent.destroy();
  }

  /** Starts what is due and sets the clock for what comes next. */
  pump(): void {
    if (!this.running || this.parts.isHeldBack()) return;
    this.startDue();
    clearTimeout(this.timer);
    // A full house is not waited for: each one that leaves pumps again.
    if (this.parts.settings.current.callbackUrl === null || this.inFlight.size >= AT_ONCE) return;
    const next = this.parts.outbox.nextAt(this.inFlight);
    if (next === undefined) return;
    this.timer = setTimeout(() => this.pump(), Math.min(Math.max(next - this.parts.clock.now(), 0), LONGEST_TIMER));
  }

  /** Sends everything that is due now and waits for the answers. */
  async flush(): Promise<void> {
    this.startDue();
    await Promise.allSettled(this.inFlight.values());
  }

  private startDue(): void {
    const url = this.parts.settings.current.callbackUrl;
    if (url === null) return;
    for (const callback of this.parts.outbox.due(this.parts.clock.now())) {
      if (this.inFlight.size >= AT_ONCE) return;
      if (this.inFlight.has(callback.eventId)) continue;
      const sending = this.send(url, callback).finally(() => {
        this.inFlight.delete(callback.eventId);
        this.pump();
      });
      this.inFlight.set(callback.eventId, sending);
    }
  }

  private async send(url: string, callback: OutgoingCallback): Promise<void> {
    const fault = callback.tries === 0 ? callback.fault : undefined;
    const at = this.parts.clock.now();
    const readable = Buffer.from(callback.body, 'utf8');
    const body = fault === 'unreadable' ? readable.subarray(0, readable.length / 2) : readable;
    const repeats = this.parts.settings.current.callbackSigning === 'once' ? callback.signed : undefined;
    const signed = repeats ?? this.sign(fault === 'wrongSignature' ? Buffer.from('{"not":"this body"}') : body, at);
    const address = `${url.replace(/\/$/, '')}${this.parts.voice.profile.callbacks.topics[callback.topic].path}`;
    const answers = await Promise.all(
      Array.from({ length: fault === 'duplicateCallback' ? 2 : 1 }, () =>
        this.post({ address, body, headers: callback.headers, signed }),
      ),
    );
    // Cut off by our own stop: it counts for nothing and is sent again after the start.
    if (this.aborter.signal.aborted) return;
    const answer = answers.find((one) => one.acknowledged) ??
      answers[0] ?? { outcome: 'not sent', acknowledged: false };
    // Spoilt on purpose: the right signature must not be replaced by the wrong one's when it is signed once only.
    this.parts.outbox.record(callback, {
      at,
      ms: this.parts.clock.now() - at,
      ...answer,
      signed: fault === undefined || fault === 'duplicateCallback' ? signed : this.sign(readable, at),
    });
  }

  private sign(body: Buffer, now: number): Signed {
    const { profile, platformKey } = this.parts.voice;
    return signBody(body, platformKey, { rules: rulesFor('callback', profile.signature), time: profile.time, now });
  }

  private async post(message: {
    readonly address: string;
    readonly body: Buffer;
    readonly headers: Readonly<Record<string, string>>;
    readonly signed: Signed;
  }): Promise<Answer> {
    const { headers, http, callbacks } = this.parts.voice.profile;
    try {
      const response = await this.http.post<string>(message.address, message.body, {
        timeout: this.parts.settings.current.callbackTimeout,
        signal: this.aborter.signal,
        headers: { 'Content-Type': http.contentType, ...message.headers, ...signatureHeaders(message.signed, headers) },
      });
      const acknowledged =
        response.status === callbacks.acknowledgement.status && this.isAcknowledgement(response.data);
      return { status: response.status, acknowledged, outcome: acknowledged ? 'acknowledged' : 'not acknowledged' };
    } catch (error) {
      const code = axios.isAxiosError(error) ? error.code : undefined;
      return {
        acknowledged: false,
        outcome: code === 'ECONNABORTED' || code === 'ETIMEDOUT' ? 'timeout' : (code ?? 'failed'),
      };
    }
  }

  /** What the profile asks for is there; a message may say what it likes. */
  private isAcknowledgement(text: unknown): boolean {
    if (typeof text !== 'string') return false;
    const { callbacks, envelope } = this.parts.voice.profile;
    const { body } = callbacks.acknowledgement;
    if (typeof body === 'string') return text.trim() === body;
    const wanted = Object.entries(body).filter(([key]) => key !== envelope.message);
    try {
      const answer: unknown = JSON.parse(text);
      return (
        typeof answer === 'object' &&
        answer !== null &&
        wanted.every(([key, value]) => (answer as Record<string, unknown>)[key] === value)
      );
    } catch {
      return false;
    }
  }
}
