/** Where an order is about to be followed by another one: FalPay is asked once more, since what failed may have come about meanwhile. */
import { ApplicationFailure } from '@temporalio/common';
import type { FlowState } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { until } from '../setup/until';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
const TWO_CARDS = onboardingBody({
  cards: [0, 1].map(() => ({ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' })),
});

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

const isOpen = ({ steps }: FlowState): boolean =>
  steps.some(({ name, status }) => name === 'wallet-audit' && status === 'DONE');

test('a wallet whose rejection FalPay took back unseen is taken as it is: a correction opens no second one', async () => {
  let auditStatus = 'REJECTED';
  scene.instead.findWallet = async (key) => {
    const looked = await scene.real.findWallet(key);
    return looked.found ? { ...looked, found: { ...looked.found, auditStatus } } : looked;
  };
  await scene.at('WALLET', 'wallet-audit', ONE_CARD);
  await scene.audit('wallet', 'WALLET', 'unreadable');
  const block = await scene.blocked('WALLET', 'WALLET_REJECTED');
  auditStatus = 'APPROVED';
  await scene.act('WALLET', 'correct', block, { patch: { wallet: { walletName: 'Second' } } });
  await scene.reach('WALLET', isOpen);
  expect(await scene.calls('openWallet', 'WALLET_OW1_r2')).toBe(0);
});

test('a wallet that FalPay audits again opens no second one either: the flow waits for that audit', async () => {
  let auditStatus = 'REJECTED';
  scene.instead.findWallet = async (key) => {
    const looked = await scene.real.findWallet(key);
    return looked.found ? { ...looked, found: { ...looked.found, auditStatus } } : looked;
  };
  await scene.at('AGAIN', 'wallet-audit', ONE_CARD);
  await scene.audit('wallet', 'AGAIN', 'unreadable');
  const block = await scene.blocked('AGAIN', 'WALLET_REJECTED');
  auditStatus = 'PENDING';
  await scene.act('AGAIN', 'correct', block);
  await scene.reach('AGAIN', ({ waits, blocks }) => waits.length === 1 && blocks.length === 0);
  auditStatus = 'APPROVED';
  await scene.pass('10 minutes');
  await scene.reach('AGAIN', isOpen);
  expect(await scene.calls('openWallet', 'AGAIN_OW1_r2')).toBe(0);
});

test('a card that failed and is issued after all, unseen, is taken as it is: a correction applies for no second one', async () => {
  await scene.plan({ step: 'card', at: 'issue', reason: 'the scheme refuses', orderNo: 'CARD_OC1' });
  await scene.at('CARD', 'recharge-arrival', ONE_CARD);
  await scene.pay('CARD');
  const block = await scene.blocked('CARD', 'CARD_REFUSED');
  scene.instead.findCard = async (key) => {
    const looked = await scene.real.findCard(key);
    return looked.found ? { ...looked, found: { ...looked.found, status: 'ACTIVE' } } : looked;
  };
  await scene.act('CARD', 'correct', block);
  const { outputs } = await scene.completed('CARD');
  expect(outputs.cards).toEqual([expect.objectContaining({ cardOrderNo: 'CARD_OC1', status: 'ACTIVE' })]);
  expect(await scene.calls('applyCard', 'CARD_OC1_r2')).toBe(0);
});

test('a restarted flow goes on with the round that the run before had come to, and sends no number of an earlier round', async () => {
  await scene.plan({ step: 'card', at: 'apply', reason: 'no more cards today', orderNo: 'ROUNDS_OC1' });
  await scene.plan({ step: 'card', at: 'apply', reason: 'no more cards today', orderNo: 'ROUNDS_OC2' });
  await scene.at('ROUNDS', 'recharge-arrival', TWO_CARDS);
  await scene.pay('ROUNDS');
  const first = await scene.blocked('ROUNDS', 'CARD_REFUSED', 'card-1');
  await scene.blocked('ROUNDS', 'CARD_REFUSED', 'card-2');
  await scene.act('ROUNDS', 'correct', first);
  await scene.reach('ROUNDS', ({ outputs }) => outputs.cards[0]?.status === 'ACTIVE');
  await scene.act('ROUNDS', 'abort', undefined);
  await scene.handle('ROUNDS').result();
  await scene.stack.cardflow.restart('onboarding', 'ROUNDS', { actor: 'olaf', reason: 'aborted by mistake' });
  const { outputs } = await scene.passUntil('ROUNDS', (state) => state.outputs.cards[0]?.status === 'ACTIVE');
  expect(outputs.cards[0]).toMatchObject({ cardOrderNo: 'ROUNDS_OC1_r2' });
  expect(await scene.calls('applyCard', 'ROUNDS_OC1')).toBe(1);
  expect(await scene.calls('applyCard', 'ROUNDS_OC1_r2')).toBe(1);
});

test('a refusal of a recharge that may have been ordered before is a person’s to judge, not the reason for another order', async () => {
  await scene.at('LATE', 'wallet-audit', ONE_CARD);
  await scene.fault({ operation: 'createRecharge', fault: 'resetAfterCommit', times: 1 });
  await scene.audit('wallet', 'LATE');
  const unknown = await scene.blocked('LATE', 'OUTCOME_UNKNOWN', 'create-recharge');
  scene.instead.createRecharge = () =>
    Promise.reject(ApplicationFailure.nonRetryable('the order number was used', 'FalpayRejected'));
  await scene.act('LATE', 'resolve', unknown, { outcome: 'NOT_DONE' });
  const again = await scene.reach('LATE', ({ blocks }) =>
    blocks.some(({ reason, blockId }) => reason === 'OUTCOME_UNKNOWN' && blockId !== unknown.blockId),
  );
  expect(again.blocks[0]?.message).toContain('the order number was used');
  await scene.pay('LATE');
  await scene.completed('LATE');
  expect(await scene.calls('createRecharge', 'LATE_OR1_r2')).toBe(0);
});

describe('a card whose number FalPay refuses as used, when it is sent again', () => {
  /** The first answer is lost, and FalPay's query does not show the card for longer than it takes to send its number again. */
  async function refusedAgain(number: string) {
    const query = { shows: false };
    scene.instead.findCard = async (key) => {
      const looked = await scene.real.findCard(key);
      return query.shows ? looked : { ...looked, found: null };
    };
    let sent = 0;
    scene.instead.applyCard = (given) => {
      sent += 1;
      if (sent === 1) return scene.real.applyCard(given);
      return Promise.reject(ApplicationFailure.nonRetryable('the order number was used', 'FalpayRejected'));
    };
    await scene.at(number, 'recharge-arrival', ONE_CARD);
    await scene.fault(
      { operation: 'applyCard', fault: 'resetAfterCommit', times: 1 },
      { topic: 'card-status', fault: 'dropCallback' },
    );
    await scene.pay(number);
    const { blocks } = await scene.passUntil(number, (state) => state.blocks.length > 0, '2 seconds');
    expect(sent).toBe(2);
    expect(blocks[0]).toMatchObject({ reason: 'OUTCOME_UNKNOWN', step: 'card-1' });
    expect(blocks[0]?.message).toContain('sent again, FalPay refused it (the order number was used)');
    return { query, block: blocks[0] };
  }

  test('is taken when FalPay shows it, and no second one is applied for', async () => {
    const { query, block } = await refusedAgain('USED');
    query.shows = true;
    await scene.act('USED', 'retry', block);
    const { outputs } = await scene.completed('USED');
    expect(outputs.cards).toEqual([expect.objectContaining({ cardOrderNo: 'USED_OC1', status: 'ACTIVE' })]);
    expect(await scene.calls('applyCard', 'USED_OC1_r2')).toBe(0);
  });

  test('is taken without anybody being asked where FalPay shows it in the time in which it must', async () => {
    let refusedAt = Infinity;
    scene.instead.findCard = async (key) => {
      const looked = await scene.real.findCard(key);
      return (await scene.env.currentTimeMs()) >= refusedAt + 1_000 ? looked : { ...looked, found: null };
    };
    let sent = 0;
    scene.instead.applyCard = async (given) => {
      sent += 1;
      if (sent === 1) return scene.real.applyCard(given);
      refusedAt = await scene.env.currentTimeMs();
      throw ApplicationFailure.nonRetryable('the order number was used', 'FalpayRejected');
    };
    await scene.at('SOON', 'recharge-arrival', ONE_CARD);
    await scene.fault(
      { operation: 'applyCard', fault: 'resetAfterCommit', times: 1 },
      { topic: 'card-status', fault: 'dropCallback' },
    );
    await scene.pay('SOON');
    const { blocks, outputs } = await scene.passUntil(
      'SOON',
      (state) => state.blocks.length > 0 || state.stage === 'COMPLETED',
      '2 seconds',
    );
    expect(sent).toBe(2);
    expect(blocks).toEqual([]);
    expect(outputs.cards).toEqual([expect.objectContaining({ cardOrderNo: 'SOON_OC1', status: 'ACTIVE' })]);
  });

  test('is refused where a person says that FalPay does not have it', async () => {
    const { block } = await refusedAgain('NONE');
    await scene.act('NONE', 'resolve', block, { outcome: 'NOT_DONE' });
    expect(await scene.blocked('NONE', 'CARD_REFUSED')).toMatchObject({ message: 'the order number was used' });
  });
});

test('a recharge with a fee whose answer was lost asks for no more than what was ordered', async () => {
  const body = { ...ONE_CARD, recharge: { amount: '100.00', currency: 'USD', methodCode: 'CRYPTO' } };
  await scene.at('FEE', 'wallet-audit', body);
  await scene.fault({ operation: 'createRecharge', fault: 'resetAfterCommit', times: 1 });
  await scene.audit('wallet', 'FEE');
  await scene.blocked('FEE', 'OUTCOME_UNKNOWN', 'create-recharge');
  await scene.pay('FEE');
  const { outputs } = await scene.completed('FEE');
  expect(outputs.recharge).toMatchObject({ credited: '98.50', fee: '1.50' });
});

test('money that one card is taking is not missed for the next one while FalPay answers', async () => {
  const first = { binId: BIN.prepaid, cardLimit: '40.00', currency: 'USD' };
  const { cardholder } = onboardingBody().cards.find((card) => card.cardholder) ?? {};
  const body = onboardingBody({
    recharge: { amount: '84.00', currency: 'USD', methodCode: 'BANK_TRANSFER' },
    cards: [first, { ...first, binId: '6000000000000000004', cardholder }],
  });
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let isPaid = false;
  scene.instead.applyCard = async (given) => {
    const card = await scene.real.applyCard(given);
    isPaid = true;
    if (given.order.cardOrderNo === 'TAKING_OC1') await held;
    return card;
  };
  // The second card looks at the balance when the first one has been paid for, and its answer is not there yet.
  scene.instead.createCardholder = async (given) => {
    await until(
      () => isPaid,
      () => 'the first card is not paid for',
    );
    return scene.real.createCardholder(given);
  };
  await scene.at('TAKING', 'recharge-arrival', body);
  await scene.pay('TAKING');
  const { stage } = await scene.reach('TAKING', ({ waits }) => waits.some(({ step }) => step === 'card-2'));
  expect(stage).toBe('WAITING');
  letGo();
  await scene.completed('TAKING');
});
