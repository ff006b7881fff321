import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../../src/activities';
import type { FalpayClient } from '../../../src/falpay';
import type { FlowItem } from '../../../src/falpay/contract';

const row = (flowNo: string, change: Partial<FlowItem>): FlowItem => ({
  flowNo,
  walletId: '12',
  orderNo: '31',
  type: 'RECHARGE',
  direction: 'IN',
  amount: '60.00',
  fee: '0.00',
  balanceAfter: '60.00',
  currency: 'USD',
  status: 'SUCCESS',
  createTime: '2026-01-01 00:00:00',
  ...change,
});

function activitiesOver(rows: readonly FlowItem[]) {
  const falpay = {
    // A FalPay that calls the filter otherwise ignores ours, and lists the whole wallet.
    walletFlows: async function* () {
      yield* rows;
    },
  } as unknown as FalpayClient;
  return createActivities({ falpay } as Parameters<typeof createActivities>[0]);
}

function movementsOf(rows: readonly FlowItem[], orderNos: readonly string[]) {
  const { findMovements } = activitiesOver(rows);
  return new MockActivityEnvironment().run(findMovements, { walletId: '12', orderNos }) as ReturnType<
    typeof findMovements
  >;
}

test("money is counted for the order it came on, also where FalPay answers with another order's or another wallet's", async () => {
  const rows = [
    row('1', { merchantOrderNo: 'M-1_OR1' }),
    row('2', { merchantOrderNo: 'M-1_OR2', amount: '40.00' }),
    row('3', { merchantOrderNo: 'M-1_OR1', walletId: '13' }),
  ];
  const { found } = await movementsOf(rows, ['M-1_OR1', 'M-1_OR2']);
  expect(found?.map(({ merchantOrderNo, amount }) => [merchantOrderNo, amount])).toEqual([
    ['M-1_OR1', '60.00'],
    ['M-1_OR2', '40.00'],
  ]);
});

test('a row that names no order of ours is what was asked for', async () => {
  const { found } = await movementsOf([row('1', {})], ['M-1_OR1']);
  expect(found).toEqual([expect.objectContaining({ merchantOrderNo: 'M-1_OR1', amount: '60.00' })]);
});

test('a reconciliation asks for the rows of an order in the same way', async () => {
  const rows = [row('1', {}), row('2', { merchantOrderNo: 'M-1_OR1' }), row('3', { merchantOrderNo: 'M-1_OR2' })];
  const { rowsOfOrders } = activitiesOver(rows);
  const found = await new MockActivityEnvironment().run(rowsOfOrders, { walletId: '12', orderNos: ['M-1_OR1'] });
  expect(found).toEqual({ 'M-1_OR1': [rows[0], rows[1]] });
});
