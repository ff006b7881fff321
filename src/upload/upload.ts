import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { UploadError } from './errors';
import { agrees, fileTypeOf, type FileType, MAGIC_LENGTH, TAKEN_TYPES } from './file-type';
import type { FileStore } from './store';

export interface UploadRules {
  /** Stands before each key, such as `kyc/`. */
  readonly prefix: string;
  readonly maxBytes: number;
}

export interface UploadRequest {
  readonly content: Readable;
  /** The content type its sender gives it; content decides, and a contradiction is refused. */
  readonly declaredType?: string | undefined;
  /** Its length in bytes, where it is known; a file of another length is refused. */
  readonly size?: number | undefined;
  readonly signal?: AbortSignal;
}

export interface UploadedFile {
  /** What the models of FalPay take: `certFrontKey`, `businessLicenseKey` … */
  readonly fileKey: string;
  readonly contentType: FileType['contentType'];
  /** In bytes. */
  readonly size: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * AWS S3 文件上传: streams a file into the store, checked by its content on the way. Never more than a few parts of it are in
 * memory, and a file that is refused or breaks off leaves nothing in the store. [N name, rules I]
 *
 * The key says nothing of the file or its owner, and no two uploads share one. The source is not destroyed.
 * @throws UploadError with what is wrong and what to do
 */
export async function uploadFile(store: FileStore, request: UploadRequest, rules: UploadRules): Promise<UploadedFile> {
  const { content, size } = request;
  if (size !== undefined && size > rules.maxBytes) throw tooLarge(rules);
  // Not the stream's own iterator: it would destroy a request's connection, and with it the answer.
  const chunks = content.iterator({ destroyOnReturn: false });
  try {
    return await checkedUpload(store, chunks, request, rules);
  } finally {
    // Lets go of the source, so that whoever has it can read or drop the rest.
    await chunks.return?.();
  }
}

async function checkedUpload(
  store: FileStore,
  chunks: AsyncIterator<unknown>,
  { declaredType, size, signal }: UploadRequest,
  rules: UploadRules,
): Promise<UploadedFile> {
  const head = await readHead(chunks);
  const type = checkedType(head, declaredType);
  const key = store.keyFor(`${rules.prefix}${new Date().toISOString().slice(0, 7)}/${randomUUID()}.${type.ending}`);

  const hash = createHash('sha256');
  const counted = { bytes: 0 };
  const body = Readable.from(checkedChunks(head, chunks, { hash, counted, rules, size }), { objectMode: false });
  try {
    await store.put({ key, contentType: type.contentType, content: body, size, signal });
  } finally {
    body.destroy();
  }
  return { fileKey: key, contentType: type.contentType, size: counted.bytes, sha256: hash.digest('hex') };
}

async function readHead(chunks: AsyncIterator<unknown>): Promise<Buffer> {
  const head: Buffer[] = [];
  let length = 0;
  while (length < MAGIC_LENGTH) {
    const chunk = await nextChunk(chunks);
    if (chunk === undefined) break;
    head.push(chunk);
    length += chunk.length;
  }
  if (length === 0) throw new UploadError('empty', 'the file is empty');
  return Buffer.concat(head);
}

function checkedType(head: Buffer, declared: string | undefined): FileType {
  const type = fileTypeOf(head);
  if (type === undefined)
    throw new UploadError('unsupported-type', `the content is neither ${TAKEN_TYPES.replace(' or', ' nor')}`);
  if (agrees(declared, type)) return type;
  throw new UploadError(
    'type-mismatch',
    `the content is ${type.contentType}, but it was sent as another type: is it the right file?`,
  );
}

interface Watch {
  readonly hash: ReturnType<typeof createHash>;
  readonly counted: { bytes: number };
  readonly rules: UploadRules;
  readonly size: number | undefined;
}

async function* checkedChunks(head: Buffer, chunks: AsyncIterator<unknown>, watch: Watch): AsyncGenerator<Buffer> {
  const { hash, counted, rules, size } = watch;
  for (let chunk: Buffer | undefined = head; chunk !== undefined; chunk = await nextChunk(chunks)) {
    counted.bytes += chunk.length;
    if (counted.bytes > rules.maxBytes) throw tooLarge(rules);
    hash.update(chunk);
    yield chunk;
  }
  if (size !== undefined && counted.bytes !== size)
    throw new UploadError('interrupted', `${counted.bytes} bytes came where ${size} were announced`);
}

async function nextChunk(chunks: AsyncIterator<unknown>): Promise<Buffer | undefined> {
  try {
    const next = await chunks.next();
    return next.done ? undefined : Buffer.from(next.value as Uint8Array);
  } catch (error) {
    throw new UploadError('interrupted', 'the file broke off before its end', { cause: error });
  }
}

function tooLarge({ maxBytes }: UploadRules): UploadError {
  const limit = maxBytes >= 1_000_000 ? `${Math.floor(maxBytes / 1_000_000)} MB` : `${maxBytes} bytes`;
  return new UploadError('too-large', `the file is larger than ${limit}`);
}
