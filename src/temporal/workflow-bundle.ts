/** The workflow code as the worker takes it: built before (in an image), or made now (from source). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, type BundleOptions, type WorkflowBundleOption } from '@temporalio/worker';
import { cached, defaultBundleCache } from './bundle-cache';
import { failureConverterPath } from './data-converter';

export interface BundleKind {
  /** Failures go through the codec too, which the bundle must know. */
  readonly encrypted: boolean;
}

/** Beside the compiled code, where `npm run build` puts it. */
export function prebuiltBundlePath({ encrypted }: BundleKind): string {
  return join(__dirname, '..', encrypted ? 'workflow-bundle.encrypted.js' : 'workflow-bundle.js');
}

export async function workflowBundle(
  kind: BundleKind,
  logger?: BundleOptions['logger'],
): Promise<WorkflowBundleOption> {
  const codePath = prebuiltBundlePath(kind);
  if (existsSync(codePath)) return { codePath };
  return cached(defaultBundleCache(), kind.encrypted ? 'encrypted' : 'plain', () => bundle(kind, logger));
}

export async function bundle(
  { encrypted }: BundleKind,
  logger?: BundleOptions['logger'],
): Promise<{ readonly code: string }> {
  return bundleWorkflowCode({
    workflowsPath: require.resolve('../workflows'),
    workflowInterceptorModules: [require.resolve('../workflows/interceptors')],
    ...(encrypted ? { failureConverterPath: failureConverterPath() } : {}),
    ...(logger ? { logger } : {}),
  });
}
