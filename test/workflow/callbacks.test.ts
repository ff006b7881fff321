import type { BlockState, FlowState } from '../../src/messages';
import { AT_ONCE, BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
const CREATED_ONCE = [
  ['createMerchant', ''],
  ['openWallet', '_OW1'],
  ['createRecharge', '_OR1'],
  ['createCardholder', '_OH1'],
  ['applyCard', '_OC1'],
  ['applyCard', '_OC2'],
] as const;

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(async () => {
  await scene.stack.control('PUT', '/settings', {
    callbackUrl: `${scene.stack.gatewayUrl}/callbacks/falpay`,
    merchantAuditDelay: 'manual',
    walletAuditDelay: 'manual',
    arrivalDelay: 'manual',
  });
  await scene.clear();
});
afterAll(() => scene?.close());

async function expectEachCreatedOnce(number: string): Promise<void> {
  for (const [operation, suffix] of CREATED_ONCE)
    expect([operation, await scene.calls(operation, `${number}${suffix}`)]).toEqual([operation, 1]);
  expect(await scene.stack.control('GET', '/ledger')).toMatchObject({ balanced: true, violations: [] });
}

test('a whole onboarding succeeds by queries alone when every callback is lost', async () => {
  await scene.stack.control('PUT', '/settings', { callbackUrl: null });
  await scene.at('LOST', 'merchant-audit');
  await scene.audit('merchant', 'LOST');
  await scene.passUntil('LOST', ({ waits }) => waits[0]?.step === 'wallet-audit', '1 minute');
  await scene.audit('wallet', 'LOST');
  await scene.passUntil('LOST', ({ waits }) => waits[0]?.step === 'recharge-arrival', '1 minute');
  await scene.pay('LOST');
  const { outputs, steps } = await scene.passUntil('LOST', ({ stage }) => stage === 'COMPLETED', '1 minute');
  expect(outputs.recharge).toMatchObject({ credited: '500.00', fee: '0.00' });
  expect(outputs.cards.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
  expect(steps.map(({ status }) => status)).toEqual(steps.map(() => 'DONE'));
  await expectEachCreatedOnce('LOST');
});

test('callbacks that come twice, and again when the flow is further on, change nothing', async () => {
  await scene.fault({ topic: 'merchant-audit', fault: 'duplicateCallback' });
  await scene.at('TWICE', 'wallet-audit');
  await scene.fault({ fault: 'duplicateCallback' });
  await scene.audit('wallet', 'TWICE');
  await scene.waiting('TWICE', 'recharge-arrival');
  const { callbacks } = await scene.stack.control('GET', '/callbacks?topic=merchant-audit&limit=1');
  await scene.stack.control('POST', `/callbacks/${callbacks[0].eventId}/resend`);
  await scene.pay('TWICE', { amount: '500.00' });
  const { outputs, blocks } = await scene.completed('TWICE');
  expect(blocks).toEqual([]);
  expect(outputs.recharge).toMatchObject({ credited: '500.00', status: 'SUCCESS' });
  await expectEachCreatedOnce('TWICE');
});

test('parts of a recharge told in the wrong order add up to what came', async () => {
  await scene.at('ORDER', 'recharge-arrival');
  // The first waits until the second has gone ahead.
  await scene.fault({ topic: 'wallet-recharge', fault: 'reorderCallback', ms: 60_000, times: 1 });
  await scene.pay('ORDER', { amount: '150.00' });
  await scene.pay('ORDER', { amount: '250.00' });
  await scene.told();
  // Both are heard before the rest comes: a look that finds all of it ends the wait, whatever was told by then.
  await scene.rests('ORDER');
  expect((await scene.state('ORDER')).outputs.recharge).toMatchObject({ credited: '400.00', status: 'PROCESSING' });
  await scene.pay('ORDER');
  const { outputs } = await scene.completed('ORDER');
  expect(outputs.recharge).toMatchObject({ credited: '500.00', status: 'SUCCESS' });
  await expectEachCreatedOnce('ORDER');
});

test('callbacks that beat the API response still move the flow, without a wait in between', async () => {
  await scene.stack.control('PUT', '/settings', AT_ONCE);
  await scene.fault({ fault: 'callbackBeforeResponse' });
  await scene.start('EARLY');
  const { outputs } = await scene.completed('EARLY');
  expect(outputs.cards.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
  expect(outputs.recharge).toMatchObject({ credited: '500.00', status: 'SUCCESS' });
  await expectEachCreatedOnce('EARLY');
});

describe('a query that lags the callback', () => {
  /** FalPay's query shows the merchant pending for that many more looks. */
  function lagging(times: number): { looks: () => number } {
    let looks = 0;
    scene.instead.findMerchant = async (key) => {
      const looked = await scene.real.findMerchant(key);
      looks += 1;
      return looks > times || !looked.found
        ? looked
        : { ...looked, found: { ...looked.found, auditStatus: 'PENDING' } };
    };
    return { looks: () => looks };
  }
  const pausesOf = async (number: string) =>
    (await scene.timers(number)).map(({ seconds }) => Math.round(seconds)).filter((seconds) => seconds <= 60);

  async function mismatch(number: string): Promise<BlockState> {
    const isBlocked = ({ blocks }: FlowState): boolean => blocks.length > 0;
    const { blocks } = await scene.passUntil(number, isBlocked, '10 seconds');
    expect(blocks).toEqual([expect.objectContaining({ reason: 'MISMATCH' })]);
    return blocks[0] as BlockState;
  }

  test('is asked again after 1, 3, 10 and 30 seconds, and believed when it follows', async () => {
    await scene.at('LAG', 'merchant-audit', ONE_CARD);
    const query = lagging(4);
    await scene.audit('merchant', 'LAG');
    const state = await scene.passUntil('LAG', ({ waits }) => waits[0]?.step === 'wallet-audit', '1 second');
    expect(state.blocks).toEqual([]);
    expect(query.looks()).toBe(5);
    expect(await pausesOf('LAG')).toEqual([1, 3, 10, 30]);
    expect(await scene.calls('createMerchant', 'LAG')).toBe(1);
  });

  test('blocks as MISMATCH when it lasts, and closes the block when it follows at last', async () => {
    await scene.at('LASTING', 'merchant-audit', ONE_CARD);
    lagging(8);
    await scene.audit('merchant', 'LASTING');
    const block = await mismatch('LASTING');
    expect(block).toMatchObject({ step: 'merchant-audit', actions: ['retry', 'resolve', 'abort'] });
    expect(block.message).toContain('merchant-audit callback');
    expect(await pausesOf('LASTING')).toEqual([1, 3, 10, 30, 60]);
    const state = await scene.passUntil('LASTING', ({ waits }) => waits[0]?.step === 'wallet-audit', '1 hour');
    expect(state.blocks).toEqual([]);
  });

  test('can be overruled: resolve DONE needs force while FalPay shows otherwise', async () => {
    await scene.at('FORCED', 'merchant-audit', ONE_CARD);
    lagging(1_000);
    await scene.audit('merchant', 'FORCED');
    const block = await mismatch('FORCED');
    const { merchantId } = (await scene.state('FORCED')).outputs;
    const done = { outcome: 'DONE', ref: merchantId } as const;
    expect(await scene.refusal('FORCED', 'resolve', block, done)).toMatchObject({ type: 'ResolutionContradicted' });
    expect((await scene.state('FORCED')).blocks).toHaveLength(1);
    await scene.act('FORCED', 'resolve', block, { ...done, force: true });
    const { actions, blocks } = await scene.waiting('FORCED', 'wallet-audit');
    expect(blocks).toEqual([]);
    expect(actions).toEqual([expect.objectContaining({ action: 'resolve', actor: 'anna' })]);
  });

  test('is asked at once by retry, and resolve DONE is taken when FalPay shows it', async () => {
    await scene.at('RETRIED', 'merchant-audit', ONE_CARD);
    lagging(1_000);
    await scene.audit('merchant', 'RETRIED');
    const block = await mismatch('RETRIED');
    delete scene.instead.findMerchant;
    await scene.act('RETRIED', 'retry', block);
    expect((await scene.waiting('RETRIED', 'wallet-audit')).blocks).toEqual([]);
  });
});
