/** Process: the Temporal worker. Configured by the environment alone; SIGTERM and SIGINT drain it, a second one ends it at once. */
import type { Worker } from '@temporalio/worker';
import { Webhook, createActivities } from './activities';
import { CardflowClient } from './client/index';
import { flowPolicy, loadWorkerConfig, type WorkerConfig } from './config';
import { FalpayClient } from './falpay';
import { createLogger, type Logger } from './logging';
import { configOrExit, stopSignals } from './process';
import { taskQueueFor } from './messages/flow';
import { temporalClient } from './temporal/connection';
import { falpayCallMetrics, falpayOutageAlert, processRegistry, serveMetrics } from './temporal/metrics';
import { reachTemporal } from './temporal/reach';
import { keepReconciliationScheduled } from './temporal/reconciliation-schedule';
import { bundleLogger, installRuntime } from './temporal/runtime';
import { registerSearchAttributes } from './temporal/search-attributes';
import { createWorker, runToEnd } from './temporal/worker';
import { workflowBundle } from './temporal/workflow-bundle';

const SERVICE = 'worker';

async function main(): Promise<void> {
  const config = configOrExit(SERVICE, loadWorkerConfig);
  const log = createLogger({ service: SERVICE, level: config.logLevel, environment: config.environment });
  const stop = stopSignals(log, {
    first: 'worker drains',
    second: 'second signal: ended at once; calls under way will be looked up',
  });
  try {
    await run(config, log, stop);
    log.info('worker stopped');
    process.exit(0);
  } catch (error) {
    // Stopped while it was still waiting for the server: nothing was under way.
    if (stop.aborted && (error as Error).name === 'AbortError') process.exit(0);
    log.fatal({ err: error }, 'worker failed');
    process.exit(1);
  }
}

async function run(config: WorkerConfig, log: Logger, stop: AbortSignal): Promise<void> {
  const registry = processRegistry(SERVICE);
  const { metricsUrl } = await installRuntime({ log, metrics: config.metricsPort !== undefined });
  const current: { worker?: Worker; waitsFor: string } = { waitsFor: `Temporal at ${config.temporal.address}` };
  const metrics =
    config.metricsPort === undefined
      ? undefined
      : await serveMetrics({
          port: config.metricsPort,
          registry,
          nativeUrl: metricsUrl,
          health: {
            alive: () => current.worker?.getState() !== 'FAILED',
            notReady: () => {
              const state = current.worker?.getState();
              if (state === 'RUNNING') return undefined;
              return state === undefined ? `waits for ${current.waitsFor}` : `the worker is ${state.toLowerCase()}`;
            },
          },
        });
  if (metrics) log.info({ port: metrics.port }, 'metrics and health are served');

  const falpay = new FalpayClient({
    ...config.falpay,
    hooks: { ...falpayCallMetrics(registry), ...falpayOutageAlert(registry, log) },
    sparing: true,
  });
  const links = await reachTemporal(config.temporal, { log, signal: stop });
  try {
    current.waitsFor = 'search attributes';
    const { added } = await registerSearchAttributes(links.connection, config.temporal.namespace, stop);
    if (added.length > 0) log.info({ added }, 'search attributes registered');

    current.waitsFor = 'the workflow code';
    const bundle = await workflowBundle({ encrypted: config.codec !== undefined }, bundleLogger(log));
    stop.throwIfAborted();
    const temporal = temporalClient(links.connection, config);
    const cardflow = new CardflowClient({ temporal, environment: config.environment });
    const worker = await createWorker({
      config,
      connection: links.native,
      workflowBundle: bundle,
      activities: createActivities({
        falpay,
        policy: flowPolicy(config, config.falpay.profile),
        environment: config.environment,
        router: cardflow.callbacks,
        publisher: cardflow.publisher,
        reconciler: cardflow.reconciler,
        ...(config.webhook && { webhook: new Webhook(config.webhook) }),
        cards: cardflow.cards,
        orders: cardflow.orders,
      }),
    });
    current.worker = worker;
    stop.throwIfAborted();
    stop.addEventListener(
      'abort',
      () => {
        // A worker that failed is on its way out already.
        if (worker.getState() === 'RUNNING') worker.shutdown();
      },
      { once: true },
    );
    log.info(
      {
        address: config.temporal.address,
        namespace: config.temporal.namespace,
        taskQueue: taskQueueFor(config.environment),
        encrypted: config.codec !== undefined,
      },
      'worker runs',
    );
    const { environment, reconcileAt: at } = config;
    const zone = config.falpay.profile.time.zone;
    void keepReconciliationScheduled(temporal, { environment, at, zone }, { log, signal: stop });
    await runToEnd(worker);
  } finally {
    falpay.close();
    await links.close();
    await metrics?.close();
  }
}

void main();
