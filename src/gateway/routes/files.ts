import type { Readable } from 'node:stream';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type FileStore, PresignedStore, UploadError, type UploadFault, uploadFile } from '../../upload';
import { fileAnswer, problems } from '../answers';
import { BACKENDS, requireRole } from '../auth';
import type { GatewayDeps } from '../deps';
import { Problem, type ProblemSpec } from '../problem';

/**
 * `POST /v1/files`: an identity paper, as the body itself or as the one file of a form, on its way to the store without
 * ever being whole in memory. Answers with the file key that FalPay's models take.
 */
export function fileRoutes(app: FastifyInstance, deps: GatewayDeps): void {
  // In a scope of its own: no other route may see bodies as streams.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Limits of size are the upload's own: it stops at the first byte too many, whatever the body is packed in.
    await scope.register(multipart, { limits: { files: 1, fields: 20, fieldSize: 1_000, fileSize: Infinity } });
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    fileRoute(scope, deps);
  });
}

function fileRoute(scope: FastifyInstance, { apiKeys, files, log }: GatewayDeps): void {
  scope.withTypeProvider<ZodTypeProvider>().post(
    '/v1/files',
    {
      onRequest: requireRole(apiKeys, BACKENDS),
      schema: {
        tags: ['files'],
        summary:
          'Upload an identity paper (AWS S3 文件上传): JPEG, PNG or PDF, as the body or as the one file of a form',
        headers: z.looseObject({
          'x-presigned-url': z
            .string()
            .optional()
            .describe('Puts the file there, with a Content-Length, instead of into the gateway’s own bucket.'),
        }),
        body: z.unknown().describe('The file itself, or a form with one file'),
        response: { 201: fileAnswer, ...problems(400, 401, 403, 411, 413, 415, 422, 501, 502, 503) },
        consumes: ['image/jpeg', 'image/png', 'application/pdf', 'application/octet-stream', 'multipart/form-data'],
      },
    },
    async (request, reply) => {
      if (!files) throw NOT_CONFIGURED;
      const store = storeFor(request, files);
      const gone = new AbortController();
      request.raw.once('close', () => {
        if (!request.raw.complete) gone.abort();
      });
      const part = await partOf(request);
      try {
        const uploaded = await uploadFile(store, { ...part, signal: gone.signal }, files.rules);
        // Neither the key nor the file's own name: both lead to the paper.
        log.info({ requestId: request.id, contentType: uploaded.contentType, size: uploaded.size }, 'file stored');
        return await reply.code(201).send(uploaded);
      } catch (error) {
        // What is left of the body is dropped as it comes: a sender that is still sending would not read the answer.
        part.content.resume();
        throw error instanceof UploadError ? problemFor(error) : error;
      }
    },
  );
}

/** What the gateway needs for files; absent, it takes none. */
export interface GatewayFiles {
  /** Absent: files go to presigned URLs alone. */
  readonly store?: FileStore;
  readonly rules: { readonly prefix: string; readonly maxBytes: number };
  /** The bucket's name, which presigned URLs may have in their path. */
  readonly bucket?: string | undefined;
  /** Whose presigned URLs are taken: any other would send papers, and our requests, to strangers. */
  readonly presignedOrigins: readonly string[];
}

function storeFor({ headers }: FastifyRequest, { store, presignedOrigins, bucket }: GatewayFiles): FileStore {
  const url = headers['x-presigned-url'];
  if (url === undefined) {
    if (store) return store;
    throw refuse(
      422,
      'presigned-url-needed',
      'This gateway has no bucket of its own: send x-presigned-url.',
      'x-presigned-url',
    );
  }
  if (typeof url !== 'string' || !URL.canParse(url) || !presignedOrigins.includes(new URL(url).origin))
    throw refuse(422, 'presigned-url', 'Its host is none of S3_PRESIGNED_ORIGINS.', 'x-presigned-url');
  try {
    return new PresignedStore(url, { bucket });
  } catch (error) {
    throw refuse(422, 'presigned-url', 'It is no presigned URL of a file.', 'x-presigned-url', error);
  }
}

interface FilePart {
  readonly content: Readable;
  readonly declaredType?: string | undefined;
  readonly size?: number | undefined;
}

async function partOf(request: FastifyRequest): Promise<FilePart> {
  const declaredType = request.headers['content-type'];
  if (!request.isMultipart()) {
    const length = request.headers['content-length'];
    if (request.body === undefined || request.body === null)
      throw problemFor(new UploadError('empty', 'the body is empty'));
    return { content: request.body as Readable, declaredType, size: length === undefined ? undefined : Number(length) };
  }
  const part = await request.file().catch((error: unknown) => {
    throw refuse(400, 'malformed-form', 'The form cannot be read.', undefined, error);
  });
  if (part === undefined) throw refuse(422, 'no-file', 'The form has no file.', 'file');
  return { content: part.file, declaredType: part.mimetype };
}

const refuse = (status: number, code: string, detail: string, path?: string, cause?: unknown): Problem =>
  new Problem({ status, code, detail, ...(path && { errors: [{ path, message: detail }] }) }, { cause });

const NOT_CONFIGURED = new Problem({
  status: 501,
  code: 'files-not-configured',
  detail: 'This gateway keeps no files: its operator must set S3_BUCKET, or S3_PRESIGNED_ORIGINS.',
});

const PROBLEMS: Readonly<Record<UploadFault, Pick<ProblemSpec, 'status' | 'code' | 'headers'>>> = {
  empty: { status: 422, code: 'empty-file' },
  'unsupported-type': { status: 415, code: 'unsupported-media-type' },
  'type-mismatch': { status: 422, code: 'type-mismatch' },
  'too-large': { status: 413, code: 'too-large' },
  interrupted: { status: 400, code: 'interrupted' },
  'length-required': { status: 411, code: 'length-required' },
  'store-unavailable': { status: 503, code: 'store-unavailable', headers: { 'retry-after': '5' } },
  'store-refused': { status: 502, code: 'store-refused' },
};

const problemFor = (error: UploadError): Problem =>
  new Problem(
    { ...PROBLEMS[error.fault], detail: `${error.message[0]?.toUpperCase() ?? ''}${error.message.slice(1)}.` },
    { cause: error },
  );
