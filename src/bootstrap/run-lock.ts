import { join } from 'node:path';
import { failure } from './failure';
import { tryLock, type HeldLock } from './lock';

/** What a second start is told about the first. */
export interface RunningStack {
  readonly since: string;
  readonly ui?: string;
  readonly gateway?: string;
}

/**
 * One stack for one data folder: two servers on one database would lose flows.
 *
 * @throws BootstrapFailure another start holds the folder, with its addresses and what to do
 */
export function claimDataFolder(folder: string): HeldLock<RunningStack> {
  const attempt = tryLock<RunningStack>(join(folder, 'run.lock'), { since: new Date().toISOString() });
  if (attempt.held) return attempt.lock;
  const { pid, note } = attempt.holder;
  const addresses = [
    note.ui === undefined ? undefined : `Temporal UI ${note.ui}`,
    note.gateway === undefined ? undefined : `gateway ${note.gateway}`,
  ].filter((address) => address !== undefined);
  throw failure(
    `Cardflow already runs from this clone: process ${pid}, since ${note.since}, ${addresses.join(', ') || 'still starting'}.`,
    [
      'use that one as it is;',
      `or end it (Ctrl-C in its terminal, or: kill ${pid}) and start again;`,
      'or start a second one beside it, with data of its own: npm start -- --data <folder>',
    ].join('\n'),
  );
}
