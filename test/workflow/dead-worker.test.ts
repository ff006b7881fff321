import { Context } from '@temporalio/activity';
import type { Activities } from '../../src/activities';
import { flowPolicy } from '../../src/config';
import { DEFAULT_TIMINGS } from '../../src/config/timings';
import { loadProfile } from '../../src/falpay/contract/profile';
import type { CreatingOperation, OperationPolicy } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const HTTP_LIMIT_MS = 1_000;
const WITH_HOLDER = onboardingBody({ cards: onboardingBody().cards.slice(0, 1) });
const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });

/** A worker that does not report is given up after 5 seconds and these limits; nobody skips time while an activity runs. */
function shortPolicies(): Record<CreatingOperation, OperationPolicy> {
  const { operations } = flowPolicy({ timings: DEFAULT_TIMINGS }, loadProfile());
  return Object.fromEntries(
    Object.entries(operations).map(([name, { absenceProvenAfterMs, ...policy }]) => [
      name,
      {
        ...policy,
        timeoutMs: 50,
        ...(absenceProvenAfterMs === undefined ? {} : { absenceProvenAfterMs: 2 * HTTP_LIMIT_MS }),
      },
    ]),
  ) as Record<CreatingOperation, OperationPolicy>;
}

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ timeoutMs: HTTP_LIMIT_MS, policy: { operations: shortPolicies() } });
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

/** FalPay carries the call out, and the worker is gone before it can report. */
function diesIn(operation: CreatingOperation, number: string): void {
  type Call = (given: { order: Record<string, unknown> }) => Promise<unknown>;
  const real = scene.real[operation] as unknown as Call;
  const dying: Call = async (given) => {
    const result = await real(given);
    if (Object.values(given.order).some((value) => typeof value === 'string' && value.startsWith(number)))
      await Context.current().cancelled;
    return result;
  };
  scene.instead[operation] = dying as unknown as Activities[typeof operation] as never;
}

test('what a worker did before it died is looked up, and never done twice', async () => {
  diesIn('createMerchant', 'DIES-MERCHANT');
  diesIn('openWallet', 'DIES-WALLET');
  diesIn('createRecharge', 'DIES-RECHARGE');
  diesIn('createCardholder', 'DIES-HOLDER');
  diesIn('applyCard', 'DIES-CARD');
  await scene.at('DIES-HOLDER', 'recharge-arrival', WITH_HOLDER);
  await scene.at('DIES-CARD', 'recharge-arrival', ONE_CARD);
  await scene.at('DIES-RECHARGE', 'wallet-audit', ONE_CARD);
  await scene.at('DIES-WALLET', 'merchant-audit', ONE_CARD);
  await scene.start('DIES-MERCHANT', ONE_CARD);
  await scene.audit('merchant', 'DIES-WALLET');
  await scene.audit('wallet', 'DIES-RECHARGE');
  await scene.pay('DIES-CARD');
  await scene.pay('DIES-HOLDER');

  // These three can be looked up and go on by themselves.
  await scene.waiting('DIES-MERCHANT', 'merchant-audit');
  await scene.waiting('DIES-WALLET', 'wallet-audit');
  expect((await scene.completed('DIES-CARD')).outputs.cards).toEqual([expect.objectContaining({ status: 'ACTIVE' })]);
  // These two cannot: nobody guesses.
  const recharge = await scene.blocked('DIES-RECHARGE', 'OUTCOME_UNKNOWN');
  const holder = await scene.blocked('DIES-HOLDER', 'OUTCOME_UNKNOWN');
  expect(recharge).toMatchObject({ step: 'create-recharge', actions: ['retry', 'resolve', 'abort'] });
  expect(holder).toMatchObject({ step: 'cardholder-1', actions: ['retry', 'resolve', 'abort'] });
  expect(holder.message).toContain('the worker did not report back in time');

  const { cardholders } = await scene.stack.control('GET', '/state');
  await scene.act('DIES-HOLDER', 'resolve', holder, { outcome: 'DONE', ref: cardholders[0].cardholderId });
  await scene.completed('DIES-HOLDER');
  for (const [operation, orderNo] of [
    ['createMerchant', 'DIES-MERCHANT'],
    ['openWallet', 'DIES-WALLET_OW1'],
    ['createRecharge', 'DIES-RECHARGE_OR1'],
    ['createCardholder', 'DIES-HOLDER_OH1'],
    ['applyCard', 'DIES-CARD_OC1'],
  ] as const)
    expect([operation, await scene.calls(operation, orderNo)]).toEqual([operation, 1]);
});

test('an order that FalPay carries out after it was given up is found, and not sent again', async () => {
  await scene.at('SLOW-CARD', 'recharge-arrival', ONE_CARD);
  await scene.at('SLOW-WALLET', 'merchant-audit', ONE_CARD);
  const late = { fault: 'latency', ms: HTTP_LIMIT_MS + 400, times: 1 };
  await scene.fault(
    { operation: 'createMerchant', orderNo: 'SLOW-MERCHANT', ...late },
    { operation: 'openWallet', orderNo: 'SLOW-WALLET_OW1', ...late },
    { operation: 'applyCard', orderNo: 'SLOW-CARD_OC1', ...late },
  );
  await scene.start('SLOW-MERCHANT', ONE_CARD);
  await scene.audit('merchant', 'SLOW-WALLET');
  await scene.pay('SLOW-CARD');
  // FalPay's clock is the wall's: no time is skipped here.
  await scene.waiting('SLOW-MERCHANT', 'merchant-audit');
  await scene.waiting('SLOW-WALLET', 'wallet-audit');
  await scene.completed('SLOW-CARD');
  for (const [operation, number, suffix] of [
    ['createMerchant', 'SLOW-MERCHANT', ''],
    ['openWallet', 'SLOW-WALLET', '_OW1'],
    ['applyCard', 'SLOW-CARD', '_OC1'],
  ] as const) {
    expect([operation, await scene.calls(operation, `${number}${suffix}`)]).toEqual([operation, 1]);
    const settling = (await scene.timers(number)).filter(({ summary }) => summary.includes('proves absence'));
    expect(settling).toHaveLength(1);
  }
});
