/** The control plane as a browser meets it: the page, and what keeps other pages out. */
import { BY_HAND, TestWorld } from './support/world';

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start({ settings: BY_HAND });
});
afterAll(() => world.stop());

const ask = (path: string, init?: RequestInit) => fetch(`${world.sandbox.url}${path}`, init);

test.each([
  ['no content type', {}],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['plain text, as a page may send across sites without asking', { 'content-type': 'text/plain' }],
  ['multipart', { 'content-type': 'multipart/form-data; boundary=x' }],
  ['a type that only begins like JSON', { 'content-type': 'application/jsonp' }],
])('a command with %s is refused before anything happens', async (_what, headers) => {
  const merchantId = await world.falpay.data<string>('/merchant/create', world.merchant());
  const send = (method: string, path: string, body: object) =>
    ask(`/sandbox${path}`, { method, headers, body: Buffer.from(JSON.stringify(body)) });
  for (const answer of [
    await send('POST', `/audits/merchants/${merchantId}`, { decision: 'APPROVED' }),
    await send('PUT', '/settings', { merchantAuditDelay: 0 }),
  ]) {
    expect(answer.status).toBe(415);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('send application/json') });
  }
  expect(await world.control('GET', '/settings')).toMatchObject({ merchantAuditDelay: 'manual' });
  expect(await world.falpay.data('/merchant/detail', { merchantId })).toMatchObject({ auditStatus: 'PENDING' });
});

test('a command without content needs the type as well, and no more', async () => {
  expect((await ask('/sandbox/tokens/revoke', { method: 'POST' })).status).toBe(415);
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  expect((await ask('/sandbox/tokens/revoke', { method: 'POST', headers })).status).toBe(200);
});

test('a browser that asks whether another site may is not told yes', async () => {
  const answer = await ask('/sandbox/faults', {
    method: 'OPTIONS',
    headers: { origin: 'http://elsewhere.example', 'access-control-request-method': 'DELETE' },
  });
  expect(answer.ok).toBe(false);
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('the page and each file it names are served, under a policy that lets nothing else in', async () => {
  const page = await ask('/sandbox');
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const html = await page.text();
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path = '']) => path);
  expect(files).toContain('/sandbox/page/main.js');
  for (const path of ['/sandbox/', ...files]) {
    const answer = await ask(path);
    expect([path, answer.status]).toEqual([path, 200]);
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self'/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  }
  // Each module that another one imports is there too, and nothing comes from elsewhere.
  for (const [path, text] of await modules('/sandbox/page/main.js')) {
    expect([path, text]).not.toEqual([path, undefined]);
    expect(text).not.toMatch(/https?:\/\//);
  }
  expect(html).not.toMatch(/https?:\/\/|<script>|\son\w+=/);
  expect((await ask('/sandbox/page/../../package.json')).status).toBe(404);
  expect((await ask('/sandbox/page/unknown.js')).status).toBe(404);
});

/** Every module that this one needs, itself included. */
async function modules(
  path: string,
  known = new Map<string, string | undefined>(),
): Promise<ReadonlyMap<string, string | undefined>> {
  if (known.has(path)) return known;
  const answer = await ask(path);
  const text = answer.ok ? await answer.text() : undefined;
  known.set(path, text);
  for (const [, name = ''] of (text ?? '').matchAll(/ from '\.\/([^']+)'/g))
    await modules(`/sandbox/page/${name}`, known);
  return known;
}

test('the words that can be chosen from are the contract’s', async () => {
  const words = await world.control<{ operations: object[]; topics: object[]; faults: { calls: string[] } }>(
    'GET',
    '/words',
  );
  expect(words.operations).toContainEqual({ name: 'createMerchant', title: '创建商户' });
  expect(words.topics).toContainEqual({ name: 'merchant-audit', title: '商户账户审核' });
  expect(words.faults.calls).toContain('resetAfterCommit');
});

test('it says that it lives and that it is ready', async () => {
  expect(await (await ask('/healthz')).json()).toEqual({ status: 'ok' });
  expect(await (await ask('/readyz')).json()).toEqual({ status: 'ready' });
});
