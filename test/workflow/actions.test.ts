import type { ActionName, BlockState } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
const ACTIONS: readonly ActionName[] = ['correct', 'retry', 'amend', 'resolve', 'skip'];

let scene: Scene;
let rejected: BlockState;
beforeAll(async () => {
  scene = await Scene.open({ sandbox: { issueDelay: 'manual' } });
  await scene.at('REJECTED', 'merchant-audit', ONE_CARD);
  await scene.audit('merchant', 'REJECTED', 'unreadable');
  rejected = await scene.blocked('REJECTED', 'MERCHANT_REJECTED');
});
afterAll(async () => {
  await scene?.clear();
  await scene?.close();
});

/** What each action is refused with, if it is; a request complete for any of them. */
async function expectTaken(number: string, block: BlockState, taken: readonly ActionName[]): Promise<void> {
  expect([...block.actions].toSorted()).toEqual([...taken, 'abort'].toSorted());
  for (const action of ACTIONS.filter((one) => !taken.includes(one))) {
    const answer = action === 'resolve' ? ({ outcome: 'DONE', ref: '1' } as const) : {};
    expect([action, await scene.refusal(number, action, block, answer)]).toEqual([
      action,
      { type: 'ActionNotAllowed', message: expect.stringContaining(`${block.reason} takes`) },
    ]);
  }
}

describe('a refused action changes nothing and says what is wrong', () => {
  test.each([
    [
      'a field that may not change',
      { patch: { merchant: { merchantType: 'PERSON' } } },
      'PatchNotAllowed',
      'merchant.merchantType',
    ],
    ['a field of another step', { patch: { wallet: { currency: 'EUR' } } }, 'PatchNotAllowed', 'wallet.currency'],
    [
      'a field that is no part of the body',
      { patch: { merchantOrderNo: 'M-2' } },
      'PatchNotAllowed',
      'merchantOrderNo',
    ],
    ['a number as value', { patch: { merchant: { contactPhone: 123 } } }, 'PatchNotAllowed', 'merchant.contactPhone'],
    ['an empty patch', { patch: {} }, 'PatchNotAllowed', 'patch'],
    ['a patch that is no object', { patch: 'merchant' }, 'PatchNotAllowed', 'patch'],
    [
      'an item that is not there',
      { patch: { merchant: { company: { shareholders: { '7': { name: 'X' } } } } } },
      'PatchNotAllowed',
      'shareholders.7',
    ],
    ['an empty reason', { reason: ' ' }, 'InvalidRequest', 'reason'],
    ['no actor', { actor: '' }, 'InvalidRequest', 'actor'],
    ['no block', { blockId: '' }, 'InvalidRequest', 'blockId'],
    ['a block that never was', { blockId: 'merchant-audit-99-00000000' }, 'StaleBlock', 'blockId'],
    ['a reason that is no text', { reason: 5 }, 'InvalidRequest', 'reason'],
    ['an accept in quotes', { accept: 'true' }, 'InvalidRequest', 'accept'],
    ['accept where nothing is short', { accept: true }, 'InvalidRequest', 'accept'],
    [
      'accept and a patch at once',
      { accept: true, patch: { merchant: { contactName: 'X' } } },
      'InvalidRequest',
      'accept',
    ],
  ])('%s', async (_, answer, type, field) => {
    const before = await scene.state('REJECTED');
    const { historyLength } = await scene.handle('REJECTED').describe();
    const refusal = await scene.refusal('REJECTED', 'correct', rejected, answer as object);
    expect(refusal).toEqual({ type, message: expect.stringContaining(field) });
    expect(await scene.state('REJECTED')).toEqual(before);
    expect((await scene.handle('REJECTED').query('input')) as object).toEqual(ONE_CARD);
    // Refused by the validator: not even the history knows of it.
    const accepted = (await scene.handle('REJECTED').fetchHistory()).events?.filter(
      (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
    );
    expect(accepted).toEqual([]);
    expect(historyLength).toBeGreaterThan(0);
  });

  test('a request that is no object', async () => {
    const handle = scene.handle('REJECTED');
    await expect(handle.executeUpdate('retry', { args: [null] })).rejects.toMatchObject({
      cause: { type: 'InvalidRequest' },
    });
    await expect(handle.executeUpdate('abort', { args: [undefined] })).rejects.toMatchObject({
      cause: { type: 'InvalidRequest' },
    });
  });

  test('amend without a patch', async () => {
    expect(await scene.refusal('REJECTED', 'amend', rejected)).toMatchObject({ type: 'PatchNotAllowed' });
  });
});

describe('each block takes the actions it names and refuses the others', () => {
  test('MERCHANT_REJECTED', () => expectTaken('REJECTED', rejected, ['correct', 'amend', 'retry']));

  test('WALLET_REJECTED', async () => {
    await scene.at('B-WALLET', 'wallet-audit', ONE_CARD);
    await scene.audit('wallet', 'B-WALLET', 'no');
    await expectTaken('B-WALLET', await scene.blocked('B-WALLET', 'WALLET_REJECTED'), ['correct', 'amend', 'retry']);
  });

  test('OUTCOME_UNKNOWN, where resolve needs an outcome it knows', async () => {
    await scene.at('B-UNKNOWN', 'wallet-audit', ONE_CARD);
    await scene.fault({ operation: 'createRecharge', orderNo: 'B-UNKNOWN_OR1', fault: 'resetAfterCommit', times: 1 });
    await scene.audit('wallet', 'B-UNKNOWN');
    const block = await scene.blocked('B-UNKNOWN', 'OUTCOME_UNKNOWN');
    await expectTaken('B-UNKNOWN', block, ['retry', 'resolve']);
    expect(await scene.refusal('B-UNKNOWN', 'resolve', block, { outcome: 'MAYBE' as 'DONE' })).toMatchObject({
      type: 'InvalidRequest',
      message: expect.stringContaining('outcome'),
    });
    for (const [field, answer] of [
      ['force', { outcome: 'DONE', ref: '1', force: 'false' }],
      ['ref', { outcome: 'DONE', ref: 1 }],
    ] as const)
      expect(await scene.refusal('B-UNKNOWN', 'resolve', block, answer as object)).toMatchObject({
        type: 'InvalidRequest',
        message: expect.stringContaining(`${field}: must be`),
      });
  });

  test('RECHARGE_SHORT', async () => {
    await scene.at('B-SHORT', 'recharge-arrival', ONE_CARD);
    await scene.pay('B-SHORT', { amount: '60.00', final: true });
    const block = await scene.blocked('B-SHORT', 'RECHARGE_SHORT');
    await expectTaken('B-SHORT', block, ['correct', 'amend', 'retry']);
    // Neither taken as it is nor as a wish for a second order.
    expect(await scene.refusal('B-SHORT', 'correct', block, { accept: 'true' } as object)).toMatchObject({
      type: 'InvalidRequest',
      message: expect.stringContaining('accept'),
    });
  });

  test('CURRENCY_MISMATCH', async () => {
    await scene.at('B-CURRENCY', 'recharge-arrival', ONE_CARD);
    await scene.pay('B-CURRENCY', { amount: '60.00', currency: 'EUR' });
    await expectTaken('B-CURRENCY', await scene.blocked('B-CURRENCY', 'CURRENCY_MISMATCH'), ['amend', 'retry']);
  });

  test('CARD_REFUSED and DEADLINE, at the same time, each with its own answer', async () => {
    const body = onboardingBody({
      cards: [0, 1].map(() => ({ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' })),
    });
    await scene.plan({ step: 'card', at: 'apply', orderNo: 'B-CARDS_OC2', reason: 'limit too high' });
    await scene.at('B-CARDS', 'recharge-arrival', body);
    await scene.pay('B-CARDS');
    await scene.waiting('B-CARDS', 'card-1');
    const refused = await scene.blocked('B-CARDS', 'CARD_REFUSED', 'card-2');
    expect((await scene.state('B-CARDS')).stage).toBe('ACTION_REQUIRED');
    await scene.pass('2 hours');
    const overdue = await scene.blocked('B-CARDS', 'DEADLINE', 'card-1');
    expect((await scene.state('B-CARDS')).stage).toBe('BLOCKED');
    await expectTaken('B-CARDS', refused, ['correct', 'amend', 'retry', 'skip']);
    await expectTaken('B-CARDS', overdue, ['retry', 'resolve', 'skip']);
    await scene.act('B-CARDS', 'skip', refused);
    await scene.stack.control('POST', '/cards/B-CARDS_OC1/issue', {});
    const { steps, outputs } = await scene.completed('B-CARDS');
    expect(steps.filter(({ name }) => name.startsWith('card-')).map(({ status }) => status)).toEqual([
      'DONE',
      'SKIPPED',
    ]);
    expect(outputs.cards).toEqual([
      expect.objectContaining({ status: 'ACTIVE' }),
      expect.objectContaining({ cardOrderNo: 'B-CARDS_OC2', error: expect.stringContaining('limit too high') }),
    ]);
  });
});
