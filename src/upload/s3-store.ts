import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from '../config';
import { UploadError } from './errors';
import type { FileStore, StoredContent } from './store';

/** S3's least; two of them are under way at a time, so an upload holds some 15 MB whatever the file's size. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_A_TIME = 2;

/** Keeps files in an S3 bucket, with keys of our own or the machine's role. Large files go in parts. */
export class S3Store implements FileStore {
  #client: Promise<S3Client> | undefined;

  constructor(private readonly config: S3Config) {}

  keyFor(proposed: string): string {
    return proposed;
  }

  async put({ key, contentType, content, signal }: StoredContent): Promise<void> {
    const { Upload } = await import('@aws-sdk/lib-storage');
    const upload = new Upload({
      client: await this.#connected(),
      params: { Bucket: this.config.bucket, Key: key, ContentType: contentType, Body: content },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_A_TIME,
      // Cleared away below: when that fails too, the SDK would tell of it instead of what went wrong first.
      leavePartsOnError: true,
    });
    let broken: Error | undefined;
    content.once('error', (error) => (broken = error));
    const abort = (): void => void upload.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await upload.done();
    } catch (error) {
      await this.#clear(key, upload.uploadId);
      throw broken instanceof UploadError ? broken : asUploadError(error);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Parts of an upload that was not completed cannot be read, but are paid for. A bucket's lifecycle rule is the second net. */
  async #clear(key: string, uploadId: string | undefined): Promise<void> {
    if (uploadId === undefined) return;
    const { AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
    const abandon = new AbortMultipartUploadCommand({ Bucket: this.config.bucket, Key: key, UploadId: uploadId });
    const client = await this.#connected();
    await client.send(abandon).catch(() => undefined);
  }

  /** The SDK takes its time to load: only who stores a file waits for it. */
  #connected(): Promise<S3Client> {
    this.#client ??= connect(this.config);
    return this.#client;
  }

  /** Closes idle connections. */
  async close(): Promise<void> {
    (await this.#client)?.destroy();
  }
}

async function connect({ region, endpoint, credentials, pathStyle }: S3Config): Promise<S3Client> {
  // It warns, once a process, of a version of Node that is not yet here; nobody who uploads a paper can act on it.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { S3Client: Client } = await import('@aws-sdk/client-s3');
  return new Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: pathStyle,
    // Servers that are not AWS refuse the checksums which the SDK otherwise adds.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

const REFUSED = new Set([
  ...['AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'NoSuchBucket', 'AuthorizationHeaderMalformed'],
  ...['PermanentRedirect', 'ExpiredToken', 'InvalidToken', 'CredentialsProviderError', 'AllAccessDisabled'],
]);

/** The SDK's errors carry the request with its headers: only the name and status are told. */
function asUploadError(error: unknown): UploadError {
  if (error instanceof UploadError) return error;
  const { name, $metadata } = (error ?? {}) as { name?: string; $metadata?: { httpStatusCode?: number } };
  const code = name ?? 'Error';
  const status = $metadata?.httpStatusCode;
  if (code === 'AbortError') return new UploadError('interrupted', 'the upload was given up');
  if (REFUSED.has(code) || status === 401 || status === 403 || status === 404)
    return new UploadError(
      'store-refused',
      `S3 refuses (${code}): check S3_BUCKET, S3_REGION, S3_ENDPOINT and the keys`,
    );
  return new UploadError('store-unavailable', `S3 cannot be reached or fails (${code}); the upload may be tried again`);
}
