/** The worker killed in the middle of a page: another one goes on with that page, and asks for none twice that was there. */
import { defaultProfile } from '../../src/falpay/contract/profile.default';
import { reconciliationNumber } from '../../src/messages';
import { differing, lately, untilListed } from '../setup/reconciled';
import { AT_ONCE, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { unlessAway } from '../setup/unless-away';
import { until } from '../setup/until';
import { HoldingProxy } from './holding-proxy';
import { Workers, type WorkerChild } from './worker-child';

const LONG_MS = 180_000;
/** A worker has to start twice, and a dead one's activity to be given up. */
const WHOLE_MS = 3 * LONG_MS;
/** How many movements there are, and two pages of them. */
const PAGES = 3;
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

/** Pages of movements that the flow has asked for. How often FalPay was asked is no measure: a slow answer is asked for once more. */
const pagesAsked = async (workflowId: string) => {
  const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'pageOfWalletFlows',
  ).length;
};

test(
  'a worker killed in the middle of a page costs that page alone',
  async () => {
    await stack.start('M-1');
    const { outputs } = await stack.reach('M-1', ({ stage }) => stage === 'COMPLETED');
    for (let count = 0; count < ARRIVALS; count += 1)
      await stack.control('POST', '/recharges/M-1_OR1/arrivals', { amount: '1.00', final: false });
    await untilListed(stack, 1);

    const { from, to } = lately();
    const number = reconciliationNumber(from, to);
    const part = `reconciliation/${number}.${outputs.walletId}`;
    const { listCardPayOrders, listWalletFlows } = defaultProfile.operations;
    // They are counted before they are read: the first page of payments follows the last of the movements.
    proxy.onCall = (path, body) => {
      if (path === listWalletFlows.path && (JSON.parse(body) as { pageNum?: number }).pageNum === 2)
        proxy.hold = [listCardPayOrders.path];
    };
    await stack.cardflow.reconcile({ from, to });
    await until(
      () => proxy.held.length > 0,
      () => 'no page of payments is asked for',
    );
    expect(await pagesAsked(part)).toBe(PAGES);
    await worker?.kill();
    proxy.onCall = () => undefined;
    proxy.hold = [];
    worker = await workers.start();

    await until(
      async () => (await unlessAway(stack.cardflow.state('reconciliation', number)))?.stage === 'COMPLETED',
      () => 'the reconciliation does not end',
      LONG_MS,
    );
    expect(await pagesAsked(part)).toBe(PAGES);
    const report = await stack.cardflow.reconciliation(number);
    expect(report.wallets[0]?.summary?.currencies).toMatchObject([{ agrees: true }]);
    expect(report.wallets[0]?.summary?.currencies[0]?.movements).toBeGreaterThan(ARRIVALS);
    // More than the flow waited for came after its end: it is one order, and a person decides.
    expect(differing(report)).toMatchObject([{ order: 'M-1_OR1', mark: 'AMOUNT_DIFFERS', fed: 'PARKED' }]);
  },
  WHOLE_MS,
);
