/** `wallet/{walletId}`: what flows tell it, what becomes of it when it is ended, and what continue-as-new must not lose. */
import { FlowDriver } from '../setup/flow-driver';
import { AT_ONCE, BIN, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { unlessAway } from '../setup/unless-away';
import { until } from '../setup/until';
import type { StartedKind, WalletNews, WalletRegister } from '../../src/messages';
import { renderState } from '../../src/cli/render';

const NEWS_PER_RUN = 20;

let temporal: TestTemporal;
let stack: Stack;
let walletId: string;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    sandbox: AT_ONCE,
    policy: { registerNewsPerRun: NEWS_PER_RUN },
  });
  await stack.start('M-1');
  walletId = (await stack.reach('M-1', ({ stage }) => stage === 'COMPLETED')).outputs.walletId ?? '';
  // It has told all that it tells.
  await stack.closed('onboarding/M-1');
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const flow = (kind: StartedKind, number: string) => new FlowDriver(stack, kind, number);
async function registerOf(id: string, wanted: (register: WalletRegister) => boolean): Promise<WalletRegister> {
  let last: WalletRegister | undefined;
  await until(
    async () => {
      const state = await stack.cardflow.state('wallet', id).catch(() => undefined);
      last = state?.stage === 'RUNNING' ? state.outputs.wallet : undefined;
      return last !== undefined && wanted(last);
    },
    () => `the register stays at ${JSON.stringify(last)}`,
  );
  return last as WalletRegister;
}
/** As an activity does: told again until the server has taken it, which it may have done before. */
async function tell(news: WalletNews): Promise<void> {
  await until(
    async () => (await unlessAway(stack.cardflow.publisher.register([news])))?.length === 0,
    () => 'the server takes no news',
  );
}
const orderNos = ({ orders }: WalletRegister) => orders.map(({ orderNo }) => orderNo).sort();

test('an onboarding tells it merchant, currency, orders and cards', async () => {
  const { outputs } = await stack.state('M-1');
  const register = await registerOf(walletId, ({ orders, cards }) => orders.length === 3 && cards.length === 2);
  expect(register).toMatchObject({ walletId, merchantId: outputs.merchantId, currency: 'USD' });
  expect(orderNos(register)).toEqual(['M-1_OC1', 'M-1_OC2', 'M-1_OR1']);
  expect(register.orders.find(({ step }) => step === 'recharge')).toMatchObject({
    workflowId: 'onboarding/M-1',
    amount: '500.00',
    currency: 'USD',
  });
  const answer = await stack.api('GET', `/v1/flows/wallet/${walletId}`, undefined, 'finance');
  expect(answer.body.outputs.wallet).toMatchObject({ counts: { orders: 3, cards: 2 } });
  expect(renderState(await stack.cardflow.state('wallet', walletId))).toContain('M-1_OR1');
});

test('a wallet that flows merely use has one, too, and an order whose answer was lost stands in it', async () => {
  await stack.client.workflow.getHandle(`wallet/${walletId}`).terminate('an operator’s slip');
  await stack.control('PUT', '/settings', { arrivalDelay: 'manual' });
  await stack.control('PUT', '/faults', {
    rules: [{ operation: 'createRecharge', orderNo: 'R-1_RC1', fault: 'resetAfterCommit', times: 1 }],
  });
  const recharge = await flow('wallet-recharge', 'R-1').start({
    walletId,
    amount: '100.00',
    currency: 'USD',
    methodCode: 'BANK_TRANSFER',
  });
  await recharge.blockedBy('OUTCOME_UNKNOWN');
  expect(orderNos(await registerOf(walletId, ({ orders }) => orders.length === 1))).toEqual(['R-1_RC1']);
  const issuance = await flow('card-issuance', 'I-1').start({
    walletId,
    cards: [{ binId: BIN.plain, cardLimit: '5.00', currency: 'USD' }],
  });
  await issuance.completed();
  // What a flow tells is on its way in several messages at a time.
  const register = await registerOf(walletId, ({ orders, cards }) => orders.length > 1 && cards.length === 1);
  expect(orderNos(register)).toEqual(['I-1_IC1', 'R-1_RC1']);
});

test('continuing as new loses no news, however many come at once, and by no news does it end', async () => {
  const id = 'W-many';
  const count = 5 * NEWS_PER_RUN;
  const order = (index: number) =>
    ({ orderNo: `R-${index}_RC1`, step: 'recharge', workflowId: `wallet-recharge/R-${index}` }) as const;
  const news = Array.from({ length: count }, (_, index) => ({
    walletId: id,
    orders: [order(index)],
    cards: [{ cardId: `${index}`, cardOrderNo: `I-${index}_IC1` }],
  }));
  await Promise.all(news.map(tell));
  // Told again, as after a flow's reset.
  await Promise.all(news.slice(0, 30).map(tell));
  const register = await registerOf(id, ({ counts }) => counts.orders === count);
  expect(new Set(orderNos(register)).size).toBe(count);
  expect(register.counts).toEqual({ orders: count, settled: 0, cards: count, dropped: 0 });
  const describe = () => stack.client.workflow.getHandle(`wallet/${id}`).describe();
  await until(
    async () => {
      const { raw, runId } = await describe();
      return raw.workflowExecutionInfo?.firstRunId !== runId;
    },
    () => 'it does not continue as new',
  );
  expect((await describe()).status.name).toBe('RUNNING');
});

test('Request Cancellation ends it, and the next news begin it anew', async () => {
  const handle = stack.client.workflow.getHandle('wallet/W-ended');
  await tell({ walletId: 'W-ended', orders: [] });
  await registerOf('W-ended', () => true);
  await handle.cancel();
  // The run itself: what comes between its last word and its end belongs to it.
  await stack.closed('wallet/W-ended');
  expect((await stack.cardflow.state('wallet', 'W-ended')).stage).toBe('ABORTED');
  const order = { orderNo: 'R-9_RC1', step: 'recharge', workflowId: 'wallet-recharge/R-9' } as const;
  await tell({ walletId: 'W-ended', orders: [order] });
  expect(orderNos(await registerOf('W-ended', ({ orders }) => orders.length === 1))).toEqual(['R-9_RC1']);
});
