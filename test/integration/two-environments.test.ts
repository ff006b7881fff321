/** Two environments in one namespace: what the one runs, the other neither sees nor moves. */
import {
  ActionRefusedError,
  CardflowClient,
  FlowNotFoundError,
  LimitChangeNotFoundError,
  NotRestartableError,
  TemporalUnavailableError,
} from '../../src/client';
import { limitChangeQuery, taskQueueFor, type CallbackEvent } from '../../src/messages';
import { routed } from '../setup/parked';
import { registerOf } from '../setup/reconciled';
import { AT_ONCE, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';

let temporal: TestTemporal;
let stack: Stack;
let other: CardflowClient;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle() });
  other = new CardflowClient({ temporal: stack.client, environment: `${temporal.environment}-other` });
  await stack.start('E-1');
  await stack.reach('E-1', ({ stage }) => stage === 'WAITING');
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const request = { actor: 'other', reason: 'r' };
const block = { ...request, blockId: 'merchant-audit-1-00000000' };

test.each<[string, () => Promise<unknown>]>([
  ['read', () => other.state('onboarding', 'E-1')],
  ['watched', () => other.watch('onboarding', 'E-1').next()],
  ['waited for', () => other.waitForChange('onboarding', 'E-1', { ms: 1_000 })],
  ['aborted', () => other.abort('onboarding', 'E-1', request)],
  ['retried', () => other.retry('onboarding', 'E-1', block)],
  ['corrected', () => other.correct('onboarding', 'E-1', { ...block, patch: { wallet: { walletName: 'x' } } })],
])('a flow of another environment cannot be %s', async (_what, attempt) => {
  await expect(attempt()).rejects.toThrow(FlowNotFoundError);
  expect(await stack.state('E-1')).toMatchObject({ stage: 'WAITING', actions: [] });
});

test('nor can it be once it has ended, and its number stays taken', async () => {
  await stack.cardflow.abort('onboarding', 'E-1', request);
  await stack.reach('E-1', ({ stage }) => stage === 'ABORTED');
  await expect(other.state('onboarding', 'E-1')).rejects.toThrow(FlowNotFoundError);
  await expect(other.restart('onboarding', 'E-1', request)).rejects.toThrow(NotRestartableError);
  // Even with the very body and by who did it: the answer would be the other's state.
  await expect(other.abort('onboarding', 'E-1', request)).rejects.toThrow(FlowNotFoundError);
  expect(await other.startOnboarding('E-1', onboardingBody())).toMatchObject({
    outcome: 'different',
    // Nothing of how it stands there.
    state: { stage: 'RUNNING', steps: [] },
  });
  expect((await other.list()).items).toEqual([]);
});

function callback(event: Pick<CallbackEvent, 'topic' | 'ref'> & Partial<CallbackEvent>): CallbackEvent {
  const occurredAt = '2026-01-31 10:00:00';
  return {
    eventId: `e-${event.ref}`,
    occurredAt,
    receivedAt: new Date().toISOString(),
    stale: false,
    ids: {},
    data: {},
    ...event,
  };
}

const description = (workflowId: string) => stack.client.workflow.getHandle(workflowId).describe();
const holderOf = async (workflowId: string) => (await description(workflowId)).taskQueue;
const signalsOf = async (workflowId: string) => {
  const { events } = await stack.client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes);
};

test('a callback with our number does not reach the flow that has this number in the other environment', async () => {
  await stack.start('E-2');
  const { outputs } = await stack.reach('E-2', ({ waits }) => waits[0]?.topic === 'merchant-audit');
  const ids = { merchantId: outputs.merchantId };
  const data = { ...ids, merchantOrderNo: 'E-2', auditStatus: 'APPROVED' };
  const event = callback({ topic: 'merchant-audit', ref: ids.merchantId ?? '', orderNo: 'E-2', ids, data });
  expect(await routed(other, event)).toBe('parked');
  expect(await other.callbacks.claim(event)).toBe('unclaimed');
  expect(await holderOf(`parked/merchant-audit/${event.ref}`)).toBe(taskQueueFor(`${temporal.environment}-other`));
  expect(await signalsOf('onboarding/E-2')).toEqual([]);
  // There is one parked flow of a name: while the other environment has it, FalPay must send ours again.
  await expect(stack.cardflow.callbacks.route({ ...event, orderNo: 'no-such' })).rejects.toThrow(
    TemporalUnavailableError,
  );
});

/** Begins a card's flow in the other environment just before the first call of that kind about it goes out; the worker calls for other flows, too. */
function begunMeanwhile(cardId: string, call: 'signalWithStart' | 'executeUpdateWithStart'): void {
  const { workflow } = stack.client;
  const real = workflow[call].bind(workflow) as (...given: unknown[]) => Promise<unknown>;
  const workflowId = `card/${cardId}`;
  let isBegun = false;
  const begins = async (...given: unknown[]) => {
    if (!isBegun && workflowIdIn(given[1]) === workflowId) {
      isBegun = true;
      const environment = `${temporal.environment}-other`;
      await workflow.start('card', {
        workflowId,
        taskQueue: taskQueueFor(environment),
        args: [{ number: cardId, environment, body: {} }],
      });
    }
    return real(...given);
  };
  jest.spyOn(workflow, call as 'signalWithStart').mockImplementation(begins as typeof workflow.signalWithStart);
}
afterEach(() => jest.restoreAllMocks());

/** Which flow a call with these options would begin. */
function workflowIdIn(options: unknown): string | undefined {
  const { workflowId, startWorkflowOperation } = options as {
    workflowId?: string;
    startWorkflowOperation?: { options: { workflowId?: string } };
  };
  return workflowId ?? startWorkflowOperation?.options.workflowId;
}

describe('of a wallet and a card', () => {
  let walletId = '';
  let cardId = '';
  beforeAll(async () => {
    await stack.control('PUT', '/settings', AT_ONCE);
    await stack.start('E-3');
    const { outputs } = await stack.reach('E-3', ({ stage }) => stage === 'COMPLETED');
    walletId = outputs.walletId ?? '';
    cardId = outputs.cards[0]?.cardId ?? '';
  });
  const register = () => registerOf(stack, walletId);

  test('the register hears only its own environment', async () => {
    await until(
      async () => (await register()).orders.some(({ step }) => step === 'recharge'),
      () => 'the register does not know the recharge',
    );
    const order = { orderNo: 'X-1_RC1', step: 'recharge', workflowId: 'wallet-recharge/X-1' } as const;
    expect(await other.publisher.register([{ walletId, orders: [order] }])).toEqual([walletId]);
    await other.reconciler.reconciled({ walletId, settled: [], to: '2099-01-01', closing: { USD: '1.00' } });
    const { orders, reconciledTo } = await register();
    expect(orders.map(({ orderNo }) => orderNo)).not.toContain('X-1_RC1');
    expect(reconciledTo).toBeUndefined();
  });

  const increase = { direction: 'INCREASE', amount: '1.00', currency: 'USD' } as const;

  test('a limit is changed only by the environment of the card, and only there it is shown', async () => {
    expect((await stack.cardflow.changeLimit({ cardId, orderNo: 'L-1' }, increase)).outcome).toBe('accepted');
    await expect(other.limitChange({ cardId, orderNo: 'L-1' })).rejects.toThrow(LimitChangeNotFoundError);
    await expect(other.changeLimit({ cardId, orderNo: 'L-1' }, increase)).rejects.toThrow(ActionRefusedError);
    await expect(other.changeLimit({ cardId, orderNo: 'L-2' }, increase)).rejects.toThrow(
      `card/${cardId} is a flow of another environment of this namespace`,
    );
    const handle = stack.client.workflow.getHandle(`card/${cardId}`);
    expect(await handle.query(limitChangeQuery, 'L-2')).toBeNull();
    expect((await stack.cardflow.changeLimit({ cardId, orderNo: 'L-1' }, increase)).outcome).toBe('same');
  });

  test('what a flow that has ended in the other environment knows settles no callback here', async () => {
    const { outputs } = await stack.state('E-3');
    const ids = { merchantId: outputs.merchantId };
    const data = { ...ids, merchantOrderNo: 'E-3', auditStatus: 'APPROVED' };
    const event = callback({ topic: 'merchant-audit', ref: ids.merchantId ?? '', orderNo: 'E-3', ids, data });
    expect(await stack.cardflow.callbacks.claim(event)).toBe('duplicate');
    expect(await other.callbacks.claim(event)).toBe('unclaimed');
  });

  test('a callback of a card that the other environment names in that very moment is parked here', async () => {
    begunMeanwhile('9002', 'signalWithStart');
    const event = callback({ topic: 'card-authorization', ref: '9002', ids: { cardId: '9002' } });
    expect(await routed(stack.cardflow, event)).toBe('parked');
    expect(await holderOf('card/9002')).toBe(taskQueueFor(`${temporal.environment}-other`));
  });

  test('a limit change of such a card is refused, and does not reach the other environment', async () => {
    begunMeanwhile('9003', 'executeUpdateWithStart');
    await expect(stack.cardflow.changeLimit({ cardId: '9003', orderNo: 'L-1' }, increase)).rejects.toThrow(
      'card/9003 is a flow of another environment of this namespace',
    );
  });

  test('callbacks of a card that the other environment named first are parked, and go to its flow once that one has ended', async () => {
    // Nobody works there: the flow begins all the same.
    const impatient = new CardflowClient({
      temporal: stack.client,
      environment: `${temporal.environment}-other`,
      limits: { actionMs: 1_000 },
    });
    // Given up before the server had it, nothing has begun: who gets no answer asks again.
    await until(
      async () => {
        await expect(impatient.changeLimit({ cardId: '9001', orderNo: 'X-1' }, increase)).rejects.toThrow(
          TemporalUnavailableError,
        );
        return holderOf('card/9001').then(Boolean, () => false);
      },
      () => 'the flow of card 9001 does not begin',
    );
    expect(await holderOf('card/9001')).toBe(taskQueueFor(`${temporal.environment}-other`));
    const event = callback({ topic: 'card-authorization', ref: '9001', ids: { cardId: '9001' } });
    expect(await routed(stack.cardflow, event)).toBe('parked');
    expect(await signalsOf('card/9001')).toEqual([]);
    expect((await stack.api('PUT', '/v1/cards/9001/limit-changes/L-1', increase)).status).toBe(409);
    await stack.client.workflow.getHandle('card/9001').terminate('it was named there by mistake');
    await until(
      async () => (await holderOf('card/9001')) === taskQueueFor(temporal.environment),
      () => 'not claimed',
    );
    expect(await signalsOf('card/9001')).toHaveLength(1);
  });
});
