import { callbackTopics, type CallbackTopic, loadProfile, parseCallback, InvalidInput } from '../../../src/falpay';
import { clientFor, platformKeys, signatureHeaders, strangerKeys } from './fake-server';

const NOW = 1_767_225_600_000;
const MINUTE = 60_000;
const client = clientFor('http://falpay.invalid');
const relaxed = client.profile;

const payOrder = {
  payOrderNo: '91',
  cardId: '31',
  walletId: '21',
  maskedCardNo: '411111******1111',
  type: 'AUTH',
  status: 'AUTHORIZED',
  transactionAmount: '10.00',
  transactionCurrency: 'EUR',
  billingAmount: '11.00',
  billingCurrency: 'USD',
  fee: '0.10',
  merchantName: 'Coffee',
  mcc: '5814',
  transactionTime: '2026-01-01 08:00:00',
};
const DATA: Readonly<Record<CallbackTopic, Readonly<Record<string, unknown>>>> = {
  'merchant-audit': {
    merchantId: '11',
    merchantOrderNo: 'M1',
    auditStatus: 'APPROVED',
    auditTime: '2026-01-01 08:00:00',
  },
  'wallet-audit': {
    walletId: '21',
    walletOrderNo: 'M1_WL',
    merchantId: '11',
    auditStatus: 'REJECTED',
    rejectReason: 'x',
    auditTime: '2026-01-01 08:00:00',
  },
  'wallet-recharge': {
    orderNo: '71',
    rechargeOrderNo: 'M1_RC',
    walletId: '21',
    status: 'SUCCESS',
    amount: '100.00',
    creditedAmount: '99.00',
    fee: '1.00',
    currency: 'USD',
  },
  'wallet-withdrawal': {
    orderNo: '72',
    withdrawOrderNo: 'M1_WD',
    walletId: '21',
    status: 'FAILED',
    amount: '5.00',
    fee: '0',
    currency: 'USD',
    failReason: 'bank',
  },
  'card-authorization': payOrder,
  'card-status': { cardId: '31', cardOrderNo: 'M1_CD', status: 'FROZEN', operateTime: '2026-01-01 08:00:00' },
};
const EXPECTED: Readonly<Record<CallbackTopic, readonly [ref: string, orderNo: string | undefined]>> = {
  'merchant-audit': ['11', 'M1'],
  'wallet-audit': ['21', 'M1_WL'],
  'wallet-recharge': ['71', 'M1_RC'],
  'wallet-withdrawal': ['72', 'M1_WD'],
  'card-authorization': ['31', undefined],
  'card-status': ['31', 'M1_CD'],
};
const bodyOf = (topic: CallbackTopic, data: unknown = DATA[topic]): string =>
  JSON.stringify({ eventId: 'e-1', topic, occurredAt: '2026-01-01 08:00:00', data });

const check = (rawBody: string | Buffer, headers: object, topic: CallbackTopic = 'wallet-recharge', now = NOW) =>
  client.verifyCallback({ topic, rawBody, headers: { ...headers }, now });
const signed = (body: string | Buffer, at = NOW, key = platformKeys.privateKey) =>
  signatureHeaders(body, key, String(at));

test.each(callbackTopics)('%s is verified, read, and tells whose it is', (topic) => {
  const body = bodyOf(topic);
  const [ref, orderNo] = EXPECTED[topic];
  const result = check(body, signed(body), topic);
  expect(result).toEqual({
    ok: true,
    stale: false,
    key: 0,
    event: {
      eventId: 'e-1',
      topic,
      occurredAt: '2026-01-01 08:00:00',
      data: DATA[topic],
      ref,
      ...(orderNo ? { orderNo } : {}),
    },
  });
});

test.each(callbackTopics)('%s without our order number is still whose FalPay’s id says', (topic) => {
  const ours = ['merchantOrderNo', 'walletOrderNo', 'rechargeOrderNo', 'withdrawOrderNo', 'cardOrderNo'];
  const data = Object.fromEntries(Object.entries(DATA[topic]).filter(([key]) => !ours.includes(key)));
  const event = parseCallback(topic, { eventId: 'e', topic, occurredAt: 'now', data });
  expect(event.ref).toBe(EXPECTED[topic][0]);
  expect(event).not.toHaveProperty('orderNo');
});

test('numbers keep every digit, null means absent, unknown statuses are kept and unknown fields dropped', () => {
  const body =
    '{"eventId":1934567890123456789,"topic":"wallet-recharge","occurredAt":"x","extra":1,"data":{"orderNo":1934567890123456790,' +
    '"rechargeOrderNo":null,"walletId":9007199254740993,"status":"ON_HOLD","amount":100.10,"creditedAmount":1E+2,"fee":0.00,' +
    '"currency":"USD","cardNo":"4111111111111111"}}';
  const result = check(body, signed(body));
  expect(result).toMatchObject({ ok: true, event: { eventId: '1934567890123456789', ref: '1934567890123456790' } });
  expect(result.ok && result.event.data).toEqual({
    orderNo: '1934567890123456790',
    walletId: '9007199254740993',
    status: 'ON_HOLD',
    amount: '100.10',
    creditedAmount: '100',
    fee: '0.00',
    currency: 'USD',
  });
});

test('the profile’s names hold for callbacks too', () => {
  const names = { CardStatusData: { operateTime: 'time' }, ApiCardApplyVo: { cvv: 'cvc' } };
  const callbacks = { fields: { eventId: 'body.notifyId' } };
  const renamed = clientFor('http://falpay.invalid', { profile: loadProfile({ wire: { names }, callbacks }) });
  const { operateTime, ...data } = DATA['card-status'];
  const body = JSON.stringify({
    notifyId: 'e-1',
    topic: 'card-status',
    occurredAt: 'x',
    data: { ...data, time: operateTime },
  });
  const result = renamed.verifyCallback({ topic: 'card-status', rawBody: body, headers: signed(body), now: NOW });
  expect(result).toMatchObject({ ok: true, event: { eventId: 'e-1', data: DATA['card-status'] } });
});

describe('a callback is refused', () => {
  const body = bodyOf('wallet-recharge');
  const refusedWith = (result: ReturnType<typeof check>) => (result.ok ? 'accepted' : [result.status, result.reason]);

  test.each(['x-falpay-signature', 'x-falpay-timestamp', 'x-falpay-nonce'])('without its header %s', (header) => {
    expect(refusedWith(check(body, { ...signed(body), [header]: undefined }))).toEqual([401, 'missing-header']);
  });
  test('when signed by another key', () => {
    expect(refusedWith(check(body, signed(body, NOW, strangerKeys.privateKey)))).toEqual([401, 'wrong-signature']);
  });
  test('when a byte was changed', () => {
    expect(refusedWith(check(body.replace('99.00', '98.00'), signed(body)))).toEqual([401, 'wrong-signature']);
  });
  test('when it was parsed and written again on the way', () => {
    const spaced = body.replaceAll(',', ', ');
    expect(refusedWith(check(JSON.stringify(JSON.parse(spaced)), signed(spaced)))).toEqual([401, 'wrong-signature']);
  });
  test('when the signature is no Base64', () => {
    expect(refusedWith(check(body, { ...signed(body), 'x-falpay-signature': '%' }))).toEqual([
      401,
      'malformed-signature',
    ]);
  });
  test('when it carries two signatures', () => {
    const headers = signed(body);
    const twice = { ...headers, 'x-falpay-signature': [headers['x-falpay-signature'], 'AAAA'] };
    expect(refusedWith(check(body, twice))).toEqual([401, 'missing-header']);
  });
  test('when it comes from the future', () => {
    expect(refusedWith(check(body, signed(body, NOW + 5 * MINUTE)))).toBe('accepted');
    expect(refusedWith(check(body, signed(body, NOW + 5 * MINUTE + 1)))).toEqual([401, 'future-timestamp']);
  });
  test('when its time is none, although signed', () => {
    const headers = signatureHeaders(body, platformKeys.privateKey, 'yesterday');
    expect(refusedWith(check(body, headers))).toEqual([401, 'bad-timestamp']);
  });
  test.each([
    ['no JSON', 'hello'],
    ['cut off', body.slice(0, -1)],
    ['nothing', ''],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['nested without end', '['.repeat(100_000)],
    ['a key twice', '{"eventId":"1","eventId":"2"}'],
  ])('when its body is %s', (_, raw) => {
    expect(refusedWith(check(raw, signed(raw)))).toEqual([400, 'unreadable-json']);
  });
  test('when a field does not fit, naming it', () => {
    const raw = bodyOf('wallet-recharge', { ...DATA['wallet-recharge'], creditedAmount: 'much', walletId: undefined });
    expect(check(raw, signed(raw))).toMatchObject({
      status: 400,
      reason: 'schema',
      issues: [
        { path: 'data.walletId', message: 'is missing' },
        { path: 'data.creditedAmount', message: 'is not a decimal number' },
      ],
    });
  });
  test('when it was sent to the address of another topic', () => {
    expect(check(body, signed(body), 'card-status')).toMatchObject({ status: 400, reason: 'schema' });
  });
});

describe('an old callback', () => {
  const body = bodyOf('card-status');
  const old = signed(body, NOW - 5 * MINUTE - 1);
  test('is accepted as stale, because FalPay may sign once and send for a day', () => {
    expect(check(body, signed(body, NOW - 5 * MINUTE), 'card-status')).toMatchObject({ ok: true, stale: false });
    expect(check(body, old, 'card-status')).toMatchObject({ ok: true, stale: true });
  });
  test('is refused when the profile enforces freshness', () => {
    const strict = clientFor('http://falpay.invalid', {
      profile: loadProfile({ callbacks: { enforceFreshness: true } }),
    });
    const result = strict.verifyCallback({ topic: 'card-status', rawBody: body, headers: old, now: NOW });
    expect(result).toMatchObject({ ok: false, status: 401, reason: 'too-old' });
  });
  test('counts as stale when its time is not part of what is signed', () => {
    const profile = loadProfile({ signature: { parts: ['nonce', 'body'] } });
    const own = clientFor('http://falpay.invalid', { profile });
    const headers = signed(body);
    expect(own.verifyCallback({ topic: 'card-status', rawBody: body, headers, now: NOW })).toMatchObject({ ok: false });
    expect(relaxed.callbacks.enforceFreshness).toBe(false);
  });
});

test('a body that does not fit is InvalidInput for whoever parses it directly', () => {
  expect(() => parseCallback('card-status', null)).toThrow(InvalidInput);
  expect(() => parseCallback('card-status', JSON.parse('{"__proto__":{"eventId":"1"}}'))).toThrow('eventId is missing');
});
