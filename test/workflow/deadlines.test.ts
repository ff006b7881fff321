import { DEFAULT_WAITS } from '../../src/config/timings';
import type { BlockState, Residue } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ sandbox: { issueDelay: 'manual' }, waits: DEFAULT_WAITS });
});
afterAll(() => scene?.close());

/** Pauses between the looks of a wait: those before it was blocked, by the flow's own clock, and those after. */
async function pauses(number: string, { step, since }: BlockState) {
  const looks = (await scene.timers(number)).filter(({ summary }) => summary.startsWith(`${step}:`));
  const blockedAt = Date.parse(since);
  const seconds = (isOverdue: boolean) =>
    looks
      .filter(({ startedAt }) => Math.round(startedAt * 1_000) >= blockedAt === isOverdue)
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

const AUDITS = [
  { what: 'merchant', step: 'merchant-audit', next: 'wallet-audit', operation: 'createMerchant', suffix: '' },
  { what: 'wallet', step: 'wallet-audit', next: 'recharge-arrival', operation: 'openWallet', suffix: '_OW1' },
] as const;

describe('an audit', () => {
  afterEach(() => scene.clear());

  test('nobody decides blocks after 14 days; FalPay is asked by the ladder, then six hours apart; its late word closes the block', async () => {
    for (const { what, step } of AUDITS) {
      const { waits } = await scene.at(`LATE-${what}`, step);
      expect(waits).toEqual([expect.objectContaining({ step, topic: step })]);
    }
    await scene.pass('15 days');
    for (const { what, step, next, operation, suffix } of AUDITS) {
      const number = `LATE-${what}`;
      const block = await scene.blocked(number, 'DEADLINE');
      expect(block).toMatchObject({ step, actions: ['retry', 'resolve', 'abort'] });
      expect((await scene.state(number)).stage).toBe('BLOCKED');
      const { before, after } = await pauses(number, block);
      expectLadder(before, [300, 900, HOUR, 6 * HOUR]);
      expect(Math.abs(before.reduce((sum, seconds) => sum + seconds, 0) - 14 * DAY)).toBeLessThan(60);
      expect(Math.min(...after)).toBeGreaterThanOrEqual(6 * HOUR);

      await scene.audit(what, number);
      const state = await scene.waiting(number, next);
      expect(state).toMatchObject({ stage: 'WAITING', blocks: [] });
      expect(await scene.calls(operation, `${number}${suffix}`)).toBe(1);
    }
  });

  test('gets another 14 days by retry, and the answered block takes nothing any more', async () => {
    const deadlines: string[] = [];
    for (const { what, step } of AUDITS)
      deadlines.push((await scene.at(`AGAIN-${what}`, step)).waits[0]?.deadline ?? '');
    await scene.pass('15 days');
    for (const [index, { what, step, operation, suffix }] of AUDITS.entries()) {
      const number = `AGAIN-${what}`;
      const block = await scene.blocked(number, 'DEADLINE');
      await scene.act(number, 'retry', block);
      const { waits, stage, blocks } = await scene.waiting(number, step);
      expect({ stage, blocks }).toEqual({ stage: 'WAITING', blocks: [] });
      const gained = Date.parse(waits[0]?.deadline ?? '') - Date.parse(deadlines[index] ?? '');
      expect(gained / 1000).toBeGreaterThanOrEqual(15 * DAY - 60);
      expect(await scene.refusal(number, 'retry', block)).toMatchObject({ type: 'StaleBlock' });
      expect(await scene.calls(operation, `${number}${suffix}`)).toBe(1);
    }
  });
});

describe('a recharge, 30 days after it was ordered', () => {
  beforeAll(async () => {
    for (const number of ['NOTHING', 'PART']) await scene.at(number, 'recharge-arrival', ONE_CARD);
    await scene.pay('PART', { amount: '200.00' });
    await scene.reach('PART', ({ outputs }) => outputs.recharge?.credited === '200.00');
    expect((await scene.state('PART')).stage).toBe('WAITING');
    await scene.pass('31 days');
  });
  afterAll(() => scene.clear());

  test('blocks when nothing came; money that comes later closes the block', async () => {
    const block = await scene.blocked('NOTHING', 'DEADLINE');
    expect(block).toMatchObject({ step: 'recharge-arrival' });
    const { before, after } = await pauses('NOTHING', block);
    expectLadder(before, [300, 900, HOUR, 6 * HOUR]);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(6 * HOUR);
    await scene.pay('NOTHING');
    const state = await scene.waiting('NOTHING', 'card-1');
    expect(state.blocks).toEqual([]);
    expect(state.outputs.recharge).toMatchObject({ credited: '500.00', status: 'SUCCESS' });
    expect(await scene.calls('createRecharge', 'NOTHING_OR1')).toBe(1);
  });

  test('is short when only a part came: the backend decides, retry gives another 30 days, and the rest closes it by itself', async () => {
    const block = await scene.blocked('PART', 'RECHARGE_SHORT');
    expect(block.message).toContain('200.00 USD arrived of 500.00');
    expect((await scene.state('PART')).stage).toBe('ACTION_REQUIRED');
    await scene.act('PART', 'retry', block);
    const { waits, blocks } = await scene.waiting('PART', 'recharge-arrival');
    expect(blocks).toEqual([]);
    const left = Date.parse(waits[0]?.deadline ?? '') - (await scene.env.currentTimeMs());
    expect(left).toBeGreaterThan(29 * DAY * 1000);
    await scene.pay('PART');
    expect((await scene.waiting('PART', 'card-1')).outputs.recharge).toMatchObject({ credited: '500.00' });
    expect(await scene.calls('createRecharge', 'PART_OR1')).toBe(1);
  });
});

test('a card that is not issued within an hour blocks; it is asked after seconds, then minutes, then hours; its issue closes the block', async () => {
  await scene.at('CARD', 'recharge-arrival', ONE_CARD);
  await scene.pay('CARD');
  const { waits } = await scene.waiting('CARD', 'card-1');
  expect(waits).toEqual([expect.objectContaining({ topic: 'card-issue' })]);
  await scene.pass('25 hours');
  const block = await scene.blocked('CARD', 'DEADLINE');
  const { before, after } = await pauses('CARD', block);
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

describe('a card that FalPay never issues', () => {
  const [card] = ONE_CARD.cards;
  const overdue = async (number: string, cards = [card]) => {
    await scene.at(number, 'recharge-arrival', onboardingBody({ cards: cards as typeof ONE_CARD.cards }));
    await scene.pay(number);
    await scene.waiting(number, 'card-1');
    await scene.pass('2 hours');
    return scene.blocked(number, 'DEADLINE', 'card-1');
  };
  afterEach(() => scene.clear());

  test('is left out by skip, and the flow completes; that it is not done yet is no answer', async () => {
    const block = await overdue('NEVER');
    expect(block.actions).toEqual(['retry', 'resolve', 'skip', 'abort']);
    expect(await scene.refusal('NEVER', 'resolve', block, { outcome: 'NOT_DONE' })).toEqual({
      type: 'ActionNotAllowed',
      message: expect.stringContaining('retry waits for it anew'),
    });
    await scene.act('NEVER', 'skip', block);
    const { steps, result } = await scene.completed('NEVER');
    expect(steps.at(-1)).toMatchObject({ name: 'card-1', status: 'SKIPPED' });
    // Whoever reads the result sees that FalPay may still issue it.
    expect(result).toMatchObject({ cards: [{ cardOrderNo: 'NEVER_OC1', status: 'PENDING' }] });
  });

  test('is told as an open order by an abort that follows', async () => {
    const block = await overdue('OPEN', [card, card]);
    await scene.act('OPEN', 'skip', block);
    await scene.reach('OPEN', ({ steps }) => steps.some(({ status }) => status === 'SKIPPED'));
    await scene.act('OPEN', 'abort', undefined);
    const { result } = await scene.reach('OPEN', ({ stage }) => stage === 'ABORTED');
    const { openOrders } = (result as { residue: Residue }).residue;
    // Side by side, either may have been applied for first.
    expect(openOrders.toSorted()).toEqual(['OPEN_OC1', 'OPEN_OC2']);
  });

  test('and yet was issued in the moment in which it is left out is one of the flow’s cards', async () => {
    const block = await overdue('AFTER-ALL');
    await scene.fault({ topic: 'card-status', fault: 'dropCallback' });
    await scene.stack.control('POST', '/cards/AFTER-ALL_OC1/issue', {});
    await scene.act('AFTER-ALL', 'skip', block);
    const { outputs } = await scene.completed('AFTER-ALL');
    expect(outputs.cards).toEqual([expect.objectContaining({ cardOrderNo: 'AFTER-ALL_OC1', status: 'ACTIVE' })]);
  });
});
