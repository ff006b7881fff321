import { NotRestartableError } from '../../../src/client';
import { FalpayAuth, FalpayRejected, FalpayUnavailable } from '../../../src/falpay';
import { bearer, bins, gateway, keyOf, type Gateway } from './parts';

let parts: Gateway;
beforeEach(() => (parts = gateway()));
afterEach(() => parts.app.close());

type Name = keyof typeof keyOf;

describe('keys and roles', () => {
  test.each([
    {},
    { authorization: 'Bearer wrong' },
    { authorization: `Basic ${keyOf.shop}` },
    { authorization: 'Bearer ' },
  ])('nobody comes in with %j', async (headers) => {
    const response = await parts.app.inject({ method: 'GET', url: '/v1/flows', headers });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.headers['content-type']).toMatch('application/problem+json');
  });

  const reason = { reason: 'r' };
  const block = { blockId: 'b', reason: 'r' };
  const routes: readonly (readonly ['GET' | 'PUT' | 'POST', string, object | undefined, readonly Name[]])[] = [
    ['GET', '/v1/onboardings/M-1', undefined, ['shop', 'ops', 'books']],
    ['GET', '/v1/flows', undefined, ['shop', 'ops', 'books']],
    ['GET', '/v1/flows/onboarding/M-1', undefined, ['shop', 'ops', 'books']],
    ['GET', '/v1/card-bins', undefined, ['shop', 'ops', 'books']],
    ['GET', '/v1/wallets/17/recharge-methods', undefined, ['shop', 'ops', 'books']],
    ['PUT', '/v1/onboardings/M-1', undefined, ['shop', 'ops']],
    ['POST', '/v1/onboardings/M-1/corrections', block, ['shop', 'ops']],
    ['POST', '/v1/onboardings/M-1/cancel', reason, ['shop', 'ops']],
    ['POST', '/v1/flows/onboarding/M-1/actions/retry', block, ['ops']],
    ['POST', '/v1/flows/onboarding/M-1/actions/skip', block, ['ops']],
    ['POST', '/v1/flows/onboarding/M-1/actions/amend', { ...block, patch: { wallet: { walletName: 'x' } } }, ['ops']],
    ['POST', '/v1/flows/onboarding/M-1/actions/resolve', { ...block, outcome: 'NOT_DONE' }, ['ops']],
    ['POST', '/v1/flows/onboarding/M-1/actions/abort', reason, ['ops']],
    ['POST', '/v1/flows/onboarding/M-1/actions/restart', reason, ['ops']],
  ];
  test.each(routes)('%s %s %j is for %j alone', async (method, url, payload, allowed) => {
    for (const name of ['shop', 'ops', 'books'] as const) {
      const response = await parts.app.inject({ method, url, headers: bearer(name), payload });
      if (allowed.includes(name)) expect(response.statusCode).not.toBe(403);
      else expect(response.json()).toMatchObject({ status: 403, code: 'forbidden' });
    }
    const nobody = await parts.app.inject({ method, url, payload });
    expect(nobody.statusCode).toBe(401);
  });

  test('the log tells which key asked for what by name, and nothing of what it sent', async () => {
    const since = parts.lines.length;
    const payload = { reason: 'a word of the body' };
    const url = '/v1/withdrawals/D-1/cancel';
    await parts.app.inject({ method: 'POST', url, headers: bearer('shop'), payload });
    const as = { method: 'POST', headers: bearer('shop'), payload } as const;
    await parts.app.inject({ ...as, url: '/v1/withdrawals/%0A%22x/cancel' });
    await parts.app.inject({ ...as, url: '/v1/cards/4111111111111111/reveal' });
    await parts.app.inject({ method: 'POST', url: '/v1/withdrawals/D-2/cancel', payload });
    const log = parts.lines.slice(since).join('');
    expect(log).toMatch(/"route":"\/v1\/withdrawals\/:orderNo\/cancel".*"key":"shop","of":{"orderNo":"D-1"}/);
    for (const word of ['a word of the body', '\\"x', '4111111111111111', 'D-2']) expect(log).not.toContain(word);
  });

  test('a key never shows in the log', async () => {
    await parts.app.inject({ method: 'GET', url: '/v1/flows', headers: bearer('shop') });
    await parts.app.inject({ method: 'GET', url: '/v1/flows', headers: { authorization: 'Bearer half-a-secret' } });
    const log = parts.lines.join('');
    expect(log).toContain('"key":"shop"');
    expect(log).not.toContain(keyOf.shop);
    expect(log).not.toContain('half-a-secret');
  });
});

describe('flows and actions', () => {
  const act = (path: string, payload: object) =>
    parts.app.inject({ method: 'POST', url: `/v1/flows/${path}`, headers: bearer('ops'), payload });

  test('a parked callback’s number is written with ~', async () => {
    await parts.app.inject({ method: 'GET', url: '/v1/flows/parked/wallet-recharge~77', headers: bearer('ops') });
    expect(parts.cardflow.state).toHaveBeenCalledWith('parked', 'wallet-recharge/77');
  });

  test.each([
    ['parked/77', 422],
    ['onboarding/M_1', 422],
    ['onboardings/M-1', 404],
  ])('%s is %i', async (path, status) => {
    const response = await parts.app.inject({ method: 'GET', url: `/v1/flows/${path}`, headers: bearer('ops') });
    expect(response.statusCode).toBe(status);
  });

  test('a resolution carries outcome, ref and force', async () => {
    const body = { blockId: 'recharge-1-a', reason: 'seen at FalPay', outcome: 'DONE', ref: '190', force: true };
    expect((await act('onboarding/M-1/actions/resolve', body)).statusCode).toBe(200);
    expect(parts.cardflow.act).toHaveBeenCalledWith('onboarding', 'M-1', 'resolve', { ...body, actor: 'ops' });
    const wrong = await act('onboarding/M-1/actions/resolve', { ...body, outcome: 'MAYBE' });
    expect(wrong.json()).toMatchObject({ status: 422, errors: [{ path: 'outcome' }] });
  });

  test('a restart of a flow that completed is 409', async () => {
    parts.cardflow.restart.mockRejectedValue(new NotRestartableError('it completed'));
    expect((await act('onboarding/M-1/actions/restart', { reason: 'r' })).json()).toMatchObject({
      status: 409,
      code: 'not-restartable',
    });
  });

  test('a list takes its filters, and refuses what is none', async () => {
    const get = (query: string) =>
      parts.app.inject({ method: 'GET', url: `/v1/flows?${query}`, headers: bearer('books') });
    await get('stage=BLOCKED&reason=MISMATCH&merchantOrderNo=M-1&kind=onboarding&pageSize=10');
    expect(parts.cardflow.list).toHaveBeenCalledWith({
      stage: 'BLOCKED',
      reason: 'MISMATCH',
      merchantOrderNo: 'M-1',
      kind: 'onboarding',
      pageSize: 10,
    });
    for (const query of [
      'stage=blocked',
      'pageSize=0',
      'pageSize=201',
      "merchantOrderNo=M'1",
      'stages=BLOCKED',
      'nextPageToken=%27',
    ]) {
      expect((await get(query)).json()).toMatchObject({ status: 422, errors: [expect.anything()] });
    }
  });
});

describe('queries at FalPay', () => {
  const get = (url: string) => parts.app.inject({ method: 'GET', url, headers: bearer('shop') });

  test('are passed on', async () => {
    expect((await get('/v1/card-bins')).json()).toEqual({ items: bins });
    expect((await get('/v1/wallets/17/recharge-methods?currency=USD')).json()).toEqual({ methods: [] });
    expect(parts.falpay.getRechargeInfo).toHaveBeenCalledWith({ walletId: '17', currency: 'USD' });
  });

  test.each([
    ['FalpayUnavailable', new FalpayUnavailable('connect ECONNREFUSED'), 503, 'falpay-unavailable'],
    ['FalpayAuth', new FalpayAuth('client secret refused'), 502, 'falpay-auth'],
    ['FalpayRejected', new FalpayRejected('no such wallet'), 502, 'falpay-refused'],
  ])('%s becomes a problem document', async (_type, error, status, code) => {
    parts.falpay.getRechargeInfo.mockRejectedValue(error);
    expect((await get('/v1/wallets/17/recharge-methods')).json()).toMatchObject({ status, code });
  });
});

describe('the rest of the surface', () => {
  test('an unknown path is 404, a wrong method 405 with Allow, both problem documents', async () => {
    const nothing = await parts.app.inject({ method: 'GET', url: '/v2/flows' });
    expect(nothing.json()).toMatchObject({ status: 404, code: 'no-such-path' });
    const wrong = await parts.app.inject({ method: 'DELETE', url: '/v1/onboardings/M-1' });
    expect(wrong.json()).toMatchObject({ status: 405 });
    expect(wrong.headers['allow']).toMatch(/PUT/);
  });

  test.each(['/v1/flows/%zz', '/v1/flows/onboarding/%E0%A4%A'])(
    'a path that cannot be decoded is a problem document: %s',
    async (url) => {
      const response = await parts.app.inject({ method: 'GET', url, headers: bearer('shop') });
      expect(response.headers['content-type']).toMatch('application/problem+json');
      expect(response.json()).toMatchObject({ status: 400, code: 'malformed-request' });
    },
  );

  test('a request id is taken over when harmless, and made otherwise', async () => {
    const kept = await parts.app.inject({ url: '/healthz', headers: { 'x-request-id': 'abc-1' } });
    expect(kept.headers['x-request-id']).toBe('abc-1');
    const made = await parts.app.inject({ url: '/healthz', headers: { 'x-request-id': 'a b\tc' } });
    expect(made.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('it lives while Temporal is down, and says it is not ready', async () => {
    parts.ready.mockResolvedValue(false);
    expect((await parts.app.inject('/healthz')).statusCode).toBe(200);
    expect((await parts.app.inject('/readyz')).statusCode).toBe(503);
    parts.ready.mockResolvedValue(true);
    expect((await parts.app.inject('/readyz')).statusCode).toBe(200);
  });

  test('metrics count by route pattern, never by number', async () => {
    await parts.app.inject({ method: 'GET', url: '/v1/onboardings/M-SECRET', headers: bearer('shop') });
    const { body } = await parts.app.inject('/metrics');
    expect(body).toContain('route="/v1/onboardings/:merchantOrderNo"');
    expect(body).not.toContain('M-SECRET');
    expect(parts.lines.join('')).not.toContain('M-SECRET');
  });
});
