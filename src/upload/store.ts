import type { Readable } from 'node:stream';

/** A file on its way into a store. */
export interface StoredContent {
  readonly key: string;
  readonly contentType: string;
  /** Fails when the file breaks off or is too large: then nothing may be left in the store. */
  readonly content: Readable;
  /** In bytes, where it is known. */
  readonly size?: number;
  /** Gives the upload up. */
  readonly signal?: AbortSignal;
}

/** Where identity papers are kept. */
export interface FileStore {
  /** The key under which a file is stored: the proposed one, unless the store decides. */
  keyFor(proposed: string): string;
  /**
   * Resolves once the whole file is kept; a file that fails half way leaves nothing behind.
   * @throws UploadError `store-unavailable`, `store-refused` or `length-required`, or what `content` failed with
   */
  put(file: StoredContent): Promise<void>;
}
