import { BY_HAND, TestWorld } from './support/world';

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());
afterEach(() => world.control('DELETE', '/plans'));

const detail = (merchantId: string) => world.falpay.data('/merchant/detail', { merchantId });

describe('by hand', () => {
  let byHand: TestWorld;
  beforeAll(async () => {
    byHand = await TestWorld.start({ settings: BY_HAND });
  });
  afterAll(() => byHand.stop());

  test('a merchant stays PENDING until somebody decides, and the decision is called back', async () => {
    const merchantOrderNo = byHand.orderNo('M');
    const merchantId = await byHand.falpay.data<string>('/merchant/create', byHand.merchant(merchantOrderNo));
    expect(await byHand.falpay.data('/merchant/detail', { merchantId })).toMatchObject({ auditStatus: 'PENDING' });
    expect(byHand.receiver.received).toHaveLength(0);
    await byHand.control('POST', `/audits/merchants/${merchantOrderNo}`, {
      decision: 'REJECTED',
      reason: 'licence expired',
    });
    const called = await byHand.receiver.next('merchant-audit');
    expect(called.data).toMatchObject({
      merchantId,
      merchantOrderNo,
      auditStatus: 'REJECTED',
      rejectReason: 'licence expired',
    });
    expect(await byHand.falpay.data('/merchant/detail', { merchantOrderNo })).toMatchObject({
      auditStatus: 'REJECTED',
      rejectReason: 'licence expired',
    });
  });

  test('a wallet and a cardholder are decided by hand too', async () => {
    const merchantId = await byHand.falpay.data<string>('/merchant/create', byHand.merchant());
    await byHand.control('POST', `/audits/merchants/${merchantId}`, { decision: 'APPROVED' });
    const { walletId = '' } = await byHand.falpay.data('/wallet/apply', {
      walletOrderNo: 'W-hand',
      merchantId,
      currency: 'EUR',
    });
    expect(await byHand.wallet(walletId)).toMatchObject({ status: 'PENDING', auditStatus: 'PENDING' });
    await byHand.control('POST', '/audits/wallets/W-hand', { decision: 'REJECTED', reason: 'purpose unclear' });
    expect(await byHand.wallet(walletId)).toMatchObject({
      status: 'PENDING',
      auditStatus: 'REJECTED',
      rejectReason: 'purpose unclear',
    });
    expect((await byHand.receiver.next('wallet-audit')).data).toMatchObject({
      walletId,
      merchantId,
      auditStatus: 'REJECTED',
    });

    await byHand.control('PUT', '/settings', { cardholderAuditDelay: 'manual' });
    const holder = await byHand.falpay.data('/cardholder/save', byHand.cardholder(merchantId));
    expect(holder['status']).toBe('PENDING');
    expect(
      await byHand.control('POST', `/audits/cardholders/${holder['cardholderId']}`, { decision: 'APPROVED' }),
    ).toMatchObject({ status: 'APPROVED' });
  });

  test('what is decided is decided: a second decision is a conflict', async () => {
    const merchantId = await byHand.falpay.data<string>('/merchant/create', byHand.merchant());
    await byHand.control('POST', `/audits/merchants/${merchantId}`, { decision: 'APPROVED' });
    expect(await byHand.tryControl('POST', `/audits/merchants/${merchantId}`, { decision: 'REJECTED' })).toMatchObject({
      status: 409,
    });
  });
});

test('a rejected merchant that is corrected is audited again, and the second round can approve', async () => {
  const merchantOrderNo = world.orderNo('M');
  await world.control('POST', '/plans', {
    step: 'merchant-audit',
    orderNo: merchantOrderNo,
    reason: 'address does not match',
  });
  const merchantId = await world.falpay.data<string>('/merchant/create', world.merchant(merchantOrderNo));
  await world.receiver.next(
    'merchant-audit',
    ({ data }) => data['merchantId'] === merchantId && data['auditStatus'] === 'REJECTED',
  );
  expect(
    await world.falpay.call('/wallet/apply', { walletOrderNo: world.orderNo('W'), merchantId, currency: 'USD' }),
  ).toMatchObject({ code: 'MERCHANT_NOT_APPROVED' });

  expect(
    await world.falpay.data('/merchant/update', { merchantId, company: { address: '2 Queen’s Road Central' } }),
  ).toBeNull();
  await world.receiver.next(
    'merchant-audit',
    ({ data }) => data['merchantId'] === merchantId && data['auditStatus'] === 'APPROVED',
  );
  const corrected = await detail(merchantId);
  expect(corrected).toMatchObject({ auditStatus: 'APPROVED' });
  expect(corrected['rejectReason']).toBeUndefined();
  expect(await world.falpay.call('/merchant/update', { merchantId, contactName: 'Too Late' })).toMatchObject({
    code: 'MERCHANT_STATUS',
  });
});

test('a plan for one order number leaves the others alone and is used up', async () => {
  await world.control('POST', '/plans', { step: 'merchant-audit', orderNo: 'M-planned', reason: 'planned' });
  const other = await world.falpay.data<string>('/merchant/create', world.merchant());
  const planned = await world.falpay.data<string>('/merchant/create', world.merchant('M-planned'));
  await world.receiver.next(
    'merchant-audit',
    ({ data }) => data['merchantId'] === other && data['auditStatus'] === 'APPROVED',
  );
  await world.receiver.next(
    'merchant-audit',
    ({ data }) => data['merchantId'] === planned && data['rejectReason'] === 'planned',
  );
  expect(await world.control('GET', '/plans')).toEqual({ plans: [] });
});

test('a plan holds as many times as it says', async () => {
  await world.control('POST', '/plans', { step: 'wallet-audit', times: 2, reason: 'no' });
  const merchantId = await world.approvedMerchant();
  const statuses: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { walletId } = await world.falpay.data('/wallet/apply', {
      walletOrderNo: world.orderNo('W'),
      merchantId,
      currency: 'USD',
    });
    const called = await world.receiver.next('wallet-audit', ({ data }) => data['walletId'] === walletId);
    statuses.push(called.data['auditStatus']);
  }
  expect(statuses).toEqual(['REJECTED', 'REJECTED', 'APPROVED']);
});

test('a rejected cardholder is told in the answer, as there is neither callback nor query', async () => {
  const merchantId = await world.approvedMerchant();
  await world.control('POST', '/plans', { step: 'cardholder-audit', reason: 'name differs from paper' });
  expect(await world.falpay.data('/cardholder/save', world.cardholder(merchantId))).toMatchObject({
    status: 'REJECTED',
    reason: 'name differs from paper',
  });
});

test.each<[string, 'POST' | 'PUT', string, unknown, number, string]>([
  ['an unknown merchant', 'POST', '/audits/merchants/nobody', { decision: 'APPROVED' }, 404, ''],
  ['an unknown decision', 'POST', '/audits/merchants/nobody', { decision: 'MAYBE' }, 400, 'decision'],
  ['an unknown setting', 'PUT', '/settings', { arivalDelay: 0 }, 400, 'arivalDelay'],
  ['a delay in words', 'PUT', '/settings', { arrivalDelay: 'soon' }, 400, 'arrivalDelay'],
  ['a callback address that is none', 'PUT', '/settings', { callbackUrl: 'ftp://x' }, 400, 'callbackUrl'],
  ['a plan for nothing', 'POST', '/plans', { step: 'weather' }, 400, 'step'],
  [
    'a plan with a wrong amount',
    'POST',
    '/plans',
    { step: 'recharge', arrivals: [{ amount: 60 }] },
    400,
    'arrivals.0.amount',
  ],
])('the control plane refuses %s and names the field', async (_what, method, path, body, status, field) => {
  const answer = await world.tryControl(method, path, body);
  expect(answer.status).toBe(status);
  if (field !== '') expect(answer.body.errors).toContainEqual({ field, message: expect.any(String) });
});
