import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import S3rver from 's3rver';
import type { S3Config } from '../../../src/config';

export const BUCKET = 'papers';
const CREDENTIALS = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
const REGION = 'us-east-1';

const scopeOf = (stamp: string): string => `${stamp.slice(0, 8)}/${REGION}/s3/aws4_request`;

/**
 * A real S3 server on this machine, that can hold parts back, and knows of uploads that were given up. As at S3, an object
 * is there once its PUT or its multipart upload has been answered; s3rver alone would show what came of one that broke off.
 */
export class S3Server {
  readonly #objects = new Set<string>();
  /** Multipart uploads that were cleared away. s3rver has no such operation; the keys stand here instead. */
  readonly cleared: string[] = [];
  /** Bytes of bodies that were taken whole. */
  stored = 0;
  /** Answers with this instead, when it is set. */
  failWith: { readonly status: number; readonly code: string } | undefined;
  #gate: Promise<void> = Promise.resolve();
  #waiting = 0;
  readonly #server: http.Server;

  private constructor(
    private readonly folder: string,
    listener: http.RequestListener,
  ) {
    this.#server = http.createServer((request, response) => void this.#take(request, response, listener));
  }

  static async start(): Promise<S3Server> {
    const folder = mkdtempSync(path.join(tmpdir(), 'cardflow-s3-'));
    const s3 = new S3rver({ directory: folder, silent: true, configureBuckets: [{ name: BUCKET }] });
    await s3.configureBuckets();
    const server = new S3Server(folder, s3.callback());
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get config(): S3Config {
    return { bucket: BUCKET, region: REGION, endpoint: this.url, credentials: CREDENTIALS, pathStyle: true };
  }

  async #take(request: http.IncomingMessage, response: http.ServerResponse, listener: http.RequestListener) {
    const url = new URL(request.url ?? '/', this.url);
    const fault = this.#presignFault(request.method ?? '', url);
    const failure = this.failWith ?? (fault === undefined ? undefined : { status: 403, code: fault });
    if (failure !== undefined) {
      request.resume();
      const { status, code } = failure;
      response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
      return;
    }
    if (request.method === 'DELETE' && url.searchParams.has('uploadId')) {
      this.cleared.push(decodeURIComponent(url.pathname));
      response.writeHead(204).end();
      return;
    }
    const key = decodeURIComponent(url.pathname.slice(`/${BUCKET}/`.length));
    if (request.method === 'GET' && !this.#objects.has(key)) {
      response.writeHead(404).end();
      return;
    }
    response.on('finish', () => {
      if (response.statusCode !== 200) return;
      if (request.method === 'PUT') this.stored += Number(request.headers['content-length'] ?? 0);
      if (request.method === (url.searchParams.has('uploadId') ? 'POST' : 'PUT')) this.#objects.add(key);
    });
    if (request.method === 'PUT') {
      this.#waiting += 1;
      await this.#gate;
      this.#waiting -= 1;
    }
    listener(request, response);
  }

  /** Holds every PUT back until the returned function is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.#gate = new Promise((resolve) => (release = resolve));
    return () => {
      this.#gate = Promise.resolve();
      release();
    };
  }

  /** How many PUTs are being held back. */
  get waiting(): number {
    return this.#waiting;
  }

  /** An object's content and type; undefined when there is none. */
  async object(key: string): Promise<{ readonly body: Buffer; readonly contentType: string } | undefined> {
    const response = await fetch(this.presigned('GET', key));
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`S3 answered ${response.status}`);
    return {
      body: Buffer.from(await response.arrayBuffer()),
      contentType: response.headers.get('content-type') ?? '',
    };
  }

  /** The keys of all objects. */
  keys(): readonly string[] {
    return [...this.#objects];
  }

  /** A presigned URL, made by the rules of AWS Signature 4 and by nothing of the code under test. */
  presigned(method: 'GET' | 'PUT', key: string, { expires = 300, at = new Date() } = {}): string {
    const stamp = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
    const target = `/${BUCKET}/${key.split('/').map(encodeURIComponent).join('/')}`;
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `${CREDENTIALS.accessKeyId}/${scopeOf(stamp)}`,
      'X-Amz-Date': stamp,
      'X-Amz-Expires': String(expires),
      'X-Amz-SignedHeaders': 'host',
    }).toString();
    return `${this.url}${target}?${query}&X-Amz-Signature=${this.#signature(method, target, query)}`;
  }

  #signature(method: string, target: string, query: string): string {
    const stamp = new URLSearchParams(query).get('X-Amz-Date') ?? '';
    const request = [method, target, query, `host:${new URL(this.url).host}\n`, 'host', 'UNSIGNED-PAYLOAD'].join('\n');
    const hashed = createHash('sha256').update(request).digest('hex');
    const key = scopeOf(stamp)
      .split('/')
      .reduce<Buffer | string>(
        (secret, part) => createHmac('sha256', secret).update(part).digest(),
        `AWS4${CREDENTIALS.secretAccessKey}`,
      );
    const text = ['AWS4-HMAC-SHA256', stamp, scopeOf(stamp), hashed].join('\n');
    return createHmac('sha256', key).update(text).digest('hex');
  }

  /** s3rver believes every presigned URL; S3 does not. */
  #presignFault(method: string, url: URL): string | undefined {
    const signature = url.searchParams.get('X-Amz-Signature');
    if (signature === null) return undefined;
    const query = url.search.slice(1).split('&X-Amz-Signature=')[0] ?? '';
    if (signature !== this.#signature(method, url.pathname, query)) return 'SignatureDoesNotMatch';
    const made = (url.searchParams.get('X-Amz-Date') ?? '').replace(
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
      '$1-$2-$3T$4:$5:$6Z',
    );
    const ends = Date.parse(made) + Number(url.searchParams.get('X-Amz-Expires')) * 1000;
    return ends < Date.now() ? 'AccessDenied' : undefined;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
