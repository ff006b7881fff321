import net from 'node:net';
import {
  CARDHOLDER,
  clientFor,
  errorOf,
  FakeFalpay,
  ok,
  RECHARGE,
  RECHARGE_ANSWER,
  refusal,
  type Reply,
  tokenReply,
} from './fake-server';
import type { FalpayClient } from '../../../src/falpay';

const falpay = new FakeFalpay();
let client: FalpayClient;

beforeAll(() => falpay.start());
afterAll(() => falpay.stop());
beforeEach(() => {
  falpay.reset();
  client = clientFor(falpay.url);
});
afterEach(() => client.close());

const create = (options?: object) => client.createRecharge(RECHARGE, options);
const query = (options?: object) => client.getMerchant({ merchantOrderNo: 'M1001' }, options);

const html: Reply = { status: 200, body: '<html>maintenance</html>' };
const merchantDetail = {
  merchantId: '1',
  merchantOrderNo: 'M1001',
  merchantType: 'COMPANY',
  auditStatus: 'PENDING',
  createTime: '2026-01-01 10:00:00',
  updateTime: '2026-01-01 10:00:00',
};

describe('what an answer means', () => {
  const cases: readonly (readonly [string, Reply, create: string, query: string])[] = [
    ['a connection reset after the request', { instead: 'reset' }, 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    ['an answer that breaks off', { instead: 'half' }, 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    ['HTTP 500, unsigned', { status: 500, body: 'x', signed: 'no' }, 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    ['HTTP 502 from a proxy', { ...html, status: 502, signed: 'no' }, 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    ['HTTP 500 with a signed refusal', refusal('X', 'no', 500), 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    ['a signed page that is no JSON', html, 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    ['an empty signed answer', { body: '' }, 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    ['bytes that are no UTF-8', { body: Buffer.from([0x7b, 0xff, 0x7d]) }, 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    [
      'a success without signature',
      { ...ok(RECHARGE_ANSWER), signed: 'no' },
      'FalpayOutcomeUnknown',
      'FalpayBadSignature',
    ],
    [
      'a success signed by a stranger',
      { ...ok(RECHARGE_ANSWER), signed: 'stranger' },
      'FalpayOutcomeUnknown',
      'FalpayBadSignature',
    ],
    [
      'a refusal signed by a stranger',
      { ...refusal('X'), signed: 'stranger' },
      'FalpayOutcomeUnknown',
      'FalpayBadSignature',
    ],
    [
      'HTTP 400 without signature',
      { ...refusal('X', 'no', 400), signed: 'no' },
      'FalpayOutcomeUnknown',
      'FalpayBadSignature',
    ],
    [
      'a redirect',
      { status: 302, headers: { location: '/elsewhere' }, signed: 'no' },
      'FalpayOutcomeUnknown',
      'FalpayBadSignature',
    ],
    [
      'a signed success with HTTP 400',
      { ...ok(RECHARGE_ANSWER), status: 400 },
      'FalpayOutcomeUnknown',
      'FalpayUnavailable',
    ],
    [
      'success with another code',
      { body: '{"success":true,"code":"201"}' },
      'FalpayOutcomeUnknown',
      'FalpayUnavailable',
    ],
    ['failure with the code of success', refusal('200'), 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    ['data of another shape', ok({ nothing: 'fits' }), 'FalpayOutcomeUnknown', 'FalpayUnavailable'],
    ['a signed refusal', refusal('INSUFFICIENT'), 'FalpayRejected', 'FalpayRejected'],
    ['a signed HTTP 400', refusal('INVALID_PARAM', 'bad', 400), 'FalpayRejected', 'FalpayRejected'],
    ['a signed refusal of our signature', refusal('INVALID_SIGNATURE', 'bad', 400), 'FalpayAuth', 'FalpayAuth'],
    ['a code listed as unavailable', refusal('TOO_MANY_REQUESTS'), 'FalpayUnavailable', 'FalpayUnavailable'],
    ['HTTP 401 twice', { status: 401, body: 'no', signed: 'no' }, 'FalpayAuth', 'FalpayAuth'],
    ['HTTP 429', { status: 429, body: 'no', signed: 'no' }, 'FalpayUnavailable', 'FalpayUnavailable'],
  ];

  test.each(cases)('%s, after a creating call and after a query', async (_, reply, onCreate, onQuery) => {
    falpay.handle = ({ path }) => (path.endsWith('/card/bin/list') ? ok([]) : reply);
    const created = await errorOf(create());
    expect(created).toMatchObject({
      type: onCreate,
      name: onCreate,
      operation: 'createRecharge',
      orderNo: 'M1001_RC1',
    });
    expect(await errorOf(query())).toMatchObject({ type: onQuery, operation: 'getMerchant' });
  });

  test('HTTP 400 with a code that nobody listed is about our key where the query that asks for nothing is refused alike', async () => {
    falpay.handle = () => refusal('A0401', 'signature error', 400);
    expect(await errorOf(create())).toMatchObject({ type: 'FalpayAuth', httpStatus: 400, code: 'A0401' });
    expect(await errorOf(query())).toMatchObject({ type: 'FalpayAuth' });
    expect(await errorOf(client.listCardBins())).toMatchObject({ type: 'FalpayAuth' });
    falpay.handle = ({ path }) => refusal(path.endsWith('/card/bin/list') ? 'OTHER' : 'A0401', 'no', 400);
    expect(await errorOf(create())).toMatchObject({ type: 'FalpayRejected', orderNo: 'M1001_RC1' });
  });

  test('an answer that never comes leaves a creating call unknown and a query unavailable', async () => {
    // The time is the call's alone: without a token nothing would have been sent.
    await client.getToken();
    falpay.handle = () => ({ instead: 'hang' });
    expect(await errorOf(create({ timeoutMs: 100 }))).toMatchObject({ type: 'FalpayOutcomeUnknown', code: 'TIMEOUT' });
    expect(await errorOf(query({ timeoutMs: 100 }))).toMatchObject({ type: 'FalpayUnavailable', code: 'TIMEOUT' });
  });

  test('a caller who cancels after sending does not know the outcome', async () => {
    const cancel = new AbortController();
    falpay.handle = () => {
      cancel.abort();
      return { instead: 'hang' };
    };
    expect(await errorOf(create({ signal: cancel.signal }))).toMatchObject({
      type: 'FalpayOutcomeUnknown',
      code: 'CANCELLED',
    });
  });

  test('a caller who cancelled before anything was sent knows that nothing happened', async () => {
    expect(await errorOf(create({ signal: AbortSignal.abort() }))).toMatchObject({ type: 'FalpayUnavailable' });
    expect(falpay.requests).toHaveLength(0);
  });

  test('a port that refuses the connection is unavailable, also for a creating call', async () => {
    await client.getToken();
    const held = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => held.once('listening', resolve));
    const { port } = held.address() as net.AddressInfo;
    await new Promise((resolve) => held.close(resolve));
    const nobody = clientFor(`http://127.0.0.1:${port}`);
    expect(await errorOf(nobody.createRecharge(RECHARGE))).toMatchObject({
      type: 'FalpayUnavailable',
      code: 'ECONNREFUSED',
    });
    nobody.close();
  });

  test('a connection refused after a token was had means that nothing was sent', async () => {
    const brief = await new FakeFalpay().start();
    const own = clientFor(brief.url);
    await own.getToken();
    await brief.stop();
    expect(await errorOf(own.createRecharge(RECHARGE))).toMatchObject({
      type: 'FalpayUnavailable',
      operation: 'createRecharge',
      code: 'ECONNREFUSED',
    });
    own.close();
  });

  test('a name that does not resolve means that nothing was sent', async () => {
    const lost = clientFor('http://falpay.invalid');
    expect(await errorOf(lost.createRecharge(RECHARGE))).toMatchObject({ type: 'FalpayUnavailable' });
    lost.close();
  });

  test('429 and 503 hand on how long FalPay asked to wait', async () => {
    falpay.handle = () => ({ status: 429, headers: { 'retry-after': '7' }, signed: 'no' });
    expect(await errorOf(create())).toMatchObject({ type: 'FalpayUnavailable', retryAfterMs: 7000 });
    falpay.handle = () => ({
      status: 503,
      headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT', 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' },
      signed: 'no',
    });
    expect(await errorOf(query())).toMatchObject({ type: 'FalpayUnavailable', retryAfterMs: 30_000 });
    expect(await errorOf(create())).toMatchObject({ type: 'FalpayOutcomeUnknown' });
  });

  test('"not found" is an answer to a query by key, as code or as empty data', async () => {
    falpay.handle = () => refusal('NOT_FOUND');
    expect(await query()).toBeNull();
    falpay.handle = () => refusal('NOT_FOUND', 'no', 404);
    expect(await query()).toBeNull();
    falpay.handle = () => ok(null);
    expect(await query()).toBeNull();
    expect(await client.getCard({ cardOrderNo: 'C1' })).toBeNull();
  });

  test('"not found" from a creating call is a refusal, not an answer', async () => {
    falpay.handle = () => refusal('NOT_FOUND');
    expect(await errorOf(create())).toMatchObject({ type: 'FalpayRejected', code: 'NOT_FOUND' });
  });

  test.each(['500', '503'])(
    'the code %s is a fault of the server, not a refusal, also signed and with HTTP 200',
    async (code) => {
      falpay.handle = () => refusal(code, '系统异常');
      expect(await errorOf(create())).toMatchObject({ type: 'FalpayOutcomeUnknown' });
      expect(await errorOf(query())).toMatchObject({ type: 'FalpayUnavailable' });
    },
  );

  test('an answer about another order is not believed', async () => {
    falpay.handle = () => ok({ ...RECHARGE_ANSWER, rechargeOrderNo: 'M2' });
    expect(await errorOf(create())).toMatchObject({ type: 'FalpayOutcomeUnknown' });
    falpay.handle = () => ok({ ...merchantDetail, merchantOrderNo: 'M2' });
    expect(await errorOf(query())).toMatchObject({ type: 'FalpayUnavailable' });
  });

  test('a malformed answer names the field at fault', async () => {
    falpay.handle = () => ok({ ...RECHARGE_ANSWER, payee: { accountNo: '1' }, amount: 'a lot' });
    const error = await errorOf(create());
    expect(error.message).toContain('data.amount is not a decimal number');
    expect(error.message).toContain('data.payee.accountName is missing');
  });

  test('a refused business carries code, status, order number and request id', async () => {
    falpay.handle = () => ({ ...refusal('WALLET_FROZEN', '钱包已冻结'), headers: { 'x-request-id': 'req-77' } });
    const error = await errorOf(create());
    expect(error).toMatchObject({ code: 'WALLET_FROZEN', httpStatus: 200, requestId: 'req-77', orderNo: 'M1001_RC1' });
    expect(error.message).toContain('钱包已冻结');
  });
});

describe('a call without a token is never an unknown outcome', () => {
  const cases: readonly (readonly [string, Reply, string])[] = [
    ['the token endpoint resets', { instead: 'reset' }, 'FalpayUnavailable'],
    ['it answers HTTP 503', { status: 503, signed: 'no' }, 'FalpayUnavailable'],
    ['it answers HTTP 429', { status: 429, signed: 'no' }, 'FalpayUnavailable'],
    ['it answers nonsense', { body: 'hello', signed: 'no' }, 'FalpayUnavailable'],
    ['its answer is signed by a stranger', { ...tokenReply(), signed: 'stranger' }, 'FalpayUnavailable'],
    ['it refuses with HTTP 401', { status: 401, body: '{}', signed: 'no' }, 'FalpayAuth'],
    ['it refuses with HTTP 400', { ...refusal('INVALID_CLIENT', 'x', 400), signed: 'no' }, 'FalpayAuth'],
    ['it refuses with HTTP 200', { ...refusal('4001'), signed: 'no' }, 'FalpayAuth'],
  ];
  test.each(cases)('when %s', async (_, reply, type) => {
    falpay.token = () => reply;
    expect(await errorOf(create())).toMatchObject({ type });
    expect(falpay.requests).toHaveLength(0);
  });

  test('when it hangs longer than the call may take', async () => {
    falpay.token = () => ({ instead: 'hang' });
    expect(await errorOf(create({ timeoutMs: 100 }))).toMatchObject({ type: 'FalpayUnavailable', code: 'TIMEOUT' });
    expect(falpay.requests).toHaveLength(0);
  });
});

test('a bad request is refused before anything is sent, naming every field', async () => {
  const error = await errorOf(
    client.createCardholder({
      ...CARDHOLDER,
      birthDate: '1990-02-30',
      address: { ...CARDHOLDER.address, country: 'UK' },
    }),
  );
  expect(error).toMatchObject({
    type: 'InvalidInput',
    operation: 'createCardholder',
    orderNo: 'M1001_CH1',
    issues: [
      { path: 'birthDate', message: expect.stringContaining('yyyy-MM-dd') },
      { path: 'address.country', message: expect.stringContaining('ISO 3166') },
    ],
  });
  expect(falpay.requests).toHaveLength(0);
  expect(falpay.tokenRequests).toHaveLength(0);
});
