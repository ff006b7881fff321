/** The worker killed in the middle of a page: another one goes on with that page, and asks for none twice that was there. */
import { defaultProfile } from '../../src/falpay/contract/profile.default';
import { reconciliationNumber } from '../../src/messages';
import { differing, lately, untilListed } from '../setup/reconciled';
import { AT_ONCE, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';
import { HoldingProxy } from './holding-proxy';
import { Workers, type WorkerChild } from './worker-child';

const LONG_MS = 180_000;
/** More than one page holds. */
const ARRIVALS = 120;

let temporal: TestTemporal;
let stack: Stack;
let proxy: HoldingProxy;
let workers: Workers;
let worker: WorkerChild | undefined;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle(), sandbox: AT_ONCE });
  await stack.stopWorker();
  proxy = new HoldingProxy(stack.sandbox.url);
  workers = new Workers(
    {
      ...stack.falpaySettings,
      FALPAY_BASE_URL: await proxy.start(),
      CARDFLOW_ENVIRONMENT: temporal.environment,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    },
    { defaults: { timeout: '3s' } },
  );
  worker = await workers.start();
}, LONG_MS);
afterAll(async () => {
  await worker?.process.stop();
  await workers?.close();
  await proxy?.stop();
  await stack?.stop();
  await temporal?.close();
});

const pagesAsked = async () =>
  (await stack.control('GET', '/requests?operation=listWalletFlows&limit=1000')).requests.length;

test(
  'a worker killed in the middle of a page costs that page alone',
  async () => {
    await stack.start('M-1');
    const { outputs } = await stack.reach('M-1', ({ stage }) => stage === 'COMPLETED');
    for (let count = 0; count < ARRIVALS; count += 1)
      await stack.control('POST', '/recharges/M-1_OR1/arrivals', { amount: '1.00', final: false });
    await untilListed(stack, 1);

    const { from, to } = lately();
    const before = await pagesAsked();
    // They are counted before they are read.
    proxy.passing = 1;
    proxy.hold = [defaultProfile.operations.listCardPayOrders.path];
    await stack.cardflow.reconcile({ from, to });
    await until(
      () => proxy.held.length > 0,
      () => 'no page of payments is asked for',
    );
    const asked = (await pagesAsked()) - before;
    // How many there are, and two pages of them.
    expect(asked).toBe(3);
    await worker?.kill();
    proxy.hold = [];
    worker = await workers.start();

    const number = reconciliationNumber(from, to);
    await until(
      async () => (await stack.cardflow.state('reconciliation', number)).stage === 'COMPLETED',
      () => 'the reconciliation does not end',
      LONG_MS,
    );
    const { events } = await stack.client.workflow
      .getHandle(`reconciliation/${number}.${outputs.walletId}`)
      .fetchHistory();
    const pages = (events ?? []).filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'pageOfWalletFlows',
    );
    expect(pages).toHaveLength(asked);
    const report = await stack.cardflow.reconciliation(number);
    expect(report.wallets[0]?.summary?.currencies).toMatchObject([{ agrees: true }]);
    expect(report.wallets[0]?.summary?.currencies[0]?.movements).toBeGreaterThan(ARRIVALS);
    // More than the flow waited for came after its end: it is one order, and a person decides.
    expect(differing(report)).toMatchObject([{ order: 'M-1_OR1', mark: 'AMOUNT_DIFFERS', fed: 'PARKED' }]);
  },
  LONG_MS,
);
