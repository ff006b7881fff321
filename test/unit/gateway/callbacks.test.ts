import { TemporalUnavailableError } from '../../../src/client';
import { loadProfile } from '../../../src/falpay';
import { audit, gateway, signedCallback, type Gateway } from './parts';

let parts: Gateway;
beforeEach(() => (parts = gateway()));
afterEach(() => parts.app.close());

const MINUTE = 60_000;

describe('a callback', () => {
  test('is handed on whole and acknowledged only after that', async () => {
    let accept: (outcome: string) => void = () => undefined;
    parts.route.mockReturnValue(new Promise((resolve) => (accept = resolve)));
    let answered = false;
    const answer = parts.app.inject(signedCallback('merchant-audit', audit())).then((response) => {
      answered = true;
      return response;
    });
    while (parts.route.mock.calls.length === 0) await new Promise(setImmediate);
    expect(answered).toBe(false);
    accept('signalled');
    expect((await answer).json()).toEqual({ success: true, code: '200', message: 'OK' });
    expect(parts.route).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'e-1',
        topic: 'merchant-audit',
        orderNo: 'M-1',
        ref: '1900000000000000001',
        stale: false,
        ids: { merchantId: '1900000000000000001', walletId: undefined, cardId: undefined },
      }),
    );
  });

  test('without our order number still carries FalPay’s ids', async () => {
    const response = await parts.app.inject(signedCallback('merchant-audit', audit({ merchantOrderNo: undefined })));
    expect(response.statusCode).toBe(200);
    expect(parts.route.mock.calls[0][0].orderNo).toBeUndefined();
  });

  test('with ids as bare 19-digit numbers loses no digit', async () => {
    const body = JSON.stringify(audit()).replace('"1900000000000000001"', '1900000000000000001');
    expect((await parts.app.inject(signedCallback('merchant-audit', body))).statusCode).toBe(200);
    expect(parts.route.mock.calls[0][0].ref).toBe('1900000000000000001');
  });

  test('with a changed byte is refused, and the answer does not say why', async () => {
    const request = signedCallback('merchant-audit', audit());
    const response = await parts.app.inject({ ...request, payload: request.payload.replace('APPROVED', 'APPROVEd') });
    expect(response.statusCode).toBe(401);
    const missing = await parts.app.inject({ ...request, headers: { 'content-type': 'application/json' } });
    expect(missing.statusCode).toBe(401);
    const { requestId: a, ...first } = response.json();
    const { requestId: b, ...second } = missing.json();
    expect(first).toEqual(second);
    expect(a).not.toBe(b);
    expect(parts.route).not.toHaveBeenCalled();
    expect(parts.lines.join('')).toMatch(/wrong-signature/);
    expect(parts.lines.join('')).toMatch(/missing-header/);
  });

  test('from the future is refused as a forged one', async () => {
    const response = await parts.app.inject(signedCallback('merchant-audit', audit(), Date.now() + 6 * MINUTE));
    expect(response.statusCode).toBe(401);
    expect(parts.lines.join('')).toMatch(/future-timestamp/);
  });

  test('signed long ago is accepted as stale', async () => {
    const response = await parts.app.inject(signedCallback('merchant-audit', audit(), Date.now() - 20 * 60 * MINUTE));
    expect(response.statusCode).toBe(200);
    expect(parts.route.mock.calls[0][0].stale).toBe(true);
  });

  test.each([
    ['that is no JSON', '{"eventId":'],
    ['of another topic', { ...audit(), topic: 'wallet-audit' }],
    ['without its id', { ...audit(), eventId: undefined }],
    ['with an amount that is none', { ...audit(), data: {} }],
    ['that is empty', ''],
  ])('%s is unreadable', async (_what, body) => {
    const response = await parts.app.inject(signedCallback('merchant-audit', body));
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toMatch('application/problem+json');
    expect(parts.route).not.toHaveBeenCalled();
  });

  test('of more than 256 kB is not even read', async () => {
    const response = await parts.app.inject(signedCallback('merchant-audit', 'x'.repeat(1_000_000)));
    expect(response.statusCode).toBe(413);
    expect(response.json().code).toBe('too-large');
  });

  test('under an unknown topic is 404, by another method 405', async () => {
    expect((await parts.app.inject(signedCallback('merchant-audits', audit()))).statusCode).toBe(404);
    const get = await parts.app.inject({ method: 'GET', url: '/callbacks/falpay/merchant-audit' });
    expect(get.statusCode).toBe(405);
    expect(get.headers['allow']).toContain('POST');
  });

  test.each(['text/plain', 'application/octet-stream', undefined])(
    'is read whatever its content type: %s',
    async (type) => {
      const request = signedCallback('merchant-audit', audit());
      const headers: Record<string, string> = { ...request.headers };
      delete headers['content-type'];
      const response = await parts.app.inject({
        ...request,
        headers: { ...headers, ...(type && { 'content-type': type }) },
      });
      expect(response.statusCode).toBe(200);
    },
  );

  test('is not acknowledged while Temporal is down, so that FalPay sends it again', async () => {
    parts.route.mockRejectedValue(new TemporalUnavailableError('no server'));
    const response = await parts.app.inject(signedCallback('merchant-audit', audit()));
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.json().success).toBeUndefined();
  });

  test.each(['duplicate', 'parked'])('that turns out %s is acknowledged', async (outcome) => {
    parts.route.mockResolvedValue(outcome);
    expect((await parts.app.inject(signedCallback('merchant-audit', audit()))).statusCode).toBe(200);
    const metrics = await parts.app.inject('/metrics');
    expect(metrics.body).toContain(`cardflow_callbacks_total{path="/merchant-audit",outcome="${outcome}"} 1`);
  });

  test('leaves nothing of its data in the log', async () => {
    await parts.app.inject(
      signedCallback('merchant-audit', audit({ auditStatus: 'REJECTED', rejectReason: 'blurred passport' })),
    );
    expect(parts.lines.join('')).not.toMatch(/blurred/);
  });
});

test('a FalPay that sends everything to one address and wants another acknowledgement is a matter of the profile', async () => {
  const one = { path: '' };
  const profile = loadProfile({
    callbacks: {
      topics: {
        'merchant-audit': { ...one, value: 'MERCHANT' },
        'wallet-audit': one,
        'wallet-recharge': one,
        'wallet-withdrawal': one,
        'card-authorization': one,
        'card-status': one,
      },
      fields: { topic: 'body.topic' },
      acknowledgement: { status: 200, body: 'SUCCESS' },
    },
  });
  const other = gateway(profile);
  const request = signedCallback('', { ...audit(), topic: 'MERCHANT' }, Date.now(), profile);
  const response = await other.app.inject({ ...request, url: '/callbacks/falpay' });
  expect([response.statusCode, response.body]).toEqual([200, 'SUCCESS']);
  expect(other.route).toHaveBeenCalledWith(
    expect.objectContaining({ topic: 'merchant-audit', ref: '1900000000000000001' }),
  );
  const unknown = signedCallback('', { ...audit(), topic: 'MERCHANTS' }, Date.now(), profile);
  expect((await other.app.inject({ ...unknown, url: '/callbacks/falpay' })).statusCode).toBe(400);
  await other.app.close();
});
