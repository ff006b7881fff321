import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { CreatingOperation } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const WITH_HOLDER = onboardingBody({ cards: onboardingBody().cards.slice(0, 1) });
const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

type Call = (given: unknown) => Promise<unknown>;
type LookUp = 'findMerchant' | 'findWallet' | 'findCard';

/** Whether a call, or a look-up, names an order of this flow. */
function isAbout(given: unknown, number: string): boolean {
  return Object.values(given as object).some((value) => typeof value === 'string' && value.startsWith(number));
}
const orderOf = (given: unknown): unknown => (given as { order: unknown }).order;

/** FalPay carries the call out, and the worker is gone before it can report: for as long as the call may take, which no leap shortens. */
function diesIn(operation: CreatingOperation, number: string): void {
  const real = scene.real[operation] as Call;
  const dying: Call = async (given) => {
    const result = await real(given);
    if (isAbout(orderOf(given), number)) await Context.current().cancelled;
    return result;
  };
  Object.assign(scene.instead, { [operation]: dying });
}

/** FalPay takes so long over the call that it is given up, and carries it out when the order has been looked for in vain. */
function isSlowIn(operation: CreatingOperation, lookUp: LookUp, number: string): void {
  const [send, find] = [scene.real[operation] as Call, scene.real[lookUp] as Call];
  let late: (() => Promise<unknown>) | undefined;
  let isGivenUp = false;
  const slow: Call = (given) => {
    if (isGivenUp || !isAbout(orderOf(given), number)) return send(given);
    isGivenUp = true;
    late = () => send(given);
    return Promise.reject(ApplicationFailure.nonRetryable('no answer within the time limit', 'FalpayOutcomeUnknown'));
  };
  const looking: Call = async (key) => {
    const looked = await find(key);
    if (late && isAbout(key, number)) {
      const carryOut = late;
      late = undefined;
      await carryOut();
    }
    return looked;
  };
  Object.assign(scene.instead, { [operation]: slow, [lookUp]: looking });
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
  isSlowIn('createMerchant', 'findMerchant', 'SLOW-MERCHANT');
  isSlowIn('openWallet', 'findWallet', 'SLOW-WALLET');
  isSlowIn('applyCard', 'findCard', 'SLOW-CARD');
  await scene.start('SLOW-MERCHANT', ONE_CARD);
  await scene.audit('merchant', 'SLOW-WALLET');
  await scene.pay('SLOW-CARD');
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
