/** Calls FalPay's API as its documentation says, with nothing of the client's or the sandbox's code: what they have in common is the contract alone. */
import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';

export const CLIENT_ID = '1234567890123456789';
export const CLIENT_SECRET = 'secret-of-the-tests';

const clientPair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const platformPair = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** As they stand in settings: Base64 without armour. */
export const clientPublicKey = clientPair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
export const clientPrivateKey = clientPair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
export const platformPrivateKey = platformPair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
export const platformPublicKey = platformPair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');

export interface Answer {
  readonly status: number;
  /** Whether the platform's key signed exactly these bytes. */
  readonly genuine: boolean;
  readonly text: string;
  readonly headers: Headers;
  readonly success?: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly data?: unknown;
}

export interface SignedHeaders {
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

export function signedByClient(
  body: string,
  timestamp = String(Date.now()),
  nonce = randomBytes(16).toString('hex'),
): SignedHeaders {
  const key = createPrivateKey({ key: Buffer.from(clientPrivateKey, 'base64'), format: 'der', type: 'pkcs8' });
  return {
    timestamp,
    nonce,
    signature: createSign('RSA-SHA256').update(`${timestamp}\n${nonce}\n${body}`).sign(key, 'base64'),
  };
}

export function isSignedByPlatform(body: string, signed: Partial<SignedHeaders>): boolean {
  const key = createPublicKey({ key: Buffer.from(platformPublicKey, 'base64'), format: 'der', type: 'spki' });
  return createVerify('RSA-SHA256')
    .update(`${signed.timestamp ?? ''}\n${signed.nonce ?? ''}\n${body}`)
    .verify(key, signed.signature ?? '', 'base64');
}

export class Caller {
  private token: string | undefined;

  constructor(private readonly baseUrl: () => string) {}

  /** A signed call with a token; `headers` replaces some of them, undefined leaves one out. */
  async call(path: string, dto?: unknown, headers: Readonly<Record<string, string | undefined>> = {}): Promise<Answer> {
    this.token ??= await this.newToken();
    return this.send(path, dto === undefined ? '' : JSON.stringify(dto), {
      authorization: `Bearer ${this.token}`,
      ...headers,
    });
  }

  /** The data of a call that must succeed. */
  async data<T = Record<string, string>>(path: string, dto?: unknown): Promise<T> {
    const answer = await this.call(path, dto);
    if (answer.success !== true || !answer.genuine) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.data as T;
  }

  async newToken(): Promise<string> {
    const { data } = await this.askToken({
      grant_type: 'client_credentials',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    });
    this.token = (data as { access_token: string }).access_token;
    return this.token;
  }

  async askToken(query: Readonly<Record<string, string>>): Promise<Answer> {
    return read(
      await fetch(`${this.baseUrl()}/api/open/auth/token?${new URLSearchParams(query).toString()}`, { method: 'POST' }),
    );
  }

  /** Exactly these bytes, signed unless the headers say otherwise. */
  async send(path: string, body: string, headers: Readonly<Record<string, string | undefined>>): Promise<Answer> {
    const signed = signedByClient(body);
    const all: Record<string, string | undefined> = {
      'content-type': 'application/json; charset=utf-8',
      'x-falpay-timestamp': signed.timestamp,
      'x-falpay-nonce': signed.nonce,
      'x-falpay-signature': signed.signature,
      ...headers,
    };
    const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return read(
      await fetch(`${this.baseUrl()}/api/open${path}`, {
        method: 'POST',
        body: body === '' ? undefined : body,
        headers: present,
      }),
    );
  }
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const { headers } = response;
  const genuine = isSignedByPlatform(text, {
    timestamp: headers.get('x-falpay-timestamp') ?? undefined,
    nonce: headers.get('x-falpay-nonce') ?? undefined,
    signature: headers.get('x-falpay-signature') ?? undefined,
  });
  const answer = { status: response.status, genuine, text, headers };
  try {
    return { ...answer, ...(JSON.parse(text) as { success: boolean; code: string; message: string; data: unknown }) };
  } catch {
    return answer;
  }
}
