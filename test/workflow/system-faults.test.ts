import { ApplicationFailure } from '@temporalio/common';
import type { CallbackEvent, CreatingOperation, FlowState } from '../../src/messages';
import { callbackSignal } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { until } from '../setup/until';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
const WITH_HOLDER = onboardingBody({ cards: onboardingBody().cards.slice(0, 1) });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const hasFault = ({ fault }: FlowState): boolean => fault !== undefined;

/** FalPay goes down in the very moment in which the flow calls it. */
function isDownFor(operation: CreatingOperation): void {
  const real = scene.real[operation] as (given: never) => Promise<never>;
  const call = async (given: never) => {
    delete scene.instead[operation];
    await scene.stack.sandbox.pause();
    return real(given);
  };
  Object.assign(scene.instead, { [operation]: call });
}

/** The flow shows the fault, waits it out without anybody's help, and goes on. */
async function expectToGoOn(number: string, further: (state: FlowState) => boolean): Promise<void> {
  const down = await scene.reach(number, hasFault);
  expect(down.fault).toMatchObject({
    message: expect.stringContaining('could not be reached'),
    nextTryAt: expect.any(String),
  });
  await scene.pass('1 hour');
  expect((await scene.state(number)).blocks).toEqual([]);
  await scene.stack.sandbox.resume();
  const state = await scene.passUntil(number, further, '1 minute');
  expect(state.fault).toBeUndefined();
  expect(state.blocks).toEqual([]);
}

test('FalPay down at every creating call: the flow waits it out, blocks nothing, and sends each order once', async () => {
  const waitsAt = (step: string) => (state: FlowState) => state.waits[0]?.step === step;
  isDownFor('createMerchant');
  await scene.start('DOWN', WITH_HOLDER);
  await expectToGoOn('DOWN', waitsAt('merchant-audit'));
  await scene.audit('merchant', 'DOWN', 'address unreadable');
  const block = await scene.blocked('DOWN', 'MERCHANT_REJECTED');
  isDownFor('updateMerchant');
  await scene.act('DOWN', 'correct', block, { patch: { merchant: { company: { address: '2 Sample Road' } } } });
  await expectToGoOn('DOWN', waitsAt('merchant-audit'));
  isDownFor('openWallet');
  await scene.audit('merchant', 'DOWN');
  await expectToGoOn('DOWN', waitsAt('wallet-audit'));
  isDownFor('createRecharge');
  await scene.audit('wallet', 'DOWN');
  await expectToGoOn('DOWN', waitsAt('recharge-arrival'));
  isDownFor('createCardholder');
  await scene.pay('DOWN');
  await expectToGoOn('DOWN', ({ stage }) => stage === 'COMPLETED');
  await scene.at('DOWN-CARD', 'recharge-arrival', ONE_CARD);
  isDownFor('applyCard');
  await scene.pay('DOWN-CARD');
  await expectToGoOn('DOWN-CARD', ({ stage }) => stage === 'COMPLETED');
  for (const [operation, orderNo] of [
    ['createMerchant', 'DOWN'],
    ['openWallet', 'DOWN_OW1'],
    ['createRecharge', 'DOWN_OR1'],
    ['createCardholder', 'DOWN_OH1'],
    ['applyCard', 'DOWN_OC1'],
    ['applyCard', 'DOWN-CARD_OC1'],
  ] as const)
    expect([operation, await scene.calls(operation, orderNo)]).toEqual([operation, 1]);
  expect((await scene.stack.control('GET', '/requests?operation=updateMerchant')).requests).toHaveLength(1);
});

test('too many requests: the same number is sent again after the time that FalPay names', async () => {
  await scene.fault({ operation: 'createMerchant', orderNo: 'BUSY', fault: 'rateLimit', ms: 45_000, times: 2 });
  await scene.start('BUSY', ONE_CARD);
  const busy = await scene.reach('BUSY', hasFault);
  expect(busy.fault?.message).toContain('HTTP 429');
  expect(busy.blocks).toEqual([]);
  const { fault } = await scene.passUntil('BUSY', ({ waits }) => waits.length > 0, '15 seconds');
  expect(fault).toBeUndefined();
  const pauses = (await scene.timers('BUSY')).filter(({ summary }) => summary.includes('FalPay cannot be used'));
  expect(pauses.map(({ seconds }) => seconds)).toEqual([45, 45]);
  expect((await scene.stack.control('GET', '/requests?operation=createMerchant&orderNo=BUSY')).requests).toEqual([
    expect.objectContaining({ status: 429 }),
    expect.objectContaining({ status: 429 }),
    expect.objectContaining({ status: 200, repeated: false }),
  ]);
});

test('credentials that FalPay refuses for a while block nothing; each flow goes on by itself when they are mended', async () => {
  await scene.at('KEY-AUDIT', 'merchant-audit', ONE_CARD);
  await scene.at('KEY-WALLET', 'merchant-audit', ONE_CARD);
  await scene.fault({ fault: 'tokenRefused' });
  await scene.audit('merchant', 'KEY-WALLET');
  await scene.start('KEY-START', ONE_CARD);
  for (const number of ['KEY-WALLET', 'KEY-START']) {
    const { fault, blocks } = await scene.reach(number, hasFault);
    expect(fault?.message).toContain('FalPay refused our credentials');
    expect(blocks).toEqual([]);
  }
  await scene.pass('3 hours');
  for (const number of ['KEY-AUDIT', 'KEY-WALLET', 'KEY-START'])
    expect(await scene.state(number)).toMatchObject({ blocks: [], fault: expect.anything() });
  await scene.stack.control('DELETE', '/faults');
  await scene.passUntil('KEY-START', ({ waits, fault }) => waits.length > 0 && !fault, '1 minute');
  await scene.passUntil('KEY-WALLET', ({ waits, fault }) => waits[0]?.step === 'wallet-audit' && !fault, '1 minute');
  await scene.passUntil('KEY-AUDIT', ({ fault }) => !fault, '1 minute');
  const created = await scene.stack.control('GET', '/requests?operation=createMerchant&orderNo=KEY-START');
  expect(created.requests.filter(({ status }: { status: number }) => status !== 401)).toHaveLength(1);
});

test('a read that FalPay does not answer becomes an activity that an operator can see, at most 10 minutes between tries', async () => {
  await scene.at('READ', 'merchant-audit', ONE_CARD);
  expect(await scene.scheduled('READ')).toEqual(['createMerchant']);
  await scene.fault({ operation: 'getMerchant', fault: 'http5xx', times: 12 });
  await scene.audit('merchant', 'READ');
  const { fault, blocks } = await scene.reach('READ', hasFault);
  expect(fault?.message).toContain('503');
  expect(blocks).toEqual([]);
  await until(
    async () => (await scene.scheduled('READ')).length > 1,
    () => 'nothing is to be seen',
  );
  expect(await scene.scheduled('READ')).toEqual(['createMerchant', 'findMerchant']);
  const before = await scene.env.currentTimeMs();
  const state = await scene.passUntil('READ', ({ waits }) => waits[0]?.step === 'wallet-audit', '1 minute');
  expect(state.fault).toBeUndefined();
  // 1, 2, 4 … seconds, then 10 minutes: eleven pauses are below 31 minutes.
  expect((await scene.env.currentTimeMs()) - before).toBeLessThan(31 * 60_000);
  expect(await scene.scheduled('READ')).toEqual(['createMerchant', 'findMerchant', 'openWallet']);
});

describe('a query that FalPay refuses for longer than some minutes', () => {
  /** The flow waits for the merchant's audit, which is over, and an operator was called. */
  async function refused(number: string): Promise<{ mend: () => void }> {
    await scene.at(number, 'merchant-audit', ONE_CARD);
    scene.instead.findMerchant = () => {
      throw ApplicationFailure.nonRetryable('SYSTEM_BUSY', 'FalpayRejected', {});
    };
    await scene.audit('merchant', number);
    const block = ({ blocks }: FlowState) => blocks.some(({ reason }) => reason === 'INVALID');
    await scene.passUntil(number, block, '2 minutes');
    return { mend: () => delete scene.instead.findMerchant };
  }

  test('is asked on at a growing pace, and the block closes by itself when FalPay answers', async () => {
    const { mend } = await refused('REFUSED');
    await scene.pass('20 hours');
    const { blocks } = await scene.state('REFUSED');
    expect(blocks).toEqual([expect.objectContaining({ reason: 'INVALID', actions: ['retry', 'abort'] })]);
    const pauses = (await scene.timers('REFUSED')).filter(({ summary }) => summary.includes('refused to answer'));
    const [first = 0, second = 0] = pauses.map(({ seconds }) => seconds / 3_600);
    expect([first, second].map((hours, looks) => hours >= 6 * 2 ** looks && hours <= 9 * 2 ** looks)).toEqual([
      true,
      true,
    ]);
    mend();
    const state = await scene.passUntil('REFUSED', ({ waits }) => waits[0]?.step === 'wallet-audit', '6 hours');
    expect(state).toMatchObject({ blocks: [], actions: [] });
  });

  test('is asked at once when a callback comes', async () => {
    const { mend } = await refused('TOLD');
    mend();
    const { merchantId = '' } = (await scene.state('TOLD')).outputs;
    const event: CallbackEvent = {
      eventId: 'once-more',
      topic: 'merchant-audit',
      occurredAt: '2026-01-01 00:00:00',
      receivedAt: '2026-01-01T00:00:00.000Z',
      stale: false,
      orderNo: 'TOLD',
      ref: merchantId,
      ids: { merchantId },
      data: { merchantId, auditStatus: 'APPROVED' },
    };
    await scene.handle('TOLD').signal(callbackSignal, event);
    expect((await scene.waiting('TOLD', 'wallet-audit')).blocks).toEqual([]);
  });
});

test('a flow of another environment is refused before anything is sent', async () => {
  const { client } = scene.stack;
  const handle = await client.workflow.start('merchantOnboarding', {
    workflowId: 'onboarding/FOREIGN',
    taskQueue: 'cardflow-test',
    args: [{ number: 'FOREIGN', environment: 'production', body: ONE_CARD }],
  });
  const failure: unknown = await handle.result().catch((error: unknown) => error);
  expect(failure).toMatchObject({ cause: { type: 'InvalidInput', message: expect.stringContaining('production') } });
  expect(await scene.calls('createMerchant', 'FOREIGN')).toBe(0);
});
