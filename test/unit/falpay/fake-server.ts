import { createSign, generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { FalpayClient, type FalpayClientOptions, loadProfile } from '../../../src/falpay';

/** A request as it came over the wire. */
export interface Seen {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** What the server does with a request. */
export interface Reply {
  readonly status?: number;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** `platform` (default) signs as FalPay does; the rest is what must not be believed. */
  readonly signed?: 'platform' | 'stranger' | 'no';
  /** Instead of answering. */
  readonly instead?: 'reset' | 'hang' | 'half';
}

const pair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

// Made once a test file: key generation is the slow part.
export const ourKeys = pair();
export const platformKeys = pair();
export const strangerKeys = pair();

export const CLIENT_ID = '1934567890123456789';
export const CLIENT_SECRET = 'SeCrEt-abcdefghijklmnopqrstuvwxyz-0123456789';

/** Signs as the contract says, written apart from the code under test. */
export function signatureHeaders(body: string | Buffer, privateKey: string, timestamp = String(Date.now())) {
  const nonce = 'n'.repeat(16);
  const signature = createSign('RSA-SHA256').update(`${timestamp}\n${nonce}\n`).update(body).sign(privateKey, 'base64');
  return { 'x-falpay-timestamp': timestamp, 'x-falpay-nonce': nonce, 'x-falpay-signature': signature };
}

export const ok = (data: unknown): Reply => ({
  body: JSON.stringify({ success: true, code: '200', message: '操作成功', data }),
});
export const refusal = (code: string, message = 'no', status = 200): Reply => ({
  status,
  body: JSON.stringify({ success: false, code, message, data: null }),
});
export const tokenReply = (token = 'T'.repeat(128), expiresIn: unknown = 60): Reply => ({
  ...ok({ access_token: token, token_type: 'bearer', expires_in: expiresIn, scope: 'default' }),
  signed: 'no',
});

export type Handler = (request: Seen) => Reply | Promise<Reply>;

/** A small FalPay on a free port: `handle` answers the operations, `token` the token calls. */
export class FakeFalpay {
  readonly requests: Seen[] = [];
  readonly tokenRequests: Seen[] = [];
  handle: Handler = () => ok(null);
  token: Handler = () => tokenReply();
  readonly #server: http.Server;
  url = '';

  constructor() {
    this.#server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => void this.#answer(request, response, Buffer.concat(chunks).toString()));
    });
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse, body: string): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    const seen: Seen = { path: url.pathname, query: url.searchParams, headers: request.headers, body };
    const isToken = url.pathname.endsWith('/auth/token');
    (isToken ? this.tokenRequests : this.requests).push(seen);
    const reply = await (isToken ? this.token(seen) : this.handle(seen));
    if (reply.instead === 'reset') request.socket.resetAndDestroy();
    else if (reply.instead === 'half') {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"success":true,', () => request.socket.destroy());
    } else if (reply.instead !== 'hang') {
      const text = reply.body ?? '';
      const key = { platform: platformKeys, stranger: strangerKeys, no: undefined }[reply.signed ?? 'platform'];
      const signature = key ? signatureHeaders(text, key.privateKey) : {};
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...signature, ...reply.headers });
      response.end(text);
    }
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  reset(): void {
    this.requests.length = 0;
    this.tokenRequests.length = 0;
    this.handle = () => ok(null);
    this.token = () => tokenReply();
  }
}

export function clientFor(url: string, options: Partial<FalpayClientOptions> = {}): FalpayClient {
  return new FalpayClient({
    baseUrl: url,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    privateKey: ourKeys.privateKey,
    platformPublicKeys: [platformKeys.publicKey],
    profile: loadProfile(),
    ...options,
  });
}

/** The error a promise ends with; fails when it does not. */
export async function errorOf(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await work;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('it did not fail');
}

export const RECHARGE = {
  rechargeOrderNo: 'M1001_RC1',
  walletId: '1934567890123456001',
  amount: '100.00',
  currency: 'USD',
  methodCode: 'BANK_TRANSFER',
};
export const RECHARGE_ANSWER = {
  orderNo: '1934567890123456002',
  rechargeOrderNo: 'M1001_RC1',
  walletId: '1934567890123456001',
  amount: '100.00',
  currency: 'USD',
  fee: '1.00',
  status: 'PENDING',
  payee: { accountName: 'FalPay Ltd', accountNo: '123-456' },
};
export const CARD_ANSWER = {
  cardId: '1934567890123456003',
  cardOrderNo: 'M1001_CD1',
  walletId: '1934567890123456001',
  binId: '42',
  status: 'ACTIVE',
  maskedCardNo: '411111******1111',
  last4: '1111',
  expiry: '12/29',
  cardLimit: '50.00',
  usedAmount: '0.00',
  availableLimit: '50.00',
  currency: 'USD',
  createTime: '2026-01-01 10:00:00',
};
export const CARDHOLDER = {
  cardholderOrderNo: 'M1001_CH1',
  merchantId: '1934567890123456004',
  firstName: 'Wilhelmina',
  lastName: 'Quartermaine',
  birthDate: '1990-02-28',
  nationality: 'GB',
  phoneCode: '44',
  phone: '2079460958',
  email: 'wq@example.com',
  address: { line: '221B Baker Street', city: 'London', postalCode: 'NW1', country: 'GB' },
  certType: 'PASSPORT' as const,
  certNo: 'P99887766',
};
