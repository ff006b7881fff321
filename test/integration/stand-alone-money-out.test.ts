import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { AT_ONCE, BIN, startStack, type Stack } from '../setup/stack';
import { FlowDriver } from '../setup/flow-driver';
import { onboardingBody } from '../setup/example';
import { reset } from '../setup/reset';
import { WorkflowNotFoundError } from '@temporalio/client';
import {
  SEARCH_ATTRIBUTES,
  callbackSignal,
  type CallbackEvent,
  type FlowState,
  type StartedKind,
} from '../../src/messages';

let temporal: TestTemporal;
let stack: Stack;
let merchantId: string;
let walletId: string;

/** For what hangs: eight cards are in hand at a time. */
const FIFTY_MS = 5 * 60_000;

/** It concerns no flow here. */
const NEWS: CallbackEvent = {
  eventId: 'merchant-audit.elsewhere',
  topic: 'merchant-audit',
  occurredAt: '2026-03-01T08:00:00Z',
  receivedAt: '2026-03-01T08:00:01Z',
  stale: false,
  ref: '1',
  ids: {},
  data: {},
};

const flow = (kind: StartedKind, number: string) => new FlowDriver(stack, kind, number);
const settings = (change: object) => stack.control('PUT', '/settings', change);
const faults = (...rules: readonly object[]) => stack.control('PUT', '/faults', { rules });

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle(), sandbox: AT_ONCE });
  await stack.start('M-1');
  const { outputs } = await stack.reach('M-1', ({ stage }) => stage === 'COMPLETED');
  merchantId = outputs.merchantId ?? '';
  walletId = outputs.walletId ?? '';
});
afterEach(async () => {
  await stack.control('DELETE', '/faults');
  await settings(AT_ONCE);
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

describe('a withdrawal', () => {
  const payee = { accountName: 'Starbridge Limited', accountNo: '000123456789' };
  const body = (amount = '10.00') => ({ walletId, amount, currency: 'USD', payee });

  test('ends when the wallet’s movements show it paid out', async () => {
    const { outputs, steps } = await (await flow('wallet-withdrawal', 'D-1').start(body())).completed();
    expect(outputs.withdrawal).toMatchObject({ withdrawOrderNo: 'D-1_WD1', status: 'SUCCESS', amount: '10.00' });
    expect(Number(outputs.withdrawal?.debited)).toBe(10 + Number(outputs.withdrawal?.fee));
    expect(steps.map(({ name, status }) => [name, status])).toEqual([
      ['check-balance', 'DONE'],
      ['create-withdrawal', 'DONE'],
      ['withdrawal-result', 'DONE'],
    ]);
    expect(await stack.calls('createWithdrawal', 'D-1_WD1')).toBe(1);
    expect(await stack.control('GET', '/ledger')).toMatchObject({ balanced: true, violations: [] });
  });

  test('of more than the wallet has is not ordered before the backend asks for less', async () => {
    const withdrawal = await flow('wallet-withdrawal', 'D-2').start(body('100000.00'));
    const block = await withdrawal.blockedBy('RECHARGE_SHORT', 'check-balance');
    expect(await stack.calls('createWithdrawal', 'D-2_WD1')).toBe(0);
    await withdrawal.correct(block, { patch: { amount: '5.00' } });
    expect((await withdrawal.completed()).outputs.withdrawal).toMatchObject({ amount: '5.00', status: 'SUCCESS' });
  });

  test('that the bank sends back waits for an operator, whose amendment orders it anew as the next round', async () => {
    await stack.control('POST', '/plans', { step: 'withdrawal', orderNo: 'D-3_WD1', reason: 'account closed' });
    const withdrawal = await flow('wallet-withdrawal', 'D-3').start(body());
    const { blockId, message, actions } = await withdrawal.blockedBy('INVALID', 'withdrawal-result');
    expect(message).toContain('account closed');
    expect(actions).toEqual(['amend', 'retry', 'abort']);
    await withdrawal.act('amend', { blockId, patch: { payee: { accountNo: '000987654321' } } });
    const { outputs } = await withdrawal.completed();
    expect(outputs.withdrawal).toMatchObject({ withdrawOrderNo: 'D-3_WD1_r2', status: 'SUCCESS' });
    expect(outputs.earlierWithdrawals).toMatchObject([{ withdrawOrderNo: 'D-3_WD1', status: 'FAILED' }]);
  });

  test('whose answer is lost is never ordered twice: its callback settles it', async () => {
    await settings({ withdrawalDelay: 'manual' });
    await faults({ operation: 'createWithdrawal', orderNo: 'D-4_WD1', fault: 'resetAfterCommit', times: 1 });
    const withdrawal = await flow('wallet-withdrawal', 'D-4').start(body());
    await withdrawal.blockedBy('OUTCOME_UNKNOWN');
    await stack.control('POST', '/withdrawals/D-4_WD1/finish', {});
    expect((await withdrawal.completed()).outputs.withdrawal).toMatchObject({ status: 'SUCCESS' });
    expect(await stack.calls('createWithdrawal', 'D-4_WD1')).toBe(1);
  });

  test('that was cancelled while nobody knew goes on after a restart, and is still ordered once', async () => {
    await settings({ withdrawalDelay: 'manual' });
    await faults({ operation: 'createWithdrawal', orderNo: 'D-5_WD1', fault: 'resetAfterCommit', times: 1 });
    const withdrawal = await flow('wallet-withdrawal', 'D-5').start(body());
    await withdrawal.blockedBy('OUTCOME_UNKNOWN');
    expect((await withdrawal.cancel()).result).toMatchObject({ residue: { openOrders: ['D-5_WD1'] } });
    await withdrawal.act('restart', {});
    await withdrawal.blockedBy('OUTCOME_UNKNOWN');
    await stack.control('POST', '/withdrawals/D-5_WD1/finish', {});
    await withdrawal.completed();
    expect(await stack.calls('createWithdrawal', 'D-5_WD1')).toBe(1);
  });

  test('that was paid out while its flow was dead is not ordered again by a restart, whatever round it was in', async () => {
    await settings({ withdrawalDelay: 'manual' });
    const withdrawal = await flow('wallet-withdrawal', 'D-8').start(body());
    await withdrawal.waitsFor('wallet-withdrawal');
    await stack.control('POST', '/withdrawals/D-8_WD1/finish', { status: 'FAILED', reason: 'account closed' });
    const { blockId } = await withdrawal.blockedBy('INVALID');
    await withdrawal.act('retry', { blockId });
    await withdrawal.waitsFor('wallet-withdrawal');
    await stack.client.workflow.getHandle('wallet-withdrawal/D-8').terminate('by mistake');
    await stack.control('POST', '/withdrawals/D-8_WD1_r2/finish', {});
    await withdrawal.act('restart', {});
    expect((await withdrawal.completed()).outputs.withdrawal).toMatchObject({ withdrawOrderNo: 'D-8_WD1_r2' });
    expect(await stack.calls('createWithdrawal', 'D-8_WD1_r2')).toBe(1);
  });

  /** Refused for the fee, which the wallet has no money for, and then ordered anew with less. */
  async function secondRound(number: string): Promise<FlowDriver> {
    await settings({ withdrawalDelay: 'manual' });
    const wallet = await stack.falpay.getWallet({ walletId });
    const withdrawal = await flow('wallet-withdrawal', number).start(body(wallet?.availableBalance));
    const { blockId } = await withdrawal.blockedBy('INVALID', 'create-withdrawal');
    await withdrawal.act('amend', { blockId, patch: { amount: '10.00' } });
    await withdrawal.waitsFor('wallet-withdrawal');
    return withdrawal;
  }

  /** The number of the first round is free at FalPay, and must never be sent again. */
  async function expectSecondAsked(withdrawal: FlowDriver): Promise<void> {
    const { number } = withdrawal;
    expect((await withdrawal.blockedBy('OUTCOME_UNKNOWN')).message).toContain(`${number}_WD1_r2`);
    expect((await withdrawal.cancel()).result).toMatchObject({ residue: { openOrders: [`${number}_WD1_r2`] } });
    for (const orderNo of [`${number}_WD1`, `${number}_WD1_r2`])
      expect([orderNo, await stack.calls('createWithdrawal', orderNo)]).toEqual([orderNo, 1]);
  }

  test('that was ordered anew is asked about by its second number after a restart, while no movement shows it', async () => {
    const withdrawal = await secondRound('D-11');
    await stack.client.workflow.getHandle('wallet-withdrawal/D-11').terminate('by mistake');
    await withdrawal.act('restart', {});
    await expectSecondAsked(withdrawal);
    await stack.control('POST', '/withdrawals/D-11_WD1_r2/finish', {});
    await withdrawal.act('restart', {});
    expect((await withdrawal.completed()).outputs.withdrawal).toMatchObject({ withdrawOrderNo: 'D-11_WD1_r2' });
  });

  test('that was ordered anew is asked about by its second number after a reset, too', async () => {
    const withdrawal = await secondRound('D-12');
    await reset(stack.client, 'wallet-withdrawal/D-12');
    await expectSecondAsked(withdrawal);
    await stack.control('POST', '/withdrawals/D-12_WD1_r2/finish', {});
  });

  test('is found by FalPay’s ids where the callback has no number of ours', async () => {
    await settings({ withdrawalDelay: 'manual', callbackOrderNumbers: false });
    const withdrawal = await flow('wallet-withdrawal', 'D-7').start(body());
    await withdrawal.waitsFor('wallet-withdrawal');
    await stack.control('POST', '/withdrawals/D-7_WD1/finish', {});
    expect((await withdrawal.completed()).outputs.withdrawal).toMatchObject({ status: 'SUCCESS' });
    await settings({ callbackOrderNumbers: true });
  });

  test('that FalPay refuses waits for an operator', async () => {
    await flow('wallet-status-change', 'S-1').start({ walletId, status: 'FROZEN' });
    await flow('wallet-status-change', 'S-1').completed();
    const withdrawal = await flow('wallet-withdrawal', 'D-6').start(body());
    const { blockId } = await withdrawal.blockedBy('INVALID', 'create-withdrawal');
    await (await flow('wallet-status-change', 'S-2').start({ walletId, status: 'NORMAL' })).completed();
    await withdrawal.act('retry', { blockId });
    expect((await withdrawal.completed()).outputs.withdrawal).toMatchObject({ withdrawOrderNo: 'D-6_WD1_r2' });
  });
});

describe('the issuance of cards', () => {
  const card = { binId: BIN.plain, cardLimit: '50.00', currency: 'USD' };
  const cardsOf = (count: number) => Array.from({ length: count }, () => card);
  const inHand = ({ steps }: FlowState) => steps.filter(({ status }) => status === 'RUNNING' || status === 'WAITING');

  test(
    'of fifty, two of which are refused, gives each card its own result',
    async () => {
      for (const item of [7, 31]) {
        const refused = { step: 'card', at: 'apply', orderNo: `I-1_IC${item}`, reason: 'name not allowed' };
        await stack.control('POST', '/plans', refused);
      }
      const issuance = await flow('card-issuance', 'I-1').start({ walletId, cards: cardsOf(50) });
      const state = await issuance.reach(
        ({ blocks, steps }) => blocks.length === 2 && steps.filter(({ status }) => status === 'DONE').length === 48,
        FIFTY_MS,
      );
      expect(state).toMatchObject({ stage: 'ACTION_REQUIRED' });
      expect(state.blocks.map(({ step, reason }) => [step, reason])).toEqual([
        ['card-7', 'CARD_REFUSED'],
        ['card-31', 'CARD_REFUSED'],
      ]);
      await issuance.correct(await issuance.blockedBy('CARD_REFUSED', 'card-7'), {
        patch: { cards: { '6': { cardName: 'office' } } },
      });
      const { blockId } = await issuance.blockedBy('CARD_REFUSED', 'card-31');
      await issuance.act('skip', { blockId });
      const { outputs, steps } = await issuance.completed();
      expect(outputs.cards).toHaveLength(50);
      expect(outputs.cards[6]).toMatchObject({ cardOrderNo: 'I-1_IC7_r2', status: 'ACTIVE' });
      expect(outputs.cards[30]).toMatchObject({ cardOrderNo: 'I-1_IC31', status: 'REFUSED' });
      expect(steps[30]).toMatchObject({ name: 'card-31', status: 'SKIPPED' });
      expect(new Set(outputs.cards.map(({ cardId }) => cardId)).size).toBe(50);
      expect(await stack.calls('applyCard', 'I-1_IC50')).toBe(1);
    },
    2 * FIFTY_MS,
  );

  test('has eight cards in hand at a time, and one that is refused makes room', async () => {
    await settings({ issueDelay: 'manual' });
    await stack.control('POST', '/plans', { step: 'card', at: 'apply', orderNo: 'I-2_IC1', reason: 'no' });
    const issuance = await flow('card-issuance', 'I-2').start({ walletId, cards: cardsOf(12) });
    const state = await issuance.reach(({ waits, blocks }) => waits.length === 8 && blocks.length === 1);
    expect(inHand(state).map(({ name }) => name)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((item) => `card-${item}`));
    expect(await stack.calls('applyCard', 'I-2_IC10')).toBe(0);
    await stack.control('POST', '/cards/I-2_IC5/issue', {});
    await issuance.reach(({ waits }) => waits.length === 8 && waits.every(({ step }) => step !== 'card-5'));
    expect(await stack.calls('applyCard', 'I-2_IC10')).toBe(1);
    expect((await issuance.cancel()).result).toMatchObject({ residue: { walletId, balance: { currency: 'USD' } } });
  });

  test('rests under one name in searches, whichever cards it waits for', async () => {
    await settings({ issueDelay: 'manual' });
    const issuance = await flow('card-issuance', 'I-6').start({ walletId, cards: cardsOf(11) });
    for (const item of [1, 2, 3]) {
      await issuance.reach(({ waits }) => waits.length === 8);
      await stack.control('POST', `/cards/I-6_IC${item}/issue`, {});
      await issuance.reach(({ steps }) => steps[item - 1]?.status === 'DONE');
    }
    await issuance.reach(({ waits }) => waits.length === 8);
    const handle = stack.client.workflow.getHandle('card-issuance/I-6');
    const { typedSearchAttributes } = await handle.describe();
    expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.FlowStep)).toBe('card');
    const { events } = await handle.fetchHistory();
    const steps = events?.filter(
      ({ upsertWorkflowSearchAttributesEventAttributes: upsert }) =>
        upsert?.searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTES.FlowStep.name],
    );
    expect(steps).toHaveLength(1);
    await issuance.cancel();
  });

  test('is aborted also while callbacks keep coming, in the very task that would end it', async () => {
    await settings({ issueDelay: 'manual' });
    for (const number of ['I-7', 'I-8', 'I-9']) {
      const issuance = await flow('card-issuance', number).start({ walletId, cards: cardsOf(1) });
      await issuance.waitsFor('card-issue');
      const handle = stack.client.workflow.getHandle(`card-issuance/${number}`);
      const coming = (async () => {
        for (let sent = 0; sent < 15; sent += 1) await handle.signal(callbackSignal, NEWS);
      })().catch((error: unknown) => expect(error).toBeInstanceOf(WorkflowNotFoundError));
      await issuance.cancel();
      await coming;
    }
  });

  test('on a BIN that needs a cardholder needs the merchant, said before anything is started', async () => {
    const cardholder = onboardingBody().cards.find((one) => one.cardholder)?.cardholder;
    const cards = [{ ...card, binId: BIN.withCardholder, cardholder }];
    const issuance = flow('card-issuance', 'I-3');
    expect((await issuance.put({ walletId, cards })).body).toMatchObject({ errors: [{ path: 'merchantId' }] });
    await issuance.start({ walletId, merchantId, cards });
    expect((await issuance.completed()).outputs.cards).toMatchObject([{ cardOrderNo: 'I-3_IC1', status: 'ACTIVE' }]);
    expect(await stack.calls('createCardholder', 'I-3_IH1')).toBe(1);
  });

  test('of more than five hundred is refused', async () => {
    const { status, body } = await flow('card-issuance', 'I-4').put({ walletId, cards: cardsOf(501) });
    expect([status, body.errors]).toEqual([422, [{ path: 'cards', message: 'must have at most 500 cards' }]]);
  });

  test('that the wallet cannot pay for goes on when money has come', async () => {
    const prepaid = { binId: BIN.prepaid, cardLimit: '9000.00', currency: 'USD' };
    const issuance = await flow('card-issuance', 'I-5').start({ walletId, cards: [prepaid] });
    const { blockId } = await issuance.blockedBy('RECHARGE_SHORT', 'card-1');
    const paid = { walletId, amount: '9100.00', currency: 'USD', methodCode: 'BANK_TRANSFER' };
    await (await flow('wallet-recharge', 'R-1').start(paid)).completed();
    await issuance.act('retry', { blockId });
    await issuance.completed();
  });
});
