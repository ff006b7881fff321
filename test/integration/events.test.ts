/** What flows tell, from the workflow to a real HTTP receiver and to `/v1/events`. */
import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import { temporal as proto } from '@temporalio/proto';
import { CardflowClient } from '../../src/client';
import type { BackendEvent } from '../../src/messages';
import { dataConverter } from '../../src/temporal/data-converter';
import { FlowDriver } from '../setup/flow-driver';
import { AT_ONCE, BIN, BY_HAND, LIMITS, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';
import { WebhookReceiver } from '../setup/webhook-receiver';

let temporal: TestTemporal;
let receiver: WebhookReceiver;
let stack: Stack;
beforeAll(async () => {
  temporal = await temporalForTests();
  receiver = await new WebhookReceiver().start();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    webhook: receiver.target,
    waits: { delivery: { ladderMs: [200, 400], deadlineMs: 86_400_000 } },
  });
});
afterAll(async () => {
  await stack?.stop();
  await receiver?.stop();
  await temporal?.close();
});

const flow = (number: string) => new FlowDriver(stack, 'onboarding', number);
const of = (events: readonly BackendEvent[], number: string) =>
  events.filter(({ data }) => data.flow.number === number);
const audit = (what: 'merchants' | 'wallets', name: string, decision = 'APPROVED', reason?: string) =>
  stack.control('POST', `/audits/${what}/${name}`, { decision, reason });

async function taken(number: string, type: BackendEvent['type'], times = 1): Promise<readonly BackendEvent[]> {
  await until(
    () => of(receiver.taken, number).filter((event) => event.type === type).length >= times,
    () =>
      `no ${type} of ${number} came: ${of(receiver.taken, number)
        .map((event) => event.type)
        .join(', ')}`,
  );
  return of(receiver.taken, number).filter((event) => event.type === type);
}

test('a whole onboarding is told step by step, each event once, with rising sequence and enough to act on', async () => {
  const onboarding = await flow('M-told').start(onboardingBody());
  const [audited] = await taken('M-told', 'flow.waiting');
  expect(audited?.data).toMatchObject({ stage: 'WAITING', step: 'merchant-audit', wait: { topic: 'merchant-audit' } });
  await audit('merchants', 'M-told', 'REJECTED', '营业执照不清晰');
  const [rejected] = await taken('M-told', 'flow.action_required');
  const { blocks } = await onboarding.state();
  expect(rejected?.data).toMatchObject({
    stage: 'ACTION_REQUIRED',
    step: 'merchant-audit',
    block: JSON.parse(JSON.stringify(blocks[0])),
  });
  const [block] = blocks;
  if (!block) throw new Error('no block');
  await onboarding.correct(block, { patch: { merchant: { company: { address: '2 Better Road, Hong Kong' } } } });
  await onboarding.waitsFor('merchant-audit');
  await audit('merchants', 'M-told');
  await onboarding.waitsFor('wallet-audit');
  await audit('wallets', 'M-told_OW1');
  await onboarding.waitsFor('wallet-recharge');
  await until(
    () => of(receiver.taken, 'M-told').some(({ data }) => data['step'] === 'recharge-arrival'),
    () => 'nobody is told where to pay',
  );
  // The customer learns where to pay while the flow waits for the money.
  const paying = of(receiver.taken, 'M-told').find(({ data }) => data['step'] === 'recharge-arrival');
  const { outputs } = await onboarding.state();
  expect(paying).toMatchObject({
    type: 'flow.waiting',
    data: { outputs: { recharge: { payee: outputs.recharge?.payee } } },
  });
  await stack.control('POST', '/recharges/M-told_OR1/arrivals', {});
  const { result } = await onboarding.completed();
  const [completed] = await taken('M-told', 'flow.completed');
  expect(completed?.data).toMatchObject({ stage: 'COMPLETED', result: JSON.parse(JSON.stringify(result)) });
  // The last may overtake others.
  await until(
    () => of(receiver.taken, 'M-told').length >= Number(completed?.data.sequence),
    () => 'some are missing',
  );

  const events = of(receiver.taken, 'M-told').toSorted((one, other) => one.data.sequence - other.data.sequence);
  expect(events.map(({ data }) => data.sequence)).toEqual(events.map((_, index) => index + 1));
  expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(receiver.taken.length);
  const times = events.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted());
  expect(events.map(({ type, data }) => `${type} ${String(data['step'] ?? '')}`.trim())).toEqual([
    'flow.step_completed create-merchant',
    'flow.waiting merchant-audit',
    'flow.action_required merchant-audit',
    'flow.waiting merchant-audit',
    'flow.step_completed merchant-audit',
    'flow.step_completed open-wallet',
    'flow.waiting wallet-audit',
    'flow.step_completed wallet-audit',
    'flow.step_completed recharge-method',
    'flow.step_completed create-recharge',
    'flow.waiting recharge-arrival',
    'flow.step_completed recharge-arrival',
    expect.stringMatching(/^(card.issued card-[12]|flow.step_completed cardholder-1)$/),
    expect.stringMatching(/^(card.issued card-[12]|flow.step_completed cardholder-1)$/),
    expect.stringMatching(/^(card.issued card-[12]|flow.step_completed cardholder-1)$/),
    'flow.completed',
  ]);
  expect(receiver.refused).toEqual([]);
});

test('no event holds identity data of the start body', async () => {
  const { merchant } = onboardingBody();
  const told = JSON.stringify(receiver.received.map(({ data }) => data));
  const values = [...texts(merchant)].filter((text) => text.length > 5);
  expect(values.length).toBeGreaterThan(5);
  expect(values.filter((text) => told.includes(text))).toEqual([]);
});

function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* texts(inner);
}

test('what is told while the receiver is down arrives when it is back, each once', async () => {
  await receiver.stop();
  await flow('M-down').start(onboardingBody());
  await flow('M-down').waitsFor('merchant-audit');
  await flow('M-down').cancel();
  await receiver.start();
  const [aborted] = await taken('M-down', 'flow.aborted');
  expect(aborted?.data).toMatchObject({ stage: 'ABORTED', result: { residue: { openOrders: ['M-down'] } } });
  await until(
    () => of(receiver.taken, 'M-down').length === Number(aborted?.data.sequence),
    () => 'some are missing',
  );
  expect(new Set(of(receiver.taken, 'M-down').map(({ id }) => id)).size).toBe(Number(aborted?.data.sequence));
});

test('the same event told twice is delivered once', async () => {
  const event = {
    type: 'card.status',
    timestamp: new Date().toISOString(),
    flow: { kind: 'card', number: '3414942012000000005' },
    sequence: 1,
    details: { status: 'FROZEN' },
  } as const;
  const { publisher } = stack.cardflow;
  await Promise.all([publisher.tell('11111111-1', [event, event]), publisher.tell('11111111-1', [event])]);
  await publisher.tell('11111111-1', [event]);
  const other = { ...event, key: 'pay.7-SETTLED' };
  await publisher.tell('11111111-1', [other]);
  await publisher.tell('22222222-2', [{ ...other, sequence: 9 }]);
  await until(
    () => of(receiver.taken, '3414942012000000005').length >= 2,
    () => 'they do not come',
  );
  const { items } = await untilListed('card/3414942012000000005', 2);
  expect(items.map(({ id }: BackendEvent) => id).toSorted()).toEqual([
    'card:3414942012000000005:11111111-1:1',
    'card:3414942012000000005:pay:7-SETTLED',
  ]);
  expect(of(receiver.taken, '3414942012000000005')).toHaveLength(2);
});

async function untilListed(name: string, count: number) {
  let last: { items: BackendEvent[]; next: string } = { items: [], next: '' };
  await until(
    async () => {
      last = (await stack.api('GET', `/v1/events?flow=${name}`)).body;
      return last.items.length >= count;
    },
    () => `${name} has ${last.items.length} events`,
  );
  return last;
}

test('with codec keys the list is read by whoever has them, and by nobody else', async () => {
  const codec = { keys: new Map([['k1', randomBytes(32)]]), activeKeyId: 'k1' };
  const { connection, namespace } = temporal;
  const converter = dataConverter({ codec, temporal: { namespace } });
  // Nobody works there: the deliveries only begin.
  const environment = `${temporal.environment}-encrypted`;
  const encrypted = new CardflowClient({
    temporal: new Client({ connection, namespace, dataConverter: converter }),
    environment,
    limits: LIMITS,
  });
  const told = {
    type: 'card.status',
    timestamp: new Date().toISOString(),
    sequence: 1,
    details: { status: 'FROZEN' },
  } as const;
  await encrypted.publisher.tell('33333333-3', [{ ...told, flow: { kind: 'card', number: '77' } }]);
  await until(
    async () => (await encrypted.events()).items.length === 1,
    () => 'it is not listed',
  );
  expect((await encrypted.events()).items[0]).toMatchObject({ type: 'card.status', data: { status: 'FROZEN' } });
  const { executions } = await temporal.connection.workflowService.listWorkflowExecutions({
    namespace,
    query: `TaskQueue = 'cardflow-${environment}'`,
  });
  expect(Buffer.from(executions?.[0]?.memo?.fields?.['event']?.data ?? []).toString('latin1')).not.toContain('FROZEN');
});

test('a push that pauses for hours goes out at once when an operator says so', async () => {
  receiver.answer = (event) => ({
    status: of([event], 'M-slow').length > 0 ? 503 : 204,
    headers: { 'retry-after': '7200' },
  });
  await flow('M-slow').start(onboardingBody());
  const refused = () => new Set(of(receiver.received, 'M-slow').map(({ id }) => id));
  await until(
    () => refused().size >= 2,
    () => 'it is not pushed',
  );
  const ids = refused();
  for (const id of ids)
    await until(
      () => pauses(id),
      () => `delivery/${id} does not pause`,
    );
  receiver.answer = () => ({ status: 204 });
  for (const id of ids) {
    const { status } = await stack.api(
      'POST',
      `/v1/flows/delivery/${id}/actions/restart`,
      { reason: 'it is mended' },
      'operator',
    );
    expect(status).toBe(200);
  }
  await until(
    () => new Set(of(receiver.taken, 'M-slow').map(({ id }) => id)).size === ids.size,
    () => 'it is not pushed again',
  );
  await flow('M-slow').cancel();
  await stack.closed('onboarding/M-slow');
});

/** Temporal has heard that a push failed, and keeps the next one back. */
async function pauses(id: string): Promise<boolean> {
  const { PENDING_ACTIVITY_STATE_SCHEDULED } = proto.api.enums.v1.PendingActivityState;
  const { raw } = await stack.client.workflow.getHandle(`delivery/${id}`).describe();
  return (raw.pendingActivities ?? []).some(
    ({ state, lastFailure }) => state === PENDING_ACTIVITY_STATE_SCHEDULED && Boolean(lastFailure),
  );
}

test('/v1/events pages through everything, without loss or repeat, while flows go on; and shows what was delivered', async () => {
  await stack.control('PUT', '/settings', { ...BY_HAND, ...AT_ONCE });
  const numbers = Array.from({ length: 12 }, (_, index) => `M-page-${index}`);
  const body = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
  const statuses: number[] = [];
  const started = (async () => {
    for (const number of numbers) statuses.push((await stack.start(number, body)).status);
  })();
  const reading = new Reading();
  // What visibility shows later than the list holds back is stepped over while flows go on: the gap in the sequence tells, and the flow read again has it.
  const again: BackendEvent[] = [];
  const gaps = () => numbers.filter((number) => !isWhole([...reading.read, ...again], number));
  await until(
    async () => {
      if (await reading.turnsPage()) return false;
      for (const number of gaps())
        again.push(...(await stack.api('GET', `/v1/events?limit=200&flow=onboarding/${number}`)).body.items);
      return gaps().length === 0;
    },
    () => `read ${reading.read.length}, ${gaps().join(', ')} are missing`,
  );
  await started;
  expect(statuses).toEqual(numbers.map(() => 201));
  const ids = ({ read }: Reading) => read.map(({ id }) => id);
  expect(new Set(ids(reading)).size).toBe(reading.read.length);
  // Whoever reads when all is shown misses nothing.
  const later = new Reading();
  await until(
    async () => !(await later.turnsPage()),
    () => `read ${later.read.length}, and no end`,
  );
  const { read } = later;
  expect(new Set(ids(later)).size).toBe(read.length);
  expect(numbers.filter((number) => !isWhole(read, number))).toEqual([]);
  const shown = new Set(ids(later));
  expect(ids(reading).filter((id) => !shown.has(id))).toEqual([]);
  // All that was ever pushed is in the list, and in it as it was pushed; the lives of the cards go on telling.
  const byId = new Map(read.map((event) => [event.id, event]));
  for (const { id, type, timestamp, data } of receiver.taken.filter((event) => event.data.flow.kind !== 'card')) {
    expect(byId.get(id)).toMatchObject({ id, type, timestamp, data });
  }
  // Of the newest, the list shows a moment later that they were taken.
  await until(
    async () => {
      const { items } = (await stack.api('GET', '/v1/events?limit=200&flow=onboarding/M-page-3')).body;
      return items.length > 0 && items.every((event: { delivered: boolean }) => event.delivered);
    },
    () => 'not all of M-page-3 is shown as delivered',
  );
});

/** Everything from the first event to `flow.completed`, each once. */
function isWhole(events: readonly BackendEvent[], number: string): boolean {
  const byId = new Map(of(events, number).map((event) => [event.id, event]));
  const last = [...byId.values()].find(({ type }) => type === 'flow.completed');
  const sequences = [...byId.values()].map(({ data }) => data.sequence).toSorted((one, other) => one - other);
  return last?.data.sequence === sequences.length && sequences.every((sequence, index) => sequence === index + 1);
}

/** A backend that reads the list from its beginning, in pages of many sizes. */
class Reading {
  readonly read: BackendEvent[] = [];
  private after = '';

  /** @returns false where there is no further one for now */
  async turnsPage(): Promise<boolean> {
    const limits = [7, 1, 50, 3, 200];
    const limit = limits[this.read.length % limits.length];
    const page = await stack.api('GET', `/v1/events?limit=${limit}${this.after}`, undefined, 'finance');
    expect(page.status).toBe(200);
    this.read.push(...page.body.items);
    this.after = `&after=${page.body.next}`;
    return page.body.items.length > 0;
  }
}

test('a batch of cards is told in a few events, all cards in them, and its list is left out of the rest', async () => {
  const { outputs } = await flow('M-page-0').state();
  const cards = Array.from({ length: 25 }, () => ({ binId: BIN.plain, cardLimit: '1.00', currency: 'USD' }));
  const issuance = new FlowDriver(stack, 'card-issuance', 'I-batch');
  await issuance.start({ walletId: outputs.walletId, cards });
  await issuance.completed();
  const [completed] = await taken('I-batch', 'flow.completed');
  await until(
    () => of(receiver.taken, 'I-batch').length === completed?.data.sequence,
    () => 'some are missing',
  );
  const issued = of(receiver.taken, 'I-batch').filter(({ type }) => type === 'card.issued');
  // At most one every five seconds, and what is left at the end.
  const toldAt = issued.map(({ timestamp }) => Date.parse(timestamp));
  const lastedMs = Math.max(...toldAt) - Math.min(...toldAt);
  expect(issued.length).toBeLessThanOrEqual(Math.floor((lastedMs + 100) / 5_000) + 2);
  const cardIds = issued.flatMap(({ data }) => (data['cards'] as { cardId: string }[]).map(({ cardId }) => cardId));
  expect(new Set(cardIds).size).toBe(25);
  expect(completed?.data).toMatchObject({
    outputs: { walletId: outputs.walletId, cardsLeftOut: 25 },
    result: { cardsLeftOut: 25 },
  });
  expect(JSON.stringify(completed?.data).length).toBeLessThan(2_000);
});

test('an empty page says where to go on; ?wait= answers with the next event; a cursor that is none is named', async () => {
  const { body: end } = await stack.api('GET', '/v1/events?flow=onboarding/M-none');
  expect(end).toEqual({ items: [], next: expect.any(String) });
  const later = stack.api('GET', `/v1/events?flow=onboarding/M-none&after=${end.next}&wait=60s`);
  await flow('M-none').start(onboardingBody());
  const { body } = await later;
  expect(body.items[0]).toMatchObject({ type: expect.stringMatching(/^flow\./), data: { flow: { number: 'M-none' } } });
  const bad = await stack.api('GET', '/v1/events?after=nonsense');
  expect(bad).toMatchObject({ status: 422, body: { errors: [{ path: 'after' }] } });
  expect((await stack.api('GET', '/v1/events', undefined, null)).status).toBe(401);
});

test('a list of flows does not drown in deliveries, and shows them where they are asked for', async () => {
  const all = (await stack.api('GET', '/v1/flows?pageSize=200')).body.items;
  expect(all.length).toBeGreaterThan(5);
  expect(all.filter(({ kind }: { kind: string }) => kind === 'delivery')).toEqual([]);
  const deliveries = (await stack.api('GET', '/v1/flows?kind=delivery&pageSize=200')).body.items;
  expect(deliveries.length).toBeGreaterThan(50);
  receiver.answer = () => ({ status: 410 });
  await flow('M-dead').start(onboardingBody());
  await until(
    async () => {
      const blocked = (await stack.api('GET', '/v1/flows?stage=BLOCKED')).body.items;
      const listed = (await stack.api('GET', '/v1/flows?pageSize=200')).body.items;
      const isDead = ({ kind, reason, step }: Record<string, string>) =>
        kind === 'delivery' && reason === 'DEADLINE' && step === 'push';
      return blocked.some(isDead) && listed.some(isDead);
    },
    () => 'the dead letter is in no list',
  );
});
