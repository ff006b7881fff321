import { BIN, onboardingBody } from '../setup/stack';
import type { BlockState, RechargeRequest } from '../../src/messages';
import { Scene } from './scene';

const CARDS = [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }];
const ONE_CARD = onboardingBody({ cards: CARDS });
const paying = (recharge: Partial<RechargeRequest>, currency = 'USD') =>
  onboardingBody({
    cards: CARDS,
    wallet: { currency },
    recharge: { amount: '500.00', currency: 'USD', methodCode: 'BANK_TRANSFER', ...recharge },
  });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

describe('a short recharge', () => {
  test('asks the backend as soon as FalPay says that no more is due, and closes when more comes on the same order', async () => {
    await scene.at('MORE', 'recharge-arrival', ONE_CARD);
    await scene.pay('MORE', { amount: '300.00', final: true });
    const block = await scene.blocked('MORE', 'RECHARGE_SHORT');
    expect(block.message).toContain('300.00 USD arrived of 500.00 needed');
    await scene.pay('MORE', { amount: '200.00' });
    const { outputs, blocks } = await scene.completed('MORE');
    expect(blocks).toEqual([]);
    expect(outputs.recharge).toMatchObject({ rechargeOrderNo: 'MORE_OR1', credited: '500.00', status: 'SUCCESS' });
    expect(outputs.earlierRecharges).toBeUndefined();
    expect(await scene.calls('createRecharge', 'MORE_OR1')).toBe(1);
  });

  test('is taken as it is by accept, and the record says who did', async () => {
    await scene.at('ACCEPT', 'recharge-arrival', ONE_CARD);
    await scene.pay('ACCEPT', { amount: '300.00', final: true });
    await scene.act('ACCEPT', 'correct', await scene.blocked('ACCEPT', 'RECHARGE_SHORT'), { accept: true });
    const { outputs, actions } = await scene.completed('ACCEPT');
    expect(outputs.recharge).toMatchObject({ credited: '300.00' });
    expect(actions).toEqual([expect.objectContaining({ action: 'correct', actor: 'anna' })]);
    expect(await scene.calls('createRecharge', 'ACCEPT_OR1')).toBe(1);
  });

  test('is completed by a second order for the rest, which counts together with the first', async () => {
    await scene.at('REST', 'recharge-arrival', ONE_CARD);
    await scene.pay('REST', { amount: '300.00', final: true });
    await scene.act('REST', 'correct', await scene.blocked('REST', 'RECHARGE_SHORT'));
    const { outputs: ordered } = await scene.reach(
      'REST',
      ({ outputs, waits }) => waits.length > 0 && outputs.recharge?.rechargeOrderNo === 'REST_OR2',
    );
    expect(ordered.recharge).toMatchObject({ amount: '200.00', payee: { accountNo: expect.any(String) } });
    expect(ordered.earlierRecharges).toEqual([
      expect.objectContaining({ rechargeOrderNo: 'REST_OR1', credited: '300.00' }),
    ]);
    // Half on each order: only their sum is enough.
    await scene.pay('REST', { amount: '50.00' });
    await scene.pay('REST', { amount: '149.99' }, 'REST_OR2');
    await scene.reach(
      'REST',
      ({ outputs }) => outputs.recharge?.credited === '149.99' || outputs.recharge?.status === 'SUCCESS',
    );
    expect((await scene.state('REST')).stage).not.toBe('COMPLETED');
    await scene.pay('REST', { amount: '0.01' }, 'REST_OR2');
    const { outputs } = await scene.completed('REST');
    expect(outputs.recharge).toMatchObject({ rechargeOrderNo: 'REST_OR2', credited: '150.00' });
    expect(outputs.earlierRecharges).toEqual([expect.objectContaining({ credited: '350.00' })]);
    for (const orderNo of ['REST_OR1', 'REST_OR2']) expect(await scene.calls('createRecharge', orderNo)).toBe(1);
    expect(await scene.stack.control('GET', '/ledger')).toMatchObject({ balanced: true, violations: [] });
  });

  test("is completed by an order whose fee counts like the first one's", async () => {
    await scene.at('REST-FEE', 'recharge-arrival', paying({ methodCode: 'CRYPTO' }));
    await scene.pay('REST-FEE', { amount: '300.00', final: true });
    await scene.act('REST-FEE', 'correct', await scene.blocked('REST-FEE', 'RECHARGE_SHORT'));
    await scene.reach('REST-FEE', ({ outputs, waits }) => waits.length > 0 && outputs.recharge?.amount === '200.00');
    await scene.pay('REST-FEE', {}, 'REST-FEE_OR2');
    const { outputs } = await scene.completed('REST-FEE');
    // 300.00 less 3.50, and 200.00 less 2.50: the customer has paid what was ordered.
    expect(outputs.earlierRecharges).toEqual([expect.objectContaining({ credited: '296.50', fee: '3.50' })]);
    expect(outputs.recharge).toMatchObject({ credited: '197.50', fee: '2.50' });
  });

  test('orders nothing for money that came before the correction was carried out', async () => {
    await scene.at('MEANWHILE', 'recharge-arrival', ONE_CARD);
    await scene.pay('MEANWHILE', { amount: '300.00', final: true });
    const block = await scene.blocked('MEANWHILE', 'RECHARGE_SHORT');
    await scene.fault({ topic: 'wallet-recharge', fault: 'dropCallback' });
    await scene.pay('MEANWHILE', { amount: '200.00' });
    await scene.act('MEANWHILE', 'correct', block);
    expect((await scene.completed('MEANWHILE')).outputs.recharge).toMatchObject({ credited: '500.00' });
    expect(await scene.calls('createRecharge', 'MEANWHILE_OR2')).toBe(0);
  });

  describe('of which the rest is less than FalPay takes as an order', () => {
    /** @returns the block at which 5.00 of 500.00 are missing, and no method takes so little */
    async function fiveShort(number: string): Promise<BlockState> {
      await scene.at(number, 'recharge-arrival', ONE_CARD);
      await scene.pay(number, { amount: '495.00', final: true });
      await scene.act(number, 'correct', await scene.blocked(number, 'RECHARGE_SHORT', 'recharge-arrival'));
      const block = await scene.blocked(number, 'RECHARGE_SHORT', 'recharge-method');
      expect(block.message).toContain('495.00 USD arrived of 500.00 needed');
      expect(block.message).toContain('5.00 is less');
      return block;
    }

    test('is completed by what comes on the first order meanwhile', async () => {
      await fiveShort('FIVE');
      await scene.pay('FIVE', { amount: '5.00' });
      const { outputs, blocks, steps } = await scene.completed('FIVE');
      expect(blocks).toEqual([]);
      expect(outputs.recharge).toMatchObject({ rechargeOrderNo: 'FIVE_OR1', credited: '500.00' });
      expect(steps.map(({ status }) => status)).toEqual(steps.map(() => 'DONE'));
      expect(await scene.calls('createRecharge', 'FIVE_OR2')).toBe(0);
    });

    test('can be accepted as it is', async () => {
      await scene.act('FIVE-OK', 'correct', await fiveShort('FIVE-OK'), { accept: true });
      expect((await scene.completed('FIVE-OK')).outputs.recharge).toMatchObject({ credited: '495.00' });
    });

    test('is enough where a correction then asks for less, and nothing is ordered any more', async () => {
      const patch = { recharge: { minCredited: '400.00' } };
      await scene.act('FIVE-LESS', 'correct', await fiveShort('FIVE-LESS'), { patch });
      expect((await scene.completed('FIVE-LESS')).outputs.recharge).toMatchObject({ credited: '495.00' });
      expect(await scene.calls('createRecharge', 'FIVE-LESS_OR2')).toBe(0);
    });
  });

  test('whose order for the rest FalPay refuses is completed by what comes on the first order', async () => {
    scene.instead.getRechargeInfo = async (request) => {
      const { methods } = await scene.real.getRechargeInfo(request);
      return { methods: methods.map((method) => ({ ...method, minAmount: '1.00' })) };
    };
    await scene.at('REST-NO', 'recharge-arrival', ONE_CARD);
    await scene.pay('REST-NO', { amount: '495.00', final: true });
    await scene.act('REST-NO', 'correct', await scene.blocked('REST-NO', 'RECHARGE_SHORT', 'recharge-arrival'));
    const block = await scene.blocked('REST-NO', 'RECHARGE_SHORT', 'create-recharge');
    expect(block.message).toContain('AMOUNT_TOO_SMALL');
    await scene.pay('REST-NO', { amount: '5.00' });
    expect((await scene.completed('REST-NO')).outputs.recharge).toMatchObject({ credited: '500.00' });
  });

  test('whose order for the rest FalPay refuses is enough where a correction then asks for less', async () => {
    scene.instead.getRechargeInfo = async (request) => {
      const { methods } = await scene.real.getRechargeInfo(request);
      return { methods: methods.map((method) => ({ ...method, minAmount: '1.00' })) };
    };
    await scene.at('REST-LESS', 'recharge-arrival', ONE_CARD);
    await scene.pay('REST-LESS', { amount: '495.00', final: true });
    await scene.act('REST-LESS', 'correct', await scene.blocked('REST-LESS', 'RECHARGE_SHORT', 'recharge-arrival'));
    const block = await scene.blocked('REST-LESS', 'RECHARGE_SHORT', 'create-recharge');
    await scene.act('REST-LESS', 'correct', block, { patch: { recharge: { minCredited: '400.00' } } });
    expect((await scene.completed('REST-LESS')).outputs.recharge).toMatchObject({ credited: '495.00' });
    expect(await scene.calls('createRecharge', 'REST-LESS_OR2_r2')).toBe(0);
  });

  test('is enough where the body says that less will do', async () => {
    await scene.at('MINIMUM', 'recharge-arrival', paying({ minCredited: '250.00' }));
    await scene.pay('MINIMUM', { amount: '250.00' });
    expect((await scene.completed('MINIMUM')).outputs.recharge).toMatchObject({
      credited: '250.00',
      status: 'PROCESSING',
    });
  });
});

test('more than ordered is recorded and goes on', async () => {
  await scene.at('OVER', 'recharge-arrival', ONE_CARD);
  await scene.pay('OVER', { amount: '612.34' });
  expect((await scene.completed('OVER')).outputs.recharge).toMatchObject({ amount: '500.00', credited: '612.34' });
});

test('the announced fee is no shortage: what comes net of it is enough', async () => {
  const body = paying({ methodCode: 'CRYPTO', amount: '200.00' });
  const { outputs: before } = await scene.at('FEE', 'recharge-arrival', body);
  expect(before.recharge).toMatchObject({ fee: '2.50', payee: { network: 'TRC20' } });
  await scene.pay('FEE');
  const { outputs } = await scene.completed('FEE');
  expect(outputs.recharge).toMatchObject({ amount: '200.00', credited: '197.50', fee: '2.50', status: 'SUCCESS' });
});

describe('a failed recharge', () => {
  test('is ordered anew under the next round after the correction', async () => {
    await scene.plan({ step: 'recharge', outcome: 'FAILED', orderNo: 'FAILED_OR1' });
    await scene.start('FAILED', ONE_CARD);
    await scene.waiting('FAILED', 'merchant-audit');
    await scene.audit('merchant', 'FAILED');
    await scene.waiting('FAILED', 'wallet-audit');
    await scene.audit('wallet', 'FAILED');
    const block = await scene.blocked('FAILED', 'RECHARGE_FAILED');
    expect(block).toMatchObject({ step: 'recharge-arrival', patchable: ['recharge'] });
    await scene.act('FAILED', 'correct', block, { patch: { recharge: { methodCode: 'CRYPTO' } } });
    // It is announced before FalPay has it.
    await scene.reach(
      'FAILED',
      ({ outputs, waits }) => waits.length > 0 && outputs.recharge?.rechargeOrderNo === 'FAILED_OR1_r2',
    );
    await scene.pay('FAILED', {}, 'FAILED_OR1_r2');
    const { outputs } = await scene.completed('FAILED');
    expect(outputs.recharge).toMatchObject({ rechargeOrderNo: 'FAILED_OR1_r2', amount: '500.00', credited: '494.50' });
    expect(await scene.calls('createRecharge', 'FAILED_OR1')).toBe(1);
    expect(await scene.calls('createRecharge', 'FAILED_OR1_r2')).toBe(1);
  });

  test('that FalPay answers as failed at once asks for a correction, too', async () => {
    scene.instead.createRecharge = async (given) => {
      const order = await scene.real.createRecharge(given);
      return given.order.rechargeOrderNo === 'AT-ONCE_OR1' ? { ...order, status: 'FAILED' } : order;
    };
    await scene.at('AT-ONCE', 'wallet-audit', ONE_CARD);
    await scene.audit('wallet', 'AT-ONCE');
    await scene.act('AT-ONCE', 'correct', await scene.blocked('AT-ONCE', 'RECHARGE_FAILED'));
    await scene.reach('AT-ONCE', ({ outputs }) => outputs.recharge?.rechargeOrderNo === 'AT-ONCE_OR1_r2');
  });

  test('refused by FalPay at once asks for a correction, and the refused order leaves no trace in the outputs', async () => {
    // The method lists the currency, the wallet refuses the amount only when it is ordered.
    scene.instead.getRechargeInfo = async (request) => {
      const { methods } = await scene.real.getRechargeInfo(request);
      return { methods: methods.map((method) => ({ ...method, minAmount: '1.00' })) };
    };
    await scene.at('REFUSED', 'wallet-audit', paying({ amount: '5.00', minCredited: '1.00' }));
    await scene.audit('wallet', 'REFUSED');
    const block = await scene.blocked('REFUSED', 'RECHARGE_FAILED', 'create-recharge');
    expect(block.message).toContain('AMOUNT_TOO_SMALL');
    expect((await scene.state('REFUSED')).outputs.recharge).toBeUndefined();
    await scene.act('REFUSED', 'correct', block, { patch: { recharge: { amount: '50.00' } } });
    const { outputs } = await scene.waiting('REFUSED', 'recharge-arrival');
    expect(outputs.recharge).toMatchObject({ rechargeOrderNo: 'REFUSED_OR1_r2', amount: '50.00' });
  });
});

test('another currency blocks as CURRENCY_MISMATCH, and the right money closes it', async () => {
  await scene.at('FOREIGN', 'recharge-arrival', ONE_CARD);
  await scene.pay('FOREIGN', { amount: '500.00', currency: 'EUR', final: false });
  const block = await scene.blocked('FOREIGN', 'CURRENCY_MISMATCH');
  expect(block.message).toContain('EUR');
  const { outputs, stage } = await scene.state('FOREIGN');
  expect(stage).toBe('BLOCKED');
  expect(outputs.recharge?.credited).toBeUndefined();
  await scene.act('FOREIGN', 'retry', block);
  await scene.blocked('FOREIGN', 'CURRENCY_MISMATCH');
  await scene.pay('FOREIGN', { amount: '500.00' });
  expect((await scene.completed('FOREIGN')).outputs.recharge).toMatchObject({ currency: 'USD', credited: '500.00' });
});

test('another currency that was sent back blocks no longer after a retry, and what is short is asked for', async () => {
  await scene.at('RETURNED', 'recharge-arrival', ONE_CARD);
  await scene.pay('RETURNED', { amount: '500.00', currency: 'EUR', final: false });
  const block = await scene.blocked('RETURNED', 'CURRENCY_MISMATCH');
  scene.instead.findMovements = async (given) => {
    const looked = await scene.real.findMovements(given);
    const sentBack = (looked.found ?? []).filter(({ currency }) => currency === 'EUR');
    const out = sentBack.map((row) => ({ ...row, type: 'ADJUST', direction: 'OUT' }));
    return { ...looked, found: [...(looked.found ?? []), ...out] };
  };
  await scene.act('RETURNED', 'retry', block);
  await scene.reach('RETURNED', ({ blocks, waits }) => blocks.length === 0 && waits.length > 0);
  await scene.pay('RETURNED', { amount: '300.00', final: true });
  await scene.act('RETURNED', 'correct', await scene.blocked('RETURNED', 'RECHARGE_SHORT'), { accept: true });
  expect((await scene.completed('RETURNED')).outputs.recharge).toMatchObject({ credited: '300.00' });
});

test('money that was sent back is short again, and what came is behind no callback', async () => {
  await scene.at('SENTBACK', 'recharge-arrival', ONE_CARD);
  scene.instead.findMovements = async (given) => {
    const looked = await scene.real.findMovements(given);
    const [came] = looked.found ?? [];
    const taken = came && [
      { ...came, type: 'FEE', direction: 'OUT', amount: came.fee },
      { ...came, type: 'ADJUST', direction: 'OUT', amount: '450.00', fee: '0.00' },
    ];
    return { ...looked, found: [...(looked.found ?? []), ...(taken ?? [])] };
  };
  await scene.pay('SENTBACK', { amount: '500.00', final: true });
  const block = await scene.blocked('SENTBACK', 'RECHARGE_SHORT');
  expect(block.message).toContain('50.00 USD arrived');
  await scene.act('SENTBACK', 'correct', block, { accept: true });
  expect((await scene.completed('SENTBACK')).outputs.recharge).toMatchObject({ credited: '50.00', status: 'SUCCESS' });
});

describe('the recharge method', () => {
  test('is chosen by the backend where there are two and the body names none', async () => {
    await scene.at('CHOOSE', 'wallet-audit', paying({ methodCode: undefined }));
    await scene.audit('wallet', 'CHOOSE');
    const block = await scene.blocked('CHOOSE', 'CHOOSE_RECHARGE_METHOD');
    expect(block).toMatchObject({ step: 'recharge-method', fields: ['recharge.methodCode'] });
    expect(block.message).toContain('BANK_TRANSFER (from 10.00 USD), CRYPTO (from 20.00 USD)');
    await scene.act('CHOOSE', 'correct', block, { patch: { recharge: { methodCode: 'NO_SUCH' } } });
    const again = await scene.reach('CHOOSE', ({ blocks }) => blocks.some(({ blockId }) => blockId !== block.blockId));
    await scene.act('CHOOSE', 'correct', again.blocks[0], { patch: { recharge: { methodCode: 'BANK_TRANSFER' } } });
    const { outputs } = await scene.waiting('CHOOSE', 'recharge-arrival');
    expect(outputs.recharge?.payee?.bankName).toBe('Sandbox Bank (Hong Kong)');
    expect(await scene.calls('createRecharge', 'CHOOSE_OR1')).toBe(1);
  });

  test('is taken by itself where there is only one', async () => {
    scene.instead.getRechargeInfo = async (request) => {
      const { methods } = await scene.real.getRechargeInfo(request);
      return { methods: methods.slice(0, 1) };
    };
    await scene.at('ONLY', 'recharge-arrival', paying({ methodCode: undefined }));
    expect((await scene.step('ONLY', 'recharge-method'))?.ref).toBe('BANK_TRANSFER');
  });

  test('asks for more where the amount is below its minimum, before anything is ordered', async () => {
    await scene.at('LITTLE', 'wallet-audit', paying({ methodCode: 'CRYPTO', amount: '15.00' }));
    await scene.audit('wallet', 'LITTLE');
    const block = await scene.blocked('LITTLE', 'CHOOSE_RECHARGE_METHOD');
    expect(block).toMatchObject({ fields: ['recharge.amount'], message: expect.stringContaining('15.00 is less') });
    expect(await scene.calls('createRecharge', 'LITTLE_OR1')).toBe(0);
    await scene.act('LITTLE', 'correct', block, { patch: { recharge: { amount: '100.00' } } });
    expect((await scene.waiting('LITTLE', 'recharge-arrival')).outputs.recharge).toMatchObject({ amount: '100.00' });
  });
});

describe('a correction sent past every model, as from the Temporal UI', () => {
  test('is refused where the flow could not reckon with it, and the flow goes on', async () => {
    await scene.at('UI', 'recharge-arrival', ONE_CARD);
    await scene.pay('UI', { amount: '300.00', final: true });
    const block = await scene.blocked('UI', 'RECHARGE_SHORT');
    for (const [recharge, field] of [
      [{ amount: '1,000.00' }, 'recharge.amount'],
      [{ amount: '1e3' }, 'recharge.amount'],
      [{ amount: '-5.00' }, 'recharge.amount'],
      [{ amount: null }, 'recharge.amount'],
      [{ minCredited: 'all' }, 'recharge.minCredited'],
      [{ currency: 'EUR' }, 'recharge.currency'],
      [null, 'recharge'],
      ['500.00', 'recharge'],
    ] as const)
      expect(await scene.refusal('UI', 'amend', block, { patch: { recharge } })).toEqual({
        type: 'PatchNotAllowed',
        message: expect.stringContaining(field),
      });
    await scene.act('UI', 'amend', block, { patch: { recharge: { minCredited: '300.00' } } });
    const { outputs } = await scene.completed('UI');
    expect(outputs.recharge).toMatchObject({ rechargeOrderNo: 'UI_OR1', credited: '300.00' });
    expect(await scene.calls('createRecharge', 'UI_OR2')).toBe(0);
  });
});

test('a callback that claims money which no movement shows moves nothing: it blocks as MISMATCH until the money is booked', async () => {
  const { outputs } = await scene.at('CLAIMED', 'recharge-arrival', ONE_CARD);
  const order = outputs.recharge;
  await scene.handle('CLAIMED').signal('callback', {
    eventId: 'claimed-1',
    topic: 'wallet-recharge',
    occurredAt: '2026-01-01 00:00:00',
    receivedAt: '2026-01-01T00:00:00.000Z',
    stale: true,
    orderNo: 'CLAIMED_OR1',
    ref: order?.orderNo,
    ids: { walletId: outputs.walletId },
    data: {
      orderNo: order?.orderNo,
      rechargeOrderNo: 'CLAIMED_OR1',
      walletId: outputs.walletId,
      status: 'SUCCESS',
      amount: '500.00',
      creditedAmount: '500.00',
      fee: '0.00',
      currency: 'USD',
    },
  });
  await scene.pass('3 minutes');
  const block = await scene.blocked('CLAIMED', 'MISMATCH');
  expect(block.message).toContain('500.00 arrived on CLAIMED_OR1');
  expect((await scene.state('CLAIMED')).outputs.recharge?.credited).toBeUndefined();
  await scene.pay('CLAIMED');
  expect((await scene.completed('CLAIMED')).outputs.recharge).toMatchObject({ credited: '500.00' });
});
