/** The worker as a process of its own, so that it can be killed: not even a handler runs then. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Guardian } from '../../src/bootstrap/guardian';
import { startProcess, type ManagedProcess } from '../../src/bootstrap/managed-process';
import { projectRoot } from '../../src/bootstrap/paths';
import { loopback } from '../../src/bootstrap/ports';
import { untilReady } from '../../src/bootstrap/ready';
import { until } from '../setup/until';

export interface WorkerChild {
  readonly process: ManagedProcess;
  /** SIGKILL, to the process and all it started. */
  readonly kill: () => Promise<void>;
}

export class Workers {
  readonly guardian = new Guardian();
  private readonly folder = mkdtempSync(join(tmpdir(), 'cardflow-crash-'));
  private started = 0;

  /** @param settings in addition to the surroundings, by the names of src/config */
  constructor(
    private readonly settings: Readonly<Record<string, string>>,
    timings: object,
  ) {
    writeFileSync(this.file('timings.json'), JSON.stringify(timings));
  }

  file(name: string): string {
    return join(this.folder, name);
  }

  /** Starts a worker and returns when it takes tasks. */
  async start(more: Readonly<Record<string, string>> = {}): Promise<WorkerChild> {
    const child = startProcess({
      name: 'worker',
      command: process.execPath,
      args: ['--import', 'tsx', join('src', 'worker.ts')],
      cwd: projectRoot,
      env: {
        ...process.env,
        ...this.settings,
        ...more,
        CARDFLOW_TIMINGS: this.file('timings.json'),
        METRICS_PORT: '0',
      },
      logFile: this.file(`worker-${++this.started}.log`),
      guardian: this.guardian,
    });
    // A port chosen here could be somebody else's by the time that the worker listens: its own line says which it took.
    const port = () =>
      /"port":(\d+)[^\n]*"metrics and health are served"/.exec(readFileSync(child.logFile, 'utf8'))?.[1];
    await until(
      () => port() !== undefined || !child.running(),
      () => `the worker serves no metrics:\n${child.tail()}`,
    );
    await untilReady(child, `http://${loopback}:${port()}/readyz`, new AbortController().signal);
    return {
      process: child,
      kill: async () => {
        killGroup(child);
        await child.ended;
      },
    };
  }

  async close(): Promise<void> {
    await this.guardian.dismiss();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the kernel does when memory runs out, and what a lost node looks like to the others. */
export function killGroup({ pid }: Pick<ManagedProcess, 'pid'>): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}
