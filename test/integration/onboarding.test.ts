import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { startStack, type Stack } from '../setup/stack';

let temporal: TestTemporal;
let stack: Stack;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle() });
});

afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

test('a company with two cards goes from 创建商户 to active cards, each callback moving it on', async () => {
  expect((await stack.start('M-1')).status).toBe(201);
  await stack.reach('M-1', ({ waits }) => waits[0]?.topic === 'merchant-audit');
  await stack.control('POST', '/audits/merchants/M-1', { decision: 'APPROVED' });
  const opening = await stack.reach('M-1', ({ waits }) => waits[0]?.topic === 'wallet-audit');
  await stack.control('POST', `/audits/wallets/${opening.outputs.walletId}`, { decision: 'APPROVED' });
  const paying = await stack.reach('M-1', ({ waits }) => waits[0]?.topic === 'wallet-recharge');
  expect(paying.outputs.recharge).toMatchObject({
    rechargeOrderNo: 'M-1_OR1',
    amount: '500.00',
    payee: { accountNo: expect.any(String) },
  });
  await stack.control('POST', '/recharges/M-1_OR1/arrivals', {});
  const done = await stack.reach('M-1', ({ stage }) => stage === 'COMPLETED');
  expect(done.outputs.cards).toEqual([
    { cardOrderNo: 'M-1_OC1', cardId: expect.any(String), last4: expect.stringMatching(/^\d{4}$/), status: 'ACTIVE' },
    { cardOrderNo: 'M-1_OC2', cardId: expect.any(String), last4: expect.stringMatching(/^\d{4}$/), status: 'ACTIVE' },
  ]);
  expect(done.outputs.recharge).toMatchObject({ credited: '500.00', fee: '0.00', status: 'SUCCESS' });
  expect(await stack.control('GET', '/ledger')).toMatchObject({ balanced: true, violations: [] });
  for (const [operation, orderNo] of [
    ['createMerchant', 'M-1'],
    ['openWallet', 'M-1_OW1'],
    ['createRecharge', 'M-1_OR1'],
    ['createCardholder', 'M-1_OH1'],
    ['applyCard', 'M-1_OC1'],
    ['applyCard', 'M-1_OC2'],
  ] as const) {
    expect([operation, await stack.calls(operation, orderNo)]).toEqual([operation, 1]);
  }
});
