/** The Temporal server killed while FalPay has something to say, and started again on its file. */
import { Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { startDevServer, type DevServer } from '../../src/bootstrap/dev-server';
import { anyFreePort, isFree } from '../../src/bootstrap/ports';
import { reportToStderr } from '../../src/bootstrap/report';
import { acquireTemporalServer } from '../../src/bootstrap/temporal-server';
import type { WaitState } from '../../src/messages';
import { BIN, BY_HAND, onboardingBody, startStack, type Stack } from '../setup/stack';
import { workflowBundle } from '../setup/temporal';
import { until } from '../setup/until';
import { killGroup, Workers, type WorkerChild } from './worker-child';

const ENVIRONMENT = 'restart';
const NAMESPACE = 'default';
/** For what hangs: two servers and a worker have to start. */
const LIMIT_MS = 10 * 60_000;
/** FalPay asks again every half second at first; and goes on for as long as a server may take to start on a busy machine. */
const LADDER = Array.from({ length: 50 }, (_, tries) => tries * 500 + Math.max(0, tries - 20) * 10_000);

const guarded: { server?: DevServer; workers?: Workers; worker?: WorkerChild; stack?: Stack } = {};
const connections: { close(): Promise<void> }[] = [];

afterAll(async () => {
  const { stack, worker, workers, server } = guarded;
  await worker?.process.stop();
  await stack?.stop();
  for (const connection of connections) await connection.close();
  await server?.process.stop();
  await workers?.close();
});

test(
  'a server killed and started again loses nothing: callbacks meanwhile get 503, and come again',
  async () => {
    // A folder and a guardian come with the workers; the server shares both.
    const port = await anyFreePort();
    const settings = { CARDFLOW_ENVIRONMENT: ENVIRONMENT, TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
    const home = new Workers({ ...settings, TEMPORAL_NAMESPACE: NAMESPACE }, {});
    guarded.workers = home;
    // Of its own, also where the other tests use a server that somebody else runs: that one must not be killed.
    const found = await acquireTemporalServer({ env: {}, report: reportToStderr, guardian: home.guardian });
    if (found.kind !== 'binary') throw new Error('a server of our own was asked for');
    const startServer = async () =>
      (guarded.server = await startDevServer({
        binary: found.path,
        port,
        dbFile: home.file('temporal.db'),
        logFile: home.file('temporal.log'),
        guardian: home.guardian,
      }));
    const { address } = await startServer();
    // The SDK goes on repeating calls that nobody waits for any more, and a channel closed under such a repetition throws past everybody.
    const retry = makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: 2 }));
    const connection = await Connection.connect({ address, interceptors: [retry] });
    const nativeConnection = await NativeConnection.connect({ address });
    connections.push(nativeConnection, connection);
    const stack = await startStack(
      { connection, nativeConnection, namespace: NAMESPACE, environment: ENVIRONMENT },
      { bundle: workflowBundle(), sandbox: { ...BY_HAND, callbackLadder: LADDER } },
    );
    guarded.stack = stack;
    await stack.stopWorker();
    const worker = await home.start(stack.falpaySettings);
    guarded.worker = worker;

    const card = { binId: BIN.plain, cardLimit: '50.00', currency: 'USD' };
    expect((await stack.start('R-1', onboardingBody({ cards: [card] }))).status).toBe(201);
    await reach(stack, 'merchant-audit');
    killGroup(guarded.server?.process ?? { pid: undefined });
    await guarded.server?.process.ended;

    await stack.control('POST', '/audits/merchants/R-1', { decision: 'APPROVED' });
    const tries = async () => {
      const { callbacks } = await stack.control('GET', '/callbacks?topic=merchant-audit');
      return callbacks[0] as { state: string; tries: { status?: number }[] };
    };
    const [refused] = await Promise.all([
      stack.api('PUT', '/v1/onboardings/R-2', onboardingBody()),
      until(
        async () => (await tries()).tries.length > 0,
        () => 'FalPay has not called back yet',
      ),
    ]);
    expect(refused.status).toBe(503);
    await until(
      async () => (await tries()).tries.some(({ status }) => status === 503),
      () => 'FalPay gets no 503',
    );

    await until(
      () => isFree(port),
      () => `somebody else has taken port ${port}`,
    );
    await startServer();
    await reach(stack, 'wallet-audit');
    // The flow may have it a moment before FalPay hears so.
    await until(
      async () => (await tries()).state === 'ACKNOWLEDGED',
      () => 'FalPay goes on calling back',
    );
    expect((await tries()).tries.at(-1)).toMatchObject({ status: 200 });
    await stack.control('POST', '/audits/wallets/R-1_OW1', { decision: 'APPROVED' });
    await reach(stack, 'wallet-recharge');
    await stack.control('POST', '/recharges/R-1_OR1/arrivals', {});
    await stack.reach('R-1', ({ stage }) => stage === 'COMPLETED');
    expect(worker.process.running() || worker.process.tail()).toBe(true);
    for (const [operation, orderNo] of [
      ['createMerchant', 'R-1'],
      ['openWallet', 'R-1_OW1'],
      ['createRecharge', 'R-1_OR1'],
      ['applyCard', 'R-1_OC1'],
    ] as const)
      expect([operation, await stack.calls(operation, orderNo)]).toEqual([operation, 1]);
  },
  LIMIT_MS,
);

const reach = (stack: Stack, topic: WaitState['topic']) =>
  stack.reach('R-1', ({ waits }) => waits.some((wait) => wait.topic === topic));
