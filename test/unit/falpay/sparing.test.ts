/** The circuit in the client: what FalPay gets of the calls that are made while it is away. */
import { CLIENT_SECRET, FakeFalpay, clientFor, ok, refusal } from './fake-server';

const falpay = new FakeFalpay();
beforeAll(() => falpay.start());
afterAll(() => falpay.stop());
beforeEach(() => falpay.reset());

test('a client that spares FalPay sends five calls into a fault and no more, and creates nothing meanwhile', async () => {
  const told: string[] = [];
  const now = Date.now();
  const client = clientFor(falpay.url, {
    sparing: true,
    // No time passes in which it would try whether FalPay is back.
    clock: () => now,
    hooks: { onOutage: ({ reason }) => told.push(reason), onRecovery: () => told.push('back') },
  });
  falpay.handle = () => ({ status: 503, signed: 'no' });
  for (let call = 0; call < 30; call += 1) await client.getMerchant({ merchantOrderNo: 'M1' }).catch(() => undefined);
  expect(falpay.requests).toHaveLength(5);
  await expect(
    client.createWithdrawal({
      withdrawOrderNo: 'D1_WD1',
      walletId: '1',
      amount: '10.00',
      currency: 'USD',
      payee: { accountName: 'Starbridge', accountNo: '1' },
    }),
  ).rejects.toMatchObject({
    type: 'FalpayUnavailable',
    orderNo: 'D1_WD1',
    message: expect.stringContaining('nothing was sent'),
  });
  expect(falpay.requests).toHaveLength(5);
  expect(told).toEqual([expect.stringContaining('503')]);
  client.close();
});

test('a client that does not spare FalPay sends every call', async () => {
  const client = clientFor(falpay.url);
  falpay.handle = () => ({ status: 503, signed: 'no' });
  for (let call = 0; call < 12; call += 1) await client.getMerchant({ merchantOrderNo: 'M1' }).catch(() => undefined);
  expect(falpay.requests).toHaveLength(12);
  client.close();
});

test('when FalPay answers the query that tries it, the call that waited for it is sent', async () => {
  const clock = { now: Date.now() };
  const client = clientFor(falpay.url, { sparing: true, clock: () => clock.now });
  falpay.handle = () => refusal('INVALID_SIGNATURE', 'unknown key', 400);
  for (let call = 0; call < 20; call += 1) await client.getWallet({ walletId: '1' }).catch(() => undefined);
  expect(falpay.requests).toHaveLength(5);
  falpay.handle = ({ path }) => (path.endsWith('/card/bin/list') ? ok([]) : refusal('NOT_FOUND'));
  clock.now += 2_000;
  expect(await client.getWallet({ walletId: '1' })).toBeNull();
  expect(falpay.requests.map(({ path }) => path.split('/').at(-1)).slice(5)).toEqual(['list', 'info']);
  client.close();
});

test('what is told of an outage holds no secret', async () => {
  let reason = '';
  const client = clientFor(falpay.url, { sparing: true, hooks: { onOutage: (outage) => (reason = outage.reason) } });
  falpay.token = () => refusal('INVALID_CLIENT', `secret ${CLIENT_SECRET} is unknown`, 401);
  for (let call = 0; call < 6; call += 1) await client.listCardBins().catch(() => undefined);
  expect(reason).toContain('refused our credentials');
  expect(reason).not.toContain(CLIENT_SECRET);
  client.close();
});
