/** Workflow bundles for replay: the code under test, and the interceptors that tell what it asks for. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { projectRoot } from '../../src/bootstrap/paths';

/** A change of the workflows' source: `from` must stand there, once. */
export interface SourceChange {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export function replayBundle(root = projectRoot): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: join(root, 'src', 'workflows', 'index.ts'),
    workflowInterceptorModules: [join(projectRoot, 'test', 'replay', 'command-recorder.ts')],
    logger: new DefaultLogger('WARN'),
  });
}

/** The bundle that a release with this change would have. @throws when the source no longer holds what is to be changed */
export async function changedBundle(change: SourceChange): Promise<WorkflowBundle> {
  const root = mkdtempSync(join(tmpdir(), 'cardflow-changed-'));
  try {
    for (const folder of ['workflows', 'messages', 'falpay'])
      cpSync(join(projectRoot, 'src', folder), join(root, 'src', folder), { recursive: true });
    symlinkSync(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
    const path = join(root, 'src', 'workflows', change.file);
    const parts = readFileSync(path, 'utf8').split(change.from);
    if (parts.length !== 2) throw new Error(`${change.file} holds this ${parts.length - 1} times: ${change.from}`);
    writeFileSync(path, parts.join(change.to));
    return await replayBundle(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
