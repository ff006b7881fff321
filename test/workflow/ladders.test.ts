/** When FalPay is asked, wait by wait: the pauses of each ladder, its end at the deadline, and what comes after. */
import { ApplicationFailure } from '@temporalio/common';
import type { BlockState, FlowKind, FlowState, StartedKind } from '../../src/messages';
import { DEFAULT_WAITS } from '../../src/config/timings';
import { callbackSignal } from '../../src/messages';
import { FlowDriver } from '../setup/flow-driver';
import { BIN, onboardingBody } from '../setup/stack';
import { until } from '../setup/until';
import { Scene } from './scene';

const [MINUTE, HOUR, DAY] = [60, 3_600, 86_400];
const PATIENT = [5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR];
const SOON = [2, 5, 15, MINUTE, 5 * MINUTE];
const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
const PAYEE = { accountName: 'Starbridge Limited', accountNo: '000123456789' };
/** A timer ends by the millisecond, what an activity takes comes between. */
const NEARLY = 0.02;
/** Forty cards take their time on a busy machine: only for what hangs. */
const LIMIT_MS = 10 * 60_000;

let scene: Scene;
let ids: { merchantId: string; walletId: string };
beforeAll(async () => {
  scene = await Scene.open({ waits: DEFAULT_WAITS });
  const { merchantId = '', walletId = '' } = (await scene.at('HOME', 'end', ONE_CARD)).outputs;
  ids = { merchantId, walletId };
  await scene.stack.control('PUT', '/settings', { issueDelay: 'manual' });
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const flow = (kind: StartedKind, number: string) => new FlowDriver(scene.stack, kind, number);

const card = { binId: BIN.plain, cardLimit: '20.00', currency: 'USD' } as const;

/** Each wait that a flow of its own kind comes to; those of an onboarding are in deadlines.test. */
const WAITS = [
  {
    kind: 'wallet-opening',
    step: 'wallet-audit',
    body: () => ({ merchantId: ids.merchantId, currency: 'USD' }),
    ladder: PATIENT,
    deadline: 14 * DAY,
  },
  {
    kind: 'wallet-recharge',
    step: 'recharge-arrival',
    body: () => ({ walletId: ids.walletId, amount: '50.00', currency: 'USD', methodCode: 'BANK_TRANSFER' }),
    ladder: PATIENT,
    deadline: 30 * DAY,
  },
  {
    kind: 'wallet-withdrawal',
    step: 'withdrawal-result',
    body: () => ({ walletId: ids.walletId, amount: '10.00', currency: 'USD', payee: PAYEE }),
    ladder: PATIENT,
    deadline: 14 * DAY,
  },
  {
    kind: 'wallet-status-change',
    step: 'change-status',
    // FalPay takes it and never shows it.
    before: () => void (scene.instead.updateWalletStatus = () => Promise.resolve(true)),
    body: () => ({ walletId: ids.walletId, status: 'FROZEN' }),
    ladder: SOON,
    deadline: HOUR,
    asksAtOnce: true,
  },
  {
    kind: 'card-issuance',
    step: 'card-1',
    body: () => ({ walletId: ids.walletId, cards: [card] }),
    ladder: SOON,
    deadline: HOUR,
  },
] as const;

/** The pauses of a wait before and after its deadline, at which it was blocked, in seconds. */
async function pausesOf(number: string, kind: FlowKind, { step, since }: BlockState) {
  const looks = (await scene.timers(number, kind)).filter(({ summary }) => summary === `${step}: next query`);
  // By the flow's own clock: the looks themselves take their time between the pauses, and the last pause may be a short one.
  const blockedAt = Date.parse(since);
  const before = looks
    .filter(({ startedAt }) => Math.round(startedAt * 1_000) < blockedAt)
    .map(({ seconds }) => seconds);
  const passed = before.reduce((sum, seconds) => sum + seconds, 0);
  return { before, passed, after: looks.slice(before.length).map(({ seconds }) => seconds) };
}

function expectRungs(pauses: readonly number[], ladder: readonly number[]): void {
  for (const [index, seconds] of pauses.entries()) {
    const rung = ladder[Math.min(index, ladder.length - 1)] ?? 0;
    expect([index, seconds >= rung * 0.8 - NEARLY, seconds <= rung * 1.2 + NEARLY]).toEqual([index, true, true]);
  }
}

describe.each(WAITS)('$kind at $step', ({ kind, step, ladder, deadline, body, ...rest }) => {
  test('asks by its ladder, each pause a fifth longer or shorter by chance, and a last time at the deadline; then ever more rarely', async () => {
    const number = `LADDER-${kind.length}-${step.length}`;
    if ('before' in rest) rest.before();
    const driver = await flow(kind, number).start(body());
    await driver.reach(({ waits }) => waits.length > 0);
    await scene.pass(`${deadline + 4 * DAY} seconds`);
    const block = await driver.blockedBy('DEADLINE', step);
    expect(block.actions).toEqual(['retry', 'resolve', ...(kind === 'card-issuance' ? ['skip'] : []), 'abort']);
    const { before, passed, after } = await pausesOf(number, kind, block);
    expect(before.length).toBeGreaterThan(ladder.length);
    // The deadline cuts the last one short.
    expectRungs(before.slice(0, -1), ladder);
    expect(Math.abs(passed - deadline)).toBeLessThan(deadline / 100);
    expect(new Set(before.map((seconds) => seconds.toFixed(3))).size).toBeGreaterThan(before.length / 2);
    // Six hours, then twelve, a day, two: upwards by as much as half.
    expect(after.length).toBeGreaterThanOrEqual(3);
    for (const [index, seconds] of after.entries()) {
      const pace = 6 * HOUR * 2 ** index;
      expect([index, seconds >= pace - NEARLY, seconds <= pace * 1.5 + NEARLY]).toEqual([index, true, true]);
    }
  });
});

test(
  'forty cards that FalPay does not issue: the first keep the ladder, the later ones are asked for ever more rarely, so that five hundred fit in one history',
  async () => {
    const cards = Array.from({ length: 40 }, () => card);
    const driver = await flow('card-issuance', 'FORTY').start({ walletId: ids.walletId, cards });
    await driver.reach(({ waits }) => waits.length > 0);
    // Eight at a time, an hour each.
    await scene.pass('6 hours');
    const { blocks } = await driver.reach((state) => state.blocks.length === cards.length);
    const blockOf = (place: number) => blocks.find(({ step }) => step === `card-${place}`) as BlockState;
    const looksAt = async (place: number) => (await pausesOf('FORTY', 'card-issuance', blockOf(place))).before;
    expectRungs((await looksAt(1)).slice(0, -1), SOON);
    expect((await looksAt(1)).length).toBeGreaterThan(12);
    expect((await looksAt(40)).length).toBeLessThan(10);
    await scene.pass('14 days');
    const looks = (await scene.timers('FORTY', 'card-issuance')).filter(({ summary }) =>
      summary.endsWith('next query'),
    );
    // At the ladder's pace they would be 900, and beyond the first 250 each hundred doubles the pauses.
    expect(looks.length).toBeLessThan(700);
    const { events } = await scene.handle('FORTY', 'card-issuance').fetchHistory();
    // What flow/watch.ts reckons with for a batch of 500.
    expect((events ?? []).length).toBeLessThan(28 * cards.length + 11 * looks.length);
  },
  LIMIT_MS,
);

test('parked: a callback that nobody claims is tried at once, by its ladder for a day, and then ever more rarely', async () => {
  const ladder = [1, 3, 10, 30, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];
  const number = 'wallet-recharge/990';
  const event = {
    eventId: 'E-990',
    topic: 'wallet-recharge',
    occurredAt: '2026-01-01 00:00:00',
    receivedAt: '2026-01-01T00:00:00.000Z',
    stale: false,
    ref: '990',
    ids: {},
    data: { orderNo: '990', creditedAmount: '5.00' },
  } as const;
  await scene.stack.client.workflow.signalWithStart('parkedCallback', {
    workflowId: `parked/${number}`,
    taskQueue: 'cardflow-test',
    args: [{ number, environment: 'test', body: {} }],
    signal: callbackSignal,
    signalArgs: [event],
  });
  const state = () => scene.stack.cardflow.state('parked', number);
  await until(
    async () => (await state()).waits.length > 0,
    () => 'it is not parked',
  );
  await scene.pass('4 days');
  let asked: FlowState | undefined;
  await until(
    async () => (asked = await state()).blocks.some(({ reason }) => reason === 'DEADLINE'),
    () => 'nobody is asked',
  );
  const { before, after, passed } = await pausesOf(number, 'parked', asked?.blocks[0] as BlockState);
  expectRungs(before.slice(0, -1), ladder);
  expect(Math.abs(passed - DAY)).toBeLessThan(DAY / 100);
  expect(after[0]).toBeGreaterThanOrEqual(6 * HOUR - NEARLY);
  expect(after[1]).toBeGreaterThanOrEqual(12 * HOUR - NEARLY);
});

test('a query that lags a callback is asked again after 1, 3, 10, 30 and 60 seconds, and by its ladder after the contradiction is told', async () => {
  const { outputs } = await scene.at('LAG', 'merchant-audit', ONE_CARD);
  const data = {
    merchantId: outputs.merchantId,
    merchantOrderNo: 'LAG',
    auditStatus: 'APPROVED',
    auditTime: '2026-01-01 00:00:00',
  };
  await scene.handle('LAG').signal('callback', {
    eventId: 'E-LAG',
    topic: 'merchant-audit',
    occurredAt: '2026-01-01 00:00:00',
    receivedAt: '2026-01-01T00:00:00.000Z',
    stale: false,
    orderNo: 'LAG',
    ref: outputs.merchantId,
    ids: {},
    data,
  });
  await scene.pass('3 minutes');
  await scene.blocked('LAG', 'MISMATCH');
  const looks = (await scene.timers('LAG')).map(({ seconds }) => Math.round(seconds));
  // The first was the ladder's, cut short by the callback.
  expect(looks.slice(1, 6)).toEqual([1, 3, 10, 30, 60]);
  expectRungs(looks.slice(6, 7), [15 * MINUTE]);
});

test('a query that FalPay refuses is asked again after 1 s, 10 s, a minute and 5 minutes before anybody is called', async () => {
  await scene.at('REFUSED', 'merchant-audit', ONE_CARD);
  const { findMerchant } = scene.real;
  let refusals = 0;
  scene.instead.findMerchant = (key) => {
    refusals += 1;
    if (refusals > 5) return findMerchant(key);
    throw ApplicationFailure.nonRetryable('SYSTEM_BUSY', 'FalpayRejected', {});
  };
  await scene.audit('merchant', 'REFUSED');
  await until(
    () => refusals > 0,
    () => 'FalPay was not asked',
  );
  await scene.pass('6 minutes');
  const { actions } = await scene.blocked('REFUSED', 'INVALID');
  expect(actions).toEqual(['retry', 'abort']);
  expect(refusals).toBe(5);
  const pauses = (await scene.timers('REFUSED')).filter(({ summary }) => summary.includes('refuses to answer'));
  expect(pauses.map(({ seconds }) => seconds)).toEqual([1, 10, 60, 300]);
});

test('a refusal that passes within minutes calls nobody', async () => {
  await scene.at('PASSING', 'merchant-audit', ONE_CARD);
  const { findMerchant } = scene.real;
  let refusals = 0;
  scene.instead.findMerchant = (key) => {
    refusals += 1;
    if (refusals > 3) return findMerchant(key);
    throw ApplicationFailure.nonRetryable('SYSTEM_BUSY', 'FalpayRejected', {});
  };
  await scene.audit('merchant', 'PASSING');
  await scene.passUntil('PASSING', ({ waits }) => waits[0]?.step === 'wallet-audit', '30 seconds');
  expect(refusals).toBe(4);
});

test('a creating call that cannot be made is tried again at pauses that double to 10 minutes', async () => {
  await scene.fault({ operation: 'createMerchant', orderNo: 'BUSY', fault: 'rateLimit', ms: 0, times: 13 });
  await scene.start('BUSY', ONE_CARD);
  await scene.passUntil('BUSY', ({ waits }) => waits.length > 0, '2 minutes');
  const pauses = (await scene.timers('BUSY')).filter(({ summary }) => summary.includes('FalPay cannot be used'));
  expect(pauses.map(({ seconds }) => seconds)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
});
