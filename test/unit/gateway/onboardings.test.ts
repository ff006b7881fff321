import {
  ActionRefusedError,
  FlowNotFoundError,
  InvalidInputError,
  TemporalUnavailableError,
} from '../../../src/client';
import { FalpayUnavailable } from '../../../src/falpay';
import { bearer, companyBody, gateway, stateOf, type Gateway } from './parts';

let parts: Gateway;
beforeEach(() => (parts = gateway()));
afterEach(() => parts.app.close());

const put = (number: string, body: unknown, name: 'shop' | 'ops' | 'books' = 'shop') =>
  parts.app.inject({
    method: 'PUT',
    url: `/v1/onboardings/${number}`,
    headers: { ...bearer(name), 'content-type': 'application/json' },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });
const post = (path: string, body: unknown, name: 'shop' | 'ops' | 'books' = 'shop') =>
  parts.app.inject({ method: 'POST', url: `/v1/onboardings/${path}`, headers: bearer(name), payload: body as object });

describe('starting an onboarding', () => {
  test('answers 201 with its place the first time, 200 for the same body, 409 for another', async () => {
    const first = await put('M-1', companyBody());
    expect(first.statusCode).toBe(201);
    expect(first.headers['location']).toBe('/v1/onboardings/M-1');
    expect(first.json()).toMatchObject({ kind: 'onboarding', number: 'M-1' });
    expect(parts.cardflow.start).toHaveBeenCalledWith('onboarding', 'M-1', companyBody());

    parts.cardflow.start.mockResolvedValue({ outcome: 'same', state: stateOf('M-1') });
    expect((await put('M-1', companyBody())).statusCode).toBe(200);

    parts.cardflow.start.mockResolvedValue({ outcome: 'different', state: stateOf('M-1') });
    const other = await put('M-1', companyBody());
    expect(other.statusCode).toBe(409);
    expect(other.json()).toMatchObject({
      code: 'number-taken',
      type: 'urn:cardflow:problem:number-taken',
      status: 409,
    });
  });

  test.each(['1e3', '-5', '0.001', '0', '00.5', ' 5', '1,000', 100, null])(
    'with the amount %j names the field, and starts nothing',
    async (amount) => {
      const body = companyBody();
      const response = await put('M-1', { ...body, recharge: { ...body.recharge, amount } });
      expect(response.statusCode).toBe(422);
      expect(response.json().errors).toEqual([{ path: 'recharge.amount', message: expect.any(String) }]);
      expect(parts.cardflow.start).not.toHaveBeenCalled();
    },
  );

  test('names each field at fault by its path', async () => {
    const { merchant, cards, ...rest } = companyBody();
    const response = await put('M-1', {
      ...rest,
      merchant: { ...merchant, nickname: 'x', company: { ...merchant.company, country: 'hk' } },
      cards: [cards[0], { ...cards[1], cardLimit: 30 }],
    });
    expect(response.headers['content-type']).toMatch('application/problem+json');
    expect(response.json()).toMatchObject({
      status: 422,
      errors: [
        { path: 'merchant.company.country' },
        { path: 'merchant.nickname', message: 'is not a field of this body' },
        { path: 'cards.1.cardLimit' },
      ],
    });
  });

  test.each([
    ['M_1', 'a "_", which is reserved for derived numbers'],
    ['M'.repeat(70), '70 characters'],
    ['M%2F1', 'a slash'],
    ['M'.repeat(300), '300 characters'],
  ])('refuses the number %s: %s', async (number) => {
    const response = await put(number, companyBody());
    expect(response.statusCode).toBe(422);
    expect(response.json().errors).toEqual([
      { path: 'merchantOrderNo', message: 'must be 1 to 40 letters, digits or hyphens' },
    ]);
  });

  test.each([
    ['{"merchant":', 400, 'malformed-json'],
    ['', 400, 'malformed-json'],
    ['[]', 422, 'invalid-input'],
    ['{"__proto__": {"a": 1}}', 400, 'malformed-json'],
  ])('tells what is wrong with the body %j', async (body, status, code) => {
    expect((await put('M-1', body)).json()).toMatchObject({ status, code });
  });

  test('takes no other content type', async () => {
    const request = { method: 'PUT' as const, url: '/v1/onboardings/M-1', payload: 'a=b' };
    const headers = { ...bearer('shop'), 'content-type': 'application/x-www-form-urlencoded' };
    expect((await parts.app.inject({ ...request, headers })).json()).toMatchObject({ status: 415 });
  });

  test.each([
    [{ binId: '999' }, 'cards.1.binId'],
    [{ binId: '103' }, 'cards.1.binId'],
    [{ binId: '102' }, 'cards.1.cardholder'],
  ])('with a card of %j is told before the customer pays', async (change, path) => {
    parts.cardflow.state.mockRejectedValue(new FlowNotFoundError('onboarding', 'M-1'));
    const { cards, ...rest } = companyBody();
    const response = await put('M-1', { ...rest, cards: [cards[0], { ...cards[1], ...change }] });
    expect(response.json()).toMatchObject({ status: 422, errors: [{ path }] });
    expect(parts.cardflow.start).not.toHaveBeenCalled();
  });

  test('again, after its BIN was disabled, still answers as before', async () => {
    parts.cardflow.start.mockResolvedValue({ outcome: 'same', state: stateOf('M-1') });
    const { cards, ...rest } = companyBody();
    const response = await put('M-1', { ...rest, cards: [{ ...cards[0], binId: '103' }] });
    expect(response.statusCode).toBe(200);
  });

  test('goes on when FalPay cannot be asked for its BINs: the flow itself checks', async () => {
    parts.falpay.listCardBins.mockRejectedValue(new FalpayUnavailable('down'));
    expect((await put('M-1', companyBody())).statusCode).toBe(201);
  });

  test('asks FalPay for its BINs once for many starts', async () => {
    await Promise.all([put('M-1', companyBody()), put('M-2', companyBody()), put('M-3', companyBody())]);
    expect(parts.falpay.listCardBins).toHaveBeenCalledTimes(1);
  });

  test('is 503 while Temporal is away, with a word that repeating is safe', async () => {
    parts.cardflow.start.mockRejectedValue(new TemporalUnavailableError('connect ECONNREFUSED 10.0.0.7:7233'));
    const response = await put('M-1', companyBody());
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.body).not.toMatch(/10\.0\.0\.7/);
  });

  test('an error nobody foresaw is 500 and tells the caller nothing of the inside', async () => {
    parts.cardflow.start.mockRejectedValue(new Error('secret inside'));
    const response = await put('M-1', companyBody());
    expect(response.json()).toMatchObject({ status: 500, code: 'internal', requestId: expect.any(String) });
    expect(response.body).not.toMatch(/secret/);
  });
});

describe('reading an onboarding', () => {
  const get = (path: string, headers: Record<string, string> = bearer('shop')) =>
    parts.app.inject({ method: 'GET', url: `/v1/onboardings/${path}`, headers });

  test('answers its state, not to be cached', async () => {
    const response = await get('M-1');
    expect(response.json()).toMatchObject({ number: 'M-1', stage: 'WAITING' });
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.headers['etag']).toMatch(/^"[0-9a-f]{32}"$/);
  });

  test('of a number that nobody used is 404', async () => {
    parts.cardflow.state.mockRejectedValue(new FlowNotFoundError('onboarding', 'M-9'));
    expect((await get('M-9')).json()).toMatchObject({ status: 404, code: 'flow-not-found' });
  });

  test('with ?wait waits for a change of what the caller has seen', async () => {
    const seen = (await get('M-1')).headers['etag'] as string;
    const response = await get('M-1?wait=30s', { ...bearer('shop'), 'if-none-match': seen });
    expect(response.json().stage).toBe('COMPLETED');
    expect(parts.cardflow.waitForChange).toHaveBeenCalledWith('onboarding', 'M-1', {
      ms: 30_000,
      since: seen.replaceAll('"', ''),
      signal: expect.any(AbortSignal),
    });
  });

  test.each(['30', '2m', 'x', '-1s'])('refuses ?wait=%s', async (wait) => {
    expect((await get(`M-1?wait=${wait}`)).json()).toMatchObject({ status: 422, errors: [{ path: 'wait' }] });
  });

  test('long polls end when the gateway closes', async () => {
    let waiting: AbortSignal | undefined;
    parts.cardflow.waitForChange.mockImplementation(async (_kind, number, { signal }) => {
      waiting = signal;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return stateOf(number);
    });
    const response = get('M-1?wait=30s');
    while (!waiting) await new Promise(setImmediate);
    await parts.app.close();
    expect((await response).statusCode).toBe(200);
  });
});

describe('correcting and cancelling', () => {
  test('the actor is the key, and never a field', async () => {
    const correction = { blockId: 'merchant-1-abc', reason: 'new address' };
    expect((await post('M-1/corrections', correction)).statusCode).toBe(200);
    expect(parts.cardflow.act).toHaveBeenCalledWith('onboarding', 'M-1', 'correct', { ...correction, actor: 'shop' });
    const forged = await post('M-1/corrections', { ...correction, actor: 'ceo' });
    expect(forged.json()).toMatchObject({ status: 422, errors: [{ path: 'actor' }] });
  });

  test('a patch holds no numbers, at whatever depth', async () => {
    const patch = { cards: { '1': { cardLimit: 20 } } };
    const response = await post('M-1/corrections', { blockId: 'b-1', reason: 'r', patch });
    expect(response.json()).toMatchObject({ status: 422, errors: [{ path: 'patch.cards.1.cardLimit' }] });
  });

  test('what the patch makes invalid comes back by its path', async () => {
    parts.cardflow.act.mockRejectedValue(
      new InvalidInputError([{ path: 'patch.cards.0.cardLimit', message: 'is wrong' }]),
    );
    const response = await post('M-1/corrections', { blockId: 'b', reason: 'r', patch: { cards: {} } });
    expect(response.json()).toMatchObject({ status: 422, errors: [{ path: 'patch.cards.0.cardLimit' }] });
  });

  test.each([
    ['stale', 409],
    ['notAllowed', 409],
    ['contradicted', 409],
    ['inFlight', 409],
    ['closed', 409],
    ['patch', 422],
    ['request', 422],
  ] as const)('a refusal as %s is %i', async (refusal, status) => {
    parts.cardflow.act.mockRejectedValue(new ActionRefusedError(refusal, 'patch.merchant: may not be changed here'));
    const response = await post('M-1/corrections', { blockId: 'b', reason: 'r' });
    expect(response.json().status).toBe(status);
    if (status === 422)
      expect(response.json().errors).toEqual([{ path: 'patch.merchant', message: 'may not be changed here' }]);
  });

  test('cancel is accepted, not done: 202', async () => {
    const response = await post('M-1/cancel', { reason: 'customer left' });
    expect(response.statusCode).toBe(202);
    expect(parts.cardflow.act).toHaveBeenCalledWith('onboarding', 'M-1', 'abort', {
      reason: 'customer left',
      actor: 'shop',
    });
    expect((await post('M-1/cancel', { reason: '  ' })).json()).toMatchObject({
      status: 422,
      errors: [{ path: 'reason' }],
    });
  });
});
