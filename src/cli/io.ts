import { readFileSync, writeFileSync } from 'node:fs';
import { buffer, text } from 'node:stream/consumers';
import { userInfo } from 'node:os';
import type { Environment } from '../config';
import { CliFailure } from './failure';

/** Where the command line reads and writes: the process's own, or a test's. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly stdin: () => Promise<string>;
  /** The same to the byte: a text has lost a byte order mark and what is no UTF-8. Absent: made of the text. */
  readonly stdinBytes?: () => Promise<Buffer>;
  readonly env: Environment;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

export function processIo(signal: AbortSignal): Io {
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    stdin: () => text(process.stdin),
    stdinBytes: () => buffer(process.stdin),
    env: process.env,
    signal,
  };
}

/** The JSON of a file, or of standard input for `-`. */
export async function readJson(io: Io, file: string): Promise<unknown> {
  const source = file === '-' ? 'standard input' : file;
  return parseJson(file === '-' ? await io.stdin() : readText(file), source);
}

/** @param source what to call it when it is no JSON; its text is not repeated: it may hold identity data */
export function parseJson(json: string, source: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    const place = /position (\d+)/.exec(String(error))?.[1];
    throw new CliFailure(`${source} is not JSON${place ? ` (character ${place})` : ''}`);
  }
}

export const readText = (file: string): string => readBytes(file).toString('utf8');

/** The bytes of a file, or of standard input for `-`. */
export async function readGiven(io: Io, file: string): Promise<Buffer> {
  if (file !== '-') return readBytes(file);
  return io.stdinBytes ? io.stdinBytes() : Buffer.from(await io.stdin());
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new CliFailure(code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read (${code})`);
  }
}

/** Writes a text that a command made, in the place of what was in the file. */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, `${text.trimEnd()}\n`);
  } catch (error) {
    throw new CliFailure(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The person before the terminal; containers may have no name for theirs. */
export function defaultActor(): string {
  try {
    return userInfo().username;
  } catch {
    throw new CliFailure('this machine has no name for you: say who you are with --actor');
  }
}
