import { Context } from '@temporalio/activity';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities';
import type { CallbackEvent, StartedKind } from '../../src/messages';
import { FlowDriver } from '../setup/flow-driver';
import { BIN, onboardingBody } from '../setup/stack';
import { until } from '../setup/until';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
const PAYEE = { accountName: 'Starbridge Limited', accountNo: '000123456789' };

type Row = readonly ['IN' | 'OUT', string];

let scene: Scene;
let walletId: string;
beforeAll(async () => {
  scene = await Scene.open();
  walletId = (await scene.at('M', 'end', ONE_CARD)).outputs.walletId ?? '';
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const flow = (kind: StartedKind, number: string) => new FlowDriver(scene.stack, kind, number);
const finish = (number: string, result: object = {}) =>
  scene.stack.control('POST', `/withdrawals/${number}_WD1/finish`, result);

async function withdraw(number: string): Promise<FlowDriver> {
  const withdrawal = flow('wallet-withdrawal', number);
  await withdrawal.start({ walletId, amount: '10.00', currency: 'USD', payee: PAYEE });
  await withdrawal.waitsFor('wallet-withdrawal');
  return withdrawal;
}

/** As if FalPay had told it; whether it is true shows in the movements alone. */
async function claim(
  withdrawal: FlowDriver,
  status: 'SUCCESS' | 'FAILED',
  occurredAt = '2026-01-01 00:00:00',
): Promise<void> {
  const { outputs } = await withdrawal.reach((state) => state.outputs.withdrawal?.orderNo !== undefined);
  const { orderNo = '', withdrawOrderNo = '', amount, currency } = outputs.withdrawal ?? {};
  const event: CallbackEvent = {
    eventId: `${withdrawal.number}-${status}`,
    topic: 'wallet-withdrawal',
    occurredAt,
    receivedAt: '2026-01-01T00:00:00.000Z',
    stale: false,
    orderNo: withdrawOrderNo,
    ref: orderNo,
    ids: { walletId },
    data: { orderNo, withdrawOrderNo, walletId, status, amount, fee: '1.00', currency, failReason: 'told so' },
  };
  await scene.stack.client.workflow.getHandle(`wallet-withdrawal/${withdrawal.number}`).signal('callback', event);
}

/** What 卡钱包流水 shows of the withdrawal until the test is over. */
function booked(withdrawal: FlowDriver, ...rows: readonly Row[]): void {
  scene.instead.findMovements = showing(withdrawal, ...rows);
}

function showing(withdrawal: FlowDriver, ...rows: readonly Row[]): Activities['findMovements'] {
  const merchantOrderNo = `${withdrawal.number}_WD1`;
  return async (given) => ({
    ...(await scene.real.findMovements(given)),
    found: rows.map(([direction, amount]) => ({
      ...{ orderNo: '1', merchantOrderNo, type: 'WITHDRAW', direction, amount },
      ...{ fee: '0.00', currency: 'USD', status: 'SUCCESS' },
    })),
  });
}

describe('a withdrawal', () => {
  test('whose callback never comes is found in the movements', async () => {
    const withdrawal = await withdraw('QUIET');
    await scene.fault({ topic: 'wallet-withdrawal', fault: 'dropCallback' });
    await finish('QUIET');
    await scene.pass('10 minutes');
    expect((await withdrawal.completed()).outputs.withdrawal).toMatchObject({ status: 'SUCCESS', amount: '10.00' });
  });

  test('nobody ends is an operator’s after 14 days, and closes by itself when it is paid out', async () => {
    const withdrawal = await withdraw('LATE');
    await scene.pass('15 days');
    const block = await withdrawal.blockedBy('DEADLINE');
    expect(block).toMatchObject({ step: 'withdrawal-result', actions: ['retry', 'resolve', 'abort'] });
    await finish('LATE');
    await withdrawal.completed();
  });

  test('that a callback calls paid while no movement shows it is a MISMATCH, until the movement is booked', async () => {
    const withdrawal = await withdraw('CLAIMED');
    await claim(withdrawal, 'SUCCESS');
    await scene.pass('3 minutes');
    const block = await withdrawal.blockedBy('MISMATCH');
    expect(block.message).toContain('does not agree with the wallet-withdrawal callback');
    await finish('CLAIMED');
    await withdrawal.completed();
    expect(await scene.calls('createWithdrawal', 'CLAIMED_WD1')).toBe(1);
  });

  test('that a callback calls paid while no movement shows it is parked when somebody aborts', async () => {
    const withdrawal = await withdraw('LEFT');
    await claim(withdrawal, 'SUCCESS');
    await scene.pass('3 minutes');
    await withdrawal.blockedBy('MISMATCH');
    const { outputs, result } = await withdrawal.cancel();
    expect(result).toMatchObject({ residue: { openOrders: ['LEFT_WD1'] } });
    const number = `wallet-withdrawal/${outputs.withdrawal?.orderNo}`;
    const parked = () => scene.stack.cardflow.state('parked', number).catch(() => undefined);
    await until(
      async () => (await parked())?.waits.length === 1,
      () => `nothing waits at parked/${number}`,
    );
  });

  test('a part of which an earlier run had paid out is open when the next run is aborted before it could look', async () => {
    const withdrawal = await withdraw('PARTLY');
    await scene.terminate('PARTLY', 'wallet-withdrawal');
    let looked = false;
    const shown = showing(withdrawal, ['OUT', '4.00']);
    // The flow asks once and then patiently; what answers after that is asked by the abort, in a local activity.
    scene.instead.findMovements = (given) => {
      if (looked && Context.current().info.isLocal) return shown(given);
      looked = true;
      return Promise.reject(ApplicationFailure.retryable('FalPay is down', 'FalpayUnavailable'));
    };
    await withdrawal.act('restart', {});
    await withdrawal.reach(({ fault }) => fault !== undefined);
    expect((await withdrawal.cancel()).result).toMatchObject({ residue: { openOrders: ['PARTLY_WD1'] } });
  });

  test('called failed and paid out after all is not ordered a second time', async () => {
    const withdrawal = await withdraw('AFTERALL');
    await claim(withdrawal, 'FAILED');
    const { blockId } = await withdrawal.blockedBy('INVALID');
    await scene.fault({ topic: 'wallet-withdrawal', fault: 'dropCallback' });
    await finish('AFTERALL');
    await withdrawal.act('retry', { blockId });
    expect((await withdrawal.completed()).outputs.withdrawal).toMatchObject({ status: 'SUCCESS' });
    expect(await scene.calls('createWithdrawal', 'AFTERALL_WD1_r2')).toBe(0);
  });

  test('called paid and then failed, while no movement shows it, can be ordered anew by a person who reads both', async () => {
    const withdrawal = await withdraw('BOTH');
    await claim(withdrawal, 'SUCCESS');
    await scene.pass('3 minutes');
    await withdrawal.blockedBy('MISMATCH');
    await claim(withdrawal, 'FAILED');
    const { blockId, message } = await withdrawal.blockedBy('INVALID');
    expect(message).toContain('as failed (told so), after it had called it paid out');
    await withdrawal.act('retry', { blockId });
    await withdrawal.reach(({ outputs }) => outputs.withdrawal?.withdrawOrderNo === 'BOTH_WD1_r2');
  });

  test('called paid is not failed by an older callback', async () => {
    const withdrawal = await withdraw('OLDER');
    await claim(withdrawal, 'SUCCESS');
    await claim(withdrawal, 'FAILED', '2025-12-31 23:59:59');
    await scene.pass('3 minutes');
    await withdrawal.blockedBy('MISMATCH');
    const { outputs } = await withdrawal.reach(() => true);
    expect(outputs.withdrawal).toMatchObject({ status: 'SUCCESS' });
  });

  test('taken, given back and called failed is not paid out: it asks whether to order it anew', async () => {
    const withdrawal = await withdraw('BACK');
    booked(withdrawal, ['OUT', '10.00'], ['IN', '10.00']);
    await claim(withdrawal, 'FAILED');
    const { blockId } = await withdrawal.blockedBy('INVALID');
    const { outputs } = await withdrawal.reach(() => true);
    expect(outputs.withdrawal).toMatchObject({ status: 'FAILED', debited: '0.00' });
    await withdrawal.act('retry', { blockId });
    await withdrawal.reach(({ outputs }) => outputs.withdrawal?.withdrawOrderNo === 'BACK_WD1_r2');
  });

  test('called failed after a part of it was taken is a MISMATCH, and no retry orders it anew', async () => {
    const withdrawal = await withdraw('PART');
    booked(withdrawal, ['OUT', '4.00']);
    await claim(withdrawal, 'FAILED');
    const block = await withdrawal.blockedBy('MISMATCH');
    expect(block.message).toContain('4.00 USD taken for it of 10.00');
    await withdrawal.act('retry', { blockId: block.blockId });
    await withdrawal.reach(({ blocks }) => blocks.some(({ blockId }) => blockId !== block.blockId));
    expect(await scene.calls('createWithdrawal', 'PART_WD1_r2')).toBe(0);
  });

  test('of which a part is taken while somebody decides to order it anew is not ordered anew', async () => {
    const withdrawal = await withdraw('MEANWHILE');
    await claim(withdrawal, 'FAILED');
    const { blockId } = await withdrawal.blockedBy('INVALID');
    booked(withdrawal, ['OUT', '4.00']);
    await withdrawal.act('retry', { blockId });
    await withdrawal.blockedBy('MISMATCH');
    expect(await scene.calls('createWithdrawal', 'MEANWHILE_WD1_r2')).toBe(0);
  });

  test('whose worker dies with the call in hand is looked for, never repeated', async () => {
    scene.instead.createWithdrawal = async (order) => {
      await scene.real.createWithdrawal(order);
      throw new Error('the worker died');
    };
    const withdrawal = flow('wallet-withdrawal', 'DEAD');
    await withdrawal.start({ walletId, amount: '10.00', currency: 'USD', payee: PAYEE });
    const { blockId } = await withdrawal.blockedBy('OUTCOME_UNKNOWN');
    await withdrawal.act('retry', { blockId });
    await withdrawal.blockedBy('OUTCOME_UNKNOWN');
    await finish('DEAD');
    await withdrawal.completed();
    expect(await scene.calls('createWithdrawal', 'DEAD_WD1')).toBe(1);
  });

  test('takes no amendment that it could not reckon with, from the Temporal UI either', async () => {
    const withdrawal = await withdraw('UI');
    await finish('UI', { status: 'FAILED', reason: 'account closed' });
    const { blockId } = await withdrawal.blockedBy('INVALID');
    const handle = scene.stack.client.workflow.getHandle('wallet-withdrawal/UI');
    for (const [patch, field] of [
      [{ amount: '1,000.00' }, 'amount'],
      [{ amount: null }, 'amount'],
      [{ payee: null }, 'payee'],
      [{ walletId: '1' }, 'patch.walletId'],
    ] as const) {
      const request = { blockId, reason: 'so', actor: 'ui', patch };
      const refused = await handle.executeUpdate('amend', { args: [request] }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
      expect((refused as WorkflowUpdateFailedError).cause).toMatchObject({
        type: 'PatchNotAllowed',
        message: expect.stringContaining(field),
      });
    }
  });
});

describe('a wallet’s change of status', () => {
  test('that FalPay took and never shows is an operator’s after an hour', async () => {
    scene.instead.updateWalletStatus = () => Promise.resolve(true);
    const change = await flow('wallet-status-change', 'SLOW').start({ walletId, status: 'FROZEN' });
    await scene.pass('2 hours');
    const { blockId, actions } = await change.blockedBy('DEADLINE');
    expect(actions).toEqual(['retry', 'resolve', 'abort']);
    await change.act('resolve', { blockId, outcome: 'DONE', ref: walletId, force: true });
    await change.completed();
  });
});

test('cards of a batch that the wallet cannot pay for wait for money together, and are issued when it has come', async () => {
  const card = { binId: BIN.prepaid, cardLimit: '400.00', currency: 'USD' };
  const issuance = await flow('card-issuance', 'POOR').start({ walletId, cards: [card, card, card] });
  const { blocks } = await issuance.reach((state) => state.blocks.length === 3);
  expect(new Set(blocks.map(({ reason }) => reason))).toEqual(new Set(['RECHARGE_SHORT']));
  const paid = { walletId, amount: '2000.00', currency: 'USD', methodCode: 'BANK_TRANSFER' };
  const recharge = await flow('wallet-recharge', 'RICH').start(paid);
  await recharge.waitsFor('wallet-recharge');
  await scene.stack.control('POST', '/recharges/RICH_RC1/arrivals', {});
  await recharge.completed();
  await scene.pass('7 hours');
  const { outputs } = await issuance.completed();
  expect(outputs.cards.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE', 'ACTIVE']);
});
