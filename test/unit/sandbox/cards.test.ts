import { BIN, TestWorld } from './support/world';

let world: TestWorld;
let merchantId: string;
let walletId: string;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(async () => {
  expect(await world.violations()).toEqual([]);
  await world.stop();
});
beforeEach(async () => {
  ({ merchantId, walletId } = await world.fundedWallet('1000.00'));
});

const apply = (dto: Readonly<Record<string, unknown>>) =>
  world.falpay.call('/card/apply', {
    cardOrderNo: world.orderNo('C'),
    walletId,
    binId: BIN.share,
    cardLimit: '100.00',
    currency: 'USD',
    ...dto,
  });
const pay = (cardId: string, purchase: Readonly<Record<string, unknown>>) =>
  world.control<Record<string, string>>('POST', `/cards/${cardId}/authorizations`, purchase);
const then = (cardId: string, payOrderNo: string | undefined, what: string, body: unknown = {}) =>
  world.control<Record<string, string>>('POST', `/cards/${cardId}/authorizations/${payOrderNo}/${what}`, body);
const payOrder = (payOrderNo: string | undefined) => world.falpay.data('/card/pay-order/info', { payOrderNo });

describe('开卡申请', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['an unknown BIN', { binId: '1' }, 'BIN_UNAVAILABLE'],
    ['a BIN that is switched off', { binId: BIN.disabled }, 'BIN_UNAVAILABLE'],
    ['another currency than the BIN', { currency: 'EUR' }, 'CURRENCY_UNSUPPORTED'],
    ['another currency than the wallet', { binId: BIN.euro, currency: 'EUR' }, 'CURRENCY_UNSUPPORTED'],
    ['no cardholder where the BIN needs one', { binId: BIN.shareWithHolder }, 'CARDHOLDER_REQUIRED'],
    ['an unknown cardholder', { cardholderId: '6' }, 'CARDHOLDER_INVALID'],
    ['a prepaid limit beyond the balance', { binId: BIN.prepaid, cardLimit: '998.01' }, 'INSUFFICIENT_BALANCE'],
  ])('with %s is refused and takes nothing', async (_what, dto, code) => {
    expect(await apply(dto)).toMatchObject({ status: 200, genuine: true, success: false, code });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '1000.00', frozenBalance: '0.00' });
  });

  test('with a cardholder of another merchant is refused', async () => {
    const stranger = await world.approvedMerchant();
    const { cardholderId } = await world.falpay.data('/cardholder/save', world.cardholder(stranger));
    expect(await apply({ binId: BIN.shareWithHolder, cardholderId })).toMatchObject({ code: 'CARDHOLDER_INVALID' });
    const own = await world.falpay.data('/cardholder/save', world.cardholder(merchantId));
    expect(await apply({ binId: BIN.shareWithHolder, cardholderId: own['cardholderId'] })).toMatchObject({
      success: true,
    });
  });

  test('holds fee and prepaid limit until the card is there', async () => {
    await world.control('PUT', '/settings', { issueDelay: 'manual' });
    try {
      const { data } = await apply({ binId: BIN.prepaid });
      const { cardId = '' } = data as Record<string, string>;
      expect(await world.wallet(walletId)).toMatchObject({
        availableBalance: '898.00',
        frozenBalance: '102.00',
        totalBalance: '1000.00',
      });
      expect(await world.tryControl('POST', `/cards/${cardId}/authorizations`, { amount: '1.00' })).toMatchObject({
        status: 409,
      });
      await world.control('POST', `/cards/${cardId}/issue`);
      expect(await world.wallet(walletId)).toMatchObject({
        availableBalance: '898.00',
        frozenBalance: '0.00',
        totalBalance: '898.00',
      });
      expect(await world.tryControl('POST', `/cards/${cardId}/issue`)).toMatchObject({ status: 409 });
    } finally {
      await world.control('PUT', '/settings', { issueDelay: 0 });
    }
  });

  test('that fails afterwards gives back what was held, with the reason', async () => {
    await world.control('POST', '/plans', { step: 'card', binId: BIN.prepaid, reason: 'issuer is closed' });
    const { data } = await apply({ binId: BIN.prepaid });
    const { cardId } = data as Record<string, string>;
    const called = await world.receiver.next('card-status', (callback) => callback.data['cardId'] === cardId);
    expect(called.data).toMatchObject({ status: 'FAILED', reason: 'issuer is closed' });
    expect(await world.card(cardId ?? '')).toMatchObject({ status: 'FAILED', failReason: 'issuer is closed' });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '1000.00', frozenBalance: '0.00' });
    expect(
      await world.falpay.call('/card/apply', {
        cardOrderNo: world.orderNo('C'),
        walletId,
        binId: BIN.prepaid,
        cardLimit: '100.00',
        currency: 'USD',
      }),
    ).toMatchObject({ success: true });
  });

  test('refused at once by a plan creates no card, and the plan is used up', async () => {
    await world.control('POST', '/plans', { step: 'card', at: 'apply', orderNo: 'C-refused', reason: 'risk' });
    expect(await apply({ cardOrderNo: 'C-refused' })).toMatchObject({
      success: false,
      code: 'CARD_REFUSED',
      message: 'risk',
    });
    expect(await world.falpay.call('/card/info', { cardOrderNo: 'C-refused' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.control('GET', '/plans')).toEqual({ plans: [] });
  });
});

describe('the limit of a card', () => {
  const change = (direction: 'increase' | 'decrease', cardId: string | undefined, amount: string, more = {}) =>
    world.falpay.call(`/card/quota/${direction}`, {
      limitOrderNo: world.orderNo('L'),
      cardId,
      amount,
      currency: 'USD',
      ...more,
    });

  test('of a shared card is a number, of a prepaid card it is the wallet’s money', async () => {
    const { cardId: shared } = await world.activeCard(walletId, BIN.share, '100.00');
    const { cardId: prepaid } = await world.activeCard(walletId, BIN.prepaid, '100.00');
    const { availableBalance: before } = await world.wallet(walletId);
    expect(before).toBe('897.20');
    await change('increase', shared, '50.00');
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: before });
    expect(await change('increase', prepaid, '50.00')).toMatchObject({ success: true, data: null });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '847.20' });
    await change('decrease', prepaid, '30.00');
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '877.20' });
    expect(await world.card(shared ?? '')).toMatchObject({ cardLimit: '150.00' });
    expect(await world.card(prepaid ?? '')).toMatchObject({ cardLimit: '120.00', availableLimit: '120.00' });
  });

  test('may not go below what is used', async () => {
    const { cardId = '' } = await world.activeCard(walletId, BIN.share, '100.00');
    await pay(cardId, { amount: '60.00' });
    expect(await change('decrease', cardId, '40.01')).toMatchObject({ code: 'LIMIT_BELOW_USED' });
    expect(await change('decrease', cardId, '40.00')).toMatchObject({ success: true });
    expect(await world.card(cardId)).toMatchObject({ cardLimit: '60.00', usedAmount: '60.00', availableLimit: '0.00' });
  });

  test('changes once for one order number', async () => {
    const { cardId } = await world.activeCard(walletId, BIN.share, '100.00');
    const limitOrderNo = world.orderNo('L');
    await change('increase', cardId, '10.00', { limitOrderNo });
    await change('increase', cardId, '10.00', { limitOrderNo });
    expect(await world.card(cardId ?? '')).toMatchObject({ cardLimit: '110.00' });
  });

  test('is not changed beyond the wallet’s money, in another currency, or of a frozen card', async () => {
    const { cardId = '' } = await world.activeCard(walletId, BIN.prepaid, '100.00');
    expect(await change('increase', cardId, '898.01')).toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    expect(await change('increase', cardId, '1.00', { currency: 'EUR' })).toMatchObject({
      code: 'CURRENCY_UNSUPPORTED',
    });
    await world.control('POST', `/cards/${cardId}/status`, { status: 'FROZEN' });
    expect(await change('increase', cardId, '1.00')).toMatchObject({ code: 'CARD_STATUS' });
  });
});

describe('a payment by a shared card', () => {
  let cardId: string;
  beforeEach(async () => {
    ({ cardId = '' } = await world.activeCard(walletId, BIN.share, '200.00'));
  });

  test('is held in the wallet, settled from it, and called back at each step', async () => {
    const auth = await pay(cardId, { amount: '30.00', fee: '0.50', merchantName: 'Bookshop', mcc: '5942' });
    expect(auth).toMatchObject({
      type: 'AUTH',
      status: 'AUTHORIZED',
      billingAmount: '30.00',
      fee: '0.50',
      merchantName: 'Bookshop',
    });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '968.70', frozenBalance: '30.50' });
    expect(await world.card(cardId)).toMatchObject({ usedAmount: '30.50', availableLimit: '169.50' });
    const settled = await then(cardId, auth['payOrderNo'], 'settle');
    expect(settled).toMatchObject({
      type: 'SETTLE',
      status: 'SETTLED',
      originPayOrderNo: auth['payOrderNo'],
      billingAmount: '30.00',
    });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '968.70', frozenBalance: '0.00' });
    expect((await world.flows(walletId)).slice(0, 2)).toMatchObject([
      { type: 'FEE', amount: '0.50', cardId, balanceAfter: '968.70' },
      { type: 'CARD_PAY', amount: '30.00', cardId, orderNo: settled['payOrderNo'] },
    ]);
    expect(await payOrder(auth['payOrderNo'])).toMatchObject({ status: 'SETTLED', settleTime: expect.any(String) });
    const called = await world.receiver.wait(
      3,
      ({ topic, data }) => topic === 'card-authorization' && data['cardId'] === cardId,
    );
    expect(called.map(({ data }) => `${data['type']} ${data['status']}`).toSorted()).toEqual([
      'AUTH AUTHORIZED',
      'AUTH SETTLED',
      'SETTLE SETTLED',
    ]);
  });

  test('settled for less frees the rest, for more takes the difference', async () => {
    const less = await pay(cardId, { amount: '50.00' });
    await then(cardId, less['payOrderNo'], 'settle', { amount: '20.00' });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '979.20', frozenBalance: '0.00' });
    const more = await pay(cardId, { amount: '50.00' });
    await then(cardId, more['payOrderNo'], 'settle', { amount: '70.00' });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '909.20', frozenBalance: '0.00' });
    expect(await world.card(cardId)).toMatchObject({ usedAmount: '90.00' });
  });

  test('settled in parts keeps the rest on hold until the last', async () => {
    const { payOrderNo } = await pay(cardId, { amount: '90.00' });
    await then(cardId, payOrderNo, 'settle', { amount: '30.00', final: false });
    expect(await world.wallet(walletId)).toMatchObject({ frozenBalance: '60.00' });
    await then(cardId, payOrderNo, 'settle', { amount: '40.00' });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '929.20', frozenBalance: '0.00' });
    expect(await world.tryControl('POST', `/cards/${cardId}/authorizations/${payOrderNo}/settle`)).toMatchObject({
      status: 409,
    });
  });

  test('reversed in part and then whole frees what was held', async () => {
    const { payOrderNo } = await pay(cardId, { amount: '50.00' });
    await then(cardId, payOrderNo, 'reverse', { amount: '20.00' });
    expect(await payOrder(payOrderNo)).toMatchObject({ status: 'AUTHORIZED' });
    expect(await world.wallet(walletId)).toMatchObject({ frozenBalance: '30.00' });
    expect(await then(cardId, payOrderNo, 'reverse')).toMatchObject({
      type: 'REVERSAL',
      status: 'REVERSED',
      billingAmount: '30.00',
    });
    expect(await payOrder(payOrderNo)).toMatchObject({ status: 'REVERSED' });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '999.20', frozenBalance: '0.00' });
    expect(await world.card(cardId)).toMatchObject({ usedAmount: '0.00' });
  });

  test('refunded gives the money and the limit back, and never more than was settled', async () => {
    const { payOrderNo } = await pay(cardId, { amount: '50.00' });
    await then(cardId, payOrderNo, 'settle');
    await then(cardId, payOrderNo, 'refund', { amount: '10.00' });
    expect(
      await world.tryControl('POST', `/cards/${cardId}/authorizations/${payOrderNo}/refund`, { amount: '40.01' }),
    ).toMatchObject({ status: 409 });
    await then(cardId, payOrderNo, 'refund');
    expect(await payOrder(payOrderNo)).toMatchObject({ status: 'REFUNDED' });
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '999.20' });
    expect((await world.flows(walletId, { type: 'CARD_REFUND' })).map(({ amount }) => amount)).toEqual([
      '40.00',
      '10.00',
    ]);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['beyond the limit', { amount: '200.01' }, 'card limit exceeded'],
    ['that the operator declines', { amount: '1.00', decline: 'suspected fraud' }, 'suspected fraud'],
  ])('%s is declined and moves nothing', async (_what, purchase, reason) => {
    const order = await pay(cardId, purchase);
    expect(order).toMatchObject({ status: 'DECLINED', reason });
    expect(order['authCode']).toBeUndefined();
    expect(await world.wallet(walletId)).toMatchObject({ availableBalance: '999.20', frozenBalance: '0.00' });
    expect(
      (await world.receiver.next('card-authorization', ({ data }) => data['payOrderNo'] === order['payOrderNo'])).data,
    ).toMatchObject({ status: 'DECLINED' });
    expect(
      await world.tryControl('POST', `/cards/${cardId}/authorizations/${order['payOrderNo']}/settle`),
    ).toMatchObject({ status: 409 });
  });

  test('in a foreign currency needs the amount in the card’s, and keeps both', async () => {
    expect(
      await world.tryControl('POST', `/cards/${cardId}/authorizations`, { amount: '20.00', currency: 'EUR' }),
    ).toMatchObject({ status: 400, body: { errors: [{ field: 'billingAmount' }] } });
    const { payOrderNo } = await pay(cardId, {
      amount: '20.00',
      currency: 'EUR',
      billingAmount: '22.00',
      merchantCountry: 'DE',
    });
    expect(await then(cardId, payOrderNo, 'settle', { amount: '11.00' })).toMatchObject({
      transactionAmount: '10.00',
      transactionCurrency: 'EUR',
      billingAmount: '11.00',
      billingCurrency: 'USD',
    });
  });
});

describe('a prepaid card', () => {
  let cardId: string;
  beforeEach(async () => {
    ({ cardId = '' } = await world.activeCard(walletId, BIN.prepaid, '100.00'));
  });

  test('spends its own money and leaves the wallet alone', async () => {
    const { payOrderNo } = await pay(cardId, { amount: '30.00', fee: '1.00' });
    await then(cardId, payOrderNo, 'settle');
    expect(await world.card(cardId)).toMatchObject({ usedAmount: '31.00', availableLimit: '69.00' });
    expect(await world.wallet(walletId)).toMatchObject({ totalBalance: '898.00' });
    expect((await world.flows(walletId)).filter(({ type }) => type === 'CARD_PAY')).toEqual([]);
    expect(await pay(cardId, { amount: '69.01' })).toMatchObject({ status: 'DECLINED' });
  });

  test('gives its money back when it is cancelled, and later refunds go to the wallet', async () => {
    const { payOrderNo } = await pay(cardId, { amount: '30.00' });
    await then(cardId, payOrderNo, 'settle');
    const { payOrderNo: open } = await pay(cardId, { amount: '20.00' });
    await world.control('POST', `/cards/${cardId}/status`, { status: 'CANCELLED', reason: 'lost' });
    expect(await world.wallet(walletId)).toMatchObject({ totalBalance: '948.00' });
    await then(cardId, open, 'reverse');
    expect(await world.wallet(walletId)).toMatchObject({ totalBalance: '968.00' });
    await then(cardId, payOrderNo, 'refund');
    expect(await world.wallet(walletId)).toMatchObject({ totalBalance: '998.00' });
    expect(await world.card(cardId)).toMatchObject({ status: 'CANCELLED', availableLimit: '0.00' });
  });

  test('pays its monthly fee itself', async () => {
    await world.control('POST', `/cards/${cardId}/monthly-fee`);
    expect(await world.card(cardId)).toMatchObject({ usedAmount: '1.00' });
    expect(await world.falpay.data('/card/fee/page', { pageNum: 1, pageSize: 10, param: { cardId } })).toMatchObject({
      total: 2,
      list: [
        { feeType: 'MONTHLY', amount: '1.00', status: 'SUCCESS' },
        { feeType: 'OPEN_CARD', amount: '2.00' },
      ],
    });
  });
});

describe('卡片撤销、冻结、解冻', () => {
  test('each is called back, and only an active card pays', async () => {
    const { cardId = '' } = await world.activeCard(walletId);
    const setStatus = (status: string) =>
      world.tryControl<Record<string, unknown>>('POST', `/cards/${cardId}/status`, { status, reason: 'by hand' });
    expect(await setStatus('FROZEN')).toMatchObject({ body: { status: 'FROZEN' } });
    expect(await pay(cardId, { amount: '1.00' })).toMatchObject({ status: 'DECLINED', reason: 'card is FROZEN' });
    expect(await setStatus('FROZEN')).toMatchObject({ status: 409 });
    expect(await setStatus('ACTIVE')).toMatchObject({ body: { status: 'ACTIVE' } });
    expect(await pay(cardId, { amount: '1.00' })).toMatchObject({ status: 'AUTHORIZED' });
    expect(await setStatus('CANCELLED')).toMatchObject({ body: { status: 'CANCELLED' } });
    expect(await setStatus('ACTIVE')).toMatchObject({ status: 409 });
    const called = await world.receiver.wait(
      4,
      ({ topic, data }) => topic === 'card-status' && data['cardId'] === cardId,
    );
    expect(called.map(({ data }) => data['status']).toSorted()).toEqual(['ACTIVE', 'ACTIVE', 'CANCELLED', 'FROZEN']);
  });
});

test('payments are listed by card, wallet, status and page', async () => {
  const { cardId = '' } = await world.activeCard(walletId);
  const { cardId: other = '' } = await world.activeCard(walletId);
  for (let number = 1; number <= 5; number += 1) await pay(cardId, { amount: `${number}.00` });
  await pay(other, { amount: '9.00', decline: 'no' });
  const list = (pageNum: number, param: unknown) =>
    world.falpay.data<{ total: number; list: { billingAmount: string }[] }>('/card/pay-order/page', {
      pageNum,
      pageSize: 2,
      param,
    });
  expect(await list(1, { cardId })).toMatchObject({
    total: 5,
    list: [{ billingAmount: '5.00' }, { billingAmount: '4.00' }],
  });
  expect(await list(3, { cardId })).toMatchObject({ list: [{ billingAmount: '1.00' }] });
  expect(await list(1, { walletId })).toMatchObject({ total: 6 });
  expect(await list(1, { walletId, status: 'DECLINED' })).toMatchObject({
    total: 1,
    list: [{ billingAmount: '9.00' }],
  });
  expect(await list(1, { cardId, endTime: '2020-01-01 00:00:00' })).toMatchObject({ total: 0, list: [] });
});
