import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { lastLines } from './command';
import type { Guardian } from './guardian';

export interface ProcessSpec {
  /** What people call it: `sandbox`, `Temporal server`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Its output goes straight into this file, so that nothing is lost when we die first. */
  readonly logFile: string;
  readonly guardian: Guardian;
  /** How long it may take to finish its work after SIGTERM before it is killed. */
  readonly graceMs?: number;
}

export interface ManagedProcess {
  readonly name: string;
  readonly pid: number | undefined;
  readonly logFile: string;
  /** Settles when the process has ended, with how it ended; never rejects. */
  readonly ended: Promise<string>;
  readonly running: () => boolean;
  /** The end of its log, for a message about why it failed. */
  readonly tail: () => string;
  /** Ends it: SIGTERM, then SIGKILL for the whole group when the grace period is over. */
  readonly stop: () => Promise<void>;
}

/** Starts a long-running child in a process group of its own, guarded against our own sudden death. */
export function startProcess(spec: ProcessSpec): ManagedProcess {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'w', 0o600);
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  spec.guardian.guard(child);
  const ended = endOf(child);
  const running = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    name: spec.name,
    pid: child.pid,
    logFile: spec.logFile,
    ended,
    running,
    tail: () => lastLines(readFileSync(spec.logFile, 'utf8'), 6),
    stop: async () => {
      if (!running()) return;
      child.kill('SIGTERM');
      const killer = setTimeout(() => killGroup(child), spec.graceMs ?? 10_000);
      await ended;
      clearTimeout(killer);
    },
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code === null ? `ended by ${signal}` : `exit code ${code}`));
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
