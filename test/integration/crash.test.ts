/** The worker killed in the middle of every wait and of every creating call, and started again. */
import { defaultProfile } from '../../src/falpay/contract/profile.default';
import type { CreatingOperation, FlowState, OnboardingBody, WaitState } from '../../src/messages';
import { AT_ONCE, BIN, BY_HAND, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';
import { HoldingProxy } from './holding-proxy';
import { Workers, type WorkerChild } from './worker-child';

const CREATING = [
  'createMerchant',
  'updateMerchant',
  'openWallet',
  'createRecharge',
  'createCardholder',
  'applyCard',
] as const satisfies readonly CreatingOperation[];
/** Long enough for the last call to be under way before the first is given up, also where the machine is busy. */
const CALL_LIMIT = '10s';
const LONG_MS = 180_000;

let temporal: TestTemporal;
let stack: Stack;
let proxy: HoldingProxy;
let workers: Workers;
let worker: WorkerChild;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    sandbox: { ...BY_HAND, issueDelay: 'manual' },
  });
  await stack.stopWorker();
  proxy = new HoldingProxy(stack.sandbox.url);
  workers = new Workers(
    {
      ...stack.falpaySettings,
      FALPAY_BASE_URL: await proxy.start(),
      CARDFLOW_ENVIRONMENT: temporal.environment,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
    },
    { defaults: { timeout: CALL_LIMIT } },
  );
  worker = await workers.start();
}, LONG_MS);

afterAll(async () => {
  await worker?.process.stop();
  await workers?.close();
  await proxy?.stop();
  await stack?.stop();
  await temporal?.close();
});

const oneCard = (binId: string): OnboardingBody =>
  onboardingBody({ cards: onboardingBody().cards.filter((card) => card.binId === binId) });
const PLAIN = oneCard(BIN.plain);

const waitsFor = (topic: WaitState['topic']) => (state: FlowState) => state.waits.some((wait) => wait.topic === topic);
const audit = (what: 'merchants' | 'wallets', name: string, decision = 'APPROVED') =>
  stack.control('POST', `/audits/${what}/${name}`, { decision });
const pay = (number: string) => stack.control('POST', `/recharges/${number}_OR1/arrivals`, {});

/** Brings a flow to a wait, deciding for FalPay what comes before. */
async function at(number: string, topic: WaitState['topic'], body = PLAIN): Promise<FlowState> {
  expect((await stack.start(number, body)).status).toBe(201);
  const reached = await stack.reach(number, waitsFor('merchant-audit'));
  if (topic === 'merchant-audit') return reached;
  await audit('merchants', number);
  const opened = await stack.reach(number, waitsFor('wallet-audit'));
  if (topic === 'wallet-audit') return opened;
  await audit('wallets', `${number}_OW1`);
  const ordered = await stack.reach(number, waitsFor('wallet-recharge'));
  if (topic === 'wallet-recharge') return ordered;
  await pay(number);
  return stack.reach(number, waitsFor('card-issue'));
}

test(
  'a worker killed in the middle of every wait and every creating call orders nothing twice when it is back',
  async () => {
    const [rejected] = await Promise.all([
      at('CALL-updateMerchant', 'merchant-audit').then(async () => {
        await audit('merchants', 'CALL-updateMerchant', 'REJECTED');
        return stack.reach('CALL-updateMerchant', ({ blocks }) => blocks.length > 0);
      }),
      at('CALL-openWallet', 'merchant-audit'),
      at('CALL-createRecharge', 'wallet-audit'),
      at('CALL-createCardholder', 'wallet-recharge', oneCard(BIN.withCardholder)),
      at('CALL-applyCard', 'wallet-recharge'),
      at('WAIT-merchant', 'merchant-audit'),
      at('WAIT-wallet', 'wallet-audit'),
      at('WAIT-recharge', 'wallet-recharge'),
      at('WAIT-card', 'card-issue'),
    ]);

    proxy.hold = CREATING.map((operation) => defaultProfile.operations[operation].path);
    await Promise.all([
      stack.start('CALL-createMerchant', PLAIN),
      stack.api('POST', '/v1/onboardings/CALL-updateMerchant/corrections', {
        blockId: rejected.blocks[0]?.blockId,
        reason: 'a better address',
        patch: { merchant: { company: { address: '2 Better Road, Hong Kong' } } },
      }),
      audit('merchants', 'CALL-openWallet'),
      audit('wallets', 'CALL-createRecharge_OW1'),
      pay('CALL-createCardholder'),
      pay('CALL-applyCard'),
    ]);
    await until(
      () => new Set(proxy.held).size === CREATING.length,
      () => `only these calls are under way: ${proxy.held.join(', ')}`,
    );
    await worker.kill();

    // FalPay goes on while nobody works: its callbacks are taken, and kept.
    proxy.hold = [];
    await stack.control('PUT', '/settings', AT_ONCE);
    await Promise.all([
      audit('merchants', 'WAIT-merchant'),
      audit('wallets', 'WAIT-wallet_OW1'),
      pay('WAIT-recharge'),
      stack.control('POST', '/cards/WAIT-card_OC1/issue', {}),
      audit('merchants', 'CALL-createMerchant'),
      audit('merchants', 'CALL-updateMerchant'),
      audit('wallets', 'CALL-openWallet_OW1'),
      pay('CALL-createRecharge'),
      stack.control('POST', '/cards/CALL-applyCard_OC1/issue', {}),
    ]);
    worker = await workers.start();

    // No query of FalPay's shows a cardholder: the operator finds it in the books.
    const unknown = await stack.reach('CALL-createCardholder', ({ blocks }) => blocks.length > 0);
    expect(unknown.blocks[0]).toMatchObject({ reason: 'OUTCOME_UNKNOWN', step: 'cardholder-1' });
    const { cardholders, counts } = await stack.control('GET', '/state');
    expect(counts).toMatchObject({ cardholders: 1 });
    const resolution = {
      blockId: unknown.blocks[0]?.blockId,
      reason: 'it is in FalPay’s books',
      outcome: 'DONE',
      ref: cardholders[0].cardholderId,
    };
    const answer = await stack.api(
      'POST',
      '/v1/flows/onboarding/CALL-createCardholder/actions/resolve',
      resolution,
      'operator',
    );
    expect(answer.status).toBe(200);

    const numbers = [
      ...CREATING.map((operation) => `CALL-${operation}`),
      ...['merchant', 'wallet', 'recharge', 'card'].map((wait) => `WAIT-${wait}`),
    ];
    for (const number of numbers) {
      const done = await stack.reach(number, ({ stage }) => stage === 'COMPLETED');
      expect(done.outputs.cards).toEqual([expect.objectContaining({ status: 'ACTIVE' })]);
      for (const [operation, orderNo] of [
        ['createMerchant', number],
        ['openWallet', `${number}_OW1`],
        ['createRecharge', `${number}_OR1`],
        ['applyCard', `${number}_OC1`],
      ] as const)
        expect([operation, orderNo, await stack.calls(operation, orderNo)]).toEqual([operation, orderNo, 1]);
    }
    const { requests } = await stack.control('GET', '/requests?operation=updateMerchant');
    expect(requests).toHaveLength(1);
    const after = await stack.control('GET', '/state');
    expect(after.counts).toMatchObject({
      merchants: numbers.length,
      wallets: numbers.length,
      recharges: numbers.length,
      cards: numbers.length,
      cardholders: 1,
    });
    expect(await stack.control('GET', '/ledger')).toMatchObject({ balanced: true, violations: [] });
  },
  2 * LONG_MS,
);
