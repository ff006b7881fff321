import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { failure } from './failure';
import type { Guardian } from './guardian';
import { tryLock, type HeldLock } from './lock';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity';
import type { Report } from './report';

/** What a second start is told about the first. */
export interface RunningStack {
  readonly main: ProcessIdentity;
  readonly since: string;
  readonly ui?: string;
  readonly gateway?: string;
}

/** What the guardian of a killed start needs at most to end its children. */
const ENDING_MS = 20_000;

/**
 * One stack for one data folder: two servers on one database would lose flows. The lock lives as long as the guardian, so
 * that after a kill -9 nobody takes the database while its old server is still ending.
 *
 * @throws BootstrapFailure another start holds the folder, with its addresses and what to do
 */
export async function claimDataFolder(
  folder: string,
  guardian: Guardian,
  report: Report,
): Promise<HeldLock<RunningStack>> {
  const note: RunningStack = { main: ownIdentity(), since: new Date().toISOString() };
  const deadline = Date.now() + ENDING_MS;
  for (let told = false; ; told = true) {
    const attempt = tryLock(join(folder, 'run.lock'), note, guardian.identity);
    if (attempt.held) return attempt.lock;
    const first = attempt.holder.note;
    if (isAlive(first.main) || Date.now() > deadline) throw alreadyRuns(first);
    if (!told) report('The start before was killed; waiting until its processes have ended …');
    await pause(100);
  }
}

function alreadyRuns({ main: { pid }, since, ui, gateway }: RunningStack): Error {
  const addresses = [
    ui === undefined ? undefined : `Temporal UI ${ui}`,
    gateway === undefined ? undefined : `gateway ${gateway}`,
  ].filter((address) => address !== undefined);
  return failure(
    `Cardflow already runs from this clone: process ${pid}, since ${since}, ${addresses.join(', ') || 'still starting'}.`,
    [
      'use that one as it is;',
      `or end it (Ctrl-C in its terminal, or: kill ${pid}) and start again;`,
      'or start a second one beside it, with data of its own: npm start -- --data <folder>',
    ].join('\n'),
  );
}
