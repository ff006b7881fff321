import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger } from '@temporalio/worker';
import { checkReachable, startDevServer, type DevServer } from '../../src/bootstrap/dev-server';
import { Guardian } from '../../src/bootstrap/guardian';
import { anyFreePort } from '../../src/bootstrap/ports';
import { reportToStderr } from '../../src/bootstrap/report';
import { acquireTemporalServer } from '../../src/bootstrap/temporal-server';
import { acquireTimeSkippingServer } from '../../src/bootstrap/time-skipping-server';
import { bundle } from '../../src/temporal/workflow-bundle';
import { shared } from './shared';

/** What a jest run started; kept on the global object, since jest loads setup and teardown apart from each other. */
export interface Started {
  readonly guardian: Guardian;
  readonly folder: string;
  server?: DevServer;
}

declare global {
  var cardflowTestRun: Started | undefined;
}

type Need = (run: Started) => Promise<void>;

/** Makes a jest `globalSetup`. What one kind of test made serves the next. */
export function setUpWith(...needs: readonly Need[]): () => Promise<void> {
  return async () => {
    globalThis.cardflowTestRun ??= begin();
    for (const need of needs) await need(globalThis.cardflowTestRun);
  };
}

function begin(): Started {
  const folder = mkdtempSync(join(tmpdir(), 'cardflow-test-'));
  // When jest is interrupted or a setup fails, jest calls no teardown: then the guardian ends the server and clears up.
  const guardian = new Guardian();
  guardian.removeAtEnd(folder);
  return { guardian, folder };
}

/** The bundle of src/workflows: seconds of webpack, so once for all files. */
export async function workflowBundle({ folder }: Started): Promise<void> {
  if (process.env[shared.workflowBundle] !== undefined) return;
  const { code } = await bundle({ encrypted: false }, new DefaultLogger('WARN'));
  const file = join(folder, 'workflow-bundle.js');
  writeFileSync(file, code);
  process.env[shared.workflowBundle] = file;
}

/** The program only: each file starts its own, since the clock is the server's. */
export async function timeSkippingServer({ guardian }: Started): Promise<void> {
  process.env[shared.timeSkippingServer] ??= await acquireTimeSkippingServer({ report: reportToStderr, guardian });
}

/** One dev server for all files; each file takes a namespace of its own. */
export async function devServer(run: Started): Promise<void> {
  if (process.env[shared.temporalAddress] !== undefined) return;
  const { guardian, folder } = run;
  const found = await acquireTemporalServer({ env: process.env, report: reportToStderr, guardian });
  if (found.kind === 'running') {
    await checkReachable(found.address);
    process.env[shared.temporalAddress] = found.address;
    return;
  }
  run.server = await startDevServer({
    binary: found.path,
    port: await anyFreePort(),
    dbFile: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
    guardian,
  });
  process.env[shared.temporalAddress] = run.server.address;
}
