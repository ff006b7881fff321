import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
const address = (line: string) => ({ patch: { merchant: { company: { address: line } } } });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

interface Sent {
  readonly operation: string;
  readonly digest?: string;
}
async function updates(): Promise<readonly Sent[]> {
  return (await scene.stack.control('GET', '/requests?operation=updateMerchant')).requests;
}
const hasNoBlocks = ({ blocks }: { readonly blocks: readonly unknown[] }): boolean => blocks.length === 0;

describe('the merchant audit', () => {
  test("rejected: the backend sees FalPay's reason, corrects, and the second audit decides", async () => {
    await scene.at('ONCE', 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', 'ONCE', '营业执照不清晰');
    const block = await scene.blocked('ONCE', 'MERCHANT_REJECTED');
    expect(block).toMatchObject({
      step: 'merchant-audit',
      message: expect.stringContaining('营业执照不清晰'),
      actions: ['correct', 'amend', 'retry', 'abort'],
      patchable: expect.arrayContaining(['merchant.company', 'merchant.contactEmail']),
    });
    expect((await scene.state('ONCE')).stage).toBe('ACTION_REQUIRED');
    const [before] = [await updates()];
    const receipt = await scene.act('ONCE', 'correct', block, address('2 Sample Road, Hong Kong'));
    // The whole state would stand in the history with each action.
    expect(receipt).toEqual({ stage: expect.any(String), openBlocks: 0 });
    const answered = await scene.state('ONCE');
    expect(answered.blocks).toEqual([]);
    expect(answered.actions).toEqual([
      expect.objectContaining({
        blockId: block.blockId,
        action: 'correct',
        actor: 'anna',
        reason: 'as the customer says',
      }),
    ]);
    await scene.reach('ONCE', ({ waits, blocks }) => waits.length > 0 && blocks.length === 0);
    expect(await updates()).toHaveLength(before.length + 1);
    const body = await scene.handle('ONCE').query<typeof ONE_CARD, []>('input');
    expect(body.merchant.company?.address).toBe('2 Sample Road, Hong Kong');
    expect(body.merchant.company?.nameEn).toBe(ONE_CARD.merchant.company?.nameEn);
    await scene.audit('merchant', 'ONCE');
    await scene.waiting('ONCE', 'wallet-audit');
    expect(await scene.calls('createMerchant', 'ONCE')).toBe(1);
  });

  test('rejected twice and amended twice still ends in an active card', async () => {
    await scene.at('DOUBLE', 'merchant-audit', ONE_CARD);
    const before = (await updates()).length;
    const seen: string[] = [];
    for (const [round, action] of (['correct', 'amend'] as const).entries()) {
      // Both rejections fall into one second of FalPay's clock: equal times must not hide the second.
      await scene.audit('merchant', 'DOUBLE', `rejected ${round + 1}`);
      const { blocks } = await scene.reach('DOUBLE', (state) =>
        state.blocks.some(({ message }) => message.includes(`rejected ${round + 1}`)),
      );
      seen.push(blocks[0]?.blockId ?? '');
      await scene.act('DOUBLE', action, blocks[0], address(`${round + 2} Sample Road, Hong Kong`));
      await scene.reach('DOUBLE', ({ waits, blocks: open }) => waits.length > 0 && open.length === 0);
    }
    expect(new Set(seen).size).toBe(2);
    await scene.audit('merchant', 'DOUBLE');
    await scene.waiting('DOUBLE', 'wallet-audit');
    await scene.audit('wallet', 'DOUBLE');
    await scene.waiting('DOUBLE', 'recharge-arrival');
    await scene.pay('DOUBLE');
    const { outputs, actions } = await scene.completed('DOUBLE');
    expect(outputs.cards).toEqual([expect.objectContaining({ status: 'ACTIVE' })]);
    expect(actions.map(({ action }) => action)).toEqual(['correct', 'amend']);
    const sent = (await updates()).slice(before);
    expect(sent).toHaveLength(2);
    expect(new Set(sent.map(({ digest }) => digest)).size).toBe(2);
  });

  test("a late repetition of the first round's rejection counts for nothing in the second", async () => {
    await scene.at('ROUNDS', 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', 'ROUNDS', 'first round');
    const block = await scene.blocked('ROUNDS', 'MERCHANT_REJECTED');
    await scene.act('ROUNDS', 'correct', block, address('3 Sample Road'));
    await scene.reach('ROUNDS', ({ waits, blocks }) => waits.length > 0 && blocks.length === 0);
    // Told anew under another event id, as a provider does that repeats itself.
    const { callbacks } = await scene.stack.control('GET', '/callbacks?topic=merchant-audit&limit=1');
    const { data, occurredAt } = callbacks[0].body;
    expect(data).toMatchObject({ auditStatus: 'REJECTED', merchantOrderNo: 'ROUNDS' });
    await scene.handle('ROUNDS').signal('callback', {
      eventId: 'repeated-under-another-id',
      topic: 'merchant-audit',
      occurredAt,
      receivedAt: occurredAt,
      stale: false,
      orderNo: 'ROUNDS',
      ref: data.merchantId,
      ids: { merchantId: data.merchantId },
      data,
    });
    await scene.pass('10 minutes');
    const state = await scene.state('ROUNDS');
    expect(state).toMatchObject({ stage: 'WAITING', blocks: [] });
    await scene.audit('merchant', 'ROUNDS');
    await scene.waiting('ROUNDS', 'wallet-audit');
  });

  test('a rejection that FalPay takes back closes the block', async () => {
    await scene.at('BACK', 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', 'BACK', 'by mistake');
    const block = await scene.blocked('BACK', 'MERCHANT_REJECTED');
    scene.instead.findMerchant = async (key) => {
      const { run, found } = await scene.real.findMerchant(key);
      return { run, found: found && { merchantId: found.merchantId, auditStatus: 'PENDING' } };
    };
    await scene.passUntil('BACK', hasNoBlocks, '1 minute');
    expect(await scene.refusal('BACK', 'correct', block, address('4 Sample Road'))).toMatchObject({
      type: 'StaleBlock',
    });
    scene.instead.findMerchant = async (key) => {
      const { run, found } = await scene.real.findMerchant(key);
      return { run, found: found && { merchantId: found.merchantId, auditStatus: 'APPROVED' } };
    };
    await scene.passUntil('BACK', ({ steps }) => steps[1]?.status === 'DONE', '1 hour');
  });

  test('tried again as it is: retry looks, and keeps the block while FalPay still rejects', async () => {
    await scene.at('SAME', 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', 'SAME', 'unreadable');
    const before = (await updates()).length;
    const block = await scene.blocked('SAME', 'MERCHANT_REJECTED');
    await scene.act('SAME', 'retry', block);
    const { blocks } = await scene.reach(
      'SAME',
      (state) => (state.blocks[0]?.blockId ?? block.blockId) !== block.blockId,
    );
    expect(blocks).toEqual([expect.objectContaining({ reason: 'MERCHANT_REJECTED' })]);
    expect(await updates()).toHaveLength(before);
    await scene.act('SAME', 'correct', blocks[0]);
    await scene.reach('SAME', ({ waits, blocks: open }) => waits.length > 0 && open.length === 0);
    expect(await updates()).toHaveLength(before + 1);
  });

  test('a correction that FalPay refuses asks again and names the reason', async () => {
    await scene.at('REFUSED', 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', 'REFUSED', 'unreadable');
    const block = await scene.blocked('REFUSED', 'MERCHANT_REJECTED');
    await scene.act('REFUSED', 'correct', block, { patch: { merchant: { person: person() } } });
    const { blocks } = await scene.reach('REFUSED', (state) =>
      state.blocks.some(({ blockId }) => blockId !== block.blockId),
    );
    expect(blocks).toEqual([
      expect.objectContaining({ step: 'merchant-audit', actions: expect.arrayContaining(['amend']) }),
    ]);
    await scene.act('REFUSED', 'amend', blocks[0], { patch: { merchant: { person: null } } });
    await scene.reach('REFUSED', ({ waits, blocks: open }) => waits.length > 0 && open.length === 0);
    await scene.audit('merchant', 'REFUSED');
    await scene.waiting('REFUSED', 'wallet-audit');
  });

  test("a correction that our own model refuses is the operator's: INVALID names the field, nothing was sent", async () => {
    await scene.at('INVALID', 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', 'INVALID', 'unreadable');
    const before = (await updates()).length;
    const patch = { merchant: { contactEmail: 'nobody' } };
    await scene.act('INVALID', 'correct', await scene.blocked('INVALID', 'MERCHANT_REJECTED'), { patch });
    const block = await scene.blocked('INVALID', 'INVALID');
    expect(block).toMatchObject({ fields: ['merchant.contactEmail'], actions: ['amend', 'retry', 'abort'] });
    expect(await updates()).toHaveLength(before);
    await scene.act('INVALID', 'amend', block, { patch: { merchant: { contactEmail: 'ops@starbridge.example' } } });
    await scene.reach('INVALID', ({ waits, blocks }) => waits.length > 0 && blocks.length === 0);
    expect(await updates()).toHaveLength(before + 1);
  });

  test('a status that nobody knows is no success and no failure', async () => {
    await scene.at('STRANGE', 'merchant-audit', ONE_CARD);
    scene.instead.findMerchant = async (key) => {
      const { run, found } = await scene.real.findMerchant(key);
      return { run, found: found && { ...found, auditStatus: 'ESCALATED' } };
    };
    await scene.pass('2 days');
    expect(await scene.state('STRANGE')).toMatchObject({ stage: 'WAITING', blocks: [] });
    expect(await scene.calls('openWallet', 'STRANGE_OW1')).toBe(0);
  });
});

describe('the wallet audit', () => {
  test('rejected: the correction opens a new round under a new number, and the old one is never used again', async () => {
    const { outputs } = await scene.at('WALLET', 'wallet-audit', ONE_CARD);
    await scene.audit('wallet', 'WALLET', 'name too long');
    const block = await scene.blocked('WALLET', 'WALLET_REJECTED');
    expect(block).toMatchObject({
      step: 'wallet-audit',
      patchable: ['wallet'],
      message: expect.stringContaining('name too long'),
    });
    await scene.act('WALLET', 'correct', block, { patch: { wallet: { walletName: 'Ads' } } });
    const next = await scene.reach('WALLET', (state) => state.waits.length > 0 && state.blocks.length === 0);
    expect(next.outputs.walletId).not.toBe(outputs.walletId);
    await scene.audit('wallet', 'WALLET', undefined, 'WALLET_OW1_r2');
    const { outputs: paying } = await scene.waiting('WALLET', 'recharge-arrival');
    expect(paying.walletId).toBe(next.outputs.walletId);
    expect(await scene.calls('openWallet', 'WALLET_OW1')).toBe(1);
    expect(await scene.calls('openWallet', 'WALLET_OW1_r2')).toBe(1);
    await scene.pay('WALLET');
    await scene.completed('WALLET');
  });

  test("a repetition of the first round's callbacks does not touch the second", async () => {
    await scene.at('W-ROUNDS', 'wallet-audit', ONE_CARD);
    await scene.audit('wallet', 'W-ROUNDS', 'first round');
    const { callbacks } = await scene.stack.control('GET', '/callbacks?topic=wallet-audit&limit=1');
    await scene.act('W-ROUNDS', 'correct', await scene.blocked('W-ROUNDS', 'WALLET_REJECTED'));
    await scene.reach('W-ROUNDS', (state) => state.waits.length > 0 && state.blocks.length === 0);
    const { data, occurredAt } = callbacks[0].body;
    await scene.handle('W-ROUNDS').signal('callback', {
      eventId: 'repeated-under-another-id',
      topic: 'wallet-audit',
      occurredAt,
      receivedAt: occurredAt,
      stale: false,
      orderNo: data.walletOrderNo,
      ref: data.walletId,
      ids: { walletId: data.walletId },
      data,
    });
    await scene.pass('10 minutes');
    expect(await scene.state('W-ROUNDS')).toMatchObject({ stage: 'WAITING', blocks: [] });
    await scene.audit('wallet', 'W-ROUNDS', undefined, 'W-ROUNDS_OW1_r2');
    await scene.waiting('W-ROUNDS', 'recharge-arrival');
  });
});

/** Of the wrong kind: the merchant is a company. */
function person() {
  return {
    name: 'Chan Siu Ming',
    nationality: 'HK',
    birthDate: '1980-01-31',
    certType: 'PASSPORT',
    certNo: 'K00000017',
    address: '1 Sample Road, Hong Kong',
    certFrontKey: 'kyc/front.jpg',
  };
}
