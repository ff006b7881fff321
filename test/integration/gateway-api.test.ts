import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { BIN, LIMITS, onboardingBody, startStack, type HttpAnswer, type Stack } from '../setup/stack';
import { until } from '../setup/until';
import { CardflowClient, FlowUnresponsiveError, fingerprint } from '../../src/client';
import { SEARCH_ATTRIBUTES, type FlowState } from '../../src/messages';

let temporal: TestTemporal;
let stack: Stack;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, { bundle: workflowBundle() });
});

afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const url = (number: string) => `/v1/onboardings/${number}`;
const get = (number: string) => stack.api('GET', url(number), undefined, 'finance');
const act = (number: string, action: string, body: object) =>
  stack.api('POST', `/v1/flows/onboarding/${number}/actions/${action}`, body, 'operator');
const waitingFor = (topic: string) => (state: { waits: { topic: string }[] }) => state.waits[0]?.topic === topic;

/** It has ended, and its run is closed, which comes a moment after the state says so: only then it can be restarted. */
async function aborted(number: string): Promise<FlowState> {
  const state = await stack.reach(number, ({ stage }) => stage === 'ABORTED');
  await stack.closed(`onboarding/${number}`);
  return state;
}

/** It waits for the merchant's audit, and Temporal itself knows it: a query can be answered in the midst of a task, which no worker may bring to its end. */
async function restsAtAudit(number: string): Promise<FlowState> {
  const isAtAudit = waitingFor('merchant-audit');
  const state = await stack.reach(number, (now) => now.stage === 'WAITING' && isAtAudit(now));
  const handle = stack.client.workflow.getHandle(`onboarding/${number}`);
  await until(
    async () => (await handle.describe()).typedSearchAttributes.get(SEARCH_ATTRIBUTES.FlowStage) === 'WAITING',
    () => `${number} does not come to rest`,
  );
  return state;
}

async function rejectedMerchant(number: string): Promise<string> {
  await stack.start(number);
  await stack.reach(number, waitingFor('merchant-audit'));
  await stack.control('POST', `/audits/merchants/${number}`, { decision: 'REJECTED', reason: '营业执照不清晰' });
  const { blocks } = await stack.reach(number, ({ stage }) => stage === 'ACTION_REQUIRED');
  return blocks[0]?.blockId ?? '';
}

describe('a number', () => {
  test('starts one flow: the same body again is 200, another is 409, and neither starts anything', async () => {
    const [first, second] = await Promise.all([stack.start('N-1'), stack.start('N-1')]);
    expect([first.status, second.status].sort()).toEqual([200, 201]);
    await stack.reach('N-1', waitingFor('merchant-audit'));
    const again = await stack.start('N-1');
    expect(again).toMatchObject({
      status: 200,
      body: { stage: 'WAITING', outputs: { merchantId: expect.any(String) } },
    });
    const other = await stack.start('N-1', onboardingBody({ wallet: { currency: 'USD', walletName: 'other' } }));
    expect(other).toMatchObject({ status: 409, body: { code: 'number-taken' } });
    expect(await stack.calls('createMerchant', 'N-1')).toBe(1);
  });

  test('means the same body whatever the order of its fields', async () => {
    const body = onboardingBody();
    await stack.start('N-2', body);
    const { cards, recharge, wallet, merchant } = body;
    const turned = { cards, recharge, wallet, merchant: Object.fromEntries(Object.entries(merchant).reverse()) };
    expect((await stack.api('PUT', url('N-2'), turned)).status).toBe(200);
  });

  test('stays taken after its flow has ended', async () => {
    await stack.start('N-3');
    await stack.reach('N-3', waitingFor('merchant-audit'));
    expect((await stack.api('POST', `${url('N-3')}/cancel`, { reason: 'left' })).status).toBe(202);
    await stack.reach('N-3', ({ stage }) => stage === 'ABORTED');
    expect(await stack.start('N-3')).toMatchObject({ status: 200, body: { stage: 'ABORTED' } });
    expect((await stack.start('N-3', onboardingBody({ recharge: { amount: '1', currency: 'USD' } }))).status).toBe(409);
  });

  test('with a card that FalPay would refuse starts nothing', async () => {
    const cards = [{ binId: BIN.disabled, cardLimit: '50.00', currency: 'USD' }];
    const answer = await stack.start('N-4', onboardingBody({ cards }));
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'cards.0.binId' }] } });
    const missing = await stack.start('N-4', onboardingBody({ cards: [{ ...cards[0]!, binId: BIN.withCardholder }] }));
    expect(missing.body.errors).toMatchObject([{ path: 'cards.0.cardholder' }]);
    expect((await get('N-4')).status).toBe(404);
  });
});

describe('?wait=', () => {
  test('answers as soon as the flow moves on, and tells what ends the wait', async () => {
    await stack.start('W-1');
    await stack.reach('W-1', waitingFor('merchant-audit'));
    const poll = stack.api('GET', `${url('W-1')}?wait=60s`);
    await stack.control('POST', '/audits/merchants/W-1', { decision: 'APPROVED' });
    const { status, body } = await poll;
    expect(status).toBe(200);
    expect(body.steps.find(({ name }: { name: string }) => name === 'merchant-audit').status).toBe('DONE');
  });

  test('answers at once when the caller has seen an older state', async () => {
    await stack.start('W-2');
    await stack.reach('W-2', waitingFor('merchant-audit'));
    const answer = await fetch(`${stack.gatewayUrl}${url('W-2')}?wait=60s`, {
      headers: { authorization: `Bearer ${stack.keys.backend}`, 'if-none-match': `"${'0'.repeat(32)}"` },
    });
    expect(answer.status).toBe(200);
  });

  test('answers the unchanged state when the time is over', async () => {
    await stack.start('W-3');
    await stack.reach('W-3', waitingFor('merchant-audit'));
    expect((await stack.api('GET', `${url('W-3')}?wait=50ms`)).body.stage).toBe('WAITING');
  });
});

describe('a rejected merchant', () => {
  test('is corrected by the backend: bad patches name their field, the right one opens the next audit', async () => {
    const blockId = await rejectedMerchant('C-1');
    const correct = (body: object): Promise<HttpAnswer> =>
      stack.api('POST', `${url('C-1')}/corrections`, { blockId, reason: 'new scan', ...body });

    expect((await get('C-1')).body.blocks).toMatchObject([{ reason: 'MERCHANT_REJECTED', message: '营业执照不清晰' }]);
    expect(await correct({ patch: { merchant: { company: { country: 'Hongkong' } } } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'patch.merchant.company.country' }] },
    });
    expect(await correct({ patch: { merchant: { company: { licence: 'x' } } } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'patch.merchant.company.licence' }] },
    });
    expect(await correct({ patch: { recharge: { amount: '1.00' } } })).toMatchObject({
      status: 422,
      body: { code: 'patch-not-allowed', errors: [{ path: 'patch.recharge.amount' }] },
    });
    expect(await correct({ blockId: 'merchant-audit-9-00000000' })).toMatchObject({
      status: 409,
      body: { code: 'stale-block' },
    });
    expect(await stack.api('POST', `${url('C-1')}/corrections`, { blockId, reason: 'r' }, 'finance')).toMatchObject({
      status: 403,
    });

    const patch = { merchant: { company: { businessLicenseKey: 'kyc/license-2.pdf' } } };
    const taken = await correct({ patch });
    expect(taken).toMatchObject({
      status: 200,
      body: { actions: [{ action: 'correct', actor: 'the-backend', blockId }] },
    });
    // The answer may have been lost on its way: the same correction again is the same correction.
    expect((await correct({ patch })).status).toBe(200);
    // Another one by the same block is not.
    expect((await correct({ reason: 'another', patch })).status).toBe(409);
    await stack.reach('C-1', ({ stage }) => stage === 'WAITING');
    expect((await stack.state('C-1')).actions).toHaveLength(1);
    await stack.control('POST', '/audits/merchants/C-1', { decision: 'APPROVED' });
    await stack.reach('C-1', waitingFor('wallet-audit'));
  });

  test('is answered after the end of its flow by the correction that was made, and by no other', async () => {
    const blockId = await rejectedMerchant('C-2');
    const correct = (address?: string) =>
      stack.api('POST', `${url('C-2')}/corrections`, {
        blockId,
        reason: 'fix',
        ...(address !== undefined && { patch: { merchant: { company: { address } } } }),
      });
    expect((await correct('2 Better Road, Hong Kong')).status).toBe(200);
    expect((await correct('3 Other Road, Hong Kong')).status).toBe(409);
    await stack.reach('C-2', ({ stage }) => stage === 'WAITING');
    expect((await stack.api('POST', `${url('C-2')}/cancel`, { reason: 'x' })).status).toBe(202);
    await stack.reach('C-2', ({ stage }) => stage === 'ABORTED');
    expect((await correct('2 Better Road, Hong Kong')).status).toBe(200);
    for (const other of ['3 Other Road, Hong Kong', undefined])
      expect(await correct(other)).toMatchObject({ status: 409, body: { code: 'flow-closed' } });
  });
});

describe('an operator', () => {
  test('is refused an action on a block that is none', async () => {
    await stack.start('O-1');
    await stack.reach('O-1', waitingFor('merchant-audit'));
    const stale = await act('O-1', 'retry', { blockId: 'create-merchant-1-00000000', reason: 'r' });
    expect(stale).toMatchObject({ status: 409, body: { code: 'stale-block' } });
    expect(await act('O-9', 'abort', { reason: 'r' })).toMatchObject({ status: 404 });
    expect(await act('O-1', 'restart', { reason: 'r' })).toMatchObject({
      status: 409,
      body: { code: 'not-restartable' },
    });
  });

  test('aborts once however often it is asked, and is told what is left behind', async () => {
    await stack.start('O-2');
    await stack.reach('O-2', waitingFor('merchant-audit'));
    expect((await act('O-2', 'abort', { reason: 'wrong papers' })).status).toBe(200);
    const over = await stack.reach('O-2', ({ stage }) => stage === 'ABORTED');
    expect(over.result).toMatchObject({ residue: { merchantId: over.outputs.merchantId, openOrders: ['O-2'] } });
    expect(await act('O-2', 'abort', { reason: 'wrong papers' })).toMatchObject({
      status: 200,
      body: { stage: 'ABORTED' },
    });
    expect(await act('O-2', 'abort', { reason: 'another reason' })).toMatchObject({
      status: 409,
      body: { code: 'flow-closed' },
    });
    expect((await stack.state('O-2')).actions).toHaveLength(1);
  });

  test.each(['aborted', 'terminated'])(
    'restarts an %s flow with its corrections, and FalPay gets nothing twice',
    async (how) => {
      const number = `R-${how}`;
      const blockId = await rejectedMerchant(number);
      const patch = { merchant: { contactName: 'Corrected Name' } };
      expect((await stack.api('POST', `${url(number)}/corrections`, { blockId, reason: 'r', patch })).status).toBe(200);
      await restsAtAudit(number);
      if (how === 'aborted') await act(number, 'abort', { reason: 'r' });
      else await stack.client.workflow.getHandle(`onboarding/${number}`).terminate('by hand');
      await stack.closed(`onboarding/${number}`);
      expect((await get(number)).body).toMatchObject({ stage: 'ABORTED', waits: [], blocks: [] });

      expect((await act(number, 'restart', { reason: 'papers are here' })).status).toBe(200);
      await stack.reach(number, waitingFor('merchant-audit'));
      expect(await stack.calls('createMerchant', number)).toBe(1);
      const handle = stack.client.workflow.getHandle(`onboarding/${number}`);
      expect(await handle.query('input')).toMatchObject({ merchant: { contactName: 'Corrected Name' } });
      expect((await handle.describe()).memo).toMatchObject({
        restart: { actor: 'the-operator', reason: 'papers are here' },
      });
      // The backend's own repetition still finds its flow.
      expect((await stack.start(number)).status).toBe(200);
    },
  );

  test('a second restart of a flow that runs again is refused', async () => {
    await stack.start('R-3');
    await stack.reach('R-3', waitingFor('merchant-audit'));
    await act('R-3', 'abort', { reason: 'r' });
    await aborted('R-3');
    const both = await Promise.all([act('R-3', 'restart', { reason: 'a' }), act('R-3', 'restart', { reason: 'b' })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('restarts once however often it is asked, also when the flow has ended anew only by a second abort', async () => {
    await stack.start('R-4');
    await stack.reach('R-4', waitingFor('merchant-audit'));
    const end = async () => {
      await act('R-4', 'abort', { reason: 'r' });
      await aborted('R-4');
    };
    const handle = stack.client.workflow.getHandle('onboarding/R-4');
    const goOn = () => act('R-4', 'restart', { reason: 'go on' });
    await end();
    const both = await Promise.all([goOn(), goOn()]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const { runId } = await handle.describe();
    expect((await goOn()).status).toBe(200);
    expect((await handle.describe()).runId).toBe(runId);
    await stack.reach('R-4', waitingFor('merchant-audit'));
    await end();
    expect((await goOn()).status).toBe(200);
    expect((await handle.describe()).runId).not.toBe(runId);
  });
});

describe('the list', () => {
  const list = async (query: string) => (await stack.api('GET', `/v1/flows?${query}`, undefined, 'finance')).body;

  test('finds flows by stage, reason and merchant, page by page', async () => {
    await rejectedMerchant('L-1');
    await rejectedMerchant('L-2');
    await until(
      async () => {
        const { items } = await list('reason=MERCHANT_REJECTED&stage=ACTION_REQUIRED');
        const numbers = items.map(({ number }: { number: string }) => number).sort();
        return String(numbers) === 'L-1,L-2';
      },
      () => 'visibility does not show the two blocked flows alone',
    );
    expect((await list('merchantOrderNo=L-1')).items).toMatchObject([
      {
        workflowId: 'onboarding/L-1',
        kind: 'onboarding',
        number: 'L-1',
        type: 'merchantOnboarding',
        stage: 'ACTION_REQUIRED',
        step: 'merchant-audit',
        reason: 'MERCHANT_REJECTED',
        startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
    const first = await list('reason=MERCHANT_REJECTED&pageSize=1');
    const second = await list(`reason=MERCHANT_REJECTED&pageSize=1&nextPageToken=${first.nextPageToken}`);
    expect([first.items[0].number, second.items[0].number].sort()).toEqual(['L-1', 'L-2']);
    const bad = await stack.api('GET', '/v1/flows?nextPageToken=bm90aGluZw', undefined, 'finance');
    expect(bad).toMatchObject({ status: 422, body: { errors: [{ path: 'nextPageToken' }] } });
  });

  test('shows a terminated flow as over, whatever its last stage was', async () => {
    await stack.start('L-3');
    await stack.reach('L-3', waitingFor('merchant-audit'));
    await stack.client.workflow.getHandle('onboarding/L-3').terminate();
    await until(
      async () => (await list('merchantOrderNo=L-3&stage=ABORTED')).items.length === 1,
      () => 'visibility does not show the terminated flow',
    );
    expect((await list('merchantOrderNo=L-3&stage=WAITING')).items).toEqual([]);
  });

  test('shows a flow that was restarted by its last run alone, on whatever page', async () => {
    await stack.start('L-4');
    await stack.reach('L-4', waitingFor('merchant-audit'));
    await act('L-4', 'abort', { reason: 'r' });
    await aborted('L-4');
    const ended = 'merchantOrderNo=L-4&stage=ABORTED';
    await until(
      async () => (await list(ended)).items.length === 1,
      () => 'visibility does not show the aborted flow',
    );
    expect((await act('L-4', 'restart', { reason: 'the customer is back' })).status).toBe(200);
    const shown = () => list('merchantOrderNo=L-4&stage=WAITING');
    await until(
      async () => (await shown()).items.length === 1,
      () => 'visibility does not show the last run',
    );
    expect((await list(ended)).items).toEqual([]);
    const first = await list('merchantOrderNo=L-4&pageSize=1');
    expect(first.items).toMatchObject([{ number: 'L-4', stage: 'WAITING' }]);
    const second = await list(`merchantOrderNo=L-4&pageSize=1&nextPageToken=${first.nextPageToken}`);
    expect(second.items).toEqual([]);
  });
});

describe('while no worker runs', () => {
  afterEach(() => stack.startWorker());

  /** Of what nobody answers it soon gives up the query, and nothing else. */
  const asking = (limits = {}) => {
    const { environment } = temporal;
    return new CardflowClient({
      temporal: stack.client,
      environment,
      limits: { ...LIMITS, queryMs: 1_000, ...limits },
    });
  };

  test('a long poll that has seen the state waits on: not to be asked is no change', async () => {
    await stack.start('S-3');
    const since = fingerprint(await restsAtAudit('S-3'));
    await stack.stopWorker();
    const began = Date.now();
    const state = await asking().waitForChange('onboarding', 'S-3', { ms: 5_000, since });
    expect(Date.now() - began).toBeGreaterThan(4_900);
    expect(state).toMatchObject({ stage: 'WAITING', stale: true });
    const poll = asking().waitForChange('onboarding', 'S-3', { ms: 60_000, since });
    await stack.control('POST', '/audits/merchants/S-3', { decision: 'APPROVED' });
    await stack.startWorker();
    expect((await poll).steps[0]).toMatchObject({ status: 'DONE' });
    await stack.stopWorker();
  });

  test('flows still start, states are told as stale, and actions say that nobody answered', async () => {
    await stack.start('S-1');
    await restsAtAudit('S-1');
    await stack.stopWorker();
    expect((await stack.start('S-2')).status).toBe(201);
    const known = await asking().state('onboarding', 'S-1');
    expect(known).toMatchObject({ stale: true, stage: 'WAITING', outputs: { merchantId: expect.any(String) } });
    const aborting = asking({ actionMs: 200 }).abort('onboarding', 'S-1', { reason: 'r', actor: 'test' });
    await expect(aborting).rejects.toThrow(FlowUnresponsiveError);
  });
});

test('FalPay’s queries are passed on', async () => {
  const bins = await stack.api('GET', '/v1/card-bins');
  expect(bins.body.items).toEqual(expect.arrayContaining([expect.objectContaining({ binId: BIN.plain })]));
  await stack.start('Q-1');
  await stack.reach('Q-1', waitingFor('merchant-audit'));
  await stack.control('POST', '/audits/merchants/Q-1', { decision: 'APPROVED' });
  const { outputs } = await stack.reach('Q-1', waitingFor('wallet-audit'));
  await stack.control('POST', `/audits/wallets/${outputs.walletId}`, { decision: 'APPROVED' });
  await stack.reach('Q-1', waitingFor('wallet-recharge'));
  const methods = await stack.api('GET', `/v1/wallets/${outputs.walletId}/recharge-methods?currency=USD`);
  expect(methods).toMatchObject({ status: 200, body: { methods: expect.any(Array) } });
  expect(await stack.api('GET', '/v1/wallets/404/recharge-methods')).toMatchObject({ status: 404 });
});
