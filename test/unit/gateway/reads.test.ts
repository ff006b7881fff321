import { FalpayRejected, FalpayUnavailable, loadProfile } from '../../../src/falpay';
import { bearer, CARD, gateway, MERCHANT, WALLET, type Gateway } from './parts';

let parts: Gateway;
beforeEach(() => (parts = gateway()));
afterEach(() => parts.app.close());

const get = (url: string) => parts.app.inject({ method: 'GET', url, headers: bearer('books') });
const DAY = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** Rows 1 … total, newest first, in pages as they are asked for. */
function rowsOf(total: number, largestPage = 100) {
  const rows = Array.from({ length: total }, (_, index) => ({ flowNo: `${total - index}` }));
  parts.falpay.listWalletFlows.mockImplementation(async ({ pageNum, pageSize }) => {
    const size = Math.min(pageSize, largestPage);
    const items = rows.slice((pageNum - 1) * size, pageNum * size);
    return { items, pageInfo: { pageNum, pageSize: size, total } };
  });
}

describe('what FalPay has', () => {
  test.each([
    ['/v1/merchants/1900000000000000001', MERCHANT, 'getMerchant', { merchantId: '1900000000000000001' }],
    ['/v1/wallets/17', WALLET, 'getWallet', { walletId: '17' }],
    ['/v1/cards/1900000000000000042', CARD, 'getCard', { cardId: '1900000000000000042' }],
  ] as const)('%s is answered in FalPay’s words, not to be cached', async (url, model, operation, query) => {
    const response = await get(url);
    expect(response.json()).toEqual(model);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(parts.falpay[operation]).toHaveBeenCalledWith(query);
  });

  test.each([
    ['/v1/merchants/404', 'getMerchant', 'merchant-not-found'],
    ['/v1/wallets/404', 'getWallet', 'wallet-not-found'],
    ['/v1/cards/404', 'getCard', 'card-not-found'],
  ] as const)('%s is 404 whether FalPay answers nothing or refuses', async (url, operation, code) => {
    parts.falpay[operation].mockResolvedValue(null);
    expect((await get(url)).json()).toMatchObject({ status: 404, code });
    parts.falpay[operation].mockRejectedValue(new FalpayRejected('NOT_FOUND', {}, true));
    expect((await get(url)).json()).toMatchObject({ status: 404, code });
    parts.falpay[operation].mockRejectedValue(new FalpayRejected('LIMITED'));
    expect((await get(url)).json()).toMatchObject({ status: 502, code: 'falpay-refused' });
    parts.falpay[operation].mockRejectedValue(new FalpayUnavailable('down'));
    expect((await get(url)).json()).toMatchObject({ status: 503, code: 'falpay-unavailable' });
  });

  test.each(['/v1/merchants/a%20b', '/v1/wallets/%2F', `/v1/cards/${'1'.repeat(65)}/fees`])(
    'an id that FalPay cannot have given is 422: %s',
    async (url) => {
      expect((await get(url)).json()).toMatchObject({ status: 422, errors: [{ path: 'id' }] });
    },
  );

  test.each([
    ['/v1/wallets/404/transactions', 'getWallet', 'wallet-not-found'],
    ['/v1/cards/404/transactions', 'getCard', 'card-not-found'],
    ['/v1/cards/404/fees', 'getCard', 'card-not-found'],
  ] as const)('an empty %s is 404 when it is of something that is not there', async (url, operation, code) => {
    expect((await get(url)).json()).toEqual({ items: [] });
    parts.falpay[operation].mockResolvedValue(null);
    expect((await get(url)).json()).toMatchObject({ status: 404, code });
  });
});

describe('filters', () => {
  test('are FalPay’s, with times in its zone', async () => {
    await get(
      '/v1/wallets/17/transactions?from=2026-01-31T00:00:00Z&to=2026-02-01T02:00:00%2B02:00&type=RECHARGE&orderNo=9&merchantOrderNo=M-1_OR1&pageSize=7',
    );
    expect(parts.falpay.listWalletFlows).toHaveBeenCalledWith({
      walletId: '17',
      startTime: '2026-01-31 08:00:00',
      endTime: '2026-02-01 08:00:00',
      type: 'RECHARGE',
      orderNo: '9',
      merchantOrderNo: 'M-1_OR1',
      pageNum: 1,
      pageSize: 7,
    });
    await get('/v1/cards/42/transactions?status=SETTLED&to=2026-01-31T00:00:00Z');
    expect(parts.falpay.listCardPayOrders).toHaveBeenCalledWith({
      pageNum: 1,
      pageSize: 50,
      param: { cardId: '42', status: 'SETTLED', endTime: '2026-01-31 08:00:00' },
    });
  });

  test('take the zone from the profile, and leave nothing out between two seconds', async () => {
    const { time } = loadProfile();
    const other = gateway(loadProfile({ time: { ...time, zone: '-05:00' } }));
    const url = '/v1/cards/42/fees?from=2026-01-31T00:00:00.900Z&to=2026-01-31T00:00:01.100Z';
    await other.app.inject({ method: 'GET', url, headers: bearer('books') });
    expect(other.falpay.listCardFees.mock.calls[0][0].param).toEqual({
      cardId: '42',
      startTime: '2026-01-30 19:00:00',
      endTime: '2026-01-30 19:00:02',
    });
    await other.app.close();
  });

  test('of 90 days to the second pass, and without an end up to now', async () => {
    const from = Date.parse('2026-01-01T00:00:00Z');
    expect((await get(`/v1/cards/42/fees?from=${iso(from)}&to=${iso(from + 90 * DAY)}`)).statusCode).toBe(200);
    expect((await get(`/v1/cards/42/fees?from=${iso(Date.now() - 89 * DAY)}`)).statusCode).toBe(200);
    expect((await get(`/v1/cards/42/fees?to=${iso(from)}`)).statusCode).toBe(200);
  });

  test.each([
    ['from=2026-01-31', 'from'],
    ['from=2026-01-31T00:00:00', 'from'],
    ['from=2026-02-30T00:00:00Z', 'from'],
    ['from=2026-01-31T00:00:00+08:00', 'from'],
    ['to=1769817600000', 'to'],
    ['to=0001-01-01T00:00:00Z', 'to'],
    ['to=9999-12-31T23:59:59-14:00', 'to'],
    ['from=2026-01-31T00:00:00Z&to=2026-01-30T00:00:00Z', 'to'],
    ['from=2026-01-01T00:00:00Z&to=2026-04-01T00:00:01Z', 'to'],
    ['from=2026-01-01T00:00:00Z', 'from'],
    ['from=', 'from'],
    ['to=2026-01-31T00:00:00Z&to=2026-01-31T00:00:00Z', 'to'],
    ['pageSize=0', 'pageSize'],
    ['pageSize=101', 'pageSize'],
    ['nextPageToken=%27', 'nextPageToken'],
    ['nextPageToken=WzIsMV0.0000000000000000', 'nextPageToken'],
    ['type=', 'type'],
    [`type=${'x'.repeat(33)}`, 'type'],
    ['orderNo=a%20b', 'orderNo'],
    ['merchantOrderNo=M%2F1', 'merchantOrderNo'],
    ['status=SETTLED', 'status'],
    ['walletId=18', 'walletId'],
  ])('%s is refused by its name', async (query, path) => {
    const response = await get(`/v1/wallets/17/transactions?${query}`);
    expect(response.json()).toMatchObject({ status: 422, errors: [{ path, message: expect.any(String) }] });
    expect(parts.falpay.listWalletFlows).not.toHaveBeenCalled();
  });

  test('a parameter that it does not have is called one', async () => {
    const { errors } = (await get('/v1/wallets/17/transactions?state=SETTLED')).json();
    expect(errors).toEqual([{ path: 'state', message: 'is not a parameter of this path' }]);
  });
});

describe('pages', () => {
  async function walk(url: string): Promise<string[]> {
    const seen: string[] = [];
    let token: string | undefined;
    do {
      const { items, nextPageToken } = (await get(token === undefined ? url : `${url}&nextPageToken=${token}`)).json();
      seen.push(...items.map(({ flowNo }: { flowNo: string }) => flowNo));
      token = nextPageToken;
    } while (token !== undefined);
    return seen;
  }

  test.each([
    [0, 10, 100],
    [10, 10, 100],
    [11, 10, 100],
    [25, 10, 100],
    // FalPay sends less than it was asked for.
    [25, 10, 4],
  ])('%i rows by %i, when FalPay sends %i at most, come whole and in order', async (total, pageSize, largest) => {
    rowsOf(total, largest);
    const rows = await walk(`/v1/wallets/17/transactions?pageSize=${pageSize}`);
    expect(rows).toEqual(Array.from({ length: total }, (_, index) => `${total - index}`));
  });

  test('a token is good for its list alone: other filters, another size, another wallet are refused', async () => {
    rowsOf(25);
    const { nextPageToken } = (await get('/v1/wallets/17/transactions?pageSize=10&type=FEE')).json();
    for (const url of [
      '/v1/wallets/17/transactions?pageSize=10',
      '/v1/wallets/17/transactions?pageSize=11&type=FEE',
      '/v1/wallets/17/transactions?pageSize=10&type=FEE&to=2026-01-31T00:00:00Z',
      '/v1/wallets/18/transactions?pageSize=10&type=FEE',
      '/v1/cards/17/fees?pageSize=10',
    ]) {
      const response = await get(`${url}&nextPageToken=${nextPageToken}`);
      expect(response.json()).toMatchObject({ status: 422, errors: [{ path: 'nextPageToken' }] });
    }
    const next = await get(`/v1/wallets/17/transactions?pageSize=10&type=FEE&nextPageToken=${nextPageToken}`);
    expect(next.json().items).toHaveLength(10);
  });
});
