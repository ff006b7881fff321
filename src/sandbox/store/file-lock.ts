/**
 * One sandbox per database file.
 *
 * The WASM build of SQLite locks with a folder beside the file, and a killed process leaves that folder behind for ever. This lock names its owner,
 * so a dead owner's leftovers can be told from a living one's.
 */
import { existsSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';

const openInThisProcess = new Set<string>();

/**
 * Takes the file for this process and clears what a killed owner left.
 * @returns gives the file back
 * @throws Error when another living process, or another sandbox in this one, has the file
 */
export function lockFile(path: string): () => void {
  if (openInThisProcess.has(path))
    throw new Error(`SANDBOX_DB ${path} is already open in this process: give each sandbox its own file`);
  const ownerFile = `${path}.owner`;
  const owner = readOwner(ownerFile);
  if (owner !== undefined && owner.pid !== process.pid && startOf(owner.pid) === owner.start) {
    throw new Error(
      `SANDBOX_DB ${path} is in use by process ${owner.pid}: stop that sandbox, or set SANDBOX_DB to another file`,
    );
  }
  if (existsSync(`${path}.lock`)) rmdirSync(`${path}.lock`);
  writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, start: startOf(process.pid) }));
  openInThisProcess.add(path);
  return () => {
    openInThisProcess.delete(path);
    rmSync(ownerFile, { force: true });
  };
}

function readOwner(file: string): { readonly pid: number; readonly start: string } | undefined {
  try {
    const owner: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof owner !== 'object' || owner === null || !('pid' in owner) || !('start' in owner)) return undefined;
    return typeof owner.pid === 'number' && typeof owner.start === 'string'
      ? { pid: owner.pid, start: owner.start }
      : undefined;
  } catch {
    return undefined; // none, or half written by a process that died in between
  }
}

/** When a process began, as the system counts it; a number that was given to another process since then has another start. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? 'unknown';
  } catch {
    return isAlive(pid) ? 'alive' : 'gone';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
