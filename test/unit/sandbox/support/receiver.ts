/** A backend that takes callbacks: remembers each, and answers as it is told. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSignedByPlatform } from './caller';

export interface ReceivedCallback {
  readonly path: string;
  readonly text: string;
  readonly genuine: boolean;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
  readonly headers: IncomingHttpHeaders;
  readonly eventId?: string;
  readonly topic?: string;
  readonly occurredAt?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Reply = { readonly status: number; readonly body: string } | 'never';
export const ACKNOWLEDGED: Reply = { status: 200, body: '{"success":true,"code":"200","message":"OK"}' };

export class Receiver {
  readonly received: ReceivedCallback[] = [];
  private readonly server: Server;
  private readonly waiting = new Set<() => void>();
  /** What the next callbacks are answered; when it runs out: acknowledged. */
  replies: Reply[] = [];

  constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const header = (name: string): string => String(request.headers[name] ?? '');
        const signed = {
          timestamp: header('x-falpay-timestamp'),
          nonce: header('x-falpay-nonce'),
          signature: header('x-falpay-signature'),
        };
        const body = parse(text);
        this.received.push({
          data: {},
          ...body,
          ...signed,
          headers: request.headers,
          text,
          genuine: isSignedByPlatform(text, signed),
          path: request.url ?? '',
        });
        for (const check of this.waiting) check();
        const reply = this.replies.shift() ?? ACKNOWLEDGED;
        if (reply === 'never') return;
        response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body);
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/callbacks/falpay`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The callbacks that `fits`, as soon as there are `count` of them. */
  async wait(
    count: number,
    fits: (callback: ReceivedCallback) => boolean = () => true,
  ): Promise<readonly ReceivedCallback[]> {
    for (;;) {
      const found = this.received.filter(fits);
      if (found.length >= count) return found;
      await new Promise<void>((resolve) => {
        const check = (): void => {
          this.waiting.delete(check);
          resolve();
        };
        this.waiting.add(check);
      });
    }
  }

  async next(topic: string, fits: (callback: ReceivedCallback) => boolean = () => true): Promise<ReceivedCallback> {
    const [first] = await this.wait(1, (callback) => callback.topic === topic && fits(callback));
    if (first === undefined) throw new Error(`no ${topic}`);
    return first;
  }
}

function parse(text: string): { eventId?: string; topic?: string; data?: Record<string, unknown> } {
  try {
    return JSON.parse(text) as { eventId: string; topic: string; data: Record<string, unknown> };
  } catch {
    return {};
  }
}
