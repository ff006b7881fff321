import { CardflowClient } from '../../src/client';
import type { ActionRequests } from '../../src/client/actions';
import { FalpayRejected } from '../../src/falpay';
import type { FlowState } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const CARDS = [0, 1].map(() => ({ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }));
const TWO_CARDS = onboardingBody({ cards: CARDS });
const BY: ActionRequests['abort'] = { actor: 'olaf', reason: 'aborted by mistake' };

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open({ sandbox: { issueDelay: 'manual' } });
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const restart = (number: string) => scene.stack.cardflow.restart('onboarding', number, BY);

async function abort(number: string): Promise<void> {
  await scene.act(number, 'abort', undefined);
  await scene.handle(number).result();
}

async function expectOnce(number: string, ...orders: readonly (readonly [string, string])[]): Promise<void> {
  for (const [operation, suffix] of orders)
    expect([operation, await scene.calls(operation, `${number}${suffix}`)]).toEqual([operation, 1]);
}

/** From the wait for the money to the end. */
async function finish(number: string): Promise<void> {
  await scene.pay(number);
  for (const card of [1, 2]) {
    await scene.reach(number, ({ outputs }) => outputs.cards[card - 1]?.cardId !== undefined);
    await scene.stack.control('POST', `/cards/${number}_OC${card}/issue`, {});
  }
  const { outputs } = await scene.completed(number);
  expect(outputs.cards.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
}

test('an aborted flow takes up the merchant and the wallet that FalPay has, and orders nothing twice', async () => {
  const { outputs } = await scene.at('WALLET', 'wallet-audit', TWO_CARDS);
  await abort('WALLET');
  await restart('WALLET');
  const again = await scene.waiting('WALLET', 'wallet-audit');
  expect(again.actions).toEqual([{ action: 'restart', ...BY, at: expect.any(String) }]);
  expect(again.outputs).toMatchObject({ merchantId: outputs.merchantId, walletId: outputs.walletId });
  await scene.audit('wallet', 'WALLET');
  // Whether the first run ordered the recharge, its look-up cannot tell: a person does.
  const block = await scene.blocked('WALLET', 'OUTCOME_UNKNOWN', 'create-recharge');
  expect(await scene.calls('createRecharge', 'WALLET_OR1')).toBe(0);
  await scene.act('WALLET', 'resolve', block, { outcome: 'NOT_DONE' });
  await scene.waiting('WALLET', 'recharge-arrival');
  await finish('WALLET');
  await expectOnce('WALLET', ['createMerchant', ''], ['openWallet', '_OW1'], ['createRecharge', '_OR1']);
  await expectOnce('WALLET', ['applyCard', '_OC1'], ['applyCard', '_OC2']);
});

test('a terminated flow takes up the recharge when its money has come', async () => {
  await scene.at('MONEY', 'recharge-arrival', TWO_CARDS);
  await scene.terminate('MONEY');
  await restart('MONEY');
  await scene.blocked('MONEY', 'OUTCOME_UNKNOWN', 'create-recharge');
  await finish('MONEY');
  await expectOnce('MONEY', ['createMerchant', ''], ['openWallet', '_OW1'], ['createRecharge', '_OR1']);
});

test('a restarted flow goes on with the recharge that followed a failed one, although no callback of it was left', async () => {
  await scene.at('FOLLOWED', 'recharge-arrival', TWO_CARDS);
  await scene.stack.control('POST', '/recharges/FOLLOWED_OR1/fail', {});
  await scene.act('FOLLOWED', 'correct', await scene.blocked('FOLLOWED', 'RECHARGE_FAILED'));
  // It is announced before FalPay has it.
  await scene.reach(
    'FOLLOWED',
    ({ outputs, waits }) => waits.length > 0 && outputs.recharge?.rechargeOrderNo === 'FOLLOWED_OR1_r2',
  );
  await scene.fault({ topic: 'wallet-recharge', fault: 'dropCallback' });
  await scene.stack.control('POST', '/recharges/FOLLOWED_OR1_r2/arrivals', { amount: '120.00' });
  await abort('FOLLOWED');
  await restart('FOLLOWED');
  const { outputs, waits, blocks } = await scene.reach(
    'FOLLOWED',
    (state) => state.outputs.recharge?.credited !== undefined || state.blocks.length > 0,
  );
  expect(blocks).toEqual([]);
  expect(waits).toEqual([expect.objectContaining({ step: 'recharge-arrival' })]);
  expect(outputs.recharge).toMatchObject({ rechargeOrderNo: 'FOLLOWED_OR1_r2', credited: '120.00' });
});

test('a flow terminated between two cards applies for neither again', async () => {
  await scene.at('CARDS', 'recharge-arrival', TWO_CARDS);
  await scene.pay('CARDS');
  await scene.reach(
    'CARDS',
    ({ outputs }) => outputs.cards.every(({ cardId }) => cardId !== undefined) && outputs.cards.length === 2,
  );
  await scene.stack.control('POST', '/cards/CARDS_OC1/issue', {});
  await scene.reach('CARDS', ({ outputs }) => outputs.cards[0]?.status === 'ACTIVE');
  await scene.terminate('CARDS');
  await restart('CARDS');
  await scene.reach('CARDS', ({ outputs }) => outputs.cards[1]?.cardId !== undefined);
  await scene.stack.control('POST', '/cards/CARDS_OC2/issue', {});
  const { outputs } = await scene.completed('CARDS');
  expect(outputs.recharge).toMatchObject({ rechargeOrderNo: 'CARDS_OR1', credited: '500.00' });
  expect(outputs.cards.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
  await expectOnce('CARDS', ['createMerchant', ''], ['openWallet', '_OW1'], ['createRecharge', '_OR1']);
  await expectOnce('CARDS', ['applyCard', '_OC1'], ['applyCard', '_OC2']);
});

test('a look-up that FalPay refuses once is no refusal of the card that it was to find', async () => {
  await scene.at('BUSY', 'recharge-arrival', TWO_CARDS);
  await scene.pay('BUSY');
  const cardsOf = ({ outputs }: FlowState) => outputs.cards.filter(({ cardId }) => cardId !== undefined);
  await scene.reach('BUSY', (state) => cardsOf(state).length === 2);
  await abort('BUSY');
  const { falpay } = scene.stack;
  const getCard = falpay.getCard.bind(falpay);
  const refused = new FalpayRejected('getCard BUSY_OC1: SYSTEM_BUSY');
  let isBusy = true;
  const asked = jest.spyOn(falpay, 'getCard').mockImplementation((query) => {
    if (!isBusy || query.cardOrderNo !== 'BUSY_OC1') return getCard(query);
    isBusy = false;
    return Promise.reject(refused);
  });
  await restart('BUSY');
  const again = await scene.reach('BUSY', (state) => cardsOf(state).length === 2 || state.blocks.length > 0);
  asked.mockRestore();
  expect(isBusy).toBe(false);
  expect(again.blocks).toEqual([]);
  await expectOnce('BUSY', ['applyCard', '_OC1'], ['applyCard', '_OC2']);
});

test('a restarted flow has the corrections of the run before', async () => {
  await scene.at('PATCHED', 'merchant-audit', TWO_CARDS);
  await scene.audit('merchant', 'PATCHED', 'unreadable');
  const block = await scene.blocked('PATCHED', 'MERCHANT_REJECTED');
  await scene.act('PATCHED', 'correct', block, { patch: { merchant: { contactName: 'Lee Ka Ho' } } });
  await scene.reach('PATCHED', ({ waits, blocks }) => waits.length > 0 && blocks.length === 0);
  await abort('PATCHED');
  await restart('PATCHED');
  await scene.waiting('PATCHED', 'merchant-audit');
  expect(await scene.handle('PATCHED').query('input')).toMatchObject({ merchant: { contactName: 'Lee Ka Ho' } });
  await scene.audit('merchant', 'PATCHED');
  await scene.waiting('PATCHED', 'wallet-audit');
  await expectOnce('PATCHED', ['createMerchant', '']);
});

test('a merchant rejected while nobody watched asks for its correction in the new run', async () => {
  await scene.at('MEANWHILE', 'merchant-audit', TWO_CARDS);
  await abort('MEANWHILE');
  await scene.audit('merchant', 'MEANWHILE', 'unreadable');
  await restart('MEANWHILE');
  expect(await scene.blocked('MEANWHILE', 'MERCHANT_REJECTED')).toMatchObject({ message: 'unreadable' });
  await expectOnce('MEANWHILE', ['createMerchant', '']);
});

test('a flow of another environment cannot be restarted: its orders are at another FalPay', async () => {
  await scene.at('ELSEWHERE', 'merchant-audit', TWO_CARDS);
  await abort('ELSEWHERE');
  const elsewhere = new CardflowClient({ temporal: scene.stack.client, environment: 'elsewhere' });
  await expect(elsewhere.restart('onboarding', 'ELSEWHERE', BY)).rejects.toThrow('a flow of another environment');
});

test('a flow that runs or has completed cannot be restarted', async () => {
  await scene.at('RUNS', 'merchant-audit', TWO_CARDS);
  await expect(restart('RUNS')).rejects.toThrow('still runs');
});
