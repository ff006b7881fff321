import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { PresignedStore, S3Store, UploadError, uploadFile, type UploadRequest } from '../../../src/upload';
import { jpeg, LongFile, MB, pdf, png } from './samples';
import { S3Server } from './s3-server';
import { until } from '../../setup/until';

let s3: S3Server;
let store: S3Store;
beforeAll(async () => {
  s3 = await S3Server.start();
  store = new S3Store(s3.config);
});
afterAll(async () => {
  await store.close();
  await s3.stop();
});
afterEach(() => (s3.failWith = undefined));

const RULES = { prefix: 'kyc/', maxBytes: 100 * MB };
const upload = (content: Buffer | Readable, more: Partial<UploadRequest> = {}, rules = RULES) =>
  uploadFile(store, { content: Buffer.isBuffer(content) ? Readable.from([content]) : content, ...more }, rules);
const faultOf = async (work: Promise<unknown>): Promise<UploadError> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof UploadError) return error;
  throw error ?? new Error('it was uploaded');
};

describe('with keys', () => {
  test.each([
    ['image/jpeg', 'jpg', jpeg()],
    ['image/png', 'png', png()],
    ['application/pdf', 'pdf', pdf()],
  ])('a file that is %s by its content is stored as such', async (contentType, ending, content) => {
    const uploaded = await upload(content);
    expect(uploaded).toEqual({
      fileKey: expect.stringMatching(new RegExp(`^kyc/\\d{4}-\\d{2}/[0-9a-f-]{36}\\.${ending}$`)),
      contentType,
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    });
    expect(await s3.object(uploaded.fileKey)).toEqual({ body: content, contentType });
  });

  test('a file that comes byte by byte is recognised as well', async () => {
    const uploaded = await upload(Readable.from([...png(40)].map((byte) => Buffer.from([byte]))));
    expect((await s3.object(uploaded.fileKey))?.body).toEqual(png(40));
  });

  test('a large file goes in parts, and never more than a few of them are in memory', async () => {
    let ahead = 0;
    const before = s3.stored;
    const file: LongFile = new LongFile(50 * MB, () => (ahead = Math.max(ahead, file.produced - (s3.stored - before))));
    // The store takes nothing for a while: the source must wait for it, not fill the memory.
    const release = s3.hold();
    const uploading = upload(file.stream(), { size: 50 * MB });
    await until(
      () => s3.waiting >= 2,
      () => 'it did not come so far',
    );
    expect(file.produced).toBeLessThan(25 * MB);
    release();
    const uploaded = await uploading;
    expect(uploaded.size).toBe(50 * MB);
    expect(ahead).toBeLessThan(25 * MB);
    const kept = await s3.object(uploaded.fileKey);
    expect(
      createHash('sha256')
        .update(kept?.body ?? '')
        .digest('hex'),
    ).toBe(uploaded.sha256);
  });
});

describe('what is refused, and leaves nothing behind', () => {
  const refused = async (work: () => Promise<unknown>): Promise<UploadError> => {
    const before = s3.keys();
    const fault = await faultOf(work());
    expect(s3.keys()).toEqual(before);
    return fault;
  };

  test.each([
    ['an empty file', Buffer.alloc(0), {}, 'empty'],
    ['a file of another type', Buffer.from('GIF89a and so on'), {}, 'unsupported-type'],
    ['a page that calls itself an image', Buffer.from('<html>'), { declaredType: 'image/png' }, 'unsupported-type'],
    ['a JPEG that is sent as a PDF', jpeg(), { declaredType: 'application/pdf' }, 'type-mismatch'],
    ['a file that is shorter than announced', jpeg(100), { size: 200 }, 'interrupted'],
    ['a file that is longer than announced', jpeg(300), { size: 200 }, 'interrupted'],
    ['a file that is announced as too large', jpeg(100), { size: 101 * MB }, 'too-large'],
  ] as const)('%s', async (_name, content, more, fault) => {
    expect((await refused(() => upload(content, more))).fault).toBe(fault);
  });

  test('a file that is a byte too large, found out in its last part', async () => {
    const cleared = s3.cleared.length;
    const rules = { ...RULES, maxBytes: 12 * MB };
    const fault = await refused(() => upload(new LongFile(12 * MB + 1).stream(), {}, rules));
    expect(fault).toMatchObject({ fault: 'too-large', message: 'the file is larger than 12 MB' });
    expect(s3.cleared).toHaveLength(cleared + 1);
    expect((await upload(new LongFile(12 * MB).stream(), {}, rules)).size).toBe(12 * MB);
  });

  test('a file whose sender goes away in its midst', async () => {
    const cleared = s3.cleared.length;
    const source = new PassThrough();
    new LongFile(20 * MB).stream().pipe(source, { end: false });
    const gone = s3.stored;
    const work = refused(() => upload(source));
    await until(
      () => s3.stored > gone,
      () => 'it did not come so far',
    );
    source.destroy(new Error('ECONNRESET'));
    expect((await work).fault).toBe('interrupted');
    expect(s3.cleared).toHaveLength(cleared + 1);
  });

  test('an upload that its caller gives up', async () => {
    const release = s3.hold();
    const given = new AbortController();
    const work = refused(() => upload(new LongFile(20 * MB).stream(), { signal: given.signal }));
    await until(
      () => s3.waiting > 0,
      () => 'it did not come so far',
    );
    given.abort();
    release();
    expect((await work).fault).toBe('interrupted');
  });

  test.each([
    [503, 'SlowDown', 'store-unavailable', /may be tried again/],
    [403, 'AccessDenied', 'store-refused', /S3 refuses \(AccessDenied\): check S3_BUCKET/],
    [404, 'NoSuchBucket', 'store-refused', /NoSuchBucket/],
  ])('a store that answers %d %s', async (status, code, fault, message) => {
    s3.failWith = { status, code };
    expect(await faultOf(upload(jpeg()))).toMatchObject({ fault, message: expect.stringMatching(message) });
  });

  test('a store that nobody reaches', async () => {
    const nowhere = new S3Store({ ...s3.config, endpoint: 'http://127.0.0.1:9' });
    const fault = await faultOf(uploadFile(nowhere, { content: Readable.from([jpeg()]) }, RULES));
    expect(fault.fault).toBe('store-unavailable');
    await nowhere.close();
  });
});

describe('with a presigned URL', () => {
  const put = (url: string, content: Buffer | Readable, size: number | undefined) =>
    uploadFile(
      new PresignedStore(url, { bucket: 'papers' }),
      { content: Buffer.isBuffer(content) ? Readable.from([content]) : content, size },
      RULES,
    );

  test('a file is put there, and the key is the URL’s', async () => {
    const uploaded = await put(s3.presigned('PUT', 'falpay/a b/licence.pdf'), pdf(), 1000);
    expect(uploaded).toMatchObject({ fileKey: 'falpay/a b/licence.pdf', contentType: 'application/pdf', size: 1000 });
    expect(await s3.object('falpay/a b/licence.pdf')).toEqual({ body: pdf(), contentType: 'application/pdf' });
  });

  test('a large file is streamed', async () => {
    const release = s3.hold();
    const file = new LongFile(50 * MB);
    const uploading = put(s3.presigned('PUT', 'falpay/large.pdf'), file.stream(), 50 * MB);
    await until(
      () => s3.waiting === 1,
      () => 'it did not come so far',
    );
    expect(file.produced).toBeLessThan(25 * MB);
    release();
    expect((await uploading).size).toBe(50 * MB);
    expect((await s3.object('falpay/large.pdf'))?.body.length).toBe(50 * MB);
  });

  test('a URL that has expired, was changed, or is none is refused without being told', async () => {
    const old = s3.presigned('PUT', 'falpay/x.pdf', { expires: 60, at: new Date(Date.now() - 3_600_000) });
    const changed = s3.presigned('PUT', 'falpay/x.pdf').replace('x.pdf', 'y.pdf');
    for (const url of [old, changed]) {
      const fault = await faultOf(put(url, pdf(), 1000));
      expect(fault.fault).toBe('store-refused');
      expect(JSON.stringify([fault.message, fault.stack, fault.cause])).not.toContain('X-Amz');
    }
    expect(() => new PresignedStore('https://example.com/x.pdf')).toThrow(/no presigned URL/);
    expect(s3.keys().filter((key) => /falpay\/[xy]\.pdf/.test(key))).toEqual([]);
  });

  test('a second file under the same URL is refused: it would replace the first', async () => {
    const once = new PresignedStore(s3.presigned('PUT', 'falpay/once.pdf'), { bucket: 'papers' });
    await uploadFile(once, { content: Readable.from([pdf()]), size: 1000 }, RULES);
    const fault = await faultOf(uploadFile(once, { content: Readable.from([jpeg()]), size: 1000 }, RULES));
    expect(fault).toMatchObject({ fault: 'store-refused', message: expect.stringMatching(/has been used/) });
    expect((await s3.object('falpay/once.pdf'))?.contentType).toBe('application/pdf');
  });

  test('a file of unknown length is refused, and one that breaks off is not kept', async () => {
    expect((await faultOf(put(s3.presigned('PUT', 'falpay/n.pdf'), pdf(), undefined))).fault).toBe('length-required');
    const source = new PassThrough();
    source.write(pdf(100_000));
    const work = faultOf(put(s3.presigned('PUT', 'falpay/n.pdf'), source, 200_000));
    await until(
      () => source.readableLength === 0,
      () => 'it did not come so far',
    );
    source.destroy(new Error('gone'));
    expect((await work).fault).toBe('interrupted');
    expect(await s3.object('falpay/n.pdf')).toBeUndefined();
  });

  test.each([
    ['https://papers.s3.eu-central-1.amazonaws.com/kyc/a.pdf?X-Amz-Signature=1', undefined, 'kyc/a.pdf'],
    ['https://s3.eu-central-1.amazonaws.com/papers/kyc/a.pdf?X-Amz-Signature=1', undefined, 'kyc/a.pdf'],
    ['https://store.example/papers/kyc/%E8%AF%81.pdf?Signature=1', 'papers', 'kyc/证.pdf'],
    ['https://store.example/kyc/a.pdf?X-Amz-Signature=1', 'papers', 'kyc/a.pdf'],
  ])('the key in %s', (url, bucket, key) => {
    expect(new PresignedStore(url, { bucket }).keyFor()).toBe(key);
  });
});
