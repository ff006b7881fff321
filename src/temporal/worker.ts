/** Makes the worker: one task queue per environment, workflows and activities in one process. */
import { Worker, type NativeConnection, type WorkerOptions, type WorkflowBundleOption } from '@temporalio/worker';
import type { CodecConfig, TemporalConfig } from '../config';
import type { FalpayProfile } from '../falpay/contract/profile';
import { taskQueueFor } from '../messages/flow';
import { dataConverter } from './data-converter';
import { workflowBundle } from './workflow-bundle';

export interface CreateWorkerOptions {
  readonly config: {
    readonly environment: string;
    readonly temporal: TemporalConfig;
    readonly codec?: CodecConfig;
    readonly falpay: { readonly profile: FalpayProfile };
  };
  readonly connection: NativeConnection;
  /** What `createActivities` returns. */
  readonly activities: object;
  /** Default: the one built beside the compiled code, or one made now. */
  readonly workflowBundle?: WorkflowBundleOption;
}

/** Time between a stopped call and the end of its activity: signing, parsing, and the answer to the server. */
const MARGIN_MS = 5_000;

/**
 * How long a draining worker waits for activities: longer than the slowest FalPay call with a token fetched before it, since a call that is cut off
 * leaves an outcome that must be looked up.
 */
export function shutdownGraceMs({ token, operations }: FalpayProfile): number {
  return Math.max(...Object.values(operations).map(({ timeoutMs }) => timeoutMs)) + token.timeoutMs + MARGIN_MS;
}

export async function createWorker(options: CreateWorkerOptions): Promise<Worker> {
  const { config, connection, activities } = options;
  const bundle = options.workflowBundle ?? (await workflowBundle({ encrypted: config.codec !== undefined }));
  return Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: taskQueueFor(config.environment),
    workflowBundle: bundle,
    activities,
    dataConverter: dataConverter(config),
    ...tuning(config.falpay.profile),
  });
}

/** Core may never finish the shutdown of a worker that failed (seen with 1.24.0): after this its process goes on without it. */
const FAILED_FOR_MS = 10_000;
const FAILED_LOOKS = 10;

/**
 * Runs a worker until it was shut down.
 * @throws what it failed with
 */
export async function runToEnd(worker: Pick<Worker, 'run' | 'getState'>, failedForMs = FAILED_FOR_MS): Promise<void> {
  let failing = 0;
  let watch: NodeJS.Timeout | undefined;
  const lost = new Promise<never>((_, reject) => {
    watch = setInterval(() => {
      if (worker.getState() === 'FAILED') failing += 1;
      if (failing > FAILED_LOOKS) reject(new Error('the worker failed and does not end'));
    }, failedForMs / FAILED_LOOKS);
  });
  try {
    await Promise.race([worker.run(), lost]);
  } finally {
    clearInterval(watch);
  }
}

function tuning(profile: FalpayProfile): Partial<WorkerOptions> {
  const graceMs = shutdownGraceMs(profile);
  return {
    // Measured at 64 flows in parallel: p99 half of what the fixed pollers need.
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
    // The cache's size is the SDK's own: it goes by the heap the process was given (about 0.2 MB a flow).
    shutdownGraceTime: graceMs,
    // A call that ignores even its own limit must not keep the process for ever; its outcome is then looked up.
    shutdownForceTime: graceMs + 2 * MARGIN_MS,
  };
}
