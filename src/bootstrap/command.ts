import { spawn } from 'node:child_process';
import type { Guardian } from './guardian';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Given up, and killed with its children, after so many milliseconds. */
  readonly timeoutMs: number;
  /** Ends the command when this process dies; for anything that runs longer than a moment. */
  readonly guardian?: Guardian;
  /** Gives it up early; the signal's reason becomes the result's. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  readonly ok: boolean;
  /** Why it did not work, in a few words: `not found`, `gave no answer for 5 s`, `exit code 1`. */
  readonly reason: string;
  /** Standard output and error in the order they came. */
  readonly output: string;
}

const running = new Set<number>();
// A Ctrl-C reaches only our own process group, and these commands lead groups of their own.
process.on('exit', () => running.forEach(killGroup));

/** Runs a program to its end without a shell. Never throws: a program that is missing is an answer too. */
export function run({ command, args, cwd, env, timeoutMs, guardian, signal }: Command): Promise<CommandResult> {
  return new Promise((resolve) => {
    let output = '';
    let reason = '';
    const child = spawn(command, args, {
      cwd,
      env: env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    guardian?.guard(child);
    const giveUp = (why: string): void => {
      reason ||= why;
      if (pid !== undefined) killGroup(pid);
    };
    const timer = setTimeout(() => giveUp(`gave no answer for ${timeoutMs / 1000} s`), timeoutMs);
    signal?.addEventListener('abort', () => giveUp(String(signal.reason)), { once: true });
    const collect = (chunk: Buffer): void => void (output = (output + chunk.toString('utf8')).slice(-200_000));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const finish = (ok: boolean, why: string): void => {
      clearTimeout(timer);
      if (pid !== undefined) running.delete(pid);
      resolve({ ok, reason: reason || why, output });
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      finish(false, error.code === 'ENOENT' ? 'not found' : error.message),
    );
    child.once('close', (code, killedBy) =>
      finish(code === 0 && reason === '', code === null ? `ended by ${killedBy}` : `exit code ${code}`),
    );
  });
}

/** The last lines of a program's output, for a message: where the reason usually is. */
export function lastLines(output: string, count = 4): string {
  const lines = output.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
