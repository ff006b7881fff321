import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { AT_ONCE, startStack, type Stack } from '../setup/stack';
import { FlowDriver } from '../setup/flow-driver';
import { until } from '../setup/until';
import type { StartedKind } from '../../src/messages';

let temporal: TestTemporal;
let stack: Stack;
let merchantId: string;
let walletId: string;

const flow = (kind: StartedKind, number: string) => new FlowDriver(stack, kind, number);
const settings = (change: object) => stack.control('PUT', '/settings', change);
const faults = (...rules: readonly object[]) => stack.control('PUT', '/faults', { rules });
const statusCalls = async () => (await stack.control('GET', '/requests?operation=updateWalletStatus')).requests.length;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle(), sandbox: AT_ONCE });
  await stack.start('M-1');
  const { outputs } = await stack.reach('M-1', ({ stage }) => stage === 'COMPLETED');
  merchantId = outputs.merchantId ?? '';
  walletId = outputs.walletId ?? '';
});
afterEach(async () => {
  await stack.control('DELETE', '/faults');
  await settings(AT_ONCE);
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

describe('the opening of a wallet', () => {
  test('that is rejected, corrected and approved opens the next round under a new number', async () => {
    await stack.control('POST', '/plans', { step: 'wallet-audit', orderNo: 'W-1_WO1', reason: 'which currency?' });
    const opening = await flow('wallet-opening', 'W-1').start({ merchantId, currency: 'USD', walletName: 'cards' });
    const block = await opening.blockedBy('WALLET_REJECTED');
    expect(block).toMatchObject({ message: 'which currency?', patchable: ['currency', 'walletName'] });
    await expect(opening.correct(block, { patch: { merchantId: '1' } })).rejects.toThrow(/may not be changed here/);
    await opening.correct(block, { patch: { currency: 'EUR' } });
    const { outputs, result } = await opening.completed();
    expect(outputs.walletId).not.toBe(walletId);
    expect(result).toEqual({ merchantId, walletId: outputs.walletId });
    expect([await stack.calls('openWallet', 'W-1_WO1'), await stack.calls('openWallet', 'W-1_WO1_r2')]).toEqual([1, 1]);
  });

  test('is started once: the same body answers 200, another one 409, a wrong one names the field', async () => {
    const opening = flow('wallet-opening', 'W-2');
    const body = { merchantId, currency: 'USD' };
    expect((await opening.put(body)).status).toBe(201);
    expect((await opening.put(body)).status).toBe(200);
    expect((await opening.put({ ...body, currency: 'EUR' })).body).toMatchObject({ status: 409, code: 'number-taken' });
    const wrong = await flow('wallet-opening', 'W-3').put({ currency: 'USD', walletOrderNo: 'W-3' });
    expect(wrong.status).toBe(422);
    expect(wrong.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['merchantId', 'walletOrderNo']);
    await opening.completed();
  });

  test('whose answer is lost takes up the wallet that FalPay has', async () => {
    await faults({ operation: 'openWallet', orderNo: 'W-4_WO1', fault: 'resetAfterCommit', times: 1 });
    const opening = await flow('wallet-opening', 'W-4').start({ merchantId, currency: 'HKD' });
    await opening.completed();
    expect(await stack.calls('openWallet', 'W-4_WO1')).toBe(1);
  });
});

describe('a recharge', () => {
  const body = () => ({
    walletId,
    amount: '100.00',
    currency: 'USD',
    methodCode: 'BANK_TRANSFER',
    remark: 'for cards',
  });

  test('shows payee and amount while it waits, and ends with what came, more than was asked for too', async () => {
    await settings({ arrivalDelay: 'manual' });
    const recharge = await flow('wallet-recharge', 'R-1').start(body());
    const { outputs } = await recharge.waitsFor('wallet-recharge');
    expect(outputs.recharge).toMatchObject({ amount: '100.00', payee: { accountNo: expect.any(String) } });
    await stack.control('POST', '/recharges/R-1_RC1/arrivals', { amount: '120.00', final: true });
    const done = await recharge.completed();
    expect(done.outputs.recharge).toMatchObject({ rechargeOrderNo: 'R-1_RC1', amount: '100.00', credited: '120.00' });
    expect(done.result).toMatchObject({ walletId, recharge: { credited: '120.00' } });
  });

  test('that is short waits for the backend, whose correction orders the rest under the next number', async () => {
    await settings({ arrivalDelay: 'manual' });
    const recharge = await flow('wallet-recharge', 'R-2').start(body());
    await recharge.waitsFor('wallet-recharge');
    await stack.control('POST', '/recharges/R-2_RC1/arrivals', { amount: '60.00', final: true });
    const block = await recharge.blockedBy('RECHARGE_SHORT');
    expect(block.patchable).not.toContain('walletId');
    await recharge.correct(block);
    const { outputs } = await recharge.waitsFor('wallet-recharge');
    expect(outputs.recharge).toMatchObject({ rechargeOrderNo: 'R-2_RC2', amount: '40.00' });
    await stack.control('POST', '/recharges/R-2_RC2/arrivals', {});
    await recharge.completed();
  });

  test('whose answer is lost is never ordered twice: its money settles it', async () => {
    await settings({ arrivalDelay: 'manual' });
    await faults({ operation: 'createRecharge', orderNo: 'R-3_RC1', fault: 'resetAfterCommit', times: 1 });
    const recharge = await flow('wallet-recharge', 'R-3').start(body());
    await recharge.blockedBy('OUTCOME_UNKNOWN');
    await stack.control('POST', '/recharges/R-3_RC1/arrivals', {});
    await recharge.completed();
    expect(await stack.calls('createRecharge', 'R-3_RC1')).toBe(1);
  });

  test('that is cancelled tells the open order, and its late money is kept where a person sees it', async () => {
    await settings({ arrivalDelay: 'manual' });
    const recharge = await flow('wallet-recharge', 'R-4').start(body());
    const { outputs } = await recharge.waitsFor('wallet-recharge');
    expect((await recharge.cancel()).result).toMatchObject({ residue: { walletId, openOrders: ['R-4_RC1'] } });
    await stack.control('POST', '/recharges/R-4_RC1/arrivals', {});
    const parked = `wallet-recharge/${outputs.recharge?.orderNo}`;
    const state = () => stack.cardflow.state('parked', parked).catch(() => undefined);
    await until(
      async () => (await state())?.kind === 'parked',
      () => `nothing shows at parked/${parked}`,
    );
  });
});

describe('a wallet’s change of status', () => {
  test('ends when FalPay shows the status, and asks for nothing that is so already', async () => {
    const before = await statusCalls();
    const frozen = await flow('wallet-status-change', 'S-1').start({ walletId, status: 'FROZEN', reason: 'audit' });
    expect((await frozen.completed()).result).toEqual({ walletId, walletStatus: 'FROZEN' });
    await (await flow('wallet-status-change', 'S-2').start({ walletId, status: 'FROZEN' })).completed();
    expect(await statusCalls()).toBe(before + 1);
    await (await flow('wallet-status-change', 'S-3').start({ walletId, status: 'NORMAL' })).completed();
  });

  test('whose answer is lost is found by the wallet’s status', async () => {
    const before = await statusCalls();
    await faults({ operation: 'updateWalletStatus', fault: 'resetAfterCommit', times: 1 });
    await (await flow('wallet-status-change', 'S-4').start({ walletId, status: 'FROZEN' })).completed();
    expect(await statusCalls()).toBe(before + 1);
    await (await flow('wallet-status-change', 'S-5').start({ walletId, status: 'NORMAL' })).completed();
  });

  test('that may never have arrived is an operator’s: NOT_DONE sends it again', async () => {
    await faults({ operation: 'updateWalletStatus', fault: 'resetBeforeCommit', times: 1 });
    const change = await flow('wallet-status-change', 'S-6').start({ walletId, status: 'FROZEN' });
    const { blockId } = await change.blockedBy('OUTCOME_UNKNOWN');
    await expect(change.act('resolve', { blockId, outcome: 'NOT_DONE' })).resolves.toMatchObject({ status: 200 });
    expect((await change.completed()).result).toEqual({ walletId, walletStatus: 'FROZEN' });
    await (await flow('wallet-status-change', 'S-7').start({ walletId, status: 'NORMAL' })).completed();
  });

  test('that FalPay refuses waits with FalPay’s reason, and may be cancelled', async () => {
    const change = await flow('wallet-status-change', 'S-8').start({ walletId, status: 'CLOSED' });
    const block = await change.blockedBy('INVALID');
    expect(block).toMatchObject({ step: 'change-status', actions: ['amend', 'retry', 'abort'] });
    expect(block.message).toContain('only an empty wallet can be closed');
    expect((await change.cancel()).result).toMatchObject({ residue: { walletId, openOrders: [] } });
  });
});
