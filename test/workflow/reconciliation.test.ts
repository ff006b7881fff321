/** How long a reconciliation waits: for flows that it told, and for a FalPay that does not answer. */
import { ApplicationFailure } from '@temporalio/common';
import type { FlowState } from '../../src/messages';
import { addDays, daysBetween, reconciliationNumber } from '../../src/messages';
import { differing, lately, today } from '../setup/reconciled';
import { until } from '../setup/until';
import { Scene } from './scene';

let scene: Scene;

beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const number = () => {
  const { from, to } = lately();
  return reconciliationNumber(from, to);
};
const state = (): Promise<FlowState> => scene.stack.cardflow.state('reconciliation', number());

/** A server that skips time cannot list what it knows. */
async function reconcileWallet(...walletIds: readonly string[]): Promise<void> {
  scene.instead.listWallets = async () => ({ walletIds });
  await scene.stack.cardflow.reconcile(lately());
}

async function passUntilDone(leap: string, leaps: number): Promise<FlowState> {
  for (let count = 0; ; count += 1) {
    const now = await state();
    if (now.stage === 'COMPLETED') return now;
    if (count === leaps) throw new Error(`it stays at ${JSON.stringify(now)}`);
    await scene.pass(leap);
  }
}

test('a flow that was told and does not agree within a minute and a half is reported as pending', async () => {
  await scene.fault({ topic: 'wallet-recharge', fault: 'dropCallback' });
  const { outputs } = await scene.at('M-pending', 'recharge-arrival');
  // FalPay's query lags its own list for this flow alone.
  scene.instead.findMovements = async () => ({ run: '', found: null });
  await scene.pay('M-pending');
  await reconcileWallet(outputs.walletId ?? '');
  const done = await passUntilDone('10 seconds', 60);
  expect(done.outputs.reconciliation).toMatchObject({ differences: 1, fed: 1, settled: 0 });
  const report = await scene.stack.cardflow.reconciliation(number());
  expect(differing(report)).toMatchObject([{ order: 'M-pending_OR1', mark: 'MISSING_HERE', fed: 'PENDING' }]);
});

test('FalPay down for an hour holds a reconciliation up, and it goes on by itself', async () => {
  const { outputs } = await scene.at('M-down', 'end');
  await scene.fault({ operation: 'listCardPayOrders', fault: 'down' });
  await reconcileWallet(outputs.walletId ?? '');
  for (let minutes = 0; minutes < 60; minutes += 10) await scene.pass('10 minutes');
  expect((await state()).stage).not.toBe('COMPLETED');
  await scene.stack.control('DELETE', '/faults');
  const done = await passUntilDone('1 minute', 60);
  expect(done.outputs.reconciliation).toMatchObject({ failed: 0, differences: 0 });
});

test('a wallet that cannot be read for two hours is told as not read, its days are not closed, and the others are reconciled', async () => {
  const { outputs: broken } = await scene.at('M-broken', 'end');
  const { outputs: sound } = await scene.at('M-sound', 'end');
  const [brokenId = '', soundId = ''] = [broken.walletId, sound.walletId];
  scene.instead.pageOfWalletFlows = async (request) => {
    if (request.walletId === brokenId)
      throw ApplicationFailure.create({ type: 'FalpayUnavailable', message: 'the answer does not fit the model' });
    return scene.real.pageOfWalletFlows(request);
  };
  const told: string[] = [];
  scene.instead.tellReconciled = async (result) => {
    told.push(result.walletId);
    return scene.real.tellReconciled(result);
  };
  await reconcileWallet(brokenId, soundId);
  await scene.pass('1 hour');
  expect((await state()).stage).not.toBe('COMPLETED');
  const done = await passUntilDone('10 minutes', 12);
  expect(done.outputs.reconciliation).toMatchObject({ failed: 1, differences: 0 });
  const { wallets } = await scene.stack.cardflow.reconciliation(number());
  expect(wallets.find(({ walletId }) => walletId === brokenId)).toMatchObject({
    failed: true,
    summary: { failure: 'the answer does not fit the model' },
  });
  expect(wallets.find(({ walletId }) => walletId === soundId)?.failed).toBeUndefined();
  expect(told).toEqual([soundId]);
});

test('a month with many payments and few movements is read in parts', async () => {
  const { outputs } = await scene.at('M-busy', 'end');
  const windows = new Set<string>();
  scene.instead.pageOfPayOrders = async (request) => {
    const page = await scene.real.pageOfPayOrders(request);
    const { from, to } = request.window;
    const days = daysBetween(from, to);
    if (request.pageNum === 1) windows.add(`${days}`);
    // 100 a day, as far as anybody asks how many there are.
    return days > 20 ? { ...page, total: days * 100 } : page;
  };
  scene.instead.listWallets = async () => ({ walletIds: [outputs.walletId ?? ''] });
  const days = { from: addDays(today(), -29), to: today() };
  await scene.stack.cardflow.reconcile(days);
  const wholeNumber = reconciliationNumber(days.from, days.to);
  await until(
    async () => (await scene.stack.cardflow.state('reconciliation', wholeNumber)).stage === 'COMPLETED',
    () => 'it does not end',
  );
  expect([...windows]).toEqual(['30', '15']);
});
