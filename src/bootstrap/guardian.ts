import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from './paths';
import { identityOf, ownIdentity, type ProcessIdentity } from './process-identity';

/**
 * Sees to it that no child outlives this process, whatever ends it: a small process of its own holds the other end of a
 * pipe and ends the children when the pipe closes (bin/guardian.js). Signals and exit handlers alone miss kill -9.
 */
export class Guardian {
  readonly #process: ChildProcess;

  constructor() {
    // Detached: a Ctrl-C in the terminal goes to the whole foreground group and must not end the guardian first.
    this.#process = spawn(process.execPath, [join(projectRoot, 'bin', 'guardian.js')], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: {},
      cwd: '/',
    });
    this.#process.stdin?.on('error', () => undefined); // a guardian that was killed itself must not take us along
    this.#process.on('error', () => undefined);
    this.#process.unref();
    // The pipe alone must not keep a finished program alive.
    (this.#process.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** It lives as long as anything it guards, and so longer than we do when we are killed. */
  get identity(): ProcessIdentity {
    return (this.pid === undefined ? undefined : identityOf(this.pid)) ?? ownIdentity();
  }

  /** Guards a child that leads its own process group (spawned with `detached: true`) until it exits. */
  guard(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#process.stdin?.write(`+${pid}\n`);
    child.once('exit', () => this.#process.stdin?.write(`-${pid}\n`));
  }

  /** Has a folder removed at the very end, when the children are gone; a temporary one that nobody else would clear away. */
  removeAtEnd(folder: string): void {
    this.#process.stdin?.write(`~${folder}\n`);
  }

  /** Lets the guardian go; children that still run are ended by it. */
  async dismiss(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.ref();
    const gone = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await gone;
  }
}
