/** Whatever is wrong with a request, and on whatever route: a problem document, with nothing of the inside and nothing of what was sent. */
import { connect, type AddressInfo } from 'node:net';
import { createLogger } from '../../../src/logging';
import { bearer, gateway, type Gateway } from './parts';

interface Operation {
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly path: string;
  readonly parameters: readonly { readonly in: string; readonly name: string }[];
  readonly hasBody: boolean;
}

const MARK = 'mark-7f3a91';
let parts: Gateway;
let lines: string[];
let operations: readonly Operation[];

beforeAll(async () => {
  lines = [];
  const log = createLogger({
    service: 'gateway',
    level: 'trace',
    destination: { write: (line) => void lines.push(line) },
  });
  parts = gateway(undefined, { log });
  const { paths } = (await parts.app.inject('/openapi.json')).json();
  operations = Object.entries<Record<string, { parameters?: Operation['parameters']; requestBody?: object }>>(
    paths,
  ).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase() as Operation['method'],
      path,
      parameters,
      hasBody: requestBody !== undefined,
    })),
  );
});
afterAll(() => parts.app.close());

/** Values that every path takes. */
const GOOD: Readonly<Record<string, string>> = {
  kind: 'onboarding',
  merchantOrderNo: 'M-1',
  orderNo: 'O-1',
  number: 'M-1',
  id: '17',
  cardId: '17',
  date: '2026-01-31',
};
const filled = ({ path }: Operation, bad?: string) =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => bad ?? GOOD[name] ?? 'x-1');

interface Ask {
  readonly headers?: Record<string, string>;
  readonly payload?: string;
  readonly url?: string;
}
async function ask(operation: Operation, { headers = {}, payload, url = filled(operation) }: Ask) {
  const response = await parts.app.inject({ method: operation.method, url, headers, payload });
  return { name: `${operation.method} ${operation.path}`, response };
}

type Asked = Awaited<ReturnType<typeof ask>>;
function expectProblem({ name, response }: Asked, statuses: readonly number[]): void {
  const type = response.headers['content-type'];
  expect({ name, type }).toEqual({ name, type: 'application/problem+json; charset=utf-8' });
  const body = response.json();
  expect({ name, body }).toEqual({
    name,
    body: {
      type: `urn:cardflow:problem:${body.code}`,
      title: expect.any(String),
      status: response.statusCode,
      code: expect.stringMatching(/^[a-z-]+$/),
      detail: expect.any(String),
      requestId: response.headers['x-request-id'],
      ...(body.errors && { errors: expect.any(Array) }),
    },
  });
  expect(statuses).toContain(response.statusCode);
  expect(response.headers['cache-control']).toBe('no-store');
  expect({ name, text: response.body }).toEqual({
    name,
    text: expect.not.stringMatching(/node_modules|\.ts:|\bat \w+ \(/),
  });
  expect({ name, echoes: response.body.includes(MARK) }).toEqual({ name, echoes: false });
}

const behindKeys = () => operations.filter(({ path }) => path.startsWith('/v1/'));

test('every described route refuses who brings no key, and who brings a wrong one', async () => {
  expect(behindKeys().length).toBeGreaterThan(40);
  for (const operation of behindKeys()) {
    expectProblem(await ask(operation, {}), [401]);
    expectProblem(await ask(operation, { headers: { authorization: `Bearer ${MARK}` } }), [401]);
    expectProblem(await ask(operation, { headers: { authorization: `Basic ${MARK}` } }), [401]);
  }
});

test('every route that not everybody may use says which roles may', async () => {
  const refused: string[] = [];
  for (const operation of behindKeys()) {
    const asked = await ask(operation, { headers: bearer('books'), payload: operation.hasBody ? '{}' : undefined });
    if (asked.response.statusCode !== 403) continue;
    expectProblem(asked, [403]);
    refused.push(asked.name);
  }
  // Finance reads and does nothing else.
  const acts = behindKeys().filter(({ method }) => method !== 'GET');
  expect(refused.sort()).toEqual(acts.map(({ method, path }) => `${method} ${path}`).sort());
});

test.each([
  ['that is no JSON', `{"reason": "${MARK}`, 'application/json', [400]],
  ['with a poisoned prototype', `{"__proto__": {"x": "${MARK}"}}`, 'application/json', [400]],
  ['that is empty', '', 'application/json', [400]],
  ['of another type', `<reason>${MARK}</reason>`, 'application/xml', [415]],
  ['that is a list', `["${MARK}"]`, 'application/json', [422]],
  ['of numbers where texts belong', `{"reason": 1, "blockId": 2, "amount": 3}`, 'application/json', [422]],
  ['that nests without end', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'application/json', [400, 422]],
  ['that is far too large', `{"reason": "${MARK.repeat(200_000)}"}`, 'application/json', [413]],
])('every route that takes JSON refuses a body %s', async (_what, payload, type, statuses) => {
  const takers = behindKeys().filter(({ hasBody, path }) => hasBody && path !== '/v1/files');
  expect(takers.length).toBeGreaterThan(20);
  for (const operation of takers) {
    for (const key of ['ops', 'desk'] as const) {
      const asked = await ask(operation, { headers: { ...bearer(key), 'content-type': type }, payload });
      if (asked.response.statusCode !== 403) expectProblem(asked, statuses);
    }
  }
});

test.each([
  ['%zz', [400]],
  ['%E0%A4%A', [400]],
  ['%00', [404, 422]],
  [`a${'%20'}b${MARK}`, [404, 422]],
  [`${MARK}%2F..%2F..%2Fetc`, [404, 422]],
  [MARK.repeat(50), [404, 422]],
  ['x'.repeat(5_000), [404, 414, 422]],
  ['%F0%9F%92%B3', [404, 422]],
])('every route with a value in its path refuses %s', async (bad, statuses) => {
  const takers = behindKeys().filter(({ path }) => path.includes('{'));
  for (const operation of takers) {
    const payload = operation.hasBody ? '{}' : undefined;
    // Of the two, each may do what the other may not.
    const who = operation.path.endsWith('/reveal') ? 'desk' : 'ops';
    const headers = { ...bearer(who), ...(payload && { 'content-type': 'application/json' }) };
    const asked = await ask(operation, { headers, payload, url: filled(operation, bad) });
    expectProblem(asked, statuses);
  }
});

test('every route with a query refuses what it does not know, and what is given twice, by its name', async () => {
  const takers = behindKeys().filter(
    ({ method, parameters }) => method === 'GET' && parameters.some((one) => one.in === 'query'),
  );
  expect(takers.length).toBeGreaterThan(8);
  for (const operation of takers) {
    const url = filled(operation);
    const unknown = await ask(operation, { headers: bearer('ops'), url: `${url}?nothing=${MARK}` });
    expectProblem(unknown, [422]);
    expect(unknown.response.json().errors).toEqual([{ path: 'nothing', message: expect.any(String) }]);
    for (const { name } of operation.parameters.filter((one) => one.in === 'query')) {
      const twice = await ask(operation, { headers: bearer('ops'), url: `${url}?${name}=${MARK}&${name}=30s` });
      expectProblem(twice, [422]);
      expect(twice.response.json().errors).toEqual([{ path: name, message: 'must be given once' }]);
    }
  }
});

test.each(['%', '30s%00', '1e9s', 'Infinity', '-1s', '61s', '0x10s', '٣s', '30s;', 'null'])(
  '?wait=%s is refused by its name',
  async (wait) => {
    const response = await parts.app.inject({
      url: `/v1/onboardings/M-1?wait=${wait === '%' ? wait : encodeURIComponent(wait)}`,
      headers: bearer('shop'),
    });
    expect(response.json()).toMatchObject({ status: 422, errors: [{ path: 'wait' }] });
  },
);

test('an error that nobody foresaw is the same 500 on every route, and its cause stays in the log', async () => {
  const secret = new Error(`${MARK} of the inside`);
  const broken = gateway(undefined, {
    cardflow: new Proxy({}, { get: (_, name) => (name === 'callbacks' ? {} : () => Promise.reject(secret)) }) as never,
    falpay: new Proxy(
      {},
      { get: (_, name) => (name === 'profile' ? { time: { zone: 'Z' } } : () => Promise.reject(secret)) },
    ) as never,
  });
  for (const operation of behindKeys().filter(({ method, path }) => method === 'GET' && path !== '/v1/files')) {
    const response = await broken.app.inject({ url: filled(operation), headers: bearer('ops') });
    expectProblem({ name: operation.path, response }, [500]);
  }
  expect(broken.lines.join('')).toContain('of the inside');
  await broken.app.close();
});

describe('methods', () => {
  test('OPTIONS tells which there are, and lets no other origin in', async () => {
    const response = await parts.app.inject({
      method: 'OPTIONS',
      url: '/v1/onboardings/M-1',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
    });
    expect(response.statusCode).toBe(204);
    expect(response.headers['allow']).toMatch(/GET/);
    expect(response.headers['x-request-id']).toEqual(expect.any(String));
    expect(Object.keys(response.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await parts.app.inject({ method: 'OPTIONS', url: '/v2' })).statusCode).toBe(404);
  });

  test('HEAD answers as GET does, without the body, and needs the key as well', async () => {
    const url = '/v1/onboardings/M-1';
    const head = await parts.app.inject({ method: 'HEAD', url, headers: bearer('shop') });
    expect([head.statusCode, head.body]).toEqual([200, '']);
    expect(head.headers['etag']).toEqual(expect.any(String));
    expect((await parts.app.inject({ method: 'HEAD', url })).statusCode).toBe(401);
    expect((await parts.app.inject({ method: 'HEAD', url: '/v1/cards/17/reveal' })).statusCode).toBe(405);
  });

  test.each(['DELETE', 'PATCH', 'PUT'] as const)('%s where there is none is 405 on every route', async (method) => {
    for (const operation of operations.filter(({ method: own }) => own === 'GET')) {
      if (operations.some((other) => other.path === operation.path && other.method === method)) continue;
      const response = await parts.app.inject({ method, url: filled(operation), payload: MARK });
      expectProblem({ name: operation.path, response }, [405]);
    }
  });
});

describe('on the wire', () => {
  let port: number;
  beforeAll(async () => {
    await parts.app.listen({ host: '127.0.0.1', port: 0 });
    port = (parts.app.server.address() as AddressInfo).port;
  });

  /** Sends bytes as they are, and reads until the other side hangs up. */
  const send = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let answer = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.setEncoding('utf8');
      socket.on('data', (chunk: string) => (answer += chunk));
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });

  test.each([
    ['what is no HTTP', `${MARK} ${MARK}\r\n\r\n`, 400, 'malformed-request'],
    ['a header that is none', `GET /healthz HTTP/1.1\r\nhost: x\r\n${MARK}\r\n\r\n`, 400, 'malformed-request'],
    [
      'headers that are too large',
      `GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: ${MARK.repeat(3_000)}\r\n\r\n`,
      431,
      'header-too-large',
    ],
    [
      'two lengths',
      `POST /v1/files HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx`,
      400,
      'malformed-request',
    ],
  ])('%s is answered with a problem as well', async (_what, bytes, status, code) => {
    const [head = '', body = ''] = (await send(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/content-type: application\/problem\+json/);
    const problem = JSON.parse(body);
    expect(problem).toMatchObject({ status, code, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(head).toContain(`x-request-id: ${problem.requestId}`);
    expect(head + body).not.toContain(MARK);
    expect(lines.some((line) => line.includes(problem.requestId))).toBe(true);
  });

  test('a request that does not end is given up with a problem', async () => {
    const answer = send(`POST /v1/onboardings/M-1 HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{`);
    const pending = new Promise((resolve) => parts.app.server.once('connection', resolve));
    const socket = await pending;
    // As Node tells it when requestTimeout is over; the time itself is five minutes.
    parts.app.server.emit('clientError', Object.assign(new Error(MARK), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request-timeout"/);
    expect(parts.app.server.requestTimeout).toBe(300_000);
  });
});

test('nothing that was sent is in the log', () => {
  expect(lines.length).toBeGreaterThan(500);
  expect(lines.join('')).not.toContain(MARK);
});

describe('bodies that no route takes', () => {
  const subject = gateway();
  afterAll(() => subject.app.close());
  const correct = (patch: string) =>
    subject.app.inject({
      method: 'POST',
      url: '/v1/onboardings/M-1/corrections',
      headers: { ...bearer('shop'), 'content-type': 'application/json' },
      payload: `{"blockId":"a","reason":"b","patch":${patch}}`,
    });

  test.each([100, 3_000, 20_000])('a patch %i levels deep is told so, as the fault of its sender', async (levels) => {
    const answer = await correct(`${'{"a":'.repeat(levels)}{}${'}'.repeat(levels)}`);
    expect(answer.json()).toMatchObject({ status: 422, errors: [{ path: 'patch', message: 'is nested too deeply' }] });
  });

  test('text is not taken for JSON', async () => {
    const headers = { ...bearer('shop'), 'content-type': 'text/plain' };
    const answer = await subject.app.inject({ method: 'PUT', url: '/v1/onboardings/M-1', headers, payload: '{}' });
    expect(answer.json()).toMatchObject({ status: 415, code: 'unsupported-media-type' });
  });
});
