/** `?wait=`: every resource answers when stage, steps, blocks or outputs change. */
import type { StartedKind } from '../../src/messages';
import { FlowDriver } from '../setup/flow-driver';
import { AT_ONCE, BIN, BY_HAND, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';

let temporal: TestTemporal;
let stack: Stack;
let merchantId = '';
let walletId = '';
beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle(), sandbox: AT_ONCE });
  await stack.start('M-0');
  const { outputs } = await stack.reach('M-0', ({ stage }) => stage === 'COMPLETED');
  merchantId = outputs.merchantId ?? '';
  walletId = outputs.walletId ?? '';
  await stack.control('PUT', '/settings', { ...BY_HAND, issueDelay: 'manual' });
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const flow = (kind: StartedKind, number: string) => new FlowDriver(stack, kind, number);
const control = (path: string, body: object = {}) => stack.control('POST', path, body);

async function get(url: string, seen?: string) {
  const answer = await fetch(`${stack.gatewayUrl}${url}`, {
    headers: { authorization: `Bearer ${stack.keys.backend}`, ...(seen && { 'if-none-match': seen }) },
  });
  return { etag: answer.headers.get('etag') ?? '', body: (await answer.json()) as { stage: string; outputs: object } };
}

/** Polls from the state of now on; lets it change; the poll must answer with the change, long before its time is over. */
async function changes(url: string, change: () => Promise<unknown>) {
  const before = await get(url);
  const poll = get(`${url}?wait=60s`, before.etag);
  await change();
  const after = await poll;
  expect(after.etag).not.toBe(before.etag);
  return { before: before.body, after: after.body };
}

test('an onboarding answers when a step is done, when it is blocked, when a block is settled, and when money comes', async () => {
  const onboarding = await flow('onboarding', 'M-1').start(onboardingBody());
  await onboarding.waitsFor('merchant-audit');
  const { after } = await changes(onboarding.url, () =>
    control('/audits/merchants/M-1', { decision: 'REJECTED', reason: 'blurred' }),
  );
  expect(after.stage).toBe('ACTION_REQUIRED');
  const block = await onboarding.blockedBy('MERCHANT_REJECTED');
  await changes(onboarding.url, () => onboarding.correct(block));
  await onboarding.waitsFor('merchant-audit');
  await changes('/v1/flows/onboarding/M-1', () => control('/audits/merchants/M-1', { decision: 'APPROVED' }));
  await onboarding.waitsFor('wallet-audit');
  await changes(onboarding.url, () => control('/audits/wallets/M-1_OW1', { decision: 'APPROVED' }));
  await onboarding.waitsFor('wallet-recharge');
  // Stage, steps and blocks stay: only the outputs tell that a part has come.
  const part = await changes(onboarding.url, () =>
    control('/recharges/M-1_OR1/arrivals', { amount: '10.00', final: false }),
  );
  expect(part.after.stage).toBe(part.before.stage);
  expect(part.after.outputs).not.toEqual(part.before.outputs);
  await changes(onboarding.url, () => onboarding.cancel());
});

test.each<{
  kind: StartedKind;
  number: string;
  body: () => object;
  waits: 'wallet-audit' | 'wallet-recharge' | 'wallet-withdrawal' | 'card-issue';
  change: () => Promise<unknown>;
}>([
  {
    kind: 'wallet-opening',
    number: 'W-1',
    body: () => ({ merchantId, currency: 'EUR' }),
    waits: 'wallet-audit',
    change: () => control('/audits/wallets/W-1_WO1', { decision: 'APPROVED' }),
  },
  {
    kind: 'wallet-recharge',
    number: 'R-1',
    body: () => ({ walletId, amount: '100.00', currency: 'USD', methodCode: 'BANK_TRANSFER' }),
    waits: 'wallet-recharge',
    change: () => control('/recharges/R-1_RC1/arrivals'),
  },
  {
    kind: 'wallet-withdrawal',
    number: 'D-1',
    body: () => ({
      walletId,
      amount: '5.00',
      currency: 'USD',
      payee: { accountName: 'Example Ltd', accountNo: '000111222' },
    }),
    waits: 'wallet-withdrawal',
    change: () => control('/withdrawals/D-1_WD1/finish'),
  },
  {
    kind: 'card-issuance',
    number: 'I-1',
    body: () => ({ walletId, cards: [{ binId: BIN.plain, cardLimit: '5.00', currency: 'USD' }] }),
    waits: 'card-issue',
    change: () => stack.api('POST', '/v1/card-issuances/I-1/cancel', { reason: 'the customer went away' }),
  },
])('$kind answers when it changes, under both of its addresses', async ({ kind, number, body, waits, change }) => {
  const one = await flow(kind, number).start(body());
  await one.waitsFor(waits);
  const general = `/v1/flows/${kind}/${number}`;
  const before = await get(general);
  const other = get(`${general}?wait=60s`, before.etag);
  await changes(one.url, change);
  expect((await other).etag).not.toBe(before.etag);
});

test('a wallet’s change of status answers when it is done', async () => {
  const change = flow('wallet-status-change', 'S-1');
  await change.start({ walletId, status: 'FROZEN' });
  const end = await get(`${change.url}?wait=60s`);
  expect(['RUNNING', 'COMPLETED']).toContain(end.body.stage);
  await change.completed();
});
