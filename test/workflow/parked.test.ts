import { ApplicationFailure } from '@temporalio/common';
import type { BlockState, CallbackEvent, FlowState } from '../../src/messages';
import { callbackSignal } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { until } from '../setup/until';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ sandbox: { callbackOrderNumbers: false } });
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

/** What visibility would say: a server that skips time has none. */
function claims(answer: (event: CallbackEvent, tries: number) => 'claimed' | 'unclaimed' | 'duplicate'): {
  tries: () => number;
} {
  let tries = 0;
  scene.instead.claimCallback = async (event) => {
    tries += 1;
    const said = answer(event, tries);
    if (said !== 'claimed') return said;
    await scene.handle(owner).signal(callbackSignal, event);
    return 'signalled';
  };
  return { tries: () => tries };
}
let owner = '';

const parked = (number: string): Promise<FlowState> => scene.stack.cardflow.state('parked', number);
async function parkedReaches(number: string, wanted: (state: FlowState) => boolean): Promise<FlowState> {
  let last: FlowState | undefined;
  await until(
    async () => {
      last = await parked(number).catch(() => undefined);
      return last !== undefined && !last.stale && wanted(last);
    },
    () => JSON.stringify(last, null, 1),
  );
  return last as FlowState;
}

/** Waits until FalPay has its acknowledgement for so many callbacks about it: they are parked then, and none of them is sent again. */
async function acknowledged(topic: string, ref: string, count: number): Promise<void> {
  await until(
    async () => {
      const { callbacks } = await scene.stack.control('GET', `/callbacks?topic=${topic}&ref=${ref}&state=ACKNOWLEDGED`);
      return callbacks.length === count;
    },
    () => `${count} callbacks about ${topic} ${ref} are not taken`,
  );
}

/** Starts a flow whose merchant FalPay approves without naming our order number. */
async function approvedUnnamed(number: string): Promise<string> {
  owner = number;
  const { outputs } = await scene.at(number, 'merchant-audit', ONE_CARD);
  await scene.audit('merchant', number);
  return `merchant-audit/${outputs.merchantId}`;
}

test('a callback without our order number waits until a flow knows its id, and then moves that flow on', async () => {
  const { tries } = claims((_, count) => (count < 4 ? 'unclaimed' : 'claimed'));
  const number = await approvedUnnamed('FOUND');
  // Not its wait: it may have found the flow before anybody looked.
  await acknowledged('merchant-audit', number.replace('merchant-audit/', ''), 1);
  await scene.pass('1 minute');
  const done = await parkedReaches(number, ({ stage }) => stage === 'COMPLETED');
  expect(done.result).toEqual({ routed: 1, discarded: 0 });
  expect(tries()).toBe(4);
  await scene.waiting('FOUND', 'wallet-audit');
});

test('a callback that says nothing new to a flow that has ended is settled as a duplicate', async () => {
  claims(() => 'duplicate');
  const number = await approvedUnnamed('KNOWN');
  const { result } = await parkedReaches(number, ({ stage }) => stage === 'COMPLETED');
  expect(result).toEqual({ routed: 1, discarded: 0 });
});

/** Money of an order, told for a wallet. */
const money = (eventId: string, ref: string, walletId = '12'): CallbackEvent => ({
  eventId,
  topic: 'wallet-recharge',
  occurredAt: `2026-01-01 00:00:0${eventId}`,
  receivedAt: '2026-01-01T00:00:00.000Z',
  stale: false,
  ref,
  ids: { walletId },
  data: { orderNo: ref, currency: 'USD', status: 'SUCCESS', creditedAmount: '10.00' },
});
const park = (event: CallbackEvent): Promise<void> => scene.stack.cardflow.callbacks.park(event);
const outage = () => Promise.reject(ApplicationFailure.retryable('visibility is down', 'FalpayUnavailable'));

test('a callback that its flow parks again while it closes, before the claim has come back, is routed once more', async () => {
  let tries = 0;
  scene.instead.claimCallback = async (event) => {
    tries += 1;
    if (tries === 1) return outage();
    if (tries === 2) await park(event);
    return 'signalled';
  };
  await park(money('1', '501'));
  const { result } = await parkedReaches('wallet-recharge/501', ({ stage }) => stage === 'COMPLETED');
  expect(result).toEqual({ routed: 2, discarded: 0 });
  expect(tries).toBe(3);
});

test('a callback that was routed and comes back is routed once more while another one is still held', async () => {
  const routed: string[] = [];
  scene.instead.claimCallback = async ({ eventId, ids }) => {
    if (ids.walletId === '12') return 'unclaimed';
    routed.push(eventId);
    return 'signalled';
  };
  const number = 'wallet-recharge/502';
  await park(money('1', '502'));
  await parkedReaches(number, ({ waits }) => waits.length === 1);
  // From here on it is tried again by the hour: what comes back is not left to that.
  await scene.pass('2 hours');
  for (const count of [1, 2]) {
    await park(money('2', '502', '34'));
    await until(
      async () => routed.length === count,
      () => `routed: ${routed.join(', ')}`,
    );
  }
  // What is held is no news.
  await park(money('1', '502'));
  expect((await parkedReaches(number, () => true)).waits).toHaveLength(1);
  expect(routed).toEqual(['2', '2']);
  await scene.pass('25 hours');
  const { blocks } = await parkedReaches(number, ({ stage }) => stage === 'BLOCKED');
  expect(blocks[0]?.message).toContain('one callback, of 2026-01-01 00:00:01');
});

test('unclaimed for a day it blocks; retry routes it again at once', async () => {
  let isThere = false;
  claims(() => (isThere ? 'claimed' : 'unclaimed'));
  const number = await approvedUnnamed('DAY');
  await parkedReaches(number, ({ waits }) => waits.length > 0);
  await scene.pass('23 hours');
  expect(await parkedReaches(number, () => true)).toMatchObject({ stage: 'WAITING', blocks: [] });
  await scene.pass('2 hours');
  const { blocks } = await parkedReaches(number, ({ stage }) => stage === 'BLOCKED');
  expect(blocks).toEqual([
    expect.objectContaining({
      reason: 'DEADLINE',
      actions: ['retry', 'skip', 'abort'],
      message: expect.stringContaining('no flow claims merchant-audit'),
    }),
  ]);
  isThere = true;
  await scene.stack.cardflow.retry('parked', number, {
    blockId: blocks[0]?.blockId ?? '',
    actor: 'olaf',
    reason: 'the flow is there now',
  });
  const { result } = await parkedReaches(number, ({ stage }) => stage === 'COMPLETED');
  expect(result).toEqual({ routed: 1, discarded: 0 });
});

test('unclaimed for a day it goes on trying by itself', async () => {
  let isThere = false;
  claims(() => (isThere ? 'claimed' : 'unclaimed'));
  const number = await approvedUnnamed('LATER');
  await parkedReaches(number, ({ waits }) => waits.length > 0);
  await scene.pass('25 hours');
  await parkedReaches(number, ({ stage }) => stage === 'BLOCKED');
  isThere = true;
  await scene.pass('10 hours');
  expect((await parkedReaches(number, ({ stage }) => stage === 'COMPLETED')).result).toEqual({
    routed: 1,
    discarded: 0,
  });
});

test('skip discards it, and the record says who did', async () => {
  claims(() => 'unclaimed');
  const number = await approvedUnnamed('SKIPPED');
  await parkedReaches(number, ({ waits }) => waits.length > 0);
  await scene.pass('25 hours');
  const { blocks } = await parkedReaches(number, ({ stage }) => stage === 'BLOCKED');
  await scene.stack.cardflow.skip('parked', number, {
    blockId: blocks[0]?.blockId ?? '',
    actor: 'olaf',
    reason: 'not ours',
  });
  const done = await parkedReaches(number, ({ stage }) => stage === 'COMPLETED');
  expect(done).toMatchObject({
    result: { routed: 0, discarded: 1 },
    steps: [{ name: 'route-callback', status: 'SKIPPED' }],
    actions: [{ action: 'skip', actor: 'olaf', reason: 'not ours' }],
  });
});

/** Holds one callback until a person is asked. @returns the block */
async function blockedParked(number: string, event: CallbackEvent): Promise<BlockState> {
  await park(event);
  await parkedReaches(number, ({ waits }) => waits.length > 0);
  await scene.pass('25 hours');
  const { blocks } = await parkedReaches(number, ({ stage }) => stage === 'BLOCKED');
  return blocks[0] as BlockState;
}
const skip = (number: string, { blockId }: BlockState) =>
  scene.stack.cardflow.skip('parked', number, { blockId, actor: 'olaf', reason: 'booked elsewhere' });

test('a callback that comes while a person is asked renews the block, so that nobody discards it unseen', async () => {
  claims(() => 'unclaimed');
  const number = 'wallet-recharge/503';
  const first = await blockedParked(number, money('1', '503'));
  expect(first.message).toContain('one callback, of 2026-01-01 00:00:01');
  await park(money('2', '503'));
  const { blocks } = await parkedReaches(number, (state) =>
    state.blocks.some(({ blockId }) => blockId !== first.blockId),
  );
  expect(blocks[0]?.message).toContain('2 callbacks, the newest of 2026-01-01 00:00:02');
  await expect(skip(number, first)).rejects.toMatchObject({ code: 'stale-block' });
  await skip(number, blocks[0] as BlockState);
  const { result } = await parkedReaches(number, ({ stage }) => stage === 'COMPLETED');
  expect(result).toEqual({ routed: 0, discarded: 2 });
});

test('skip discards what its block told of, not what came in that moment', async () => {
  claims(() => 'unclaimed');
  const number = 'wallet-recharge/504';
  const block = await blockedParked(number, money('1', '504'));
  let letGo = (): void => undefined;
  let asked = 0;
  scene.instead.claimCallback = () => {
    asked += 1;
    if (asked === 1) return outage();
    return asked === 2 ? new Promise((answer) => (letGo = () => answer('unclaimed'))) : Promise.resolve('unclaimed');
  };
  await park(money('2', '504'));
  await until(
    () => asked === 2,
    () => 'nobody asks whose the second callback is',
  );
  await skip(number, block);
  letGo();
  const { waits } = await parkedReaches(number, (state) => state.waits.length === 1 && state.blocks.length === 0);
  expect(waits).toHaveLength(1);
  await scene.pass('25 hours');
  const { blocks } = await parkedReaches(number, ({ stage }) => stage === 'BLOCKED');
  expect(blocks[0]?.message).toContain('one callback, of 2026-01-01 00:00:02');
});

test('several callbacks of one entity are parked together and routed in the order of their arrival', async () => {
  const routed: string[] = [];
  let isThere = false;
  claims((event) => {
    if (!isThere) return 'unclaimed';
    if (event.topic === 'wallet-recharge') routed.push(String(event.data['creditedAmount']));
    return 'claimed';
  });
  owner = 'SEVERAL';
  const number = await approvedUnnamed('SEVERAL');
  await parkedReaches(number, ({ waits }) => waits.length > 0);
  isThere = true;
  await scene.passUntil('SEVERAL', ({ waits }) => waits[0]?.step === 'wallet-audit', '1 second');
  await scene.audit('wallet', 'SEVERAL');
  const { outputs } = await scene.passUntil(
    'SEVERAL',
    ({ waits }) => waits[0]?.step === 'recharge-arrival',
    '1 second',
  );
  isThere = false;
  const { orderNo = '' } = outputs.recharge ?? {};
  const parkedRecharge = `wallet-recharge/${orderNo}`;
  for (const [count, amount] of ['100.00', '200.00'].entries()) {
    await scene.pay('SEVERAL', { amount });
    await acknowledged('wallet-recharge', orderNo, count + 1);
  }
  isThere = true;
  await scene.pass('10 minutes');
  const { result } = await parkedReaches(parkedRecharge, ({ stage }) => stage === 'COMPLETED');
  expect(result).toEqual({ routed: 2, discarded: 0 });
  expect(routed).toEqual(['100.00', '300.00']);
  await scene.reach('SEVERAL', (state) => state.outputs.recharge?.credited === '300.00');
});

test('a claim that cannot be looked up is tried again, and blocks nobody', async () => {
  let isUp = false;
  scene.instead.claimCallback = () =>
    isUp
      ? Promise.resolve('duplicate')
      : Promise.reject(ApplicationFailure.retryable('visibility is down', 'FalpayUnavailable'));
  const number = await approvedUnnamed('BROKEN');
  const { fault, blocks } = await parkedReaches(number, (state) => state.fault !== undefined);
  expect(fault?.message).toContain('visibility is down');
  expect(blocks).toEqual([]);
  isUp = true;
  await scene.pass('15 minutes');
  await parkedReaches(number, ({ stage }) => stage === 'COMPLETED');
});
