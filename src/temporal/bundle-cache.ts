/** Keeps the workflow bundle between starts from source: webpack takes seconds, and a worker that was killed should be back at once. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface BundleCache {
  /** Everything the bundle is made from: its content is the cache's key. */
  readonly sources: string;
  readonly lockFile: string;
  readonly folder: string;
}

/** Beside what npm installs, so that a fresh install begins with an empty one. */
export function defaultBundleCache(): BundleCache {
  const root = join(__dirname, '..', '..');
  return {
    sources: join(root, 'src'),
    lockFile: join(root, 'package-lock.json'),
    folder: join(root, 'node_modules', '.cache', 'cardflow'),
  };
}

/** The bundle made from the present sources: kept from an earlier start, or made now and kept where that is possible. */
export async function cached(
  cache: BundleCache,
  variant: string,
  make: () => Promise<{ readonly code: string }>,
): Promise<{ readonly codePath: string } | { readonly code: string }> {
  const prefix = `workflow-bundle.${variant}.`;
  const name = `${prefix}${contentHash(cache)}.js`;
  const codePath = join(cache.folder, name);
  if (existsSync(codePath)) return { codePath };
  const { code } = await make();
  try {
    mkdirSync(cache.folder, { recursive: true });
    // Whole or not at all: two workers may start at the same moment.
    const draft = `${codePath}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, codePath);
    for (const old of readdirSync(cache.folder))
      if (old.startsWith(prefix) && old.endsWith('.js') && old !== name)
        rmSync(join(cache.folder, old), { force: true });
    return { codePath };
  } catch {
    // A read-only tree: this start has its bundle all the same.
    return { code };
  }
}

function contentHash({ sources, lockFile }: BundleCache): string {
  const hash = createHash('sha256');
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(sources, file)))
      .update('\0');
  if (existsSync(lockFile)) hash.update(readFileSync(lockFile));
  return hash.digest('hex').slice(0, 16);
}
