/** The day FalPay's real documentation arrives: another file for the profile, and nothing else changes. */
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { otherProfile } from '../setup/other-profile';
import { startStack, type Stack } from '../setup/stack';
import { until } from '../setup/until';

let temporal: TestTemporal;
let stack: Stack;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle(), profile: otherProfile() });
});

afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

interface SentCallback {
  readonly topic: string;
  readonly state: string;
  readonly body: Readonly<Record<string, unknown>>;
}

test('under another profile a company goes from 创建商户, over a rejection and its correction, to active cards', async () => {
  expect((await stack.start('M-1')).status).toBe(201);
  await stack.reach('M-1', ({ waits }) => waits[0]?.topic === 'merchant-audit');
  await stack.control('POST', '/audits/merchants/M-1', { decision: 'REJECTED', reason: 'address unreadable' });
  const rejected = await stack.reach('M-1', ({ blocks }) => blocks[0]?.reason === 'MERCHANT_REJECTED');
  expect(rejected.blocks[0]?.message).toContain('address unreadable');
  const correction = {
    blockId: rejected.blocks[0]?.blockId,
    reason: 'corrected by the customer',
    patch: { merchant: { company: { address: '2 Sample Road, Hong Kong' } } },
  };
  expect((await stack.api('POST', '/v1/onboardings/M-1/corrections', correction)).status).toBe(200);
  await stack.reach('M-1', ({ waits }) => waits[0]?.topic === 'merchant-audit');
  await stack.control('POST', '/audits/merchants/M-1', { decision: 'APPROVED' });

  const opening = await stack.reach('M-1', ({ waits }) => waits[0]?.topic === 'wallet-audit');
  await stack.control('POST', `/audits/wallets/${opening.outputs.walletId}`, { decision: 'APPROVED' });
  const paying = await stack.reach('M-1', ({ waits }) => waits[0]?.topic === 'wallet-recharge');
  expect(paying.outputs.recharge).toMatchObject({ amount: '500.00', payee: { accountNo: expect.any(String) } });
  await stack.control('POST', '/recharges/M-1_OR1/arrivals', { amount: '200.00' });
  await stack.control('POST', '/recharges/M-1_OR1/arrivals', {});
  const done = await stack.reach('M-1', ({ stage }) => stage === 'COMPLETED');

  expect(done.outputs.recharge).toMatchObject({ credited: '500.00', fee: '0.00', status: 'SUCCESS' });
  const active = {
    cardId: expect.stringMatching(/^\d{19}$/),
    last4: expect.stringMatching(/^\d{4}$/),
    status: 'ACTIVE',
  };
  expect(done.outputs.cards).toEqual([
    { cardOrderNo: 'M-1_OC1', ...active },
    { cardOrderNo: 'M-1_OC2', ...active },
  ]);
  expect(await stack.control('GET', '/ledger')).toMatchObject({ balanced: true, violations: [] });
});

test('everything that was said was said in that profile', async () => {
  // The control plane shows bodies as they were sent, long numbers as text.
  let callbacks: readonly SentCallback[] = [];
  // The flow may have ended by the last of them before FalPay has our word for it.
  await until(
    async () => {
      ({ callbacks } = await stack.control('GET', '/callbacks'));
      return callbacks.every(({ state }) => state !== 'PENDING');
    },
    () => `callbacks are not over: ${callbacks.map(({ topic, state }) => `${topic} ${state}`).join(', ')}`,
  );
  const told = (topic: string) => callbacks.filter((callback) => callback.topic === topic).map(({ body }) => body);
  expect(new Set(callbacks.map(({ state }) => state))).toEqual(new Set(['ACKNOWLEDGED']));
  expect(told('merchant-audit')).toMatchObject(
    ['1', '2'].map((decision) => ({
      event_type: 'MERCHANT_AUDIT',
      biz_no: 'M-1',
      event: {
        time: expect.stringMatching(/^\d{13}$/),
        content: { audit_status: decision, audit_time: expect.stringMatching(/^\d{13}$/) },
      },
    })),
  );
  expect(told('wallet-recharge')[0]).toMatchObject({
    event_type: 'DEPOSIT',
    falpay_no: expect.stringMatching(/^\d{19}$/),
    event: { content: { status: '2', credited_amount: '50000', currency: '840' } },
  });
  expect(told('wallet-audit')[0]).toMatchObject({ event: { content: { audit_status: 'Y' } } });
});

test('the gateway takes callbacks where that profile says, and nowhere else', async () => {
  const post = (path: string) => fetch(`${stack.gatewayUrl}/callbacks/falpay${path}`, { method: 'POST', body: '{}' });
  expect((await post('/notify')).status).toBe(401);
  expect((await post('/merchant-audit')).status).toBe(404);
});
