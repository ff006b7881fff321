import { ApplicationFailure } from '@temporalio/common';
import type { CallbackEvent, CardRequest, OnboardingBody } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const plain = (change: Partial<CardRequest> = {}): CardRequest => ({
  binId: BIN.plain,
  cardLimit: '50.00',
  currency: 'USD',
  ...change,
});
const withCards = (...cards: CardRequest[]): OnboardingBody => onboardingBody({ cards });
const [holderCard] = onboardingBody().cards as [CardRequest];

let scene: Scene;
beforeAll(async () => {
  // Seldom enough that no timer of many cards fires while the flow is at the task that cancels it.
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

async function paid(number: string, body: OnboardingBody, amount?: string): Promise<void> {
  await scene.at(number, 'recharge-arrival', body);
  await scene.pay(number, { amount });
}
const statusesOf = async (number: string) => (await scene.state(number)).outputs.cards.map(({ status }) => status);

describe('one of two cards that fails does not stop the other', () => {
  test.each(['apply', 'issue'] as const)(
    'refused at %s: the other is in the outputs at once, a correction opens a new round',
    async (at) => {
      const number = `ONE-${at}`;
      await scene.plan({ step: 'card', at, orderNo: `${number}_OC2`, reason: 'limit too high' });
      await paid(number, withCards(plain(), plain({ cardLimit: '9000.00' })));
      const block = await scene.blocked(number, 'CARD_REFUSED');
      expect(block).toMatchObject({
        step: 'card-2',
        patchable: ['cards.1'],
        message: expect.stringContaining('limit too high'),
      });
      const { outputs } = await scene.reach(number, (state) => state.outputs.cards[0]?.status === 'ACTIVE');
      expect(outputs.cards).toEqual([
        expect.objectContaining({ cardOrderNo: `${number}_OC1`, last4: expect.stringMatching(/^\d{4}$/) }),
        expect.objectContaining({ cardOrderNo: `${number}_OC2`, error: expect.stringContaining('limit too high') }),
      ]);
      expect(
        await scene.refusal(number, 'correct', block, { patch: { cards: { '0': { cardLimit: '20.00' } } } }),
      ).toMatchObject({
        type: 'PatchNotAllowed',
      });
      for (const [card, field] of [
        [null, 'cards.1'],
        [{ cardLimit: 'plenty' }, 'cards.1.cardLimit'],
        [{ binId: null }, 'cards.1.binId'],
        [{ cardholder: 'me' }, 'cards.1.cardholder'],
      ] as const)
        expect(await scene.refusal(number, 'amend', block, { patch: { cards: { '1': card } } })).toEqual({
          type: 'PatchNotAllowed',
          message: expect.stringContaining(field),
        });
      await scene.act(number, 'correct', block, { patch: { cards: { '1': { cardLimit: '80.00' } } } });
      const done = await scene.completed(number);
      expect(done.outputs.cards.map(({ cardOrderNo, status }) => [cardOrderNo, status])).toEqual([
        [`${number}_OC1`, 'ACTIVE'],
        [`${number}_OC2_r2`, 'ACTIVE'],
      ]);
      for (const orderNo of ['_OC1', '_OC2', '_OC2_r2'])
        expect(await scene.calls('applyCard', `${number}${orderNo}`)).toBe(1);
      expect(await scene.stack.control('GET', '/ledger')).toMatchObject({ balanced: true, violations: [] });
    },
  );

  test('skipped: the flow completes without it', async () => {
    await scene.plan({ step: 'card', at: 'issue', orderNo: 'SKIP_OC2', reason: 'no' });
    await paid('SKIP', withCards(plain(), plain()));
    await scene.act('SKIP', 'skip', await scene.blocked('SKIP', 'CARD_REFUSED'));
    const { steps, result } = await scene.completed('SKIP');
    expect(steps.slice(-2).map(({ status }) => status)).toEqual(['DONE', 'SKIPPED']);
    expect(result).toMatchObject({ cards: [{ status: 'ACTIVE' }, { cardOrderNo: 'SKIP_OC2', status: 'FAILED' }] });
    expect(await scene.calls('applyCard', 'SKIP_OC2')).toBe(1);
  });
});

describe('what can be known before 开卡申请 is said before it', () => {
  test.each([
    ['UNKNOWN', plain({ binId: '6999999999999999999' }), 'cards.0.binId', 'offers no BIN'],
    ['DISABLED', plain({ binId: BIN.disabled }), 'cards.0.binId', 'not enabled'],
    ['CURRENCY', plain({ currency: 'EUR' }), 'cards.0.currency', 'issues cards in USD'],
    ['HOLDER', plain({ binId: BIN.withCardholder }), 'cards.0.cardholder', 'needs a cardholder'],
  ])('%s', async (name, card, field, words) => {
    await paid(`BIN-${name}`, withCards(card));
    const block = await scene.blocked(`BIN-${name}`, 'CARD_REFUSED');
    expect(block).toMatchObject({ step: 'card-1', fields: [field], message: expect.stringContaining(words) });
    expect(await scene.calls('applyCard', `BIN-${name}_OC1`)).toBe(0);
    await scene.act(`BIN-${name}`, 'correct', block, {
      patch: { cards: { '0': { binId: BIN.plain, currency: 'USD' } } },
    });
    await scene.completed(`BIN-${name}`);
    // Nothing had been refused by FalPay: the number is the first one still.
    expect(await scene.calls('applyCard', `BIN-${name}_OC1`)).toBe(1);
  });
});

describe('the cardholder', () => {
  test('rejected, then corrected: a new cardholder under a new round, the card follows', async () => {
    await scene.plan({ step: 'cardholder-audit', orderNo: 'HOLDER_OH1', reason: '证件不清晰' });
    await scene.stack.control('PUT', '/settings', { cardholderAuditDelay: 0 });
    await paid('HOLDER', withCards(holderCard));
    const block = await scene.blocked('HOLDER', 'CARDHOLDER_REJECTED');
    expect(block).toMatchObject({
      step: 'cardholder-1',
      message: expect.stringContaining('证件不清晰'),
      patchable: ['cards.0'],
    });
    await scene.act('HOLDER', 'correct', block, { patch: { cards: { '0': { cardholder: { certNo: 'K00000100' } } } } });
    const { outputs, steps } = await scene.completed('HOLDER');
    expect(outputs.cards).toEqual([expect.objectContaining({ cardOrderNo: 'HOLDER_OC1', status: 'ACTIVE' })]);
    expect(steps.find(({ name }) => name === 'cardholder-1')).toMatchObject({ status: 'DONE', attempts: 2 });
    for (const orderNo of ['HOLDER_OH1', 'HOLDER_OH1_r2'])
      expect(await scene.calls('createCardholder', orderNo)).toBe(1);
  });

  describe('rejected, and the card corrected with it', () => {
    test.each([
      ['to a BIN without cardholders: there is none', 'BIN', { binId: BIN.plain, cardholder: null }],
      ['in the BIN alone: the new one needs none', 'BIN-ONLY', { binId: BIN.plain }],
    ])('%s', async (_, number, change) => {
      await scene.plan({ step: 'cardholder-audit', orderNo: `${number}_OH1`, reason: '证件不清晰' });
      await scene.stack.control('PUT', '/settings', { cardholderAuditDelay: 0 });
      await paid(number, withCards(holderCard));
      const block = await scene.blocked(number, 'CARDHOLDER_REJECTED');
      await scene.act(number, 'correct', block, { patch: { cards: { '0': change } } });
      const { steps } = await scene.completed(number);
      expect(steps.slice(-2).map(({ name, status }) => [name, status])).toEqual([
        ['cardholder-1', 'SKIPPED'],
        ['card-1', 'DONE'],
      ]);
      expect(await scene.calls('createCardholder', `${number}_OH1_r2`)).toBe(0);
      expect(await scene.calls('applyCard', `${number}_OC1`)).toBe(1);
    });

    test('to a limit that the wallet does not cover: RECHARGE_SHORT before anything is applied for', async () => {
      await scene.plan({ step: 'cardholder-audit', orderNo: 'DEAR_OH1', reason: '证件不清晰' });
      await paid('DEAR', withCards(holderCard));
      await scene.act('DEAR', 'correct', await scene.blocked('DEAR', 'CARDHOLDER_REJECTED'), {
        patch: { cards: { '0': { binId: BIN.prepaid, cardLimit: '9000.00' } } },
      });
      const block = await scene.blocked('DEAR', 'RECHARGE_SHORT', 'card-1');
      expect(block.message).toContain('need 9002.00');
      expect(await scene.calls('applyCard', 'DEAR_OC1')).toBe(0);
      await scene.act('DEAR', 'correct', block, { patch: { cards: { '0': { cardLimit: '90.00' } } } });
      await scene.completed('DEAR');
      expect(await scene.calls('applyCard', 'DEAR_OC1')).toBe(1);
    });
  });

  test('is not made again when only the card is corrected', async () => {
    await scene.plan({ step: 'card', at: 'apply', orderNo: 'KEPT_OC1', reason: 'limit too high' });
    await paid('KEPT', withCards(holderCard));
    await scene.act('KEPT', 'correct', await scene.blocked('KEPT', 'CARD_REFUSED'), {
      patch: { cards: { '0': { cardLimit: '60.00' } } },
    });
    await scene.completed('KEPT');
    expect(await scene.calls('createCardholder', 'KEPT_OH1')).toBe(1);
    expect(await scene.calls('createCardholder', 'KEPT_OH1_r2')).toBe(0);
    expect(await scene.calls('applyCard', 'KEPT_OC1_r2')).toBe(1);
  });

  test('rejected, then skipped with its card', async () => {
    await scene.plan({ step: 'cardholder-audit', orderNo: 'LEAVE_OH1', reason: 'no' });
    await paid('LEAVE', withCards(holderCard, plain()));
    await scene.act('LEAVE', 'skip', await scene.blocked('LEAVE', 'CARDHOLDER_REJECTED'));
    const { steps } = await scene.completed('LEAVE');
    expect(steps.slice(-3).map(({ name, status }) => [name, status])).toEqual([
      ['cardholder-1', 'SKIPPED'],
      ['card-1', 'SKIPPED'],
      ['card-2', 'DONE'],
    ]);
  });

  test('that FalPay still audits leaves the decision to 开卡申请, and the refused card is applied for anew', async () => {
    await scene.stack.control('PUT', '/settings', { cardholderAuditDelay: 'manual' });
    await paid('PENDING', withCards(holderCard));
    const block = await scene.blocked('PENDING', 'CARD_REFUSED');
    await scene.stack.control('POST', '/audits/cardholders/PENDING_OH1', { decision: 'APPROVED' });
    await scene.stack.control('PUT', '/settings', { cardholderAuditDelay: 0 });
    await scene.act('PENDING', 'correct', block);
    await scene.completed('PENDING');
    expect(await scene.calls('createCardholder', 'PENDING_OH1')).toBe(1);
    expect(await scene.calls('applyCard', 'PENDING_OC1_r2')).toBe(1);
  });
});

describe('a balance that does not cover the cards still to come', () => {
  test('is RECHARGE_SHORT before anything is applied for, and closes by itself when the wallet is filled', async () => {
    const body = onboardingBody({
      cards: [plain({ binId: BIN.prepaid, cardLimit: '400.00' })],
      recharge: { amount: '100.00', currency: 'USD', methodCode: 'BANK_TRANSFER' },
    });
    await paid('LOW', body);
    const block = await scene.blocked('LOW', 'RECHARGE_SHORT', 'card-1');
    expect(block.message).toContain('100.00 USD available');
    expect(block.message).toContain('402.00');
    expect(await scene.calls('applyCard', 'LOW_OC1')).toBe(0);
    await scene.pay('LOW', { amount: '302.00' });
    const { outputs } = await scene.completed('LOW');
    expect(outputs.cards).toEqual([expect.objectContaining({ status: 'ACTIVE' })]);
    // Money that came on the order after enough had is in the record, too.
    expect(outputs.recharge).toMatchObject({ credited: '402.00' });
    expect(await scene.calls('applyCard', 'LOW_OC1')).toBe(1);
  });

  test('is settled by a smaller limit', async () => {
    const body = onboardingBody({
      cards: [plain({ binId: BIN.prepaid, cardLimit: '400.00' })],
      recharge: { amount: '100.00', currency: 'USD', methodCode: 'BANK_TRANSFER' },
    });
    await paid('SMALLER', body);
    const block = await scene.blocked('SMALLER', 'RECHARGE_SHORT', 'card-1');
    await scene.act('SMALLER', 'correct', block, { patch: { cards: { '0': { cardLimit: '90.00' } } } });
    await scene.completed('SMALLER');
    expect(await statusesOf('SMALLER')).toEqual(['ACTIVE']);
    expect(await scene.calls('applyCard', 'SMALLER_OC1')).toBe(1);
  });

  const twoPrepaid = (limit: string) =>
    onboardingBody({
      cards: [0, 1].map(() => plain({ binId: BIN.prepaid, cardLimit: limit })),
      recharge: { amount: '100.00', currency: 'USD', methodCode: 'BANK_TRANSFER' },
    });

  test('counts all cards of the flow: when one is left out, the other goes on at once', async () => {
    await paid('BOTH', twoPrepaid('60.00'));
    await scene.reach('BOTH', ({ blocks }) => blocks.length === 2);
    expect((await scene.state('BOTH')).blocks[0]?.message).toContain('need 124.00');
    await scene.act('BOTH', 'skip', await scene.blocked('BOTH', 'RECHARGE_SHORT', 'card-2'));
    const { outputs, steps } = await scene.completed('BOTH');
    expect(outputs.cards[0]).toMatchObject({ status: 'ACTIVE' });
    expect(steps.slice(-2).map(({ status }) => status)).toEqual(['DONE', 'SKIPPED']);
    expect(await scene.calls('applyCard', 'BOTH_OC2')).toBe(0);
  });

  test('is told to every card that waits for it, and to the recharge', async () => {
    await paid('ALL', twoPrepaid('200.00'));
    await scene.reach('ALL', ({ blocks }) => blocks.length === 2);
    await scene.pay('ALL', { amount: '304.00' });
    const { outputs } = await scene.completed('ALL');
    expect(outputs.cards.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE']);
    expect(outputs.recharge).toMatchObject({ credited: '404.00' });
    expect(await scene.stack.control('GET', '/ledger')).toMatchObject({ balanced: true, violations: [] });
  });
});

test('cards that people answer together are applied for eight at a time', async () => {
  const cards = Array.from({ length: 16 }, () => plain({ binId: BIN.disabled, cardLimit: '5.00' }));
  await paid('CROWD', withCards(...cards));
  const { blocks } = await scene.reach('CROWD', (state) => state.blocks.length === cards.length);
  let underWay = 0;
  let entered = 0;
  let most = 0;
  let meet = (): void => undefined;
  const met = new Promise<void>((resolve) => (meet = resolve));
  scene.instead.applyCard = async (order) => {
    most = Math.max(most, (underWay += 1));
    entered += 1;
    // The first waits for a second, however far apart people's answers are carried out.
    if (underWay > 1) meet();
    await met;
    // Long enough for all that are let in together to meet here, and each for another time: those who wait wake together, whoever leaves.
    const stay = 300 + 150 * (entered % 8);
    await new Promise((resolve) => setTimeout(resolve, stay));
    return scene.real.applyCard(order).finally(() => (underWay -= 1));
  };
  await Promise.all(
    blocks.map((block) => {
      const place = Number(block.step.replace('card-', '')) - 1;
      return scene.act('CROWD', 'correct', block, { patch: { cards: { [place]: { binId: BIN.plain } } } });
    }),
  );
  await scene.completed('CROWD');
  expect(new Set(await statusesOf('CROWD'))).toEqual(new Set(['ACTIVE']));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
});

test('a callback about one card of many does not have FalPay asked about all whose look-up it refuses', async () => {
  let asked = 0;
  scene.instead.findCard = () => {
    asked += 1;
    return Promise.reject(ApplicationFailure.nonRetryable('maintenance', 'FalpayRejected'));
  };
  await paid('MANY', withCards(plain(), plain(), plain()));
  await scene.passUntil('MANY', ({ blocks }) => blocks.filter(({ reason }) => reason === 'INVALID').length === 3);
  const before = asked;
  const event: CallbackEvent = {
    eventId: 'MANY-1',
    topic: 'card-status',
    occurredAt: '2026-01-31 10:00:00',
    receivedAt: '2026-01-31T02:00:00.000Z',
    stale: false,
    orderNo: 'MANY_OC1',
    ref: '901',
    ids: { cardId: '901' },
    data: { cardId: '901', cardOrderNo: 'MANY_OC1', status: 'ACTIVE' },
  };
  await scene.handle('MANY').signal('callback', event);
  // It has been heard when the flow answers what came after it.
  await scene.state('MANY');
  await scene.pass('1 second');
  expect(asked).toBe(before);
});
