import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock';
import type { Report } from './report';

/** Something costly that is made once per machine and kept in a folder of its own. */
export interface Artifact {
  /** For people and folder names: `temporal-server`. */
  readonly name: string;
  /** Changes whenever the artifact would come out different. */
  readonly key: string;
  readonly cache: string;
  readonly report: Report;
  /** Whether what lies in the folder works. Says why not, or nothing when it does. */
  readonly fault: (folder: string) => Promise<string | undefined>;
  /** Makes it in an empty folder. */
  readonly make: (folder: string) => Promise<void>;
}

/**
 * The folder of an artifact that works: the kept one, or a new one. Several comers make it once, one that is damaged is
 * made again, and a half-made one never takes the place of the whole.
 */
export async function cached(artifact: Artifact): Promise<string> {
  const { name, key, cache, report } = artifact;
  const shelf = join(cache, name);
  const folder = join(shelf, key);
  if (existsSync(folder) && (await artifact.fault(folder)) === undefined) return folder;
  return withLock(
    join(shelf, `${key}.lock`),
    async () => {
      clearDrafts(shelf, key);
      if (existsSync(folder)) {
        const fault = await artifact.fault(folder); // again: whoever held the lock may have mended it
        if (fault === undefined) return folder;
        report(`${name} in ${folder} is damaged (${fault}); it is made again`);
        rmSync(folder, { recursive: true, force: true });
      }
      const draft = join(shelf, `${key}.draft-${process.pid}`);
      mkdirSync(draft, { recursive: true });
      try {
        await artifact.make(draft);
        const fault = await artifact.fault(draft);
        if (fault !== undefined) throw new Error(`the new ${name} does not work: ${fault}`);
        renameSync(draft, folder);
      } finally {
        rmSync(draft, { recursive: true, force: true });
      }
      return folder;
    },
    ({ pid }) => report(`another start (process ${pid}) is making ${name}; waiting for it`),
  );
}

/** A short digest of files and words, to serve as an artifact's key. */
export function digestOf(files: readonly string[], words: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  for (const word of words) hash.update(word).update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** What a killed start left half-made; nobody else works on this key, since we hold its lock. */
function clearDrafts(shelf: string, key: string): void {
  for (const entry of readdirSync(shelf)) {
    if (entry.startsWith(`${key}.draft-`)) rmSync(join(shelf, entry), { recursive: true, force: true });
  }
}
