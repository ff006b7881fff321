/** Stands between a worker and FalPay and can keep answers back: FalPay has done it, and the worker does not know. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export class HoldingProxy {
  /** Paths whose answers are kept back. */
  hold: readonly string[] = [];
  /** How many of them still pass before that. */
  passing = 0;
  /** Told of each call before it is passed on. */
  onCall: (path: string, body: string) => void = () => undefined;
  /** Paths of the answers that are kept back now, in the order in which they came. */
  readonly held: string[] = [];
  private readonly server = createServer((incoming, outgoing) => {
    this.pass(incoming, outgoing).catch(() => outgoing.destroy());
  });

  constructor(private readonly target: string) {}

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, url = '', headers } = incoming;
    const body = await buffer(incoming);
    const { pathname } = new URL(url, this.target);
    this.onCall(pathname, body.toString());
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(`${this.target}${url}`, { method, headers, agent: false }, resolve).on('error', reject).end(body);
    });
    const content = await buffer(answer);
    if (this.hold.includes(pathname) && (this.passing -= 1) < 0) {
      this.held.push(pathname);
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(content);
  }
}
