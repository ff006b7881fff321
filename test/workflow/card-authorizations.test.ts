import { ApplicationFailure } from '@temporalio/common';
import type { CallbackEvent, CardLife, CardPayOrder } from '../../src/messages';
import { callbackSignal } from '../../src/messages';
import { CardScene } from './card-scene';
import { Scene } from './scene';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

let events = 0;
function callback(card: CardScene, topic: CallbackEvent['topic'], data: Record<string, unknown>): CallbackEvent {
  return {
    eventId: `again-${++events}`,
    topic,
    occurredAt: '2026-01-05 10:00:00',
    receivedAt: new Date().toISOString(),
    stale: false,
    ref: card.cardId,
    ids: { cardId: card.cardId },
    data: { cardId: card.cardId, ...data },
  };
}
/** A purchase that the card's life has heard of: its callback is behind it, and asks for nothing any more. */
async function bought(card: CardScene): Promise<{ payOrderNo: string }> {
  const { payOrderNo } = await card.authorize('20.00');
  await card.reach(
    ({ events: told, unconfirmed }) =>
      unconfirmed === 0 && told.some((event) => event.what === 'authorization' && event.payOrderNo === payOrderNo),
  );
  return { payOrderNo };
}
const hint = (card: CardScene, { payOrderNo, ...order }: Partial<CardPayOrder>) =>
  card.handle.signal(callbackSignal, callback(card, 'card-authorization', { payOrderNo, ...order }));

test('authorisations, settlements, reversals and refunds are folded into sums, each order once', async () => {
  const card = await CardScene.issue(scene, 'FOLD');
  const [first, second] = [await card.authorize('20.00', { fee: '0.50' }), await card.authorize('7.00')];
  await card.authorize('500.00');
  await card.onAuthorization(first.payOrderNo, 'settle');
  await card.onAuthorization(first.payOrderNo, 'refund', { amount: '5.00' });
  await card.onAuthorization(second.payOrderNo, 'reverse');
  const isDeclined = (event: CardLife['events'][number]) =>
    event.what === 'authorization' && event.status === 'DECLINED';
  // The list may be counted before all callbacks have come, and they come in any order.
  const life = await card.reach(
    ({ payOrders, unconfirmed, used, events: told }) =>
      payOrders.length === 6 &&
      payOrders.every(({ status }) => status !== 'AUTHORIZED') &&
      told.some(isDeclined) &&
      unconfirmed === 0 &&
      used === '15.50',
  );
  expect(life.payOrders.map(({ type, status, count, amount, fee }) => [type, status, count, amount, fee])).toEqual([
    ['AUTH', 'DECLINED', 1, '500.00', '0.00'],
    ['AUTH', 'REVERSED', 1, '7.00', '0.00'],
    ['AUTH', 'SETTLED', 1, '20.00', '0.50'],
    ['REFUND', 'REFUNDED', 1, '5.00', '0.00'],
    ['REVERSAL', 'REVERSED', 1, '7.00', '0.00'],
    ['SETTLE', 'SETTLED', 1, '20.00', '0.50'],
  ]);
});

test('a callback that comes twice, late or out of order counts once, and moves nothing back', async () => {
  const card = await CardScene.issue(scene, 'TWICE');
  const { payOrderNo } = await card.authorize('20.00');
  await card.onAuthorization(payOrderNo, 'settle');
  const before = await card.reach(
    ({ payOrders, unconfirmed }) =>
      payOrders.length === 2 && payOrders.every(({ status }) => status === 'SETTLED') && unconfirmed === 0,
  );
  for (const status of ['AUTHORIZED', 'SETTLED', 'AUTHORIZED'])
    await hint(card, {
      payOrderNo,
      status,
      billingAmount: '20.00',
      fee: '0.00',
      transactionTime: '2026-01-05 10:00:00',
    });
  await scene.pass('10 seconds');
  const after = await card.reach((life) => life.unconfirmed === 0);
  expect(after.payOrders).toEqual(before.payOrders);
  expect(after.payOrders.map(({ status }) => status)).toEqual(['SETTLED', 'SETTLED']);
});

test('what FalPay does not bear out blocks after the ladder as a mismatch, and holds up no other callback', async () => {
  const card = await CardScene.issue(scene, 'LAG');
  const { payOrderNo } = await bought(card);
  await hint(card, { payOrderNo, status: 'REFUNDED', transactionTime: '2026-01-05 10:00:00' });
  await card.reach((life) => life.unconfirmed === 1);
  await scene.pass('40 seconds');
  expect((await card.state()).blocks).toEqual([]);
  await scene.pass('80 seconds');
  const block = await card.blocked('MISMATCH');
  expect(block).toMatchObject({ step: 'authorizations', actions: ['retry', 'skip', 'abort'] });
  expect(block.message).toContain(
    `FalPay shows the pay order ${payOrderNo} as AUTHORIZED, and a callback said REFUNDED`,
  );
  await card.authorize('3.00');
  await card.reach((life) => life.payOrders[0]?.count === 2);
  await card.act('skip', block);
  await card.reach((life, { blocks }) => life.unconfirmed === 0 && blocks.length === 0);
});

test('a query that lags behind its callback is asked again until it shows it', async () => {
  const card = await CardScene.issue(scene, 'BEHIND');
  const { payOrderNo } = await bought(card);
  let asked = 0;
  scene.instead.readPayOrder = async (order) => {
    const looked = await scene.real.readPayOrder(order);
    return (asked += 1) < 3 && looked.found ? { ...looked, found: { ...looked.found, status: 'AUTHORIZED' } } : looked;
  };
  await card.onAuthorization(payOrderNo, 'settle');
  await card.reach(() => asked > 0);
  await scene.pass('1 minute');
  await card.reach(
    ({ payOrders, unconfirmed }) =>
      unconfirmed === 0 && payOrders.some(({ type, status }) => type === 'AUTH' && status === 'SETTLED'),
  );
});

test('an authorisation whose amount rises is told once more, each amount once', async () => {
  const card = await CardScene.issue(scene, 'RISES');
  // By its key: told again under it, as after a worker that stood still, a fact is no second event.
  const told = new Map<string | undefined, unknown>();
  scene.instead.publish = async ({ events: all }) => {
    for (const { type, key, details } of all)
      if (type === 'card.authorization') told.set(key, details['billingAmount']);
  };
  const { payOrderNo } = await bought(card);
  scene.instead.readPayOrder = async (asked) => {
    const looked = await scene.real.readPayOrder(asked);
    return { ...looked, found: looked.found && { ...looked.found, billingAmount: '35.00' } };
  };
  for (const transactionTime of ['2026-01-05 10:00:00', '2026-01-05 10:00:01'])
    await hint(card, { payOrderNo, status: 'AUTHORIZED', billingAmount: '35.00', fee: '0.00', transactionTime });
  const life = await card.reach(({ payOrders, unconfirmed }) => payOrders[0]?.amount === '35.00' && unconfirmed === 0);
  expect(life.events.flatMap((event) => (event.what === 'authorization' ? event.amount : []))).toEqual([
    '20.00',
    '35.00',
  ]);
  expect([...told.values()]).toEqual(['20.00', '35.00']);
});

test('a query that FalPay refuses is asked again for some minutes before anybody is called, and closes the block when it is answered', async () => {
  const card = await CardScene.issue(scene, 'REFUSED');
  await bought(card);
  let refusals = 0;
  scene.instead.readPayOrder = () => {
    refusals += 1;
    throw ApplicationFailure.nonRetryable('SYSTEM_BUSY', 'FalpayRejected', {});
  };
  await card.authorize('3.00');
  await card.reach(() => refusals > 0);
  await scene.pass('5 minutes');
  expect(refusals).toBe(4);
  expect((await card.state()).blocks).toEqual([]);
  await scene.pass('2 minutes');
  expect(await card.blocked('INVALID')).toMatchObject({ step: 'authorizations', actions: ['retry', 'skip', 'abort'] });
  delete scene.instead.readPayOrder;
  await scene.pass('10 minutes');
  await card.reach(
    ({ payOrders, unconfirmed }, { blocks }) => payOrders[0]?.count === 2 && unconfirmed === 0 && blocks.length === 0,
  );
});

test('a list that FalPay refuses is asked for again as well, and what it holds is known when it is answered', async () => {
  let refusals = 0;
  scene.instead.countPayOrders = () => {
    refusals += 1;
    throw ApplicationFailure.nonRetryable('SYSTEM_BUSY', 'FalpayRejected', {});
  };
  const card = await CardScene.issue(scene, 'UNLISTED');
  await card.authorize('20.00');
  await card.reach(() => refusals > 0);
  await scene.pass('5 minutes');
  expect(refusals).toBe(4);
  expect((await card.state()).blocks).toEqual([]);
  await scene.pass('2 minutes');
  const { message, actions, blockId } = await card.blocked('INVALID');
  expect([message, actions]).toEqual(["FalPay refuses to list the card's pay orders: SYSTEM_BUSY", ['retry', 'abort']]);
  await scene.stack.cardflow.retry('card', card.cardId, { blockId, actor: 'olaf', reason: 'FalPay has mended it' });
  await card.reach(() => refusals > 5);
  const [done] = (await card.state()).actions;
  expect(done).toMatchObject({ action: 'retry', actor: 'olaf' });
  expect(done).not.toHaveProperty('superseded');
  delete scene.instead.countPayOrders;
  await scene.pass('2 minutes');
  await card.reach(
    ({ payOrders, unconfirmed }, { blocks }) => payOrders[0]?.count === 1 && unconfirmed === 0 && blocks.length === 0,
  );
});

test('a freeze and an unfreeze are folded, whichever is told last', async () => {
  const card = await CardScene.issue(scene, 'FREEZE');
  await card.setStatus('FROZEN', 'risk');
  // The callback has come, too: another look may show the card frozen before.
  await card.reach(({ events: told }) => told.some(({ what, status }) => what === 'status' && status === 'FROZEN'));
  await card.setStatus('ACTIVE');
  const life = await card.reach(({ status, unconfirmed }) => status === 'ACTIVE' && unconfirmed === 0);
  expect(life.events.filter(({ what }) => what === 'status').map(({ status }) => status)).toContain('FROZEN');
  await card.handle.signal(
    callbackSignal,
    callback(card, 'card-status', { status: 'FROZEN', operateTime: '2020-01-05 10:00:00' }),
  );
  await scene.pass('5 minutes');
  expect((await card.state()).blocks).toEqual([]);
});

test('a status that nobody knows is shown as FalPay shows it', async () => {
  const card = await CardScene.issue(scene, 'UNKNOWN');
  await card.reach(({ status }) => status === 'ACTIVE');
  scene.instead.readCard = async (asked) => {
    const looked = await scene.real.readCard(asked);
    return { ...looked, found: looked.found && { ...looked.found, status: 'ON_HOLD' } };
  };
  await card.handle.signal(
    callbackSignal,
    callback(card, 'card-status', { status: 'ON_HOLD', operateTime: '2099-01-05 10:00:00' }),
  );
  await card.reach(({ status, unconfirmed }) => status === 'ON_HOLD' && unconfirmed === 0);
});
