/** What no model stands in front of, faults that last, and callbacks that nobody waits for: none of it may wedge a flow, fill its history or be lost. */
import { ApplicationFailure } from '@temporalio/common';
import type { CallbackEvent, FlowState } from '../../src/messages';
import { abortUpdate, callbackSignal, parkedNumber, workflowIdFor } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { until } from '../setup/until';
import { Scene } from './scene';

const PLAIN = { binId: BIN.plain, cardLimit: '50.00', currency: 'USD' };
const ONE_CARD = onboardingBody({ cards: [PLAIN] });
const TWO_CARDS = onboardingBody({ cards: [PLAIN, PLAIN] });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const told = (eventId: string, data: object, ref = '77'): CallbackEvent => ({
  eventId,
  topic: 'wallet-recharge',
  occurredAt: '2026-01-01 00:00:00',
  receivedAt: '2026-01-01T00:00:00.000Z',
  stale: false,
  ref,
  ids: { walletId: '12' },
  data: { orderNo: ref, currency: 'USD', status: 'SUCCESS', ...data },
});

const parked = (ref: string): Promise<FlowState | undefined> =>
  scene.stack.cardflow.state('parked', parkedNumber({ topic: 'wallet-recharge', ref })).catch(() => undefined);

const isThere = (): boolean => true;
const isNotThere = (): boolean => false;

async function eventsOf(workflowId: string): Promise<number> {
  return (await scene.stack.client.workflow.getHandle(workflowId).fetchHistory()).events?.length ?? 0;
}

test('a signal sent by hand that is no callback, or whose amounts are none, does not wedge the flow', async () => {
  await scene.at('SIGNAL', 'recharge-arrival', ONE_CARD);
  const handle = scene.handle('SIGNAL');
  for (const wrong of [null, 'money', {}, { ...told('1', {}), data: null }])
    await handle.signal(callbackSignal, wrong as unknown as CallbackEvent);
  await handle.signal(callbackSignal, {
    ...told('2', { rechargeOrderNo: 'SIGNAL_OR1', creditedAmount: '1e3' }),
    orderNo: 'SIGNAL_OR1',
  });
  await scene.pay('SIGNAL');
  await scene.completed('SIGNAL');
});

test('a callback sent by hand whose names are none holds up neither the end of the flow nor its abort', async () => {
  await scene.at('NAMES', 'recharge-arrival', ONE_CARD);
  const handle = scene.handle('NAMES');
  const named = (fields: object) => ({ ...told('9', { creditedAmount: '1.00' }), ...fields }) as CallbackEvent;
  const tries: CallbackEvent[] = [];
  scene.instead.parkCallback = (event) => {
    tries.push(event);
    return scene.real.parkCallback(event);
  };
  for (const wrong of [
    named({ ids: { walletId: 5 } }),
    named({ ids: { merchantId: 'x'.repeat(129) } }),
    named({ ref: 'x'.repeat(2_000) }),
    named({ ref: '' }),
    named({ orderNo: 'x'.repeat(129) }),
    named({ eventId: 'x'.repeat(1_000) }),
    named({ data: [] }),
  ])
    await handle.signal(callbackSignal, wrong);
  await scene.act('NAMES', 'abort', undefined);
  expect(await handle.result()).toMatchObject({ stage: 'ABORTED' });
  // They are ignored as they come, not left in the end.
  expect(tries).toEqual([]);
});

test('a callback that cannot be parked is left when the flow ends; an outage is waited out', async () => {
  await scene.at('LEFT', 'recharge-arrival', ONE_CARD);
  const tries: string[] = [];
  scene.instead.parkCallback = (event) => {
    tries.push(event.eventId);
    if (event.eventId === 'never') return Promise.reject(ApplicationFailure.nonRetryable('no name', 'InvalidInput'));
    if (tries.length < 4) return Promise.reject(ApplicationFailure.retryable('Temporal is away', 'FalpayUnavailable'));
    return Promise.resolve();
  };
  for (const eventId of ['never', 'later'])
    await scene.handle('LEFT').signal(callbackSignal, told(eventId, { creditedAmount: '1.00' }));
  await scene.act('LEFT', 'abort', undefined);
  expect(await scene.handle('LEFT').result()).toMatchObject({ stage: 'ABORTED' });
  expect(tries).toEqual(['never', 'later', 'later', 'later']);
});

test('an order that FalPay books in another currency counts for nothing, and wedges nothing', async () => {
  await scene.at('OTHER', 'wallet-audit', ONE_CARD);
  scene.instead.createRecharge = async (given) => ({ ...(await scene.real.createRecharge(given)), currency: 'EUR' });
  await scene.audit('wallet', 'OTHER');
  const block = await scene.blocked('OTHER', 'CURRENCY_MISMATCH', 'create-recharge');
  await scene.act('OTHER', 'retry', block);
  await scene.waiting('OTHER', 'recharge-arrival');
  await scene.pay('OTHER');
  await scene.blocked('OTHER', 'CURRENCY_MISMATCH', 'recharge-arrival');
  await scene.act('OTHER', 'abort', undefined);
  expect(await scene.handle('OTHER').result()).toMatchObject({ stage: 'ABORTED' });
});

test('a FalPay that is too busy and asks to be called at once is called at growing intervals', async () => {
  let calls = 0;
  scene.instead.createMerchant = () => {
    calls += 1;
    const details = [{ retryAfterMs: 0 }];
    return Promise.reject(ApplicationFailure.create({ message: 'busy', type: 'FalpayUnavailable', details }));
  };
  await scene.start('BUSY', ONE_CARD);
  await scene.reach('BUSY', ({ fault }) => fault !== undefined);
  await scene.pass('2 hours');
  expect(calls).toBeLessThan(30);
  delete scene.instead.createMerchant;
  await scene.passUntil('BUSY', ({ waits }) => waits.length > 0, '1 minute');
});

test('a creating call that is lost again and again, and not found, is sent again at growing intervals', async () => {
  let calls = 0;
  scene.instead.createMerchant = () => {
    calls += 1;
    return Promise.reject(ApplicationFailure.nonRetryable('HTTP 502', 'FalpayOutcomeUnknown'));
  };
  await scene.start('LOST', ONE_CARD);
  await scene.pass('2 hours');
  expect(calls).toBeLessThan(30);
  expect(await eventsOf('onboarding/LOST')).toBeLessThan(600);
  delete scene.instead.createMerchant;
  await scene.passUntil('LOST', ({ waits }) => waits.length > 0, '1 minute');
});

test('a card frozen while its flow still works on another one is frozen in its own life, also when the flow ends', async () => {
  await scene.plan({ step: 'card', at: 'apply', reason: 'no', orderNo: 'FROZEN_OC2' });
  await scene.at('FROZEN', 'recharge-arrival', TWO_CARDS);
  await scene.pay('FROZEN');
  const block = await scene.blocked('FROZEN', 'CARD_REFUSED', 'card-2');
  const { outputs } = await scene.reach('FROZEN', (state) => state.outputs.cards[0]?.status === 'ACTIVE');
  const cardId = outputs.cards[0]?.cardId ?? '';
  await scene.stack.control('POST', '/cards/FROZEN_OC1/status', { status: 'FROZEN', reason: 'fraud' });
  await until(
    async () => {
      const { callbacks } = await scene.stack.control('GET', `/callbacks?topic=card-status&ref=${cardId}`);
      return callbacks.some(
        ({ body, state }: { body: object; state: string }) =>
          JSON.stringify(body).includes('FROZEN') && state === 'ACKNOWLEDGED',
      );
    },
    () => 'the freeze is not told',
  );
  await scene.act('FROZEN', 'skip', block);
  await scene.completed('FROZEN');
  await until(
    async () =>
      (await scene.stack.cardflow.state('card', cardId).catch(() => undefined))?.outputs.card?.status === 'FROZEN',
    () => 'the freeze is lost',
  );
});

test('money told in the moment in which a parked callback is aborted stays parked', async () => {
  let letGo = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    scene.instead.claimCallback = () => {
      resolve();
      delete scene.instead.claimCallback;
      return new Promise((answer) => (letGo = () => answer('unclaimed')));
    };
  });
  await scene.stack.cardflow.callbacks.park(told('1', { creditedAmount: '10' }));
  await asked;
  const id = workflowIdFor('parked', parkedNumber(told('1', {})));
  const handle = scene.stack.client.workflow.getHandle(id);
  // While the flow asks, both come; it sees them at once.
  await handle.signal(callbackSignal, told('2', { creditedAmount: '20' }));
  const { runId } = await handle.describe();
  const updateId = 'in-that-moment';
  const aborted = handle.executeUpdate(abortUpdate, { args: [{ actor: 'olaf', reason: 'not ours' }], updateId });
  const updateRef = { workflowExecution: { workflowId: id, runId }, updateId };
  const { workflowService } = scene.stack.client;
  await until(
    () => workflowService.pollWorkflowExecutionUpdate({ namespace: 'default', updateRef }).then(isThere, isNotThere),
    () => 'the abort does not come to the server',
  );
  letGo();
  await aborted;
  await until(
    async () => (await handle.describe()).runId !== runId,
    () => 'the second callback is lost',
  );
  await until(
    async () => (await parked('77'))?.waits.length === 1,
    () => 'the second callback is not held',
  );
  expect(await eventsOf(id)).toBeLessThan(20);
});

test('callbacks held for nobody cost the same each, however many are held', async () => {
  for (let count = 1; count <= 30; count += 1) {
    await scene.stack.cardflow.callbacks.park(told(`p${count}`, { creditedAmount: String(count) }, '88'));
  }
  const id = workflowIdFor('parked', parkedNumber(told('', {}, '88')));
  await until(
    async () => (await parked('88'))?.waits.length === 1,
    () => 'nothing is parked',
  );
  expect(await eventsOf(id)).toBeLessThan(30 * 10 + 20);
});
