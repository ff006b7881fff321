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

/** What keeping it at work takes of a worker. */
export type Working = Pick<Worker, 'run' | 'shutdown' | 'getState'>;

export interface WorkingOptions {
  readonly create: () => Promise<Working>;
  /** Drains the worker that runs. */
  readonly stop: AbortSignal;
  readonly onStart: (worker: Working) => void;
  /** A worker was lost to a fault of SDK Core; the next one begins. */
  readonly onLost: (error: Error) => void;
}

/**
 * Runs a worker until `stop`, and another one where SDK Core gives it up for a fault of its own. What was under way is then done as after the death of
 * any worker.
 * @throws what else a worker fails with
 */
export async function keepWorking({ create, stop, onStart, onLost }: WorkingOptions): Promise<void> {
  for (;;) {
    const worker = await create();
    stop.throwIfAborted();
    const drain = (): void => {
      // A worker that failed is on its way out already.
      if (worker.getState() === 'RUNNING') worker.shutdown();
    };
    stop.addEventListener('abort', drain, { once: true });
    onStart(worker);
    try {
      return await worker.run();
    } catch (error) {
      if (!isLostToQuery(error)) throw error;
      if (stop.aborted) return;
      onLost(error);
    } finally {
      stop.removeEventListener('abort', drain);
    }
  }
}

/**
 * Core takes a query in, although the run's workflow task waits for a local activity; when that ends, the answers to both are one, and Core shuts the
 * worker down for it (seen with 1.24.0: `buffer_wft_if_outstanding_work` asks for an activation or pending jobs alone).
 */
function isLostToQuery(error: unknown): error is Error {
  return error instanceof Error && error.message.includes('had a legacy query response along with other commands');
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
