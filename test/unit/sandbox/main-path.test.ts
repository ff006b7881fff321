import { operationRow, type OperationName } from '../../../src/falpay/contract';
import { callbacks } from '../../../src/falpay/contract';
import { BIN, TestWorld } from './support/world';

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());

/** A call whose answer must be what the contract's model says. */
async function conforming(operation: OperationName, path: string, dto?: unknown): Promise<unknown> {
  const data = await world.falpay.data<unknown>(path, dto);
  return operationRow(operation).response.parse(data);
}

test('a customer gets from nothing to two active cards, and every answer and callback is what the contract says', async () => {
  const merchantOrderNo = world.orderNo('M');
  const merchantId = String(await conforming('createMerchant', '/merchant/create', world.merchant(merchantOrderNo)));
  await world.receiver.next('merchant-audit');
  expect(await conforming('getMerchant', '/merchant/detail', { merchantOrderNo })).toMatchObject({
    merchantId,
    auditStatus: 'APPROVED',
  });

  const opened = (await conforming('openWallet', '/wallet/apply', {
    walletOrderNo: 'W-main',
    merchantId,
    currency: 'USD',
  })) as { walletId: string };
  const { walletId } = opened;
  await world.receiver.next('wallet-audit');
  expect(await conforming('getWallet', '/wallet/info', { walletOrderNo: 'W-main' })).toMatchObject({
    walletId,
    status: 'NORMAL',
    totalBalance: '0.00',
  });

  expect(await conforming('getRechargeInfo', '/wallet/recharge/info', { walletId })).toMatchObject({
    methods: [{ methodCode: 'BANK_TRANSFER' }, { methodCode: 'CRYPTO' }],
  });
  const order = { rechargeOrderNo: 'R-main', walletId, amount: '500.00', currency: 'USD', methodCode: 'CRYPTO' };
  expect(await conforming('createRecharge', '/wallet/recharge/create', order)).toMatchObject({
    fee: '5.50',
    status: 'PENDING',
  });
  const recharged = await world.receiver.next('wallet-recharge');
  expect(recharged.data).toMatchObject({
    rechargeOrderNo: 'R-main',
    status: 'SUCCESS',
    amount: '500.00',
    creditedAmount: '494.50',
    fee: '5.50',
  });

  const bins = (await conforming('listCardBins', '/card/bin/list')) as readonly {
    cardMode: string;
    needCardholder: boolean;
    enabled: boolean;
    scheme: string;
  }[];
  expect(
    new Set(
      bins.map(({ cardMode, needCardholder, enabled, scheme }) => `${cardMode} ${scheme} ${needCardholder} ${enabled}`),
    ).size,
  ).toBeGreaterThan(4);
  const holder = (await conforming('createCardholder', '/cardholder/save', world.cardholder(merchantId))) as {
    cardholderId: string;
    status: string;
  };
  expect(holder.status).toBe('APPROVED');

  const share = {
    cardOrderNo: 'C-share',
    walletId,
    binId: BIN.shareWithHolder,
    cardholderId: holder.cardholderId,
    cardLimit: '100.00',
    currency: 'USD',
  };
  expect(await conforming('applyCard', '/card/apply', share)).toMatchObject({
    status: 'PENDING',
    availableLimit: '100.00',
  });
  const prepaid = { cardOrderNo: 'C-prepaid', walletId, binId: BIN.prepaid, cardLimit: '50.00', currency: 'USD' };
  expect(await conforming('applyCard', '/card/apply', prepaid)).toMatchObject({ status: 'PENDING' });
  await world.receiver.wait(2, ({ topic, data }) => topic === 'card-status' && data['status'] === 'ACTIVE');
  expect(await conforming('getCard', '/card/info', { cardOrderNo: 'C-share' })).toMatchObject({
    status: 'ACTIVE',
    last4: expect.stringMatching(/^\d{4}$/),
  });

  expect(await conforming('getWallet', '/wallet/info', { walletId })).toMatchObject({
    availableBalance: '441.50',
    frozenBalance: '0.00',
  });
  expect(await conforming('listWalletFlows', '/wallet/flow', { walletId, pageNum: 1, pageSize: 10 })).toMatchObject({
    pageInfo: { total: 4 },
    items: [
      { type: 'ADJUST', direction: 'OUT', amount: '50.00', merchantOrderNo: 'C-prepaid', balanceAfter: '441.50' },
      { type: 'OPEN_CARD_FEE', direction: 'OUT', amount: '2.00', merchantOrderNo: 'C-prepaid' },
      { type: 'OPEN_CARD_FEE', direction: 'OUT', amount: '1.00', merchantOrderNo: 'C-share', balanceAfter: '493.50' },
      { type: 'RECHARGE', direction: 'IN', amount: '494.50', fee: '5.50', merchantOrderNo: 'R-main' },
    ],
  });
  for (const received of world.receiver.received) {
    expect(received.genuine).toBe(true);
    expect(received.path).toBe(`/callbacks/falpay/${received.topic ?? ''}`);
    callbacks[received.topic as keyof typeof callbacks].data.parse(received.data);
  }
  expect(await world.control('GET', '/ledger')).toMatchObject({
    balanced: true,
    violations: [],
    totals: { USD: { inside: '500', outside: '500' } },
  });
});

test('ids are strings of 19 digits, and neighbours are the same JS number', async () => {
  const one = await world.falpay.data<string>('/merchant/create', world.merchant());
  const other = await world.falpay.data<string>('/merchant/create', world.merchant());
  expect(one).toMatch(/^\d{19}$/);
  expect(other).not.toBe(one);
  expect(Math.abs(Number(one) - Number(other))).toBeLessThan(1024);
});

test('only 查询卡片详细信息 tells the number and the CVV, and the control plane never does', async () => {
  const { walletId } = await world.fundedWallet();
  const { cardId = '' } = await world.activeCard(walletId);
  const { cardNo = '', cvv } = await world.card(cardId);
  expect(cardNo).toMatch(/^55667700\d{8}$/);
  expect(cvv).toMatch(/^\d{3}$/);
  for (const path of ['/state', '/callbacks', '/requests'])
    expect(JSON.stringify(await world.control('GET', path))).not.toContain(cardNo);
});

test.each([
  ['/merchant/detail', { merchantOrderNo: 'nobody' }],
  ['/wallet/info', { walletOrderNo: 'nobody' }],
  ['/card/info', { cardOrderNo: 'nobody' }],
  ['/card/pay-order/info', { payOrderNo: '7000000000000000001' }],
])('%s says NOT_FOUND, signed, for what does not exist', async (path, dto) => {
  expect(await world.falpay.call(path, dto)).toMatchObject({
    status: 200,
    genuine: true,
    success: false,
    code: 'NOT_FOUND',
  });
});

test('an unknown path gets a signed envelope too', async () => {
  expect(await world.falpay.call('/nothing/here', {})).toMatchObject({
    status: 404,
    genuine: true,
    success: false,
    code: 'ENDPOINT_UNKNOWN',
  });
});
