import { until } from '../../setup/until';
import { BIN, TestWorld } from './support/world';

let world: TestWorld;
afterEach(() => world.stop());

interface Shown {
  readonly eventId: string;
  readonly state: string;
  readonly nextTryAt?: string;
  readonly tries: readonly { readonly at: string; readonly status?: number; readonly outcome: string }[];
}
const list = async (query = ''): Promise<readonly Shown[]> =>
  (await world.control<{ callbacks: Shown[] }>('GET', `/callbacks${query}`)).callbacks;
/** The first callback, once it is in this state. */
async function inState(state: string): Promise<Shown> {
  for (;;) {
    const found = (await list()).find((callback) => callback.state === state);
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const newMerchant = () => world.falpay.data<string>('/merchant/create', world.merchant());

test.each([
  ['an error', { status: 503, body: '' }],
  ['another status than 200', { status: 204, body: '' }],
  ['a page', { status: 200, body: '<html></html>' }],
  ['a refusal', { status: 200, body: '{"success":false,"code":"500"}' }],
  ['success without the code', { status: 200, body: '{"success":true}' }],
])('a callback that gets %s for an answer is sent again until it is acknowledged', async (_what, reply) => {
  world = await TestWorld.start({ settings: { callbackLadder: [0, 1, 2, 3] } });
  world.receiver.replies = [reply, reply];
  await newMerchant();
  const tries = await world.receiver.wait(3);
  expect(new Set(tries.map(({ eventId, text }) => `${eventId} ${text}`)).size).toBe(1);
  const done = await inState('ACKNOWLEDGED');
  expect(done.tries.map(({ outcome }) => outcome)).toEqual(['not acknowledged', 'not acknowledged', 'acknowledged']);
  expect(world.receiver.received).toHaveLength(3);
});

test('a receiver that does not answer in time is tried again', async () => {
  // Rungs to spare: on a busy machine the answer to a later try may come too late as well.
  world = await TestWorld.start({ settings: { callbackTimeout: 200, callbackLadder: [0, 1, 2, 3, 4, 5, 6, 7] } });
  world.receiver.replies = ['never'];
  await newMerchant();
  await world.receiver.wait(2);
  const outcomes = (await inState('ACKNOWLEDGED')).tries.map(({ outcome }) => outcome);
  expect([outcomes[0], outcomes.at(-1)]).toEqual(['timeout', 'acknowledged']);
});

test('a receiver that is not there is tried to the end of the ladder, and a resend by hand still arrives', async () => {
  world = await TestWorld.start({ settings: { callbackUrl: 'http://127.0.0.1:9/nobody', callbackLadder: [0, 1, 2] } });
  await newMerchant();
  const givenUp = await inState('GIVEN_UP');
  expect(givenUp.tries).toHaveLength(3);
  expect(givenUp.tries[0]?.outcome).toBe('ECONNREFUSED');
  await world.control('PUT', '/settings', { callbackUrl: world.callbackUrl });
  await world.control('POST', `/callbacks/${givenUp.eventId}/resend`);
  await world.receiver.wait(1);
  expect(await inState('ACKNOWLEDGED')).toMatchObject({ eventId: givenUp.eventId });
});

test('a resend by hand while a try is on its way is sent after it, whatever comes of that one', async () => {
  world = await TestWorld.start({ settings: { callbackTimeout: 500, callbackLadder: [0] } });
  world.receiver.replies = ['never'];
  await newMerchant();
  const [{ eventId = '' } = {}] = await world.receiver.wait(1);
  await world.control('POST', `/callbacks/${eventId}/resend`);
  await world.receiver.wait(2);
  expect((await inState('ACKNOWLEDGED')).tries.map(({ outcome }) => outcome)).toEqual(['timeout', 'acknowledged']);
});

test('the pauses are FalPay’s: 5 s, 1 min, 5 min, 20 min, 1 h, 12 h, 24 h after the event', async () => {
  let now = Date.now();
  world = await TestWorld.start({
    clock: { now: () => now },
    settings: { callbackUrl: 'http://127.0.0.1:9/nobody', merchantAuditDelay: 'manual' },
  });
  const merchantId = await newMerchant();
  await world.control('POST', `/audits/merchants/${merchantId}`, { decision: 'APPROVED' });
  const event = now;
  const waits: number[] = [];
  for (let tries = 1; tries < 8; tries += 1) {
    let shown: Shown | undefined;
    while ((shown = (await list())[0])?.tries.length !== tries) await new Promise((resolve) => setImmediate(resolve));
    const next = Date.parse(shown?.nextTryAt ?? '');
    waits.push((next - event) / 1000);
    now = next;
    // The clock has jumped, which no timer noticed: any change of settings looks at it again.
    await world.control('PUT', '/settings', {});
  }
  expect(waits).toEqual([5, 60, 300, 1200, 3600, 43_200, 86_400]);
  expect(await inState('GIVEN_UP')).toMatchObject({ tries: { length: 8 } });
});

test('each try is signed anew by default, and with the first signature when told so', async () => {
  world = await TestWorld.start({ settings: { callbackLadder: [0, 1] } });
  world.receiver.replies = [{ status: 500, body: '' }];
  await newMerchant();
  const [first, second] = await world.receiver.wait(2);
  expect(first?.genuine && second?.genuine).toBe(true);
  expect(second?.nonce).not.toBe(first?.nonce);

  await world.control('PUT', '/settings', { callbackSigning: 'once' });
  world.receiver.replies = [{ status: 500, body: '' }];
  const merchantId = await newMerchant();
  const [third, fourth] = await world.receiver.wait(2, ({ data }) => data['merchantId'] === merchantId);
  expect(third?.genuine && fourth?.genuine).toBe(true);
  expect([fourth?.timestamp, fourth?.nonce, fourth?.signature]).toEqual([
    third?.timestamp,
    third?.nonce,
    third?.signature,
  ]);
});

test('callbacks wait for an address and are sent once there is one', async () => {
  world = await TestWorld.start();
  await world.control('PUT', '/settings', { callbackUrl: null });
  await newMerchant();
  expect(await inState('PENDING')).toMatchObject({ tries: [] });
  await world.control('PUT', '/settings', { callbackUrl: world.callbackUrl });
  await world.receiver.wait(1);
});

test('our order number can be left out of callbacks', async () => {
  world = await TestWorld.start({ settings: { callbackOrderNumbers: false } });
  const merchantId = await newMerchant();
  const called = await world.receiver.next('merchant-audit');
  expect(called.data).toMatchObject({ merchantId });
  expect(called.data).not.toHaveProperty('merchantOrderNo');
});

describe('faults', () => {
  const faults = (...rules: readonly Readonly<Record<string, unknown>>[]) => world.control('PUT', '/faults', { rules });

  test('a duplicated callback arrives twice, word for word', async () => {
    world = await TestWorld.start();
    await faults({ topic: 'merchant-audit', fault: 'duplicateCallback', times: 1 });
    await newMerchant();
    const [one, other] = await world.receiver.wait(2);
    expect(other?.text).toBe(one?.text);
  });

  test('a dropped callback never comes, the next one does', async () => {
    world = await TestWorld.start();
    await faults({ topic: 'merchant-audit', fault: 'dropCallback', times: 1 });
    await newMerchant();
    expect(await inState('DROPPED')).toMatchObject({ tries: [] });
    const second = await newMerchant();
    const [first] = await world.receiver.wait(1);
    expect(first?.data['merchantId']).toBe(second);
  });

  test('a held callback is overtaken by the next one', async () => {
    world = await TestWorld.start();
    await faults({ topic: 'merchant-audit', fault: 'reorderCallback', ms: 60_000, times: 1 });
    const first = await newMerchant();
    await inState('HELD');
    const second = await newMerchant();
    const received = await world.receiver.wait(2);
    expect(received.map(({ data }) => data['merchantId'])).toEqual([second, first]);
  });

  test('a delayed callback is due later by as much', async () => {
    world = await TestWorld.start();
    await faults({ topic: 'merchant-audit', fault: 'delayCallback', ms: 3_600_000 });
    await newMerchant();
    const waiting = await inState('PENDING');
    expect(Date.parse(waiting.nextTryAt ?? '') - Date.now()).toBeGreaterThan(3_500_000);
  });

  test.each(['wrongSignature', 'unreadable'])('%s spoils the first try, the next one is good', async (fault) => {
    world = await TestWorld.start({ settings: { callbackLadder: [0, 1] } });
    world.receiver.replies = [{ status: 401, body: '' }];
    await faults({ topic: 'merchant-audit', fault });
    await newMerchant();
    const [bad, good] = await world.receiver.wait(2);
    expect(fault === 'unreadable' ? bad?.eventId : bad?.genuine).toBe(fault === 'unreadable' ? undefined : false);
    expect(good).toMatchObject({ genuine: true, topic: 'merchant-audit' });
  });

  test('a callback that beats the API response is there before it', async () => {
    world = await TestWorld.start();
    await faults(
      { operation: 'applyCard', fault: 'callbackBeforeResponse' },
      { operation: 'createMerchant', fault: 'callbackBeforeResponse' },
    );
    const merchantOrderNo = world.orderNo('M');
    await world.falpay.call('/merchant/create', world.merchant(merchantOrderNo));
    // No waiting here: the response is in, so the callback must be.
    expect(world.receiver.received.map(({ data }) => data['merchantOrderNo'])).toEqual([merchantOrderNo]);
    const { walletId } = await world.fundedWallet();
    const before = world.receiver.received.length;
    const card = await world.falpay.data('/card/apply', {
      cardOrderNo: 'C-early',
      walletId,
      binId: BIN.share,
      cardLimit: '1.00',
      currency: 'USD',
    });
    expect(card['status']).toBe('PENDING');
    expect(world.receiver.received.slice(before)).toMatchObject([
      { topic: 'card-status', data: { cardOrderNo: 'C-early', status: 'ACTIVE' } },
    ]);
  });
});

test('unasked, a callback is not sent before the answer of the call that caused it is made', async () => {
  // Never twice the same time: what comes first shows.
  let ticks = Date.now();
  world = await TestWorld.start({ clock: { now: () => (ticks += 1) } });
  for (let round = 0; round < 20; round += 1) await newMerchant();
  await world.receiver.wait(20);
  // What has come is written down a moment later.
  await until(
    async () => (await list('?state=ACKNOWLEDGED')).length === 20,
    () => 'not all are acknowledged',
  );
  const { requests } = await world.control<{ requests: { at: string; ms: number }[] }>(
    'GET',
    '/requests?operation=createMerchant',
  );
  const answered = requests.map(({ at, ms }) => Date.parse(at) + ms);
  const sent = (await list()).toReversed().map(({ tries }) => Date.parse(tries[0]?.at ?? ''));
  expect(sent).toHaveLength(20);
  for (const [index, at] of sent.entries()) expect(at).toBeGreaterThan(answered[index] ?? Infinity);
});
