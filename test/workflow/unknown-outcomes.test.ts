import type { BlockState } from '../../src/messages';
import { BIN, onboardingBody } from '../setup/stack';
import { Scene } from './scene';

const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
const WITH_HOLDER = onboardingBody({ cards: onboardingBody().cards.slice(0, 1) });

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterEach(() => scene.clear());
afterAll(() => scene?.close());

async function requests(operation: string, orderNo: string): Promise<{ repeated: boolean; digest?: string }[]> {
  return (await scene.stack.control('GET', `/requests?operation=${operation}&orderNo=${orderNo}`)).requests;
}

describe('创建充值订单, which no look-up shows before money comes', () => {
  /** Takes a flow to the order whose answer is lost. */
  async function lostOrder(number: string, fault: object = { fault: 'resetAfterCommit' }): Promise<BlockState> {
    await scene.at(number, 'wallet-audit', ONE_CARD);
    await scene.fault({ operation: 'createRecharge', orderNo: `${number}_OR1`, times: 1, ...fault });
    await scene.audit('wallet', number);
    const block = await scene.blocked(number, 'OUTCOME_UNKNOWN');
    expect(block).toMatchObject({ step: 'create-recharge', actions: ['retry', 'resolve', 'abort'] });
    expect(await scene.calls('createRecharge', `${number}_OR1`)).toBe(1);
    return block;
  }
  const falpaysNumber = async (number: string): Promise<string> =>
    (await scene.stack.control('GET', '/state')).recharges.find(
      (order: { rechargeOrderNo: string }) => order.rechargeOrderNo === `${number}_OR1`,
    ).orderNo;

  test.each([
    { name: 'R-RESET', fault: { fault: 'resetAfterCommit' } },
    { name: 'R-NEVER', fault: { fault: 'resetBeforeCommit' } },
    { name: 'R-DOWN', fault: { fault: 'http5xx' } },
    { name: 'R-GARBLED', fault: { fault: 'unreadable' } },
    { name: 'R-FORGED', fault: { fault: 'wrongSignature' } },
  ])(
    'blocks as OUTCOME_UNKNOWN after $fault.fault, and is not sent again however long nobody decides',
    async ({ name, fault }) => {
      const block = await lostOrder(name, fault);
      await scene.pass('3 days');
      const { blocks, stage, outputs } = await scene.state(name);
      expect(stage).toBe('BLOCKED');
      expect(blocks.map(({ blockId }) => blockId)).toEqual([block.blockId]);
      // The customer sees where to pay all the same.
      expect(outputs.recharge).toMatchObject({
        rechargeOrderNo: `${name}_OR1`,
        payee: { accountNo: expect.any(String) },
      });
      expect(await scene.calls('createRecharge', `${name}_OR1`)).toBe(1);
    },
  );

  test("is settled by FalPay's callback, which counts for the arrival too", async () => {
    await lostOrder('R-CALLBACK');
    const orderNo = await falpaysNumber('R-CALLBACK');
    await scene.pay('R-CALLBACK');
    const { outputs, blocks } = await scene.completed('R-CALLBACK');
    expect(blocks).toEqual([]);
    expect(outputs.recharge).toMatchObject({ orderNo, credited: '500.00', status: 'SUCCESS' });
    expect(await scene.calls('createRecharge', 'R-CALLBACK_OR1')).toBe(1);
  });

  test("is settled by FalPay's callback that the order failed, which then asks the backend", async () => {
    await lostOrder('R-FAILED');
    await scene.stack.control('POST', '/recharges/R-FAILED_OR1/fail', {});
    const block = await scene.blocked('R-FAILED', 'RECHARGE_FAILED');
    expect(block.step).toBe('recharge-arrival');
    expect((await scene.state('R-FAILED')).blocks).toHaveLength(1);
  });

  test('is settled by money that arrives while every callback is lost', async () => {
    await lostOrder('R-MONEY');
    const orderNo = await falpaysNumber('R-MONEY');
    await scene.fault({ topic: 'wallet-recharge', fault: 'dropCallback' });
    await scene.pay('R-MONEY');
    const { outputs } = await scene.passUntil('R-MONEY', ({ stage }) => stage === 'COMPLETED', '5 minutes');
    expect(outputs.recharge).toMatchObject({ orderNo, credited: '500.00' });
    expect(await scene.calls('createRecharge', 'R-MONEY_OR1')).toBe(1);
  });

  test("goes on by resolve DONE with FalPay's number: only booked movements can be looked up, so that not found contradicts nobody", async () => {
    const block = await lostOrder('R-DONE');
    const ref = await falpaysNumber('R-DONE');
    expect(await scene.refusal('R-DONE', 'resolve', block, { outcome: 'DONE' })).toMatchObject({
      type: 'InvalidRequest',
      message: expect.stringContaining('ref'),
    });
    expect(await scene.refusal('R-DONE', 'resolve', block, { outcome: 'NOT_DONE', ref })).toMatchObject({
      type: 'InvalidRequest',
    });
    await scene.act('R-DONE', 'resolve', block, { outcome: 'DONE', ref });
    const { outputs, waits } = await scene.waiting('R-DONE', 'recharge-arrival');
    expect(waits[0]?.ref).toBe(ref);
    expect(outputs.recharge).toMatchObject({ orderNo: ref });
    await scene.pay('R-DONE');
    await scene.completed('R-DONE');
    expect(await scene.calls('createRecharge', 'R-DONE_OR1')).toBe(1);
  });

  test('goes on by resolve DONE with a mistyped number, too: the one that FalPay books outweighs it', async () => {
    const block = await lostOrder('R-TYPED');
    const orderNo = await falpaysNumber('R-TYPED');
    await scene.act('R-TYPED', 'resolve', block, { outcome: 'DONE', ref: '12345' });
    const { outputs } = await scene.waiting('R-TYPED', 'recharge-arrival');
    expect(outputs.recharge).toMatchObject({ orderNo: '12345' });
    await scene.pay('R-TYPED');
    expect((await scene.completed('R-TYPED')).outputs.recharge).toMatchObject({ orderNo, credited: '500.00' });
  });

  test('is sent again under the same number by resolve NOT_DONE, which FalPay answers with the first order', async () => {
    const block = await lostOrder('R-NOT');
    const orderNo = await falpaysNumber('R-NOT');
    await scene.act('R-NOT', 'resolve', block, { outcome: 'NOT_DONE' });
    expect((await scene.waiting('R-NOT', 'recharge-arrival')).outputs.recharge).toMatchObject({ orderNo });
    const [first, second, ...more] = await requests('createRecharge', 'R-NOT_OR1');
    expect(more).toEqual([]);
    expect(second).toMatchObject({ repeated: true, digest: first?.digest });
  });

  test('that FalPay shows is not sent again: NOT_DONE is refused unless forced', async () => {
    const block = await lostOrder('R-CONTRA');
    await scene.fault({ topic: 'wallet-recharge', fault: 'dropCallback' });
    await scene.pay('R-CONTRA', { amount: '100.00' });
    expect(await scene.refusal('R-CONTRA', 'resolve', block, { outcome: 'NOT_DONE' })).toMatchObject({
      type: 'ResolutionContradicted',
    });
    expect(await scene.calls('createRecharge', 'R-CONTRA_OR1')).toBe(1);
    await scene.act('R-CONTRA', 'resolve', block, { outcome: 'NOT_DONE', force: true });
    await scene.waiting('R-CONTRA', 'recharge-arrival');
    expect(await requests('createRecharge', 'R-CONTRA_OR1')).toEqual([
      expect.objectContaining({ repeated: false }),
      expect.objectContaining({ repeated: true }),
    ]);
  });

  test('is looked up again by retry', async () => {
    const block = await lostOrder('R-RETRY');
    await scene.act('R-RETRY', 'retry', block);
    const again = await scene.blocked('R-RETRY', 'OUTCOME_UNKNOWN');
    expect(again.blockId).not.toBe(block.blockId);
    await scene.fault({ topic: 'wallet-recharge', fault: 'dropCallback' });
    await scene.pay('R-RETRY', { amount: '100.00' });
    await scene.act('R-RETRY', 'retry', again);
    expect((await scene.waiting('R-RETRY', 'recharge-arrival')).blocks).toEqual([]);
    expect(await scene.calls('createRecharge', 'R-RETRY_OR1')).toBe(1);
  });
});

describe('创建持卡人, which has no look-up at all', () => {
  async function lostHolder(number: string): Promise<BlockState> {
    await scene.at(number, 'recharge-arrival', WITH_HOLDER);
    await scene.fault({ operation: 'createCardholder', orderNo: `${number}_OH1`, times: 1, fault: 'resetAfterCommit' });
    await scene.pay(number);
    const block = await scene.blocked(number, 'OUTCOME_UNKNOWN');
    expect(block).toMatchObject({ step: 'cardholder-1' });
    return block;
  }

  test("goes on by resolve DONE with the cardholder's id", async () => {
    const block = await lostHolder('H-DONE');
    const { cardholders } = await scene.stack.control('GET', '/state');
    await scene.act('H-DONE', 'resolve', block, { outcome: 'DONE', ref: cardholders[0].cardholderId });
    const { steps } = await scene.completed('H-DONE');
    expect(steps.find(({ name }) => name === 'cardholder-1')).toMatchObject({
      status: 'DONE',
      ref: cardholders[0].cardholderId,
    });
    expect(await scene.calls('createCardholder', 'H-DONE_OH1')).toBe(1);
  });

  test('is asked for again by retry, and sent again by resolve NOT_DONE only', async () => {
    const block = await lostHolder('H-NOT');
    await scene.act('H-NOT', 'retry', block);
    const again = await scene.blocked('H-NOT', 'OUTCOME_UNKNOWN');
    expect(again.blockId).not.toBe(block.blockId);
    await scene.pass('2 days');
    expect(await scene.calls('createCardholder', 'H-NOT_OH1')).toBe(1);
    await scene.act('H-NOT', 'resolve', again, { outcome: 'NOT_DONE' });
    await scene.completed('H-NOT');
    const [first, second, ...more] = await requests('createCardholder', 'H-NOT_OH1');
    expect(more).toEqual([]);
    expect(second).toMatchObject({ repeated: true, digest: first?.digest });
  });
});

describe('更新商户, whose absence nothing proves', () => {
  const corrected = { patch: { merchant: { company: { address: '2 Sample Road, Hong Kong' } } } };
  const updates = async (): Promise<number> =>
    (await scene.stack.control('GET', '/requests?operation=updateMerchant')).requests.length;

  async function correct(number: string, fault: object): Promise<number> {
    await scene.at(number, 'merchant-audit', ONE_CARD);
    await scene.audit('merchant', number, 'address unreadable');
    const block = await scene.blocked(number, 'MERCHANT_REJECTED');
    const before = await updates();
    await scene.fault({ operation: 'updateMerchant', times: 1, ...fault });
    await scene.act(number, 'correct', block, corrected);
    return before;
  }

  test.each(['resetAfterCommit', 'http5xx', 'unreadable', 'wrongSignature'])(
    'is not sent again when the audit shows that it was taken (%s)',
    async (fault) => {
      const number = `U-${fault}`;
      const before = await correct(number, { fault });
      await scene.reach(number, ({ waits, blocks }) => waits.length > 0 && blocks.length === 0);
      await scene.audit('merchant', number);
      await scene.waiting(number, 'wallet-audit');
      expect((await updates()) - before).toBe(1);
    },
  );

  test('blocks when the audit does not show it, and is sent again by resolve NOT_DONE', async () => {
    const before = await correct('U-NOT', { fault: 'resetBeforeCommit' });
    const block = await scene.blocked('U-NOT', 'OUTCOME_UNKNOWN');
    expect((await updates()) - before).toBe(1);
    await scene.act('U-NOT', 'resolve', block, { outcome: 'NOT_DONE' });
    await scene.reach('U-NOT', ({ waits, blocks }) => waits[0]?.topic === 'merchant-audit' && blocks.length === 0);
    await scene.audit('merchant', 'U-NOT');
    await scene.waiting('U-NOT', 'wallet-audit');
    expect((await updates()) - before).toBe(2);
  });
});
