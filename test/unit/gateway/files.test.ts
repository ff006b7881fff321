import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { createLogger } from '../../../src/logging';
import { gatewayFiles } from '../../../src/gateway/files';
import { until } from '../../setup/until';
import { jpeg, LongFile, MB, pdf, png } from '../upload/samples';
import { BUCKET, S3Server } from '../upload/s3-server';
import { bearer, gateway } from './parts';

let s3: S3Server;
beforeAll(async () => (s3 = await S3Server.start()));
afterAll(() => s3.stop());

const lines: string[] = [];
/** Everything the gateway could ever log. */
const log = createLogger({
  service: 'gateway',
  level: 'trace',
  destination: { write: (line) => void lines.push(line) },
});
const config = (over: object = {}) => ({
  s3: s3.config,
  bucket: BUCKET,
  prefix: 'kyc/',
  maxBytes: 60 * MB,
  presignedOrigins: [s3.url],
  ...over,
});

let app: FastifyInstance;
let url: string;
async function start(over: object = {}): Promise<void> {
  await app?.close();
  app = gateway(undefined, { files: gatewayFiles(config(over)), log }).app;
  await app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/v1/files`;
}
beforeEach(async () => {
  lines.length = 0;
  s3.failWith = undefined;
  await start();
});
afterAll(() => app.close());

const post = (body: RequestInit['body'] | Readable, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: { ...bearer('shop'), ...headers },
    body: body as RequestInit['body'],
    duplex: 'half',
  } as RequestInit);
const form = (...files: readonly (readonly [string, Buffer, string])[]) => {
  const data = new FormData();
  data.append('note', 'not a file');
  for (const [name, content, type] of files) data.append('file', new Blob([new Uint8Array(content)], { type }), name);
  return data;
};
interface Answer {
  readonly fileKey: string;
  readonly code: string;
  readonly detail: string;
}
const json = async (response: Response) => (await response.json()) as Answer;

describe('POST /v1/files', () => {
  test.each([
    ['as the body itself', () => post(new Uint8Array(jpeg()), { 'content-type': 'image/jpeg' })],
    ['as a body of unknown type', () => post(new Uint8Array(jpeg()), { 'content-type': 'application/octet-stream' })],
    ['as the file of a form', () => post(form(['front.jpg', jpeg(), 'image/jpeg']))],
  ])('takes a paper %s, and answers with its key', async (_name, send) => {
    const response = await send();
    expect(response.status).toBe(201);
    const answer = await json(response);
    expect(answer).toEqual({
      fileKey: expect.stringMatching(/^kyc\/.*\.jpg$/),
      contentType: 'image/jpeg',
      size: 1000,
      sha256: createHash('sha256').update(jpeg()).digest('hex'),
    });
    expect((await s3.object(answer.fileKey))?.body).toEqual(jpeg());
  });

  test('streams a large one from its sender to the store', async () => {
    const file = new LongFile(50 * MB);
    const release = s3.hold();
    const sending = post(file.stream(), { 'content-type': 'application/pdf' });
    await until(
      () => s3.waiting >= 2,
      () => 'nothing reached the store',
    );
    // Some more is in the buffers of two sockets.
    expect(file.produced).toBeLessThan(40 * MB);
    release();
    const answer = await json(await sending);
    expect((await s3.object(answer.fileKey))?.body.length).toBe(50 * MB);
  });

  test.each([
    ['an empty body', () => post('', { 'content-type': 'image/png' }), 422, 'empty-file'],
    ['no body', () => post(new Uint8Array(), {}), 422, 'empty-file'],
    ['a text', () => post('hello, I am a text', { 'content-type': 'image/png' }), 415, 'unsupported-media-type'],
    ['JSON', () => post('{"file":1}', { 'content-type': 'application/json' }), 415, 'unsupported-media-type'],
    [
      'a PNG sent as PDF',
      () => post(new Uint8Array(png()), { 'content-type': 'application/pdf' }),
      422,
      'type-mismatch',
    ],
    ['a form without a file', () => post(form()), 422, 'no-file'],
    ['a form that is none', () => post('x', { 'content-type': 'multipart/form-data' }), 400, 'malformed-form'],
    [
      'another’s presigned URL',
      () => post(new Uint8Array(pdf()), { 'x-presigned-url': 'https://evil.example/?X-Amz-Signature=1' }),
      422,
      'presigned-url',
    ],
  ])('refuses %s with a problem document', async (_name, send, status, code) => {
    const before = s3.keys();
    const response = await send();
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    expect({ status: response.status, ...(await json(response)) }).toMatchObject({ status, code });
    expect(s3.keys()).toEqual(before);
  });

  test('refuses what is too large: at once where it is announced, else at the first byte too many', async () => {
    await start({ maxBytes: 6 * MB });
    const announced = await post(new Uint8Array(pdf(7 * MB)), { 'content-type': 'application/pdf' });
    const streamed = await post(new LongFile(20 * MB).stream(), { 'content-type': 'application/pdf' });
    const packed = await post(form(['a.pdf', pdf(7 * MB), 'application/pdf']));
    for (const response of [announced, streamed, packed])
      expect({ status: response.status, ...(await json(response)) }).toMatchObject({
        status: 413,
        code: 'too-large',
        detail: 'The file is larger than 6 MB.',
      });
    // The connection is still good.
    expect((await post(new Uint8Array(pdf(6 * MB)), { 'content-type': 'application/pdf' })).status).toBe(201);
  });

  test('a sender that goes away in the midst leaves nothing in the store', async () => {
    const before = s3.keys();
    const [cleared, stored] = [s3.cleared.length, s3.stored];
    const request = http.request(url, {
      method: 'POST',
      headers: { ...bearer('shop'), 'content-type': 'application/pdf', 'content-length': String(30 * MB) },
    });
    request.on('error', () => undefined);
    request.write(pdf(12 * MB));
    await until(
      () => s3.stored > stored,
      () => 'no part was stored',
    );
    request.destroy();
    await until(
      () => s3.cleared.length > cleared,
      () => 'the parts were not cleared away',
    );
    expect(s3.keys()).toEqual(before);
  });

  test('puts a file to a presigned URL of a known host', async () => {
    const presigned = s3.presigned('PUT', 'falpay/licence.pdf');
    const response = await post(new Uint8Array(pdf()), {
      'content-type': 'application/pdf',
      'x-presigned-url': presigned,
    });
    expect(await json(response)).toMatchObject({ fileKey: 'falpay/licence.pdf' });
    expect((await s3.object('falpay/licence.pdf'))?.body).toEqual(pdf());
    const unknown = await post(form(['a.pdf', pdf(), 'application/pdf']), { 'x-presigned-url': presigned });
    expect({ status: unknown.status, ...(await json(unknown)) }).toMatchObject({
      status: 411,
      code: 'length-required',
    });
  });

  test('says what the operator must do when there is no store, or it refuses or fails', async () => {
    s3.failWith = { status: 403, code: 'AccessDenied' };
    expect(await json(await post(new Uint8Array(pdf())))).toMatchObject({ status: 502, code: 'store-refused' });
    s3.failWith = { status: 500, code: 'InternalError' };
    const failed = await post(new Uint8Array(pdf()));
    expect(failed.headers.get('retry-after')).toBe('5');
    expect(await json(failed)).toMatchObject({ status: 503, code: 'store-unavailable' });
    s3.failWith = undefined;
    await start({ s3: undefined });
    expect(await json(await post(new Uint8Array(pdf())))).toMatchObject({ status: 422, code: 'presigned-url-needed' });
    await start({ s3: undefined, presignedOrigins: [] });
    expect(await json(await post(new Uint8Array(pdf())))).toMatchObject({ status: 501, code: 'files-not-configured' });
  });

  test('is for backends and operators', async () => {
    expect((await post(new Uint8Array(pdf()), bearer('books'))).status).toBe(403);
    expect((await post(new Uint8Array(pdf()), { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post(new Uint8Array(pdf()), bearer('ops'))).status).toBe(201);
  });
});

test('nothing of a paper is logged: not its content, its name, its key or the permission to write it', async () => {
  const secret = randomBytes(12).toString('hex');
  const paper = (head: Buffer) => Buffer.concat([head, Buffer.from(`Chan Tai Man ${secret} K01234567`)]);
  const presigned = s3.presigned('PUT', `falpay/${secret}.pdf`);
  const stored = await json(await post(form([`passport-${secret}.jpg`, paper(jpeg(8)), 'image/jpeg'])));
  const sent = [
    await post(new Uint8Array(paper(pdf(8))), { 'content-type': 'application/pdf' }),
    await post(new Uint8Array(paper(Buffer.from('GIF89a'))), { 'content-type': `image/x-${secret}` }),
    await post(form([`passport-${secret}.png`, paper(jpeg(8)), 'image/png'])),
    await post(new Uint8Array(paper(pdf(8))), { 'x-presigned-url': presigned }),
    await post(new Uint8Array(paper(pdf(8))), { 'x-presigned-url': presigned.replace('&X-Amz-Sig', '0&X-Amz-Sig') }),
  ];
  s3.failWith = { status: 500, code: 'InternalError' };
  sent.push(await post(new Uint8Array(paper(pdf(8)))));
  expect(sent.map(({ status }) => status)).toEqual([201, 415, 422, 201, 502, 503]);

  const logged = lines.join('');
  expect(logged).toContain('"route":"/v1/files"');
  expect(logged).toContain('file stored');
  for (const hidden of [
    secret,
    'Chan Tai Man',
    'K01234567',
    stored.fileKey,
    'X-Amz-Signature',
    s3.config.credentials?.secretAccessKey,
  ])
    expect(logged).not.toContain(hidden);
});
