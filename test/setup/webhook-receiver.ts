/** A backend's endpoint: a real HTTP server that takes events as the public Standard Webhooks library says, and answers as it is told to. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import type { WebhookTarget } from '../../src/activities';
import type { BackendEvent } from '../../src/messages';

export interface Received extends BackendEvent {
  readonly headers: IncomingMessage['headers'];
  /** What it was answered with. */
  readonly status: number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export class WebhookReceiver {
  readonly secret = randomBytes(32);
  /** Everything that came and was rightly signed, in the order in which it came. */
  readonly received: Received[] = [];
  /** Whatever the library refused. */
  readonly refused: unknown[] = [];
  /** What the next ones are answered with. */
  answer: (event: BackendEvent) => Answer | Promise<Answer> = () => ({ status: 204 });
  private server?: Server;
  private port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}/cardflow`;
  }

  get target(): WebhookTarget {
    return { url: this.url, secrets: [this.secret] };
  }

  /** The secret as settings have it. */
  get whsec(): string {
    return `whsec_${this.secret.toString('base64')}`;
  }

  /** Events that were taken: answered with 2xx. */
  get taken(): readonly Received[] {
    return this.received.filter(({ status }) => status < 300);
  }

  /** Listens, after a stop on the port of before. */
  async start(): Promise<this> {
    const server = createServer((request, response) => void this.take(request, response));
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request).then(String, () => undefined);
    // Whoever sent it died in the midst of it.
    if (body === undefined) return;
    try {
      const { headers } = request;
      const verified = new Webhook(this.whsec).verify(body, headers as Record<string, string>);
      const event = { id: String(headers['webhook-id']), ...(verified as Omit<BackendEvent, 'id'>) };
      const { status, headers: more } = await this.answer(event);
      this.received.push({ ...event, headers, status });
      response.writeHead(status, more).end('thank you');
    } catch (error) {
      this.refused.push(error);
      response.writeHead(400).end();
    }
  }
}
