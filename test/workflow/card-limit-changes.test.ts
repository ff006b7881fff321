import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { memoryQuery, taskQueueFor, type CardMemory } from '../../src/messages';
import { CardScene } from './card-scene';
import { Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const OPERATION = { INCREASE: 'increaseCardLimit', DECREASE: 'decreaseCardLimit' } as const;
const CODE = { INCREASE: 'KI1', DECREASE: 'KD1' } as const;
const DIRECTIONS = ['INCREASE', 'DECREASE'] as const;
const AFTER = { INCREASE: '110.00', DECREASE: '90.00' } as const;
const absence = () => scene.pass('30 seconds');

test('changes of one card are carried out one at a time, in order, each once', async () => {
  const card = await CardScene.issue(scene, 'INORDER');
  expect((await card.put('L-1')).status).toBe(201);
  expect((await card.put('L-2', { direction: 'DECREASE', amount: '30.00' })).status).toBe(201);
  expect((await card.put('L-1')).status).toBe(200);
  const other = await card.put('L-1', { amount: '11.00' });
  expect(other).toMatchObject({ status: 409, body: { code: 'number-taken' } });
  await card.changed('L-2', 'DONE');
  expect(await card.change('L-1')).toMatchObject({ status: 'DONE', limitBefore: '100.00', limitAfter: '110.00' });
  expect(await card.change('L-2')).toMatchObject({ status: 'DONE', limitBefore: '110.00', limitAfter: '80.00' });
  expect(await scene.calls('increaseCardLimit', 'L-1_KI1')).toBe(1);
  expect(await scene.calls('decreaseCardLimit', 'L-2_KD1')).toBe(1);
  expect(await card.reach(({ limit }) => limit === '80.00')).toMatchObject({ status: 'ACTIVE', used: '0.00' });
});

test.each([
  ['no amount', { amount: undefined }, 'amount'],
  ['nothing', { amount: '0' }, 'amount'],
  ['a third direction', { direction: 'SIDEWAYS' as never }, 'direction'],
  ['more decimals than the currency has', { amount: '1.005' }, 'amount'],
])('a change by %s is refused, and starts nothing', async (_what, body, path) => {
  const answer = await scene.stack.api('PUT', '/v1/cards/7000000000000000001/limit-changes/L-1', {
    direction: 'INCREASE',
    amount: '10.00',
    currency: 'USD',
    ...body,
  });
  expect(answer).toMatchObject({ status: 422, body: { errors: [expect.objectContaining({ path })] } });
  await expect(scene.stack.cardflow.state('card', '7000000000000000001')).rejects.toThrow('no flow');
});

test('a change that FalPay refuses ends with its reason, and the next one goes on', async () => {
  const card = await CardScene.issue(scene, 'REFUSED');
  await card.authorize('60.00');
  await card.put('R-1', { direction: 'DECREASE', amount: '50.00' });
  await card.put('R-2');
  await card.put('R-3', { currency: 'EUR' });
  await card.changed('R-3', 'REFUSED');
  expect(await card.change('R-1')).toMatchObject({
    status: 'REFUSED',
    error: expect.stringContaining('of which 60.00 is used'),
  });
  expect(await card.change('R-2')).toMatchObject({ status: 'DONE', limitBefore: '100.00', limitAfter: '110.00' });
  expect(await card.change('R-3')).toMatchObject({ error: 'currency: the card is kept in USD' });
  expect(await scene.calls('increaseCardLimit', 'R-3_KI1')).toBe(0);
});

test('a change that FalPay refuses when it is sent again is refused where a person says that it was not done', async () => {
  const card = await CardScene.issue(scene, 'USED');
  await scene.fault({ operation: 'increaseCardLimit', orderNo: 'U-1_KI1', fault: 'resetBeforeCommit', times: 1 });
  let sent = 0;
  scene.instead.increaseCardLimit = (given) => {
    sent += 1;
    if (sent === 1) return scene.real.increaseCardLimit(given);
    return Promise.reject(ApplicationFailure.nonRetryable('the order number was used', 'FalpayRejected'));
  };
  await card.put('U-1');
  const block = await card.blocked('OUTCOME_UNKNOWN');
  expect(sent).toBe(2);
  expect(block.message).toContain('sent again, FalPay refused it (the order number was used)');
  await card.act('resolve', block, { outcome: 'NOT_DONE' });
  expect(await card.changed('U-1', 'REFUSED')).toMatchObject({ error: 'the order number was used' });
});

describe.each(DIRECTIONS)('an unknown outcome of %s', (direction) => {
  test('is done when the limit is exactly what it should be', async () => {
    const card = await CardScene.issue(scene, `DONE-${direction}`);
    const orderNo = `DONE-${direction}_${CODE[direction]}`;
    await scene.fault({ operation: OPERATION[direction], orderNo, fault: 'resetAfterCommit', times: 1 });
    await card.put(`DONE-${direction}`, { direction });
    expect(await card.changed(`DONE-${direction}`, 'DONE')).toMatchObject({ limitAfter: AFTER[direction] });
    expect(await scene.calls(OPERATION[direction], orderNo)).toBe(1);
  });

  test('is not done when the limit is exactly what it was, and then sent again, once', async () => {
    const card = await CardScene.issue(scene, `AGAIN-${direction}`);
    const orderNo = `AGAIN-${direction}_${CODE[direction]}`;
    await scene.fault({ operation: OPERATION[direction], orderNo, fault: 'resetBeforeCommit', times: 1 });
    await card.put(`AGAIN-${direction}`, { direction });
    await card.reach(() => true);
    await absence();
    expect(await card.changed(`AGAIN-${direction}`, 'DONE')).toMatchObject({ limitAfter: AFTER[direction] });
    expect(await scene.calls(OPERATION[direction], orderNo)).toBe(2);
  });
});

describe('a change of unknown outcome, while somebody else changes the limit, too', () => {
  const somebodyIncreases = ({ cardId }: CardScene, limitOrderNo: string) =>
    scene.stack.falpay.increaseCardLimit({ limitOrderNo, cardId, amount: '7.00', currency: 'USD' });

  /** What FalPay carried out of it cannot be told by the limit any more. */
  async function unclear(number: string, fault: 'resetBeforeCommit' | 'resetAfterCommit') {
    const card = await CardScene.issue(scene, number);
    const order = `${number}-1_KI1`;
    const lost = new Promise<void>((resolve) => {
      // The limit before it has been read; the other's change comes in between.
      scene.instead.increaseCardLimit = async (given) => {
        delete scene.instead.increaseCardLimit;
        await somebodyIncreases(card, `SOMEBODY-${number}`);
        return scene.real.increaseCardLimit(given).finally(resolve);
      };
    });
    await scene.fault({ operation: 'increaseCardLimit', orderNo: order, fault, times: 1 });
    await card.put(`${number}-1`);
    await lost;
    await card.put(`${number}-2`);
    const block = await card.blocked('OUTCOME_UNKNOWN');
    expect(block.message).toContain('the limit was 100.00, would be 110.00, and is');
    expect(await card.change(`${number}-1`)).toMatchObject({ status: 'WAITING', blockId: block.blockId });
    expect(await card.change(`${number}-2`)).toMatchObject({ status: 'QUEUED' });
    return { card, block, calls: () => scene.calls('increaseCardLimit', order) };
  }

  test('is done where a person says so; those behind it go on from the limit that FalPay shows', async () => {
    const { card, block, calls } = await unclear('VOUCHED', 'resetAfterCommit');
    await card.act('resolve', block, { outcome: 'DONE', ref: card.cardId });
    expect(await card.changed('VOUCHED-1', 'DONE')).toMatchObject({ limitAfter: '117.00' });
    expect(await card.changed('VOUCHED-2', 'DONE')).toMatchObject({ limitBefore: '117.00', limitAfter: '127.00' });
    expect(await calls()).toBe(1);
  });

  test('is sent again where a person says that it was not done', async () => {
    const { card, block, calls } = await unclear('DENIED', 'resetBeforeCommit');
    await card.act('resolve', block, { outcome: 'NOT_DONE' });
    expect(await card.changed('DENIED-1', 'DONE')).toMatchObject({ limitAfter: '117.00' });
    expect(await card.changed('DENIED-2', 'DONE')).toMatchObject({ limitBefore: '117.00', limitAfter: '127.00' });
    expect(await calls()).toBe(2);
  });

  test('is a person’s to judge where FalPay refused it, and stays refused where that person says so', async () => {
    const card = await CardScene.issue(scene, 'BOTH');
    scene.instead.increaseCardLimit = async () => {
      await somebodyIncreases(card, 'SOMEBODY-BOTH');
      throw ApplicationFailure.nonRetryable('not now', 'FalpayRejected');
    };
    await card.put('BOTH-1');
    const block = await card.blocked('OUTCOME_UNKNOWN');
    expect(block.message).toContain(
      'FalPay refused it (not now); the limit was 100.00, would be 110.00, and is 107.00',
    );
    await card.act('resolve', block, { outcome: 'NOT_DONE' });
    expect(await card.changed('BOTH-1', 'REFUSED')).toMatchObject({ error: 'not now' });
  });

  describe('who then bring the limit to what it should be', () => {
    /** @returns what the run knew that was then aborted */
    async function aborted(card: CardScene): Promise<CardMemory> {
      const { cardId } = card;
      const order = { limitOrderNo: `THEN-${cardId}`, cardId, amount: '3.00', currency: 'USD' };
      await scene.stack.falpay.increaseCardLimit(order);
      const memory = await card.handle.query(memoryQuery);
      // Before the end: whatever comes then begins the next life.
      scene.instead.recallCard = async () => ({
        run: Context.current().info.workflowExecution?.runId ?? '',
        lives: [memory],
      });
      await scene.told();
      await card.handle.executeUpdate('abort', { args: [{ actor: 'olaf', reason: 'by mistake' }] });
      await card.handle.result();
      return memory;
    }

    async function expectAsked(card: CardScene, number: string): Promise<void> {
      const block = await card.blocked('OUTCOME_UNKNOWN');
      expect(block.message).toContain('the limit was 100.00, would be 110.00, and is');
      expect(await card.change(number)).toMatchObject({ status: 'WAITING', blockId: block.blockId });
      await card.act('resolve', block, { outcome: 'NOT_DONE' });
      expect(await card.changed(number, 'DONE')).toMatchObject({ limitAfter: '120.00' });
      expect(await scene.calls('increaseCardLimit', `${number}_KI1`)).toBe(2);
    }

    test('is a person’s to judge in the next life of the card, too', async () => {
      const { card } = await unclear('NEXT', 'resetBeforeCommit');
      await aborted(card);
      await card.put('NEXT-2');
      await expectAsked(card, 'NEXT-1');
    });

    test('is a person’s to judge in a run that was reset to before the limit was seen to change', async () => {
      const { card } = await unclear('BEFORE', 'resetBeforeCommit');
      const memory = await aborted(card);
      const { known, older } = memory.changes;
      const reset: CardMemory = {
        ...memory,
        changes: { known, older, inHand: { orderNo: 'BEFORE-1' } },
        recall: true,
      };
      const { cardId, handle } = card;
      await scene.stack.client.workflow.start('card', {
        workflowId: handle.workflowId,
        taskQueue: taskQueueFor('test'),
        args: [{ number: cardId, environment: 'test', body: { memory: reset } }],
      });
      await expectAsked(card, 'BEFORE-1');
    });
  });
});

test('a change that FalPay took and never carries out ends when a person says that it is not done, and the next one goes on', async () => {
  const card = await CardScene.issue(scene, 'NEVER');
  scene.instead.increaseCardLimit = () => Promise.resolve(true);
  await card.put('NEVER-1');
  await scene.pass('3 minutes');
  const block = await card.blocked('MISMATCH');
  expect(block).toMatchObject({ actions: ['retry', 'resolve', 'abort'], endsNotDone: true });
  delete scene.instead.increaseCardLimit;
  await card.put('NEVER-2');
  await card.act('resolve', block, { outcome: 'NOT_DONE' });
  await card.changed('NEVER-2', 'DONE');
  expect(await card.change('NEVER-1')).toMatchObject({
    status: 'FAILED',
    error: 'FalPay took it, and an operator found that it was not done',
  });
});
