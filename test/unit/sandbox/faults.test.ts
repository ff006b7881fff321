import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { Faults } from '../../../src/sandbox/faults/engine';
import { ruleSchema } from '../../../src/sandbox/faults/rules';
import { Database } from '../../../src/sandbox/store/database';
import { TestWorld } from './support/world';

describe('over the wire', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await TestWorld.start();
  });
  afterAll(() => world.stop());
  afterEach(() => world.control('DELETE', '/faults'));

  const faults = (...rules: readonly Readonly<Record<string, unknown>>[]) => world.control('PUT', '/faults', { rules });
  const create = (merchantOrderNo: string) => world.falpay.call('/merchant/create', world.merchant(merchantOrderNo));
  const exists = async (merchantOrderNo: string): Promise<boolean> =>
    (await world.falpay.call('/merchant/detail', { merchantOrderNo })).success === true;

  test.each<[string, Readonly<Record<string, unknown>>, boolean]>([
    ['a reset before the commit', { fault: 'resetBeforeCommit' }, false],
    ['a reset after the commit', { fault: 'resetAfterCommit' }, true],
    ['FalPay being down', { fault: 'down' }, false],
  ])('%s breaks the connection off, and the order exists: see the table', async (_what, rule, isThere) => {
    await faults({ ...rule, operation: 'createMerchant', times: 1 });
    const number = world.orderNo('M');
    await expect(create(number)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(await exists(number)).toBe(isThere);
    expect(await world.requestsFor(number)).toMatchObject([{ fault: rule['fault'] }]);
    expect((await world.requestsFor(number))[0]).not.toHaveProperty('status');
    // The same number again creates it, or gets the first result.
    expect(await create(number)).toMatchObject({ success: true });
    expect((await world.requestsFor(number)).map(({ repeated }) => repeated)).toEqual([false, isThere]);
  });

  test.each<[string, Readonly<Record<string, unknown>>, number, boolean]>([
    ['http5xx, carried out', { fault: 'http5xx' }, 503, true],
    ['http5xx, not carried out', { fault: 'http5xx', committed: false, status: 502 }, 502, false],
    ['unreadable, carried out', { fault: 'unreadable' }, 200, true],
    ['unreadable, not carried out', { fault: 'unreadable', committed: false }, 200, false],
  ])('%s answers a page without a signature', async (_what, rule, status, isThere) => {
    await faults({ ...rule, operation: 'createMerchant', times: 1 });
    const number = world.orderNo('M');
    const answer = await create(number);
    expect(answer).toMatchObject({ status, genuine: false, text: expect.stringContaining('<html>') });
    expect(await exists(number)).toBe(isThere);
  });

  test('a wrong signature comes with the right answer', async () => {
    await faults({ fault: 'wrongSignature', operation: 'createMerchant', times: 1 });
    expect(await create(world.orderNo('M'))).toMatchObject({ status: 200, success: true, genuine: false });
  });

  test('too many requests and a refused token are told signed, and nothing is carried out', async () => {
    await faults({ fault: 'rateLimit', ms: 2_500, operation: 'createMerchant', times: 1 });
    const number = world.orderNo('M');
    const limited = await create(number);
    expect(limited).toMatchObject({ status: 429, genuine: true, code: 'TOO_MANY_REQUESTS' });
    expect(limited.headers.get('retry-after')).toBe('3');
    await faults({ fault: 'tokenRefused', operation: 'createMerchant', times: 1 });
    expect(await create(number)).toMatchObject({ status: 401, genuine: true, code: 'INVALID_TOKEN' });
    expect(await exists(number)).toBe(false);
  });

  test('the token’s own call can go wrong too', async () => {
    await faults({ fault: 'http5xx', operation: 'getToken', times: 1, committed: false });
    expect(await world.falpay.askToken({})).toMatchObject({ status: 503 });
    expect(await world.falpay.newToken()).toMatch(/.{128}/);
  });

  test('a slow answer is slow, and a caller who does not wait holds up nobody', async () => {
    await faults({ fault: 'latency', ms: 300, operation: 'createMerchant', times: 1 });
    const number = world.orderNo('M');
    const impatient = new AbortController();
    const token = await world.falpay.newToken();
    const url = new URL('/api/open/merchant/create', world.sandbox.url);
    const outgoing = request(url, {
      method: 'POST',
      signal: impatient.signal,
      headers: { authorization: `Bearer ${token}` },
    });
    const gone = new Promise((resolve) => outgoing.once('error', resolve));
    outgoing.end(JSON.stringify(world.merchant(number)), () => setTimeout(() => impatient.abort(), 50));
    await gone;
    // Were the one who left still waited for, no callback would ever be sent again.
    for (let seen = 0; seen < 1; seen = (await world.requestsFor(number)).length)
      await new Promise((resolve) => setImmediate(resolve));
    const merchantId = await world.approvedMerchant();
    expect(merchantId).toMatch(/^\d{19}$/);
  });

  test('a rule can be about one order number, wait for its turn, and end', async () => {
    await faults({ fault: 'rateLimit', operation: 'createMerchant', orderNo: 'M-marked', skip: 1, times: 1 });
    const dto = world.merchant('M-marked');
    const answers = [];
    for (let round = 0; round < 3; round += 1) {
      answers.push((await create(world.orderNo('M'))).status);
      answers.push((await world.falpay.call('/merchant/create', dto)).status);
    }
    expect(answers).toEqual([200, 200, 200, 429, 200, 200]);
    expect(await world.control('GET', '/faults')).toMatchObject({ rules: [{ matched: 3, fired: 1 }] });
  });

  test.each<[Readonly<Record<string, unknown>>, string]>([
    [{ fault: 'earthquake' }, 'rules.0.fault'],
    [{ fault: 'latency' }, 'rules.0.ms'],
    [{ fault: 'dropCallback', operation: 'applyCard' }, 'rules.0.fault'],
    [{ fault: 'rateLimit', topic: 'card-status' }, 'rules.0.fault'],
    [{ fault: 'unreadable', topic: 'card-status', operation: 'applyCard' }, 'rules.0.topic'],
    [{ fault: 'rateLimit', operation: 'createMerchants' }, 'rules.0.operation'],
    [{ fault: 'rateLimit', probability: 2 }, 'rules.0.probability'],
    [{ fault: 'rateLimit', tims: 2 }, 'rules.0.tims'],
  ])('the rule %j is refused, by its field', async (rule, field) => {
    const answer = await world.tryControl('PUT', '/faults', { rules: [rule] });
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map((error) => error.field)).toContain(field);
  });

  test('a pause refuses connections at the same address and keeps everything', async () => {
    const number = world.orderNo('M');
    await create(number);
    await world.sandbox.pause();
    try {
      const { hostname, port } = new URL(world.sandbox.url);
      const [error] = await once(connect(Number(port), hostname), 'error').catch((reason: unknown) => [reason]);
      expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    } finally {
      await world.sandbox.resume();
    }
    expect(await exists(number)).toBe(true);
  });
});

describe('the seed', () => {
  const firedBy = (seed: string, calls: number): readonly boolean[] => {
    const database = new Database(undefined);
    const faults = new Faults(database, 'unused');
    faults.replace([ruleSchema.parse({ fault: 'rateLimit', operation: 'applyCard', probability: 0.3 })], seed);
    const fired = Array.from({ length: calls }, () => {
      // Other calls in between must not change this one's luck.
      faults.forCall('getMerchant', undefined);
      return faults.forCall('applyCard', undefined).length > 0;
    });
    database.close();
    return fired;
  };

  test('repeats a run to the letter, another seed gives another run', () => {
    expect(firedBy('one', 200)).toEqual(firedBy('one', 200));
    expect(firedBy('one', 200)).not.toEqual(firedBy('two', 200));
  });

  test('draws about as often as the probability says', () => {
    const hits = firedBy('three', 1_000).filter(Boolean).length;
    expect(hits).toBeGreaterThan(230);
    expect(hits).toBeLessThan(370);
  });
});

test('a stop ends calls that wait on purpose, and lets the others end', async () => {
  const world = await TestWorld.start();
  await world.falpay.newToken();
  await world.control('PUT', '/faults', { rules: [{ fault: 'latency', ms: 600_000, operation: 'createMerchant' }] });
  const waiting = expect(world.falpay.call('/merchant/create', world.merchant())).rejects.toThrow();
  while ((await world.control<{ rules: { fired: number }[] }>('GET', '/faults')).rules[0]?.fired !== 1) continue;
  await world.stop();
  await waiting;
});
