/** A card's life on a real server, over HTTP: authorisations, limit changes, and the borders between its runs. */
import { WorkflowNotFoundError } from '@temporalio/common';
import { FalpayOutcomeUnknown, FalpayRejected } from '../../src/falpay';
import { callbackSignal, workflowIdFor, type CardLife, type FlowState } from '../../src/messages';
import { reset } from '../setup/reset';
import { AT_ONCE, BIN, onboardingBody, startStack, type HttpAnswer, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { isInTask } from '../setup/in-task';
import { until } from '../setup/until';

let temporal: TestTemporal;
let stack: Stack;

beforeAll(async () => {
  temporal = await temporalForTests();
  // A run of a card ends after so few events that hundreds of messages cross many borders.
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    sandbox: AT_ONCE,
    policy: { continueAtEvents: 80 },
  });
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

async function issued(number: string): Promise<string> {
  await stack.start(number, onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '100.00', currency: 'USD' }] }));
  const { outputs } = await stack.reach(number, ({ stage }) => stage === 'COMPLETED');
  return outputs.cards[0]?.cardId ?? '';
}

const handleOf = (cardId: string) => stack.client.workflow.getHandle(workflowIdFor('card', cardId));
const put = (cardId: string, orderNo: string, change: object = {}) =>
  stack.api('PUT', `/v1/cards/${cardId}/limit-changes/${orderNo}`, {
    direction: 'INCREASE',
    amount: '1.00',
    currency: 'USD',
    ...change,
  });
const get = (cardId: string, orderNo: string, query = '') =>
  stack.api('GET', `/v1/cards/${cardId}/limit-changes/${orderNo}${query}`);
const buy = (cardId: string, amount: string) =>
  stack.control('POST', `/cards/${cardId}/authorizations`, { amount }) as Promise<{ payOrderNo: string }>;

async function reach(cardId: string, wanted: (card: CardLife, state: FlowState) => boolean): Promise<CardLife> {
  let last: FlowState | undefined;
  await until(
    async () => {
      last = await stack.cardflow.state('card', cardId).catch(() => undefined);
      return last?.outputs.card !== undefined && wanted(last.outputs.card, last);
    },
    () => `card ${cardId} stays at ${JSON.stringify(last, null, 1)}`,
  );
  return last?.outputs.card as CardLife;
}

/** As a backend does: a 503 says nothing of the outcome, and the same request may be repeated. */
async function putPatiently(cardId: string, orderNo: string, change: object = {}): Promise<void> {
  const { status } = await answered(cardId, orderNo, change);
  expect([200, 201]).toContain(status);
}

async function answered(cardId: string, orderNo: string, change: object = {}): Promise<HttpAnswer> {
  let last: HttpAnswer | undefined;
  await until(
    async () => (last = await put(cardId, orderNo, change)).status !== 503,
    () => `${orderNo} is not answered: ${JSON.stringify(last?.body)}`,
  );
  return last as HttpAnswer;
}

/** Waits until nothing is under way in it: a run that is terminated in the midst of its work may not tell for long what it knew. */
async function rests(cardId: string): Promise<void> {
  await until(
    async () => {
      const { raw } = await handleOf(cardId).describe();
      return !raw.pendingActivities?.length && !(await isInTask(handleOf(cardId)));
    },
    () => `card ${cardId} does not rest`,
  );
}

async function done(cardId: string, orderNo: string): Promise<void> {
  await until(
    async () => (await get(cardId, orderNo)).body.status === 'DONE',
    () => `${orderNo} is not done`,
  );
}

test('over many runs no callback and no limit change is lost, and none is counted twice', async () => {
  const cardId = await issued('BORDERS');
  // The first callback begins it: a signal alone would find nobody.
  await reach(cardId, () => true);
  const orders: string[] = [];
  for (let index = 0; index < 20; index += 1) orders.push((await buy(cardId, '0.25')).payOrderNo);
  const numbers = Array.from({ length: 12 }, (_, index) => `B-${index + 1}`);
  const signals = orders.flatMap((payOrderNo, index) =>
    Array.from({ length: 5 }, (_, copy) => ({ payOrderNo, index, copy })),
  );
  await Promise.all([
    ...numbers.map((orderNo) => putPatiently(cardId, orderNo)),
    ...signals.map(({ payOrderNo, index, copy }) =>
      handleOf(cardId).signal(callbackSignal, {
        eventId: `${payOrderNo}-${copy}`,
        topic: 'card-authorization',
        occurredAt: '2026-01-05 10:00:00',
        receivedAt: new Date().toISOString(),
        stale: false,
        ref: cardId,
        ids: { cardId },
        // Amounts that differ make every copy a reason to ask FalPay.
        data: { payOrderNo, status: 'AUTHORIZED', billingAmount: `${index}.${copy}`, fee: '0' },
      }),
    ),
  ]);
  for (const orderNo of numbers) await done(cardId, orderNo);
  const life = await reach(cardId, (card) => card.unconfirmed === 0 && card.used === '5.00');
  expect(life.payOrders).toEqual([
    { type: 'AUTH', status: 'AUTHORIZED', currency: 'USD', count: 20, amount: '5.00', fee: '0.00' },
  ]);
  expect(life.limit).toBe('112.00');
  for (const orderNo of numbers) expect(await stack.calls('increaseCardLimit', `${orderNo}_KI1`)).toBe(1);
  // The number is known on the other side of the border, too.
  expect((await answered(cardId, 'B-1')).status).toBe(200);
  expect(await answered(cardId, 'B-1', { amount: '2.00' })).toMatchObject({
    status: 409,
    body: { code: 'number-taken' },
  });
  // Visibility is a moment behind.
  await until(
    async () => (await stack.client.workflow.count(`WorkflowId = '${workflowIdFor('card', cardId)}'`)).count > 3,
    () => 'there are not many runs',
  );
  const now = await handleOf(cardId).describe();
  expect(now.raw.workflowExecutionInfo?.searchAttributes?.indexedFields).toHaveProperty('FalpayCardId');
}, 300_000);

test('a limit change is read, waited for, and answered like any resource', async () => {
  const cardId = await issued('RESOURCE');
  expect(await get(cardId, 'R-1')).toMatchObject({ status: 404, body: { code: 'limit-change-not-found' } });
  const first = await put(cardId, 'R-1', { amount: '5.00' });
  expect(first).toMatchObject({ status: 201, body: { orderNo: 'R-1', direction: 'INCREASE', amount: '5.00' } });
  await until(
    async () => (await get(cardId, 'R-1', '?wait=5s')).body.status === 'DONE',
    () => 'R-1 is not done',
  );
  expect((await get(cardId, 'R-1')).body).toMatchObject({ limitBefore: '100.00', limitAfter: '105.00' });
});

test('a card that FalPay does not have gets no flow', async () => {
  expect(await put('no-such-card', 'K-1')).toMatchObject({ status: 404, body: { code: 'card-not-found' } });
  await expect(handleOf('no-such-card').describe()).rejects.toThrow(WorkflowNotFoundError);
});

test('a terminated flow is begun anew by the next request, and knows what was done before', async () => {
  const cardId = await issued('KILLED');
  await putPatiently(cardId, 'K-1', { amount: '5.00' });
  await done(cardId, 'K-1');
  await buy(cardId, '3.00');
  await reach(cardId, ({ payOrders }) => payOrders[0]?.count === 1);
  await rests(cardId);
  await handleOf(cardId).terminate('for the test');
  expect((await answered(cardId, 'K-1', { amount: '5.00' })).status).toBe(200);
  expect((await answered(cardId, 'K-1', { amount: '6.00' })).status).toBe(409);
  await putPatiently(cardId, 'K-2', { amount: '7.00' });
  await done(cardId, 'K-2');
  expect(await stack.calls('increaseCardLimit', 'K-1_KI1')).toBe(1);
  const life = await reach(cardId, ({ limit, payOrders }) => limit === '112.00' && payOrders.length > 0);
  expect(life.payOrders).toMatchObject([{ count: 1, amount: '3.00' }]);
  expect(life.events.some((event) => event.what === 'authorization')).toBe(true);
});

test('a reconciliation learns of a limit change from its card, which the order number alone does not tell', async () => {
  const cardId = await issued('ASKED');
  await putPatiently(cardId, 'Q-1', { amount: '5.00' });
  await done(cardId, 'Q-1');
  await putPatiently(cardId, 'Q-2', { currency: 'EUR' });
  await until(
    async () => (await get(cardId, 'Q-2')).body.status === 'REFUSED',
    () => 'Q-2 is not refused',
  );
  const cardIds = { 'Q-1_KI1': cardId, 'Q-1_KD1': cardId, 'Q-2_KI1': cardId, 'Q-9_KI1': cardId };
  const facts = await stack.cardflow.reconciler.orders([...Object.keys(cardIds), 'Q-1_KI2'], { cardIds });
  expect(facts).toMatchObject([
    { orderNo: 'Q-1_KI1', workflowId: `card/${cardId}`, shown: true, ended: true, status: 'DONE', amount: '5.00' },
    { orderNo: 'Q-1_KD1', found: false },
    // What is not done has moved nothing.
    { orderNo: 'Q-2_KI1', shown: true, ended: true, status: 'REFUSED' },
    { orderNo: 'Q-9_KI1', found: false },
    { orderNo: 'Q-1_KI2', found: false },
  ]);
  expect(facts.find(({ orderNo }) => orderNo === 'Q-2_KI1')).not.toHaveProperty('amount');
});

test('a refusal that comes when the run has grown long is confirmed in that run, and nobody is asked', async () => {
  const cardId = await issued('NO');
  await reach(cardId, ({ status, unconfirmed }) => status === 'ACTIVE' && unconfirmed === 0);
  const { falpay } = stack;
  const getCard = falpay.getCard.bind(falpay);
  const looks = jest.spyOn(falpay, 'getCard');
  let isAsked = false;
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  jest.spyOn(falpay, 'increaseCardLimit').mockImplementationOnce(() => {
    looks.mockImplementation(async (query) => {
      // Other cards are none of this test's.
      if (!('cardId' in query) || query.cardId !== cardId) return getCard(query);
      isAsked = true;
      await held;
      return getCard(query);
    });
    return Promise.reject(new FalpayRejected('not now'));
  });
  await putPatiently(cardId, 'N-1');
  await until(
    () => isAsked,
    () => 'nobody confirms the refusal',
  );
  const { runId } = await handleOf(cardId).describe();
  for (let count = 0; count < 80; count += 1) await handleOf(cardId).signal(callbackSignal, null as never);
  await until(
    async () => {
      const now = await handleOf(cardId).describe();
      return now.runId !== runId || now.historyLength > 80;
    },
    () => 'the run does not grow long',
  );
  letGo();
  looks.mockRestore();
  await until(
    async () => !['QUEUED', 'RUNNING'].includes((await get(cardId, 'N-1')).body.status),
    () => 'it does not end',
  );
  expect((await get(cardId, 'N-1')).body).toMatchObject({ status: 'REFUSED', error: 'not now' });
});

test('an abort ends the flow, not the card: the next callback begins it anew', async () => {
  const cardId = await issued('ABORTED');
  await putPatiently(cardId, 'A-1');
  await done(cardId, 'A-1');
  const { workflowId } = handleOf(cardId);
  const { runId } = await handleOf(cardId).describe();
  const { status } = await stack.api(
    'POST',
    `/v1/flows/card/${cardId}/actions/abort`,
    { reason: 'a test' },
    'operator',
  );
  expect(status).toBe(200);
  // This run: a callback that FalPay had to send again may have begun the next life already.
  await until(
    async () => (await stack.client.workflow.getHandle(workflowId, runId).describe()).status.name !== 'RUNNING',
    () => 'the flow does not end',
  );
  await buy(cardId, '3.00');
  const life = await reach(
    cardId,
    ({ payOrders, limitChanges }, { stage }) => stage === 'RUNNING' && payOrders.length > 0 && limitChanges.length > 0,
  );
  expect(life.limitChanges).toMatchObject([{ orderNo: 'A-1', status: 'DONE' }]);
});

test('after a reset to the beginning no change is sent a second time', async () => {
  const cardId = await issued('RESET');
  await putPatiently(cardId, 'S-1', { amount: '5.00' });
  await done(cardId, 'S-1');
  const { workflowId } = handleOf(cardId);
  const { runId } = await reset(stack.client, workflowId);
  await until(
    async () => (await handleOf(cardId).describe()).runId !== runId,
    () => 'there is no other run',
  );
  await putPatiently(cardId, 'S-1', { amount: '5.00' });
  await putPatiently(cardId, 'S-2', { amount: '7.00' });
  await done(cardId, 'S-2');
  expect(await stack.calls('increaseCardLimit', 'S-1_KI1')).toBe(1);
  expect((await get(cardId, 'S-1')).body).toMatchObject({ status: 'DONE', limitAfter: '105.00' });
});

test('an action asked for again after the flow went on in another run is the one that was carried out', async () => {
  const cardId = await issued('REPEATED');
  const { falpay } = stack;
  const increase = falpay.increaseCardLimit.bind(falpay);
  // It is lost, and a change that is not ours comes before anybody looks: the limit proves nothing any more, and a person is asked.
  jest.spyOn(falpay, 'increaseCardLimit').mockImplementationOnce(async ({ limitOrderNo }) => {
    await increase({ limitOrderNo: 'foreign-1', cardId, amount: '7.00', currency: 'USD' });
    throw new FalpayOutcomeUnknown(`${limitOrderNo}: the connection broke off`);
  });
  await putPatiently(cardId, 'AGAIN-1');
  let blockId = '';
  await reach(cardId, (_card, { blocks }) => (blockId = blocks[0]?.blockId ?? '') !== '');
  const resolve = (outcome: object) =>
    stack.api('POST', `/v1/flows/card/${cardId}/actions/resolve`, { blockId, reason: 'seen', ...outcome }, 'operator');
  const notDone = { outcome: 'NOT_DONE', force: true };
  expect((await resolve(notDone)).status).toBe(200);
  const { runId } = await handleOf(cardId).describe();
  for (let number = 2; (await handleOf(cardId).describe()).runId === runId; number += 1) {
    await putPatiently(cardId, `AGAIN-${number}`);
    await done(cardId, `AGAIN-${number}`);
  }
  expect((await resolve(notDone)).status).toBe(200);
  expect(await resolve({ outcome: 'DONE', ref: '4711' })).toMatchObject({ status: 409, body: { code: 'stale-block' } });
}, 300_000);
