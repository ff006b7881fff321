import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ sandbox: { issueDelay: 'manual' } });
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

/** Pauses between the looks of a wait: those before its deadline, and those after. */
async function pauses(number: string, step: string, deadlineSeconds: number) {
  const looks = (await scene.timers(number)).filter(({ summary }) => summary.startsWith(`${step}:`));
  const start = looks[0]?.startedAt ?? 0;
  const seconds = (isOverdue: boolean) =>
    looks
      .filter(({ startedAt }) => startedAt - start >= deadlineSeconds - 1 === isOverdue)
      .map((timer) => timer.seconds);
  return { before: seconds(false), after: seconds(true) };
}

/** The last pause before a deadline is cut short by it. */
function expectLadder(actual: readonly number[], ladder: readonly number[]): void {
  expect(actual.length).toBeGreaterThan(ladder.length);
  for (const [index, seconds] of actual.slice(0, -1).entries()) {
    const rung = ladder[Math.min(index, ladder.length - 1)] ?? 0;
    expect([index, seconds >= rung * 0.8 - 0.001, seconds <= rung * 1.2 + 0.001]).toEqual([index, true, true]);
  }
  expect(new Set(actual.map((seconds) => seconds.toFixed(3))).size).toBeGreaterThan(actual.length / 2);
}

describe.each([
  { what: 'merchant', step: 'merchant-audit', next: 'wallet-audit', operation: 'createMerchant', orderNo: '' },
  { what: 'wallet', step: 'wallet-audit', next: 'recharge-arrival', operation: 'openWallet', orderNo: '_OW1' },
] as const)('the $what audit', ({ what, step, next, operation, orderNo }) => {
  test('blocks after 14 days; FalPay is asked by the ladder, then six hours apart, and its late word closes the block', async () => {
    const number = `LATE-${what}`;
    const { waits } = await scene.at(number, step);
    expect(waits).toEqual([expect.objectContaining({ step, topic: step })]);
    await scene.pass('15 days');
    const block = await scene.blocked(number, 'DEADLINE');
    expect(block).toMatchObject({ step, actions: ['retry', 'resolve', 'abort'] });
    expect((await scene.stack.state(number)).stage).toBe('BLOCKED');
    const { before, after } = await pauses(number, step, 14 * DAY);
    expectLadder(before, [300, 900, HOUR, 6 * HOUR]);
    expect(before.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(14 * DAY, -1);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(6 * HOUR);

    await scene.audit(what, number);
    const state = await scene.waiting(number, next);
    expect(state.blocks).toEqual([]);
    expect(state.stage).toBe('WAITING');
    expect(await scene.calls(operation, `${number}${orderNo}`)).toBe(1);
  });

  test('gets another 14 days by retry, and the answered block takes nothing any more', async () => {
    const number = `AGAIN-${what}`;
    const [first] = (await scene.at(number, step)).waits;
    await scene.pass('15 days');
    const block = await scene.blocked(number, 'DEADLINE');
    await scene.act(number, 'retry', block);
    const { waits, stage, blocks } = await scene.waiting(number, step);
    expect({ stage, blocks }).toEqual({ stage: 'WAITING', blocks: [] });
    const gained = Date.parse(waits[0]?.deadline ?? '') - Date.parse(first?.deadline ?? '');
    expect(gained / 1000).toBeGreaterThanOrEqual(15 * DAY - 60);
    expect(await scene.refusal(number, 'retry', block)).toMatchObject({ type: 'StaleBlock' });
    await scene.pass('15 days');
    const second = await scene.blocked(number, 'DEADLINE');
    expect(second.blockId).not.toBe(block.blockId);
    expect(await scene.calls(operation, `${number}${orderNo}`)).toBe(1);
  });
});

describe('the recharge', () => {
  test('blocks after 30 days when nothing came; money that comes later closes the block', async () => {
    await scene.at('NOTHING', 'recharge-arrival', ONE_CARD);
    await scene.pass('31 days');
    expect(await scene.blocked('NOTHING', 'DEADLINE')).toMatchObject({ step: 'recharge-arrival' });
    const { before, after } = await pauses('NOTHING', 'recharge-arrival', 30 * DAY);
    expectLadder(before, [300, 900, HOUR, 6 * HOUR]);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(6 * HOUR);
    await scene.pay('NOTHING');
    const state = await scene.waiting('NOTHING', 'card-1');
    expect(state.blocks).toEqual([]);
    expect(state.outputs.recharge).toMatchObject({ credited: '500.00', status: 'SUCCESS' });
    expect(await scene.calls('createRecharge', 'NOTHING_OR1')).toBe(1);
  });

  test('is short after 30 days when only a part came: the backend decides, and the rest closes it by itself', async () => {
    await scene.at('PART', 'recharge-arrival', ONE_CARD);
    await scene.pay('PART', { amount: '200.00' });
    await scene.reach('PART', ({ outputs }) => outputs.recharge?.credited === '200.00');
    expect((await scene.stack.state('PART')).stage).toBe('WAITING');
    await scene.pass('31 days');
    const block = await scene.blocked('PART', 'RECHARGE_SHORT');
    expect(block.message).toContain('200.00 USD arrived of 500.00');
    expect((await scene.stack.state('PART')).stage).toBe('ACTION_REQUIRED');
    await scene.pay('PART');
    expect((await scene.waiting('PART', 'card-1')).outputs.recharge).toMatchObject({ credited: '500.00' });
    expect(await scene.calls('createRecharge', 'PART_OR1')).toBe(1);
  });

  test('gets another 30 days by retry', async () => {
    const [first] = (await scene.at('MORE-TIME', 'recharge-arrival', ONE_CARD)).waits;
    await scene.pass('31 days');
    await scene.act('MORE-TIME', 'retry', await scene.blocked('MORE-TIME', 'DEADLINE'));
    const { waits, blocks } = await scene.waiting('MORE-TIME', 'recharge-arrival');
    expect(blocks).toEqual([]);
    expect(Date.parse(waits[0]?.deadline ?? '') - Date.parse(first?.deadline ?? '')).toBeGreaterThan(30 * DAY * 1000);
  });
});

test('a card that is not issued within an hour blocks; it is asked after seconds, then minutes, then hours; its issue closes the block', async () => {
  await scene.at('CARD', 'recharge-arrival', ONE_CARD);
  await scene.pay('CARD');
  const { waits } = await scene.waiting('CARD', 'card-1');
  expect(waits).toEqual([expect.objectContaining({ topic: 'card-issue' })]);
  await scene.pass('25 hours');
  const block = await scene.blocked('CARD', 'DEADLINE');
  const { before, after } = await pauses('CARD', 'card-1', HOUR);
  expectLadder(before, [2, 5, 15, 60, 300]);
  expect(after.length).toBeLessThanOrEqual(5);
  expect(Math.min(...after)).toBeGreaterThanOrEqual(6 * HOUR);
  await scene.act('CARD', 'retry', block);
  const again = await scene.waiting('CARD', 'card-1');
  expect(again.blocks).toEqual([]);
  await scene.pass('2 hours');
  await scene.blocked('CARD', 'DEADLINE');

  await scene.stack.control('POST', '/cards/CARD_OC1/issue', {});
  const { outputs } = await scene.completed('CARD');
  expect(outputs.cards).toEqual([expect.objectContaining({ cardOrderNo: 'CARD_OC1', status: 'ACTIVE' })]);
  expect(await scene.calls('applyCard', 'CARD_OC1')).toBe(1);
});
