import axios from 'axios';
import { UploadError } from './errors';
import type { FileStore, StoredContent } from './store';

/** A file of 100 MB over a slow line. */
const TIMEOUT_MS = 10 * 60_000;

/**
 * Puts one file to a presigned URL: whoever made the URL chose the key, and needs to trust us with no more. A second
 * file under the same URL would replace the first, so a store takes one file only.
 */
export class PresignedStore implements FileStore {
  readonly #url: URL;
  readonly #key: string;
  #isUsed = false;

  /**
   * @param options.bucket the bucket's name, for addresses that have it in their path (`/bucket/key`)
   * @throws UploadError `store-refused` when it is no presigned URL
   */
  constructor(url: string, { bucket }: { readonly bucket?: string | undefined } = {}) {
    this.#url = parsed(url);
    this.#key = keyOf(this.#url, bucket);
  }

  keyFor(): string {
    return this.#key;
  }

  async put({ contentType, content, size, signal }: StoredContent): Promise<void> {
    if (size === undefined)
      throw new UploadError('length-required', 'a presigned URL takes a file of known length: send a Content-Length');
    if (this.#isUsed) throw new UploadError('store-refused', 'this presigned URL has been used: ask for another');
    this.#isUsed = true;
    let broken: Error | undefined;
    const stop = new AbortController();
    content.once('error', (error) => {
      broken = error;
      stop.abort();
    });
    try {
      const { status, data } = await axios.put<string>(this.#url.href, content, {
        headers: { 'Content-Type': contentType, 'Content-Length': String(size) },
        timeout: TIMEOUT_MS,
        signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
        responseType: 'text',
        validateStatus: () => true,
        // A redirect would need the whole file again.
        maxRedirects: 0,
        maxBodyLength: Infinity,
      });
      if (status < 200 || status > 299) throw refusal(status, data);
    } catch (error) {
      if (broken instanceof UploadError) throw broken;
      if (error instanceof UploadError) throw error;
      if (signal?.aborted) throw new UploadError('interrupted', 'the upload was given up');
      // axios' error holds the URL, whose query is the permission itself.
      const code = axios.isAxiosError(error) ? (error.code ?? 'no answer') : 'no answer';
      throw new UploadError('store-unavailable', `the presigned URL's server cannot be reached (${code})`);
    }
  }
}

function refusal(status: number, body: string): UploadError {
  const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(body)?.[1] ?? `HTTP ${status}`;
  if (status >= 500) return new UploadError('store-unavailable', `S3 fails (${code}); the upload may be tried again`);
  return new UploadError(
    'store-refused',
    `S3 refuses the presigned URL (${code}): it has expired, was made for another type or method, or was changed`,
  );
}

function parsed(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSigned = url && [...url.searchParams.keys()].some((name) => /^(X-Amz-Signature|Signature)$/i.test(name));
  if (url && isSigned && /^https?:$/.test(url.protocol)) return url;
  throw new UploadError('store-refused', 'that is no presigned URL: it needs https:// and a signature in its query');
}

/** The object's key as S3 understands the address. */
function keyOf(url: URL, bucket: string | undefined): string {
  const path = decodeURIComponent(url.pathname.slice(1));
  const [first = '', ...rest] = path.split('/');
  // s3.region.amazonaws.com/bucket/key; with the bucket in the host, the path is the key.
  const isPathStyle = /^s3[.-]/.test(url.hostname) || first === bucket;
  const key = isPathStyle ? rest.join('/') : path;
  if (key !== '') return key;
  throw new UploadError('store-refused', 'the presigned URL names no object');
}
