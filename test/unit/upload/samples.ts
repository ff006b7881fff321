import { Readable } from 'node:stream';

export const MB = 1_000_000;

/** The beginnings of files, then anything. */
export const jpeg = (length = 1000): Buffer => filled(Buffer.from([0xff, 0xd8, 0xff, 0xe0]), length);
export const png = (length = 1000): Buffer => filled(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), length);
export const pdf = (length = 1000): Buffer => filled(Buffer.from('%PDF-1.7\n', 'latin1'), length);

function filled(head: Buffer, length: number): Buffer {
  const whole = Buffer.alloc(length, 'cardflow ');
  head.copy(whole);
  return whole;
}

/** A file that is made while it is read, and knows how much of it was. */
export class LongFile {
  produced = 0;

  constructor(
    private readonly length: number,
    private readonly onChunk: () => void = () => undefined,
  ) {}

  stream(chunkBytes = 64 * 1024): Readable {
    return Readable.from(this.#chunks(chunkBytes), { objectMode: false });
  }

  *#chunks(chunkBytes: number): Generator<Buffer> {
    for (let at = 0; at < this.length; at += chunkBytes) {
      const chunk = Buffer.alloc(Math.min(chunkBytes, this.length - at), at % 251);
      if (at === 0) Buffer.from('%PDF-1.7\n').copy(chunk);
      this.produced += chunk.length;
      this.onChunk();
      yield chunk;
    }
  }
}
