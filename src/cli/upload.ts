import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { type FilesConfig, loadFilesConfig } from '../config';
import { type FileStore, PresignedStore, S3Store, UploadError, uploadFile } from '../upload';
import { CliFailure, EXIT } from './failure';
import { readGiven, type Io } from './io';

interface UploadOptions {
  readonly presignedUrl?: string;
  readonly json?: boolean;
}

/** `upload` (AWS S3 文件上传): a file into the store, its key out. */
export function uploadCommand(program: Command, io: Io): void {
  program
    .command('upload')
    .description('AWS S3 文件上传: put an identity paper (JPEG, PNG or PDF) into the store, and print its file key')
    .argument('<file>', 'the file; - for standard input')
    .option('--presigned-url <url>', 'put it there instead of into S3_BUCKET; default: S3_PRESIGNED_URL')
    .option('--json', 'print JSON')
    .action(async (file: string, options: UploadOptions) => {
      const url = options.presignedUrl === undefined ? {} : { S3_PRESIGNED_URL: options.presignedUrl };
      const config = loadFilesConfig({ ...io.env, ...url });
      const { store, close } = storeFor(config);
      const given = await opened(io, file);
      try {
        const uploaded = await uploadFile(store, { ...given, signal: io.signal }, config);
        io.out(options.json ? JSON.stringify(uploaded) : uploaded.fileKey);
      } catch (error) {
        if (error instanceof UploadError) throw new CliFailure(`not uploaded: ${error.message}`);
        throw error;
      } finally {
        given.content.destroy();
        await close();
      }
    });
}

interface OpenStore {
  readonly store: FileStore;
  readonly close: () => Promise<void>;
}

function storeFor(config: FilesConfig): OpenStore {
  if (config.presignedUrl !== undefined)
    return { store: presigned(config.presignedUrl, config), close: async () => undefined };
  if (config.s3 === undefined)
    throw new CliFailure('nowhere to put it: set S3_BUCKET and S3_REGION, or give --presigned-url', EXIT.usage);
  const store = new S3Store(config.s3);
  return { store, close: () => store.close() };
}

function presigned(url: string, { bucket }: FilesConfig): FileStore {
  try {
    return new PresignedStore(url, { bucket });
  } catch (error) {
    if (error instanceof UploadError) throw new CliFailure(error.message, EXIT.usage);
    throw error;
  }
}

async function opened(io: Io, file: string): Promise<{ readonly content: Readable; readonly size: number }> {
  if (file === '-') {
    const bytes = await readGiven(io, file);
    return { content: Readable.from([bytes]), size: bytes.length };
  }
  try {
    const stat = statSync(file);
    if (!stat.isFile()) throw new CliFailure(`${file} is no file`);
    return { content: createReadStream(file), size: stat.size };
  } catch (error) {
    if (error instanceof CliFailure) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new CliFailure(code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read (${code})`);
  }
}
