import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { fromSetup, shared } from './shared';
import { startTimeSkippingServer } from './time-skipping-server';

// Before any connection of the file: the SDK makes its runtime at the first one and refuses another afterwards.
Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  shutdownSignals: [],
});

/** A namespace of its own on the run's dev server: flows, search attributes and visibility of other files stay out of sight. */
export interface TestTemporal {
  readonly address: string;
  readonly namespace: string;
  readonly connection: Connection;
  /** For workers of this process. */
  readonly nativeConnection: NativeConnection;
  /** Free to take as CARDFLOW_ENVIRONMENT: no other file uses it. */
  readonly environment: string;
  readonly close: () => Promise<void>;
}

/** In test/integration and test/chaos: a real Temporal server. Close it in `afterAll`, after the file's workers. */
export async function temporalForTests(): Promise<TestTemporal> {
  const address = fromSetup(shared.temporalAddress);
  const environment = `test-${randomUUID().slice(0, 8)}`;
  const namespace = `cardflow-${environment}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  });
  await usable(connection, namespace);
  const nativeConnection = await NativeConnection.connect({ address });
  return {
    address,
    namespace,
    connection,
    nativeConnection,
    environment,
    close: async () => {
      await nativeConnection.close();
      await connection.close();
    },
  };
}

/** In test/workflow: a server that skips waiting times. One file, one server: its clock is shared by all its flows. */
export async function timeSkippingEnv(): Promise<TestWorkflowEnvironment> {
  const server = await startTimeSkippingServer();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { port: server.port, executable: { type: 'existing-path', path: join(__dirname, 'already-running.sh') } },
  });
  const teardown = env.teardown.bind(env);
  env.teardown = async () => {
    await teardown();
    await server.stop();
  };
  return env;
}

/** The workflow bundle of src/workflows, built once per run: hand it to `Worker.create({ workflowBundle })`. */
export function workflowBundle(): { readonly codePath: string } {
  return { codePath: fromSetup(shared.workflowBundle) };
}

/** For what hangs: the server itself looks for new namespaces every few seconds. */
const USABLE_WITHIN_MS = 60_000;

/** The parts of the server learn of a new namespace one after the other; a search passes through the last of them. */
async function usable(connection: Connection, namespace: string): Promise<void> {
  const deadline = Date.now() + USABLE_WITHIN_MS;
  for (;;) {
    try {
      await connection.workflowService.listWorkflowExecutions({ namespace, query: "WorkflowType = 'none'" });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
