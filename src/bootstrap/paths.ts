import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';

/** The root of the clone: this file lies in src/bootstrap (or dist/bootstrap). */
export const projectRoot = resolve(__dirname, '..', '..');

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

const here = (): Surroundings => ({ env: process.env, platform: process.platform, home: homedir() });

/** Where downloads and builds are kept, paid for once per machine and safe to delete. */
export function cacheFolder({ env, platform, home } = here()): string {
  if (env['XDG_CACHE_HOME']) return join(resolve(env['XDG_CACHE_HOME']), 'cardflow');
  return platform === 'darwin' ? join(home, 'Library', 'Caches', 'cardflow') : join(home, '.cache', 'cardflow');
}

/**
 * Where `npm start` keeps its database, keys and logs from one start to the next. Each clone has its own: two versions of
 * the workflow code must not work on the same running flows.
 */
export function dataFolder(root = projectRoot, { env, platform, home } = here()): string {
  const base = env['XDG_DATA_HOME']
    ? resolve(env['XDG_DATA_HOME'])
    : platform === 'darwin'
      ? join(home, 'Library', 'Application Support')
      : join(home, '.local', 'share');
  const clone = createHash('sha256').update(resolve(root)).digest('hex').slice(0, 8);
  return join(base, 'cardflow', `${basename(resolve(root))}-${clone}`);
}
