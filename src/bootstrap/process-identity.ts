import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process for as long as it lives: pids are used again, the pair of pid and start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const started = startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid) ?? { pid: process.pid, started: 'unknown' };
}

export function isAlive({ pid, started }: ProcessIdentity): boolean {
  if (started !== 'unknown') return startOf(pid) === started;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      // The command name, in parentheses, may hold spaces; the state and start time (ticks since boot) come after it.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    }
    const listed = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return listed === '' ? undefined : listed;
  } catch {
    return undefined;
  }
}
