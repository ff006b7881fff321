import { CLIENT_ID, CLIENT_SECRET, signedByClient } from './support/caller';
import { TestWorld } from './support/world';

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start({ settings: { tokenLifetime: 60 } });
});
afterAll(() => world.stop());

const anyCall = ['/merchant/detail', { merchantOrderNo: 'M-0' }] as const;

describe('获取令牌', () => {
  const right = { grant_type: 'client_credentials', client_id: CLIENT_ID, client_secret: CLIENT_SECRET };

  test('answers as the one page of documentation shows it', async () => {
    const answer = await world.falpay.askToken(right);
    expect(answer).toMatchObject({ status: 200, genuine: true, success: true, code: '200', message: '操作成功' });
    expect(answer.data).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9+/]{128}$/),
      token_type: 'bearer',
      expires_in: 60,
      scope: 'default',
    });
  });

  test.each([
    ['another secret', { ...right, client_secret: 'wrong' }, 401, 'INVALID_CLIENT'],
    ['another client', { ...right, client_id: '1' }, 401, 'INVALID_CLIENT'],
    ['another grant', { ...right, grant_type: 'password' }, 400, 'INVALID_PARAMETER'],
  ])('refuses %s', async (_what, query, status, code) => {
    expect(await world.falpay.askToken(query)).toMatchObject({ status, genuine: true, success: false, code });
  });
});

describe('the access token', () => {
  test.each([
    ['without one', undefined],
    ['with an unknown one', 'Bearer nonsense'],
    ['without the word Bearer', 'nonsense'],
  ])('a call %s is refused with 401', async (_what, authorization) => {
    expect(await world.falpay.call(...anyCall, { authorization })).toMatchObject({
      status: 401,
      genuine: true,
      code: 'INVALID_TOKEN',
    });
  });

  test('ends when its time is over', async () => {
    let now = Date.now();
    const short = await TestWorld.start({ settings: { tokenLifetime: 2 }, clock: { now: () => now } });
    try {
      expect(await short.falpay.call(...anyCall)).toMatchObject({ status: 200 });
      now += 1_999;
      expect(await short.falpay.call(...anyCall)).toMatchObject({ status: 200 });
      now += 1;
      expect(await short.falpay.call(...anyCall)).toMatchObject({ status: 401 });
      await short.falpay.newToken();
      expect(await short.falpay.call(...anyCall)).toMatchObject({ status: 200 });
    } finally {
      await short.stop();
    }
  });

  test('can be revoked by hand', async () => {
    await world.falpay.call(...anyCall);
    await world.control('POST', '/tokens/revoke');
    expect(await world.falpay.call(...anyCall)).toMatchObject({ status: 401, code: 'INVALID_TOKEN' });
    await world.falpay.newToken();
  });
});

describe('the signature of a request', () => {
  const body = JSON.stringify(anyCall[1]);
  const good = (timestamp?: string) => {
    const { signature, ...rest } = signedByClient(body, timestamp);
    return { 'x-falpay-timestamp': rest.timestamp, 'x-falpay-nonce': rest.nonce, 'x-falpay-signature': signature };
  };
  const minute = 60_000;

  test.each<[string, () => Record<string, string | undefined>, string]>([
    ['is missing', () => ({ 'x-falpay-signature': undefined }), 'X-Falpay-Signature is missing'],
    ['comes without a timestamp', () => ({ 'x-falpay-timestamp': undefined }), 'X-Falpay-Timestamp is missing'],
    ['comes without a nonce', () => ({ 'x-falpay-nonce': undefined }), 'X-Falpay-Nonce is missing'],
    [
      'is of another body',
      () => ({ ...good(), 'x-falpay-signature': signedByClient(`${body} `).signature }),
      'does not fit the body',
    ],
    [
      'is of another timestamp',
      () => ({ ...good(), 'x-falpay-timestamp': String(Date.now() - 1_000) }),
      'does not fit the body',
    ],
    ['is six minutes old', () => good(String(Date.now() - 6 * minute)), 'more than 5 minutes away'],
    ['is from six minutes ahead', () => good(String(Date.now() + 6 * minute)), 'more than 5 minutes away'],
    ['has a timestamp in words', () => good('yesterday'), 'must be epoch milliseconds'],
    [
      'has trailing rubbish',
      () => ({ ...good(), 'x-falpay-signature': `${good()['x-falpay-signature']}!!` }),
      'does not fit',
    ],
  ])('that %s is refused with 400 and the reason', async (_what, headers, reason) => {
    const answer = await world.falpay.call(...anyCall, headers());
    expect(answer).toMatchObject({ status: 400, genuine: true, success: false, code: 'INVALID_SIGNATURE' });
    expect(answer.message).toContain(reason);
  });

  test('counts once: the same nonce again is refused', async () => {
    const headers = good();
    expect(await world.falpay.call(...anyCall, headers)).toMatchObject({ status: 200 });
    expect(await world.falpay.call(...anyCall, headers)).toMatchObject({
      status: 400,
      message: expect.stringContaining('was used before'),
    });
  });
});

describe('the content of a request', () => {
  test.each<[string, string, unknown, string]>([
    [
      'an amount as a number',
      '/wallet/recharge/create',
      { rechargeOrderNo: 'R', walletId: '2', amount: 100, currency: 'USD', methodCode: 'X' },
      'amount',
    ],
    [
      'an exponent',
      '/wallet/recharge/create',
      { rechargeOrderNo: 'R', walletId: '2', amount: '1e3', currency: 'USD', methodCode: 'X' },
      'amount',
    ],
    [
      'a negative amount',
      '/wallet/recharge/create',
      { rechargeOrderNo: 'R', walletId: '2', amount: '-5', currency: 'USD', methodCode: 'X' },
      'amount',
    ],
    [
      'a tenth of a cent',
      '/wallet/recharge/create',
      { rechargeOrderNo: 'R', walletId: '2', amount: '0.001', currency: 'USD', methodCode: 'X' },
      'amount',
    ],
    [
      'an order number of 70 characters',
      '/wallet/apply',
      { walletOrderNo: 'x'.repeat(70), merchantId: '1', currency: 'USD' },
      'walletOrderNo',
    ],
    ['an id as a number', '/wallet/info', { walletId: 12345 }, 'walletId'],
    ['an unknown field', '/wallet/info', { walletId: '2', extra: 1 }, 'extra'],
    [
      'a missing field deep inside',
      '/merchant/create',
      { merchantOrderNo: 'M', merchantType: 'COMPANY', company: { legalInfo: {} } },
      'company.legalInfo.name',
    ],
    ['a page of 101', '/card/fee/page', { pageNum: 1, pageSize: 101, param: {} }, 'pageSize'],
  ])('with %s is refused with 400 and the field', async (_what, path, dto, field) => {
    const answer = await world.falpay.call(path, dto);
    expect(answer).toMatchObject({ status: 400, genuine: true, success: false, code: 'INVALID_PARAMETER' });
    expect(answer.message).toContain(`${field}:`);
  });

  test('that is no JSON is refused with 400', async () => {
    const token = await world.falpay.newToken();
    expect(await world.falpay.send('/wallet/info', '{"walletId":', { authorization: `Bearer ${token}` })).toMatchObject(
      { status: 400, code: 'INVALID_PARAMETER' },
    );
  });

  test('of more than a megabyte is refused with 413, signed', async () => {
    const token = await world.falpay.newToken();
    const answer = await world.falpay.send('/wallet/info', 'x'.repeat(1_100_000), { authorization: `Bearer ${token}` });
    expect(answer).toMatchObject({ status: 413, genuine: true, code: 'BODY_TOO_LARGE' });
  });
});
