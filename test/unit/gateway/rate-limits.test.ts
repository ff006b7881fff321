import { audit, bearer, gateway, signedCallback, type Gateway } from './parts';

let parts: Gateway;
afterEach(() => parts.app.close());

const limited = (rateLimit: number) => (parts = gateway(undefined, { rateLimit }));
const get = (headers: Record<string, string>, url = '/v1/flows', remoteAddress = '198.51.100.7') =>
  parts.app.inject({ method: 'GET', url, headers, remoteAddress });
const times = async <T>(count: number, ask: () => Promise<T>): Promise<T[]> => {
  const answers: T[] = [];
  for (let done = 0; done < count; done += 1) answers.push(await ask());
  return answers;
};

test('each key has its own share, and is told how much of it is left', async () => {
  limited(3);
  const [first, , third] = await times(3, () => get(bearer('shop')));
  expect(first?.headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-remaining': '2' });
  expect(third?.headers['ratelimit-remaining']).toBe('0');
  const refused = await get(bearer('shop'));
  expect(refused.headers['content-type']).toMatch('application/problem+json');
  expect(refused.json()).toMatchObject({ status: 429, code: 'rate-limited', requestId: expect.any(String) });
  const seconds = Number(refused.headers['retry-after']);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThanOrEqual(60);
  expect(refused.headers['ratelimit-reset']).toBe(String(seconds));
  expect((await get(bearer('ops'))).statusCode).toBe(200);
});

test('a share is the key’s, from whatever address, on whatever route, and whether it is let in or not', async () => {
  limited(3);
  await get(bearer('books'), '/v1/flows', '198.51.100.7');
  await get(bearer('books'), '/v1/card-bins', '198.51.100.8');
  const forbidden = await parts.app.inject({ method: 'PUT', url: '/v1/onboardings/M-1', headers: bearer('books') });
  expect(forbidden.statusCode).toBe(403);
  expect((await get(bearer('books'), '/v1/flows', '198.51.100.9')).statusCode).toBe(429);
});

test('wrong keys are counted by address, and keep no right one from coming in', async () => {
  limited(600);
  const wrong = { authorization: 'Bearer guess' };
  const answers = await times(61, () => get(wrong));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([...Array(60).fill(401), 429]);
  expect((await get({})).statusCode).toBe(429);
  expect((await get(wrong, '/v1/flows', '198.51.100.8')).statusCode).toBe(401);
  expect((await get(bearer('shop'))).statusCode).toBe(200);
});

test('paths that lead nowhere and the page of the API are counted by address as well', async () => {
  limited(600);
  await times(30, () => get({}, '/v2/nothing'));
  await times(30, () => get({}, '/docs/static/swagger-ui.css'));
  expect((await get({}, '/openapi.json')).statusCode).toBe(429);
  expect((await get({}, '/v2/nothing')).json()).toMatchObject({ status: 429, code: 'rate-limited' });
});

test('FalPay’s callbacks and what machines ask of the process are never refused', async () => {
  limited(1);
  await times(70, () => get({}, '/v2/nothing'));
  const remoteAddress = '198.51.100.7';
  const callbacks = await times(70, () =>
    parts.app.inject({ ...signedCallback('merchant-audit', audit()), remoteAddress }),
  );
  expect(new Set(callbacks.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  for (const url of ['/healthz', '/readyz', '/metrics']) {
    const answers = await times(70, () => get({}, url));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  }
});

test('0 sets no limit', async () => {
  limited(0);
  const answers = await times(100, () => get(bearer('shop')));
  expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
  expect(answers[0]?.headers['ratelimit-limit']).toBeUndefined();
});
