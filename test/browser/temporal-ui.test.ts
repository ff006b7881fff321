/** An operator who knows nothing but the Temporal UI: what the flows say there, and the UI's own buttons, on a real server. */
import type { Browser } from 'puppeteer-core';
import type { FlowState } from '../../src/messages';
import { isCompletedTask } from '../setup/reset';
import { until } from '../setup/until';
import { startBrowser } from './browser';
import { lostRecharge, rejectedMerchant, startOperations, type Operations } from './operations';
import { TemporalUi } from './temporal-ui';

const STARTS_WITHIN_MS = 180_000;

let operations: Operations;
let browser: Browser;
let ui: TemporalUi;

beforeAll(async () => {
  operations = await startOperations();
  browser = await startBrowser();
}, STARTS_WITHIN_MS);
afterAll(async () => {
  await browser?.close();
  await operations?.stop();
}, STARTS_WITHIN_MS);

beforeEach(async () => {
  ui = await TemporalUi.open(browser, operations);
});
afterEach(() => ui.close());

const me = { reason: 'looked it up with FalPay', actor: 'anna' };
const byMe = (action: string, blockId?: string) =>
  expect.objectContaining({ ...me, action, ...(blockId !== undefined && { blockId }) });

/** By its own word: while it ends, searches can call it aborted before it has said what is left. */
function aborted(number: string): Promise<FlowState> {
  return operations.stack.reach(number, ({ stage }) => stage === 'ABORTED');
}

test('a blocked flow says what is wrong and what may be done, and resolve lets it go on', async () => {
  const { stack } = operations;
  const { blockId } = await lostRecharge(stack, 'UI-RESOLVE');
  await ui.flow('onboarding/UI-RESOLVE');
  await ui.shows('Onboarding of company UI-RESOLVE: 500.00 USD, 1 card');
  await ui.shows('OUTCOME_UNKNOWN');
  // What it says to paste is what it takes.
  await ui.shows(`"blockId": "${blockId}"`);
  await ui.sendUpdate('resolve', { ...me, blockId, outcome: 'NOT_DONE' });
  await ui.dialogCloses();
  const { actions } = await stack.reach('UI-RESOLVE', ({ waits }) => waits[0]?.topic === 'wallet-recharge');
  expect(actions).toEqual([byMe('resolve', blockId)]);
  await ui.flow('onboarding/UI-RESOLVE');
  await ui.shows(me.reason);
});

test('retry asks FalPay again, and the flow stands there again when it knows no more', async () => {
  const { stack } = operations;
  const { blockId } = await lostRecharge(stack, 'UI-RETRY');
  await ui.flow('onboarding/UI-RETRY');
  await ui.sendUpdate('retry', { ...me, blockId });
  await ui.dialogCloses();
  const again = await stack.reach('UI-RETRY', ({ blocks }) => blocks.length > 0 && blocks[0]?.blockId !== blockId);
  expect(again.blocks[0]).toMatchObject({ reason: 'OUTCOME_UNKNOWN' });
  expect(again.actions).toEqual([byMe('retry', blockId)]);
  expect(await stack.calls('createRecharge', 'UI-RETRY_OR1')).toBe(1);
});

test('amend changes what was sent, and FalPay gets it', async () => {
  const { stack } = operations;
  const { blockId } = await rejectedMerchant(stack, 'UI-AMEND');
  await ui.flow('onboarding/UI-AMEND');
  await ui.shows('营业执照不清晰');
  const patch = { merchant: { company: { businessLicenseKey: 'kyc/demo/licence-2.pdf' } } };
  await ui.sendUpdate('amend', { ...me, blockId, patch });
  await ui.dialogCloses();
  const { actions } = await stack.reach('UI-AMEND', ({ stage }) => stage === 'WAITING');
  expect(actions).toEqual([byMe('amend', blockId)]);
  const { requests } = await stack.control('GET', '/requests?operation=updateMerchant');
  expect(JSON.stringify(requests)).toContain('updateMerchant');
});

test('skip leaves a refused card out', async () => {
  const { stack } = operations;
  await stack.control('POST', '/plans', {
    step: 'card',
    at: 'apply',
    orderNo: 'UI-SKIP_OC1',
    reason: 'limit too high',
  });
  const { blockId } = await lostRecharge(stack, 'UI-SKIP');
  await stack.cardflow.resolve('onboarding', 'UI-SKIP', { ...me, blockId, outcome: 'NOT_DONE' });
  await stack.reach('UI-SKIP', ({ waits }) => waits[0]?.topic === 'wallet-recharge');
  await stack.control('POST', '/recharges/UI-SKIP_OR1/arrivals', {});
  const { blocks } = await stack.reach('UI-SKIP', (state) => state.blocks[0]?.reason === 'CARD_REFUSED');
  await ui.flow('onboarding/UI-SKIP');
  await ui.shows('limit too high');
  await ui.sendUpdate('skip', { ...me, blockId: blocks[0]?.blockId });
  const { actions } = await stack.reach('UI-SKIP', ({ stage }) => stage === 'COMPLETED');
  expect(actions.at(-1)).toEqual(byMe('skip', blocks[0]?.blockId));
});

test('whoever gives no name, or a block that is none, is told what belongs there, and nothing happens', async () => {
  const { stack } = operations;
  const { blockId } = await rejectedMerchant(stack, 'UI-WRONG');
  await ui.flow('onboarding/UI-WRONG');
  await ui.sendUpdate('retry', { blockId, reason: 'again' });
  const told = await ui.dialogSays('actor: must not be empty: your name');
  expect(told).not.toContain('node_modules');
  await ui.flow('onboarding/UI-WRONG');
  await ui.sendUpdate('retry', { ...me, blockId: 'merchant-audit-9' });
  await ui.dialogSays(`open now: ${blockId} (MERCHANT_REJECTED)`);
  expect((await stack.reach('UI-WRONG', ({ blocks }) => blocks.length > 0)).actions).toEqual([]);
});

test('abort ends a flow and tells what is left', async () => {
  await rejectedMerchant(operations.stack, 'UI-ABORT');
  await ui.flow('onboarding/UI-ABORT');
  await ui.sendUpdate('abort', me);
  const { actions, result } = await aborted('UI-ABORT');
  expect(actions).toEqual([byMe('abort')]);
  expect(result).toMatchObject({ residue: { merchantId: expect.any(String), openOrders: ['UI-ABORT'] } });
});

test('Request Cancellation is an abort, and Terminate an end that can be restarted', async () => {
  const { stack } = operations;
  await rejectedMerchant(stack, 'UI-CANCEL');
  await ui.flow('onboarding/UI-CANCEL');
  await ui.requestCancellation();
  const { actions, result } = await aborted('UI-CANCEL');
  expect(actions).toEqual([expect.objectContaining({ action: 'abort', actor: 'temporal-ui' })]);
  expect(result).toMatchObject({ residue: { openOrders: ['UI-CANCEL'] } });

  await rejectedMerchant(stack, 'UI-TERMINATE');
  await ui.flow('onboarding/UI-TERMINATE');
  await ui.terminate('pressed by mistake');
  const handle = stack.client.workflow.getHandle('onboarding/UI-TERMINATE');
  await until(
    async () => (await handle.describe()).status.name === 'TERMINATED',
    () => 'it is not terminated',
  );
  await stack.cardflow.restart('onboarding', 'UI-TERMINATE', me);
  const again = await stack.reach('UI-TERMINATE', ({ blocks }) => blocks.length > 0);
  expect(again.actions).toEqual([byMe('restart')]);
  expect(await stack.calls('createMerchant', 'UI-TERMINATE')).toBe(1);
});

test('Reset runs the flow anew from there, and FalPay is ordered nothing a second time', async () => {
  const { stack } = operations;
  await rejectedMerchant(stack, 'UI-RESET');
  const handle = stack.client.workflow.getHandle('onboarding/UI-RESET');
  const before = (await handle.describe()).runId;
  const first = (await handle.fetchHistory()).events?.find(isCompletedTask)?.eventId;
  await ui.flow('onboarding/UI-RESET');
  await ui.reset(`${String(first)} - WorkflowTaskCompleted`, 'the code was wrong');
  await until(
    async () => (await handle.describe()).runId !== before,
    () => 'there is no other run',
  );
  const { outputs } = await stack.reach('UI-RESET', ({ blocks }) => blocks[0]?.reason === 'MERCHANT_REJECTED');
  expect(outputs.merchantId).toEqual(expect.any(String));
  expect(await stack.calls('createMerchant', 'UI-RESET')).toBe(1);
});

test('the list of blocked flows is found by its query', async () => {
  const { cardflow } = operations.stack;
  await lostRecharge(operations.stack, 'UI-LISTED');
  // The page asks once, and searches are a moment behind.
  await until(
    async () => (await cardflow.list({ stage: 'BLOCKED', merchantOrderNo: 'UI-LISTED' })).items.length > 0,
    () => 'it is in no list',
  );
  await ui.list(`FlowStage = "BLOCKED" AND MerchantOrderNo = "UI-LISTED"`);
  await ui.shows('onboarding/UI-LISTED');
});
