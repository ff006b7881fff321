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

/** Those of the last reconciliation: a test may run over FalPay's midnight. */
let days = lately();
const number = () => reconciliationNumber(days.from, days.to);
const state = (): Promise<FlowState> => scene.stack.cardflow.state('reconciliation', number());

/** A server that skips time cannot list what it knows. */
async function reconcileWallet(...walletIds: readonly string[]): Promise<void> {
  scene.instead.listWallets = async () => ({ walletIds });
  days = lately();
  await scene.stack.cardflow.reconcile(days);
}

/** Takes an onboarding to its very end: the register of its wallet has been told of everything then. */
async function ended(onboarding: string): Promise<FlowState['outputs']> {
  const { outputs } = await scene.at(onboarding, 'end');
  await scene.handle(onboarding).result();
  return outputs;
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
  const { walletId = '' } = await ended('M-down');
  await scene.fault({ operation: 'listCardPayOrders', fault: 'down' });
  await reconcileWallet(walletId);
  for (let minutes = 0; minutes < 60; minutes += 10) await scene.pass('10 minutes');
  expect((await state()).stage).not.toBe('COMPLETED');
  await scene.stack.control('DELETE', '/faults');
  const done = await passUntilDone('1 minute', 60);
  expect(done.outputs.reconciliation).toMatchObject({ failed: 0, differences: 0 });
});

test('a wallet that cannot be read for two hours is told as not read, its days are not closed, and the others are reconciled', async () => {
  const { walletId: brokenId = '' } = await ended('M-broken');
  const { walletId: soundId = '' } = await ended('M-sound');
  scene.instead.pageOfWalletFlows = async (request) => {
    if (request.walletId === brokenId)
      throw ApplicationFailure.create({ type: 'FalpayUnavailable', message: 'the answer does not fit the model' });
    return scene.real.pageOfWalletFlows(request);
  };
  const told = new Set<string>();
  scene.instead.tellReconciled = async (result) => {
    told.add(result.walletId);
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
  expect([...told]).toEqual([soundId]);
});

test('a month with many payments and few movements is read in parts', async () => {
  const { walletId = '' } = await ended('M-busy');
  const windows = new Set<string>();
  scene.instead.pageOfPayOrders = async (request) => {
    const page = await scene.real.pageOfPayOrders(request);
    const { from, to } = request.window;
    const length = daysBetween(from, to);
    if (request.pageNum === 1) windows.add(`${length}`);
    // 100 a day, as far as anybody asks how many there are.
    return length > 20 ? { ...page, total: length * 100 } : page;
  };
  scene.instead.listWallets = async () => ({ walletIds: [walletId] });
  const to = today();
  days = { from: addDays(to, -29), to };
  await scene.stack.cardflow.reconcile(days);
  await until(
    async () => (await state()).stage === 'COMPLETED',
    () => 'it does not end',
  );
  expect([...windows]).toEqual(['30', '15']);
});
