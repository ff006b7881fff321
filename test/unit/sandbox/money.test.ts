import { TestWorld } from './support/world';

let world: TestWorld;
let walletId: string;
beforeAll(async () => {
  world = await TestWorld.start({ settings: { arrivalDelay: 'manual', withdrawalDelay: 'manual' } });
});
afterAll(async () => {
  expect(await world.violations()).toEqual([]);
  await world.stop();
});
beforeEach(async () => {
  ({ walletId } = await world.openWallet());
});

const arrive = (name: string, arrival: unknown = {}) => world.control('POST', `/recharges/${name}/arrivals`, arrival);
const told = (orderNo: string | undefined, count: number) =>
  world.receiver.wait(count, ({ topic, data }) => topic === 'wallet-recharge' && data['orderNo'] === orderNo);

describe('a recharge', () => {
  test('that arrives exactly is credited less the fee, which was taken before', async () => {
    const { orderNo = '', rechargeOrderNo = '' } = await world.orderRecharge(walletId, '200.00', 'CRYPTO');
    expect(await world.flows(walletId)).toEqual([]);
    await arrive(rechargeOrderNo);
    const [called] = await told(orderNo, 1);
    expect(called?.data).toMatchObject({
      status: 'SUCCESS',
      amount: '200.00',
      creditedAmount: '197.50',
      fee: '2.50',
      currency: 'USD',
    });
    expect(await world.flows(walletId, { merchantOrderNo: rechargeOrderNo })).toMatchObject([
      { orderNo, type: 'RECHARGE', direction: 'IN', amount: '197.50', fee: '2.50', balanceAfter: '197.50' },
    ]);
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '197.50' });
  });

  test('that falls short is SUCCESS with less credited, and more may follow on the same order', async () => {
    const { orderNo = '' } = await world.orderRecharge(walletId, '100.00');
    await arrive(orderNo, { amount: '60.00', final: true });
    await arrive(orderNo, { amount: '40.00' });
    const credited = (await told(orderNo, 2)).map(({ data }) => [data['status'], data['creditedAmount']]);
    expect(credited).toContainEqual(['SUCCESS', '60.00']);
    expect(credited).toContainEqual(['SUCCESS', '100.00']);
    expect(await world.wallet(walletId)).toMatchObject({ totalBalance: '100.00' });
  });

  test('in parts is PROCESSING until the last, one row for each, the fixed fee once', async () => {
    const { orderNo = '' } = await world.orderRecharge(walletId, '100.00', 'CRYPTO');
    await arrive(orderNo, { amount: '50.00' });
    await arrive(orderNo, { amount: '30.00' });
    await arrive(orderNo);
    const called = (await told(orderNo, 3)).map(
      ({ data }) => `${data['status']} ${data['creditedAmount']} ${data['fee']}`,
    );
    expect(called.toSorted()).toEqual(['PROCESSING 49.00 1.00', 'PROCESSING 78.70 1.30', 'SUCCESS 98.50 1.50']);
    expect((await world.flows(walletId, { orderNo })).map(({ amount }) => amount)).toEqual(['19.80', '29.70', '49.00']);
  });

  test('that brings more than ordered is credited in full', async () => {
    const { orderNo = '' } = await world.orderRecharge(walletId, '100.00');
    await arrive(orderNo, { amount: '120.00' });
    expect((await told(orderNo, 1))[0]?.data).toMatchObject({
      status: 'SUCCESS',
      amount: '100.00',
      creditedAmount: '120.00',
    });
  });

  test('in another currency is kept in that currency and told so', async () => {
    const { orderNo = '' } = await world.orderRecharge(walletId, '100.00');
    await arrive(orderNo, { amount: '90.00', currency: 'EUR', final: true });
    expect((await told(orderNo, 1))[0]?.data).toMatchObject({
      status: 'SUCCESS',
      creditedAmount: '90.00',
      currency: 'EUR',
    });
    expect(await world.flows(walletId, { orderNo })).toMatchObject([
      { amount: '90.00', currency: 'EUR', balanceAfter: '90.00' },
    ]);
    expect(await world.wallet(walletId)).toMatchObject({ totalBalance: '0.00', currency: 'USD' });
  });

  test('can fail, and then no money has moved', async () => {
    const { orderNo = '' } = await world.orderRecharge(walletId, '100.00');
    await world.control('POST', `/recharges/${orderNo}/fail`);
    expect((await told(orderNo, 1))[0]?.data).toMatchObject({ status: 'FAILED', creditedAmount: '0.00' });
    expect(await world.flows(walletId, { orderNo })).toEqual([]);
    expect(await world.tryControl('POST', `/recharges/${orderNo}/fail`)).toMatchObject({ status: 409 });
  });

  test('with nothing missing needs an amount to arrive', async () => {
    const { orderNo = '' } = await world.orderRecharge(walletId, '100.00');
    await arrive(orderNo);
    expect(await world.tryControl('POST', `/recharges/${orderNo}/arrivals`, {})).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'amount' }] },
    });
  });

  test('follows its plan: two parts, the second one short and last', async () => {
    await world.control('POST', '/plans', {
      step: 'recharge',
      orderNo: 'R-planned',
      arrivals: [{ amount: '30.00' }, { amount: '20.00', final: true, delayMs: 5 }],
    });
    const { orderNo = '' } = await world.orderRecharge(walletId, '100.00', 'BANK_TRANSFER', 'R-planned');
    const called = (await told(orderNo, 2)).map(({ data }) => `${data['status']} ${data['creditedAmount']}`);
    expect(called.toSorted()).toEqual(['PROCESSING 30.00', 'SUCCESS 50.00']);
  });

  test.each([
    ['below the minimum', { amount: '9.99' }, 'AMOUNT_TOO_SMALL'],
    ['in a currency that the wallet has not', { currency: 'EUR' }, 'CURRENCY_UNSUPPORTED'],
    ['by a method that the wallet has not', { methodCode: 'CHEQUE' }, 'METHOD_UNAVAILABLE'],
    ['to a wallet that is not there', { walletId: '2000000000000000000' }, 'NOT_FOUND'],
  ])('%s is refused', async (_what, change, code) => {
    const dto = {
      rechargeOrderNo: world.orderNo('R'),
      walletId,
      amount: '100.00',
      currency: 'USD',
      methodCode: 'BANK_TRANSFER',
      ...change,
    };
    expect(await world.falpay.call('/wallet/recharge/create', dto)).toMatchObject({
      status: 200,
      success: false,
      code,
    });
  });

  test('needs a wallet, and wallets are kept in a few currencies only', async () => {
    const merchantId = await world.approvedMerchant();
    const answer = await world.falpay.call('/wallet/apply', {
      walletOrderNo: world.orderNo('W'),
      merchantId,
      currency: 'JPY',
    });
    expect(answer).toMatchObject({ code: 'CURRENCY_UNSUPPORTED', message: expect.stringContaining('USD, EUR, HKD') });
  });
});

describe('a withdrawal', () => {
  const payee = { accountName: 'Harbour Trading Limited', accountNo: '0123456789' };
  const withdraw = (amount: string) =>
    world.falpay.call('/wallet/withdraw/create', {
      withdrawOrderNo: world.orderNo('X'),
      walletId,
      amount,
      currency: 'USD',
      payee,
    });
  const fund = async (amount: string): Promise<void> => {
    const { orderNo = '' } = await world.orderRecharge(walletId, amount);
    await arrive(orderNo);
  };

  test('sets amount and fee aside, and takes them when the bank has paid', async () => {
    await fund('100.00');
    const orderNo = String((await withdraw('40.00')).data);
    expect(await world.wallet(walletId)).toMatchObject({
      availableBalance: '59.00',
      frozenBalance: '41.00',
      totalBalance: '100.00',
    });
    await world.control('POST', `/withdrawals/${orderNo}/finish`);
    expect(
      (await world.receiver.next('wallet-withdrawal', ({ data }) => data['orderNo'] === orderNo)).data,
    ).toMatchObject({ status: 'SUCCESS', amount: '40.00', fee: '1.00' });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '59.00', frozenBalance: '0.00' });
    expect(await world.flows(walletId, { type: 'WITHDRAW' })).toMatchObject([
      { orderNo, direction: 'OUT', amount: '41.00', fee: '1.00', balanceAfter: '59.00' },
    ]);
  });

  test('that the bank refuses gives everything back', async () => {
    await fund('100.00');
    const orderNo = String((await withdraw('40.00')).data);
    await world.control('POST', `/withdrawals/${orderNo}/finish`, { status: 'FAILED', reason: 'account closed' });
    expect(
      (await world.receiver.next('wallet-withdrawal', ({ data }) => data['orderNo'] === orderNo)).data,
    ).toMatchObject({ status: 'FAILED', failReason: 'account closed' });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '100.00', frozenBalance: '0.00' });
    expect(await world.tryControl('POST', `/withdrawals/${orderNo}/finish`)).toMatchObject({ status: 409 });
  });

  test('of more than there is, fee included, is refused with the amounts', async () => {
    await fund('100.00');
    expect(await withdraw('99.01')).toMatchObject({
      success: false,
      code: 'INSUFFICIENT_BALANCE',
      message: '100.01 USD are needed, 100.00 are available',
    });
    expect(await withdraw('99.00')).toMatchObject({ success: true });
  });
});

describe('a wallet', () => {
  const setStatus = (status: string) => world.falpay.call('/wallet/status/update', { walletId, status });

  test('that is frozen takes no orders until it is normal again', async () => {
    expect(await setStatus('FROZEN')).toMatchObject({ success: true });
    expect(await world.falpay.call('/wallet/recharge/info', { walletId })).toMatchObject({ code: 'WALLET_STATUS' });
    expect(await setStatus('NORMAL')).toMatchObject({ success: true });
    expect(await world.falpay.call('/wallet/recharge/info', { walletId })).toMatchObject({ success: true });
  });

  test('can be closed only when empty, and for good', async () => {
    const { orderNo = '' } = await world.orderRecharge(walletId, '100.00');
    await arrive(orderNo);
    expect(await setStatus('CLOSED')).toMatchObject({
      code: 'WALLET_STATUS',
      message: expect.stringContaining('empty'),
    });
    const { walletId: empty } = await world.openWallet();
    expect(await world.falpay.call('/wallet/status/update', { walletId: empty, status: 'CLOSED' })).toMatchObject({
      success: true,
    });
    expect(await world.falpay.call('/wallet/status/update', { walletId: empty, status: 'NORMAL' })).toMatchObject({
      code: 'WALLET_STATUS',
    });
  });

  test('lists its flow by pages, newest first, and by time, both ends included', async () => {
    for (let part = 1; part <= 5; part += 1) {
      const { orderNo = '' } = await world.orderRecharge(walletId, `${part}0.00`);
      await arrive(orderNo);
    }
    const page = (pageNum: number) =>
      world.falpay.data<{ pageInfo: unknown; items: { amount: string }[] }>('/wallet/flow', {
        walletId,
        pageNum,
        pageSize: 2,
      });
    expect(await page(1)).toMatchObject({
      pageInfo: { pageNum: 1, pageSize: 2, total: 5 },
      items: [{ amount: '50.00' }, { amount: '40.00' }],
    });
    expect(await page(3)).toMatchObject({ items: [{ amount: '10.00' }] });
    expect((await page(4)).items).toEqual([]);
    const [newest] = await world.flows(walletId);
    const at = newest?.['createTime'];
    expect((await world.flows(walletId, { startTime: at, endTime: at })).length).toBeGreaterThan(0);
    expect(await world.flows(walletId, { startTime: '2020-01-01 00:00:00', endTime: '2020-01-02 00:00:00' })).toEqual(
      [],
    );
  });
});
