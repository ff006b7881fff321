import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities';
import type { FlowState, Residue } from '../../src/messages';
import { moneyCallback } from '../setup/parked';
import { BIN, onboardingBody } from '../setup/stack';
import { until } from '../setup/until';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ sandbox: { issueDelay: 'manual' } });
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

type Aborted = FlowState<{ readonly residue: Residue }>;

/** Where a flow can stand, and what is left behind there. */
const PLACES = [
  {
    place: 'the merchant audit',
    come: (number: string) => scene.at(number, 'merchant-audit', ONE_CARD),
    left: (number: string) => ({ merchantId: expect.any(String), openOrders: [number] }),
  },
  {
    place: 'a rejected merchant audit',
    come: async (number: string) => {
      await scene.at(number, 'merchant-audit', ONE_CARD);
      await scene.audit('merchant', number, 'unreadable');
      await scene.blocked(number, 'MERCHANT_REJECTED');
    },
    left: (number: string) => ({ merchantId: expect.any(String), openOrders: [number] }),
  },
  {
    place: 'the wallet audit',
    come: (number: string) => scene.at(number, 'wallet-audit', ONE_CARD),
    left: (number: string) => ({
      walletId: expect.any(String),
      balance: { available: '0.00', currency: 'USD' },
      openOrders: [`${number}_OW1`],
    }),
  },
  {
    place: 'an unknown outcome',
    come: async (number: string) => {
      await scene.at(number, 'wallet-audit', ONE_CARD);
      await scene.fault({ operation: 'createRecharge', orderNo: `${number}_OR1`, fault: 'resetAfterCommit' });
      await scene.audit('wallet', number);
      await scene.blocked(number, 'OUTCOME_UNKNOWN');
    },
    left: (number: string) => ({ openOrders: [`${number}_OR1`] }),
  },
  {
    place: 'the recharge, with a part arrived',
    come: async (number: string) => {
      await scene.at(number, 'recharge-arrival', ONE_CARD);
      await scene.pay(number, { amount: '120.00' });
      await scene.reach(number, ({ outputs }) => outputs.recharge?.credited === '120.00');
    },
    left: (number: string) => ({
      balance: { available: '120.00', currency: 'USD' },
      openOrders: [`${number}_OR1`],
    }),
  },
  {
    place: 'a card that is being issued',
    come: async (number: string) => {
      await scene.at(number, 'recharge-arrival', ONE_CARD);
      await scene.pay(number);
      await scene.waiting(number, 'card-1');
    },
    left: (number: string) => ({
      // The opening fee is set aside already.
      balance: { available: '499.20', currency: 'USD' },
      openOrders: [`${number}_OC1`],
    }),
  },
] as const;

async function expectAborted(number: string, actor: string, left: object): Promise<void> {
  const result = (await scene.handle(number).result()) as Aborted;
  expect(result).toMatchObject({ stage: 'ABORTED', waits: [], blocks: [], result: { residue: left } });
  for (const { status } of result.steps) expect(['DONE', 'FAILED', 'PENDING']).toContain(status);
  expect(result.actions.at(-1)).toMatchObject({ action: 'abort', actor });
  const { status } = await scene.handle(number).describe();
  expect(status.name).toBe('COMPLETED');
  expect(await scene.state(number)).toEqual(result);
}

describe.each(PLACES.map((row, index) => ({ ...row, index })))('at $place', ({ come, left, index }) => {
  test('abort ends the flow and tells what is left behind', async () => {
    const number = `ABORT-${index}`;
    await come(number);
    await scene.act(number, 'abort', undefined);
    const { actions } = await scene.state(number);
    expect(actions.at(-1)).toMatchObject({ action: 'abort', actor: 'anna', reason: 'as the customer says' });
    await expectAborted(number, 'anna', left(number));
  });

  test('Request Cancellation does the same', async () => {
    const number = `CANCEL-${index}`;
    await come(number);
    await scene.handle(number).cancel();
    await expectAborted(number, 'temporal-ui', left(number));
  });
});

/** Holds a call to FalPay back after FalPay has carried it out, until it is let go. */
function held(operation: keyof Activities): { reached: Promise<void>; letGo: () => void } {
  const real = scene.real[operation] as (given: never) => Promise<never>;
  let letGo = (): void => undefined;
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  const call = async (given: never) => {
    const result = await real(given);
    reach();
    await gone;
    return result;
  };
  Object.assign(scene.instead, { [operation]: call });
  return { reached, letGo: () => letGo() };
}

describe('while a call to FalPay is under way', () => {
  test('abort is refused, and taken when the call has come back', async () => {
    const { reached, letGo } = held('createMerchant');
    await scene.start('BUSY', ONE_CARD);
    await reached;
    expect(await scene.refusal('BUSY', 'abort', undefined)).toMatchObject({ type: 'CallInFlight' });
    letGo();
    await scene.waiting('BUSY', 'merchant-audit');
    await scene.act('BUSY', 'abort', undefined);
    await expectAborted('BUSY', 'anna', { merchantId: expect.any(String) });
  });

  test('Request Cancellation waits for it: what the call did belongs to what is left behind', async () => {
    const { reached, letGo } = held('openWallet');
    await scene.at('WAITS', 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', 'WAITS');
    await reached;
    await scene.handle('WAITS').cancel();
    await scene.reach('WAITS', ({ actions }) => actions.some(({ action }) => action === 'abort'));
    expect((await scene.handle('WAITS').describe()).status.name).toBe('RUNNING');
    letGo();
    await expectAborted('WAITS', 'temporal-ui', { walletId: expect.any(String), openOrders: ['WAITS_OW1'] });
    expect(await scene.calls('openWallet', 'WAITS_OW1')).toBe(1);
    expect(await scene.calls('createRecharge', 'WAITS_OR1')).toBe(0);
  });

  test('with cards side by side abort is taken at once, and the cards that were applied for are told as left behind', async () => {
    const { reached, letGo } = held('applyCard');
    const body = onboardingBody({
      cards: [0, 1, 2].map(() => ({ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' })),
    });
    await scene.at('BATCH', 'recharge-arrival', body);
    await scene.pay('BATCH');
    await reached;
    await scene.act('BATCH', 'abort', undefined);
    expect((await scene.handle('BATCH').describe()).status.name).toBe('RUNNING');
    letGo();
    const { result } = (await scene.handle('BATCH').result()) as Aborted;
    const orders = [1, 2, 3].map((card) => `BATCH_OC${card}`);
    const calls = await Promise.all(orders.map((orderNo) => scene.calls('applyCard', orderNo)));
    expect(result?.residue.openOrders.toSorted()).toEqual(orders.filter((_, index) => calls[index] === 1));
    await expectAborted('BATCH', 'anna', { walletId: expect.any(String) });
  });

  test('a call of one card holds the abort of all, and its card is told as left behind', async () => {
    const { reached, letGo } = held('applyCard');
    await scene.at('CARDS', 'recharge-arrival', ONE_CARD);
    await scene.pay('CARDS');
    await reached;
    expect(await scene.refusal('CARDS', 'abort', undefined)).toMatchObject({ type: 'CallInFlight' });
    await scene.handle('CARDS').cancel();
    letGo();
    await expectAborted('CARDS', 'temporal-ui', { openOrders: ['CARDS_OC1'] });
  });
});

test('FalPay being down keeps nobody from aborting: the balance is unknown then', async () => {
  await scene.at('DOWN', 'wallet-audit', ONE_CARD);
  await scene.stack.sandbox.pause();
  await scene.act('DOWN', 'abort', undefined);
  await expectAborted('DOWN', 'anna', { balance: 'unknown', openOrders: ['DOWN_OW1'] });
  await scene.stack.sandbox.resume();
});

/** Waits until a callback is parked there: the flow that it was for has ended. */
async function parked(number: string): Promise<void> {
  const waits = async () => (await scene.stack.cardflow.state('parked', number).catch(() => undefined))?.waits ?? [];
  await until(
    async () => (await waits()).length === 1,
    () => `nothing waits at parked/${number}`,
  );
}

test('money that arrives after the end is not lost: it waits, parked, for a person', async () => {
  const { outputs } = await scene.at('AFTER', 'recharge-arrival', ONE_CARD);
  await scene.act('AFTER', 'abort', undefined);
  await scene.handle('AFTER').result();
  await scene.pay('AFTER');
  await parked(`wallet-recharge/${outputs.recharge?.orderNo}`);
});

describe('money that a callback told and no movement has shown', () => {
  test('is parked by the abort that the block offers, and its order counts as open', async () => {
    const { outputs } = await scene.at('UNPROVEN', 'recharge-arrival', ONE_CARD);
    scene.instead.findMovements = async (given) => ({ ...(await scene.real.findMovements(given)), found: null });
    await scene.pay('UNPROVEN');
    await scene.passUntil('UNPROVEN', ({ blocks }) => blocks[0]?.reason === 'MISMATCH');
    await scene.act('UNPROVEN', 'abort', undefined);
    await expectAborted('UNPROVEN', 'anna', { openOrders: ['UNPROVEN_OR1'] });
    await parked(`wallet-recharge/${outputs.recharge?.orderNo}`);
  });

  test('is parked, too, where the order itself was not known to be there', async () => {
    await scene.at('UNHEARD', 'wallet-audit', ONE_CARD);
    await scene.fault({ operation: 'createRecharge', orderNo: 'UNHEARD_OR1', fault: 'resetAfterCommit' });
    await scene.audit('wallet', 'UNHEARD');
    await scene.blocked('UNHEARD', 'OUTCOME_UNKNOWN');
    scene.instead.findMovements = () => Promise.reject(ApplicationFailure.retryable('FalPay is down'));
    await scene.pay('UNHEARD');
    await scene.reach('UNHEARD', ({ fault }) => fault !== undefined);
    await scene.act('UNHEARD', 'abort', undefined);
    await expectAborted('UNHEARD', 'anna', { openOrders: ['UNHEARD_OR1'] });
    const { recharges } = await scene.stack.control('GET', '/state');
    const isIts = ({ rechargeOrderNo }: { rechargeOrderNo: string }) => rechargeOrderNo === 'UNHEARD_OR1';
    await parked(`wallet-recharge/${recharges.find(isIts).orderNo}`);
  });

  test('is parked, too, where it came late and FalPay is down while the flow counts it', async () => {
    await scene.at('LATE', 'recharge-arrival', ONE_CARD);
    const down = () => Promise.reject(ApplicationFailure.retryable('FalPay is down', 'FalpayUnavailable'));
    scene.instead.listCardBins = down;
    await scene.pay('LATE');
    const { outputs } = await scene.reach('LATE', ({ steps }) =>
      steps.some(({ name, status }) => name === 'recharge-arrival' && status === 'DONE'),
    );
    const told = { eventId: 'LATE-1', status: 'SUCCESS', creditedAmount: '999.00' } as const;
    await scene.handle('LATE').signal('callback', moneyCallback(outputs, told));
    let counts = 0;
    scene.instead.findMovements = () => {
      counts += 1;
      return down();
    };
    delete scene.instead.listCardBins;
    await scene.passUntil('LATE', ({ waits }) => waits.some(({ topic }) => topic === 'card-issue'));
    await scene.stack.control('POST', '/cards/LATE_OC1/issue', {});
    await scene.passUntil('LATE', () => counts > 0);
    await scene.act('LATE', 'abort', undefined);
    await scene.handle('LATE').result();
    await parked(`wallet-recharge/${outputs.recharge?.orderNo}`);
  });

  test('of a part that is booked is counted, and not parked once more', async () => {
    const { outputs } = await scene.at('COUNTED', 'recharge-arrival', ONE_CARD);
    await scene.pay('COUNTED', { amount: '120.00' });
    await scene.reach('COUNTED', (state) => state.outputs.recharge?.credited === '120.00');
    await scene.act('COUNTED', 'abort', undefined);
    await scene.handle('COUNTED').result();
    const number = `wallet-recharge/${outputs.recharge?.orderNo}`;
    await expect(scene.stack.cardflow.state('parked', number)).rejects.toThrow('no flow');
  });
});
