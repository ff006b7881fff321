import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { AT_ONCE, startStack, type Stack } from '../setup/stack';
import { until } from '../setup/until';
import { routed } from '../setup/parked';
import { SEARCH_ATTRIBUTES, type CallbackEvent } from '../../src/messages';

let temporal: TestTemporal;
let stack: Stack;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
  });
});

afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const waitingFor = (topic: string) => (state: { waits: { topic: string }[] }) => state.waits[0]?.topic === topic;
const parked = (topic: string, ref: string) => stack.cardflow.state('parked', `${topic}/${ref}`);

const route = (told: CallbackEvent) => routed(stack.cardflow, told);

let events = 0;
function event(
  topic: CallbackEvent['topic'],
  over: Partial<CallbackEvent> & Pick<CallbackEvent, 'ref' | 'data'>,
): CallbackEvent {
  return {
    eventId: `test-${++events}`,
    topic,
    occurredAt: '2026-01-05 10:00:00',
    receivedAt: new Date().toISOString(),
    stale: false,
    ids: {},
    ...over,
  };
}

async function completed(number: string) {
  const { merchantAuditDelay, walletAuditDelay, arrivalDelay } = AT_ONCE;
  await stack.control('PUT', '/settings', { merchantAuditDelay, walletAuditDelay, arrivalDelay });
  try {
    await stack.start(number);
    const state = await stack.reach(number, ({ stage }) => stage === 'COMPLETED');
    // Until its run is closed it takes what it is told.
    await stack.closed(`onboarding/${number}`);
    return state;
  } finally {
    await stack.control('PUT', '/settings', {
      merchantAuditDelay: 'manual',
      walletAuditDelay: 'manual',
      arrivalDelay: 'manual',
    });
  }
}

test('a callback without our order number finds its flow by FalPay’s ids', async () => {
  await stack.control('PUT', '/settings', { callbackOrderNumbers: false });
  try {
    await stack.start('P-1');
    const { outputs } = await stack.reach('P-1', waitingFor('merchant-audit'));
    await stack.control('POST', '/audits/merchants/P-1', { decision: 'APPROVED' });
    const opened = await stack.reach('P-1', waitingFor('wallet-audit'));
    await stack.control('POST', `/audits/wallets/${opened.outputs.walletId}`, { decision: 'APPROVED' });
    await stack.reach('P-1', waitingFor('wallet-recharge'));
    await stack.control('POST', '/recharges/P-1_OR1/arrivals', {});
    await stack.reach('P-1', ({ stage }) => stage === 'COMPLETED');
    const ref = outputs.merchantId ?? '';
    await stack.closed(`parked/merchant-audit/${ref}`);
    const held = await parked('merchant-audit', ref);
    expect(held).toMatchObject({ stage: 'COMPLETED', result: { routed: 1, discarded: 0 } });
  } finally {
    await stack.control('PUT', '/settings', { callbackOrderNumbers: true });
  }
});

test('a callback for an ended flow is a duplicate when the flow knows it, and parked when money moved or it disagrees', async () => {
  const { outputs } = await completed('P-2');
  const { merchantId = '', walletId = '', recharge } = outputs;
  const paid = (creditedAmount: string, over: object = {}) =>
    event('wallet-recharge', {
      orderNo: 'P-2_OR1',
      ref: recharge?.orderNo ?? '',
      ids: { walletId },
      data: { orderNo: recharge?.orderNo, walletId, status: 'SUCCESS', creditedAmount, currency: 'USD', ...over },
    });

  expect(await route(paid('500.00'))).toBe('duplicate');
  expect(await route(paid('200.00', { status: 'PROCESSING' }))).toBe('duplicate');
  expect(
    await route(event('merchant-audit', { orderNo: 'P-2', ref: merchantId, data: { auditStatus: 'APPROVED' } })),
  ).toBe('duplicate');
  expect(await route(paid('600.00'))).toBe('parked');
  expect((await parked('wallet-recharge', recharge?.orderNo ?? '')).stage).not.toBe('COMPLETED');
  // Who looks for everything of the merchant or the wallet finds it.
  const { typedSearchAttributes } = await stack.client.workflow
    .getHandle(`parked/wallet-recharge/${recharge?.orderNo}`)
    .describe();
  expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.MerchantOrderNo)).toBe('P-2');
  expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.FalpayWalletId)).toBe(walletId);
  expect(
    await route(event('merchant-audit', { orderNo: 'P-2', ref: merchantId, data: { auditStatus: 'REJECTED' } })),
  ).toBe('parked');
  const [card] = outputs.cards;
  const frozen = { orderNo: card?.cardOrderNo, ref: card?.cardId ?? '', data: { status: 'FROZEN' } };
  expect(await route(event('card-status', frozen))).toBe('signalled');
  expect((await stack.cardflow.state('card', card?.cardId ?? '')).stage).not.toBe('COMPLETED');
});

test('a parked repetition is recognised as such without our order number', async () => {
  const { outputs } = await completed('P-3');
  const repeated = event('wallet-audit', {
    ref: outputs.walletId ?? '',
    ids: { merchantId: outputs.merchantId, walletId: outputs.walletId },
    data: { auditStatus: 'APPROVED' },
  });
  await until(
    async () => (await stack.cardflow.callbacks.claim(repeated)) === 'duplicate',
    () => 'visibility never shows the ended flow',
  );
});

test('a callback for nothing is parked, visible, and an operator can let it go', async () => {
  const ref = '9999999999999999999';
  const lost = event('wallet-recharge', { ref, orderNo: 'NOBODY_OR1', data: { creditedAmount: '5.00' } });
  expect(await route(lost)).toBe('parked');
  await until(
    async () => (await parked('wallet-recharge', ref)).waits.length > 0,
    () => 'the parked flow does not wait',
  );
  const shown = await stack.api('GET', `/v1/flows/parked/wallet-recharge~${ref}`, undefined, 'operator');
  expect(shown).toMatchObject({ status: 200, body: { kind: 'parked', number: `wallet-recharge/${ref}` } });
  await until(
    async () =>
      (await stack.api('GET', '/v1/flows?kind=parked', undefined, 'operator')).body.items.some(
        ({ number }: { number: string }) => number === `wallet-recharge/${ref}`,
      ),
    () => 'the list does not show the parked callback',
  );
  const aborted = await stack.api(
    'POST',
    `/v1/flows/parked/wallet-recharge~${ref}/actions/abort`,
    { reason: 'not ours' },
    'operator',
  );
  expect(aborted.status).toBe(200);
});

test('our number under a topic that it was not made for reaches no flow', async () => {
  await stack.start('P-4');
  await stack.reach('P-4', waitingFor('merchant-audit'));
  const odd = event('wallet-recharge', { ref: '77', orderNo: 'P-4', data: {} });
  expect(await route(odd)).toBe('parked');
});

test('ids that hold a quote or a backslash find nothing and break nothing', async () => {
  for (const id of ["' OR FlowStage = 'WAITING", "\\' OR 1=1 --", '\\', "''"]) {
    const forged = event('merchant-audit', { ref: id, ids: { merchantId: id }, data: { auditStatus: 'APPROVED' } });
    expect(await stack.cardflow.callbacks.claim(forged)).toBe('unclaimed');
  }
});

test('a callback for another topic than the flow waits for does not move it', async () => {
  await stack.start('P-5');
  const { outputs } = await stack.reach('P-5', waitingFor('merchant-audit'));
  // Else it would be unclaimed for want of anybody whom it could move.
  await until(
    async () => (await stack.client.workflow.count(`FalpayMerchantId = '${outputs.merchantId}'`)).count > 0,
    () => 'visibility does not show the flow by its merchant',
  );
  const stray = event('wallet-audit', {
    ref: '1',
    ids: { merchantId: outputs.merchantId, walletId: '1' },
    data: { auditStatus: 'APPROVED' },
  });
  expect(await stack.cardflow.callbacks.claim(stray)).toBe('unclaimed');
  expect((await stack.state('P-5')).stage).toBe('WAITING');
});
