import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, run } from './command';
import type { Guardian } from './guardian';
import { projectRoot } from './paths';

/** Offline the SDK fails within a moment; behind a firewall that swallows packets nothing arrives, and we stop waiting. */
const STALLED_AFTER_MS = 15_000;
const WHOLE_DOWNLOAD_MS = 10 * 60_000;

export type Download = { readonly file: string } | { readonly failed: string };

/** Has the Temporal SDK fetch one of its own servers into an empty folder. Bounded in time, never throws. */
export async function downloadThroughSdk(
  kind: 'dev-server' | 'time-skipping',
  folder: string,
  version: string,
  guardian: Guardian,
): Promise<Download> {
  const stalled = new AbortController();
  let size = -1;
  let grewAt = Date.now();
  const watch = setInterval(() => {
    const now = bytesIn(folder);
    if (now !== size) [size, grewAt] = [now, Date.now()];
    if (Date.now() - grewAt > STALLED_AFTER_MS) stalled.abort(`nothing arrived for ${STALLED_AFTER_MS / 1000} s`);
  }, 1000);
  try {
    const result = await run({
      command: process.execPath,
      args: [join(projectRoot, 'tools', 'sdk-download.js'), kind, folder, version],
      cwd: projectRoot,
      timeoutMs: WHOLE_DOWNLOAD_MS,
      signal: stalled.signal,
      guardian,
    });
    const file = executableIn(folder);
    if (result.ok && file !== undefined) return { file };
    return { failed: lastLines(result.output, 1) || result.reason };
  } finally {
    clearInterval(watch);
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + sizeOf(join(folder, name)), 0);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0; // a partial file may be renamed under our eyes
}

function executableIn(folder: string): string | undefined {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}
