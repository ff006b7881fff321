import { BIN, TestWorld } from './support/world';

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(() => world.stop());

test('the same order number with the same content gives the first result and creates nothing', async () => {
  const dto = world.merchant();
  const first = await world.falpay.call('/merchant/create', dto);
  // Order of fields is no content.
  const again = await world.falpay.call('/merchant/create', Object.fromEntries(Object.entries(dto).toReversed()));
  expect(again.text).toBe(first.text);
  const requests = await world.requestsFor(String(dto['merchantOrderNo']));
  expect(requests.map(({ repeated }) => repeated)).toEqual([false, true]);
  expect(requests[0]?.['digest']).toBe(requests[1]?.['digest']);
});

test('the same order number with other content is refused and changes nothing', async () => {
  const dto = world.merchant();
  const merchantId = await world.falpay.data<string>('/merchant/create', dto);
  const other = await world.falpay.call('/merchant/create', { ...dto, contactName: 'Somebody Else' });
  expect(other).toMatchObject({ status: 200, success: false, code: 'DUPLICATE_ORDER_NO' });
  expect(await world.falpay.call('/merchant/create', dto)).toMatchObject({ success: true, data: merchantId });
});

test('a first result that was a refusal is given again, even when the call would succeed by now', async () => {
  const { walletId } = await world.openWallet();
  const dto = { cardOrderNo: world.orderNo('C'), walletId, binId: BIN.prepaid, cardLimit: '100.00', currency: 'USD' };
  const refused = await world.falpay.call('/card/apply', dto);
  expect(refused).toMatchObject({ success: false, code: 'INSUFFICIENT_BALANCE' });
  await world.recharge(walletId, '500.00');
  expect((await world.falpay.call('/card/apply', dto)).text).toBe(refused.text);
  expect(await world.falpay.call('/card/info', { cardOrderNo: dto.cardOrderNo })).toMatchObject({ code: 'NOT_FOUND' });
  expect(await world.falpay.call('/card/apply', { ...dto, cardOrderNo: world.orderNo('C') })).toMatchObject({
    success: true,
  });
});

test('an invalid request uses up no order number', async () => {
  const dto = world.merchant();
  expect(await world.falpay.call('/merchant/create', { ...dto, contactEmail: 'nowhere' })).toMatchObject({
    status: 400,
  });
  expect(await world.falpay.call('/merchant/create', dto)).toMatchObject({ status: 200, success: true });
});

test('order numbers of different operations do not meet', async () => {
  const merchantId = await world.approvedMerchant();
  const number = world.orderNo('SAME');
  await world.falpay.data('/merchant/create', world.merchant(number));
  expect(
    await world.falpay.call('/wallet/apply', { walletOrderNo: number, merchantId, currency: 'USD' }),
  ).toMatchObject({ success: true });
});

test('many calls at once with one number create one thing', async () => {
  const dto = world.merchant();
  await world.falpay.newToken();
  const answers = await Promise.all(Array.from({ length: 20 }, () => world.falpay.call('/merchant/create', dto)));
  expect(new Set(answers.map(({ data }) => data)).size).toBe(1);
});
