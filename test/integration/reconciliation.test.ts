/** FalPay drops a third of its callbacks; one reconciliation, and every flow and the ledger agree to the cent. */
import { Decimal } from 'decimal.js';
import type { FlowItem, ReconciliationReport } from '../../src/client';
import { fingerprint } from '../../src/client';
import type { FlowState, StartedKind } from '../../src/messages';
import { runCli } from '../../src/cli/program';
import { FlowDriver } from '../setup/flow-driver';
import { discardParked } from '../setup/parked';
import { differing, entriesOf, lately, reconciled, registerOf, untilListed } from '../setup/reconciled';
import { AT_ONCE, onboardingBody, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';

const LONG_MS = 900_000;
const HOUR = 3_600_000;
/** What is not taken twice is told again after a minute. */
const TOLD_WITHIN_MS = 120_000;
/** What no callback tells, an audit's query does; money and cards wait for theirs. */
const WAITS = {
  'merchant-audit': { ladderMs: [300], deadlineMs: HOUR },
  'wallet-audit': { ladderMs: [300], deadlineMs: HOUR },
  'wallet-recharge': { ladderMs: [HOUR], deadlineMs: 24 * HOUR },
  'wallet-withdrawal': { ladderMs: [HOUR], deadlineMs: 24 * HOUR },
  parked: { ladderMs: [HOUR], deadlineMs: 1_000 },
};
const NUMBERS = ['M-1', 'M-2', 'M-3', 'M-4'];
const PAYEE = { accountName: 'Starbridge Limited', accountNo: '000123456789' };

let temporal: TestTemporal;
let stack: Stack;

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    sandbox: { ...AT_ONCE, arrivalDelay: 'manual', withdrawalDelay: 'manual' },
    waits: WAITS,
  });
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const flow = (kind: StartedKind, number: string) => new FlowDriver(stack, kind, number);
const arrive = (orderNo: string, amount?: string, final?: boolean) =>
  stack.control('POST', `/recharges/${orderNo}/arrivals`, { amount, final });
const order = (walletId: string, amount: string) => ({
  walletId,
  amount,
  currency: 'USD',
  methodCode: 'BANK_TRANSFER',
});

/** Wallets in the sandbox's ledger: what each holds, available and set aside together. */
async function ledger(): Promise<ReadonlyMap<string, Decimal>> {
  const { accounts, violations } = await stack.control('GET', '/ledger');
  expect(violations).toEqual([]);
  const held = new Map<string, Decimal>();
  for (const { account, balance } of accounts as { account: string; balance: string }[]) {
    const [, walletId] = /^wallet:(\d+):(?:available|frozen)$/.exec(account) ?? [];
    if (walletId) held.set(walletId, new Decimal(balance).plus(held.get(walletId) ?? 0));
  }
  return held;
}

test(
  'with a third of all callbacks dropped, one reconciliation brings every flow and the ledger to agree, and a second changes nothing',
  async () => {
    await stack.control('PUT', '/faults', {
      seed: 'a third',
      rules: [
        // Whatever the luck of the rest: these are missed for certain.
        { topic: 'wallet-recharge', orderNo: 'M-1_OR1', fault: 'dropCallback' },
        { topic: 'wallet-recharge', orderNo: 'R-split_RC1', fault: 'dropCallback', skip: 1 },
        { topic: 'wallet-recharge', orderNo: 'R-late_RC1', fault: 'dropCallback' },
        { topic: 'wallet-withdrawal', orderNo: 'D-paid_WD1', fault: 'dropCallback' },
        { fault: 'dropCallback', probability: 1 / 3 },
      ],
    });

    for (const number of NUMBERS) expect((await stack.start(number, onboardingBody())).status).toBe(201);
    const wallets: string[] = [];
    for (const number of NUMBERS) {
      const atMoney = ({ waits }: FlowState) => waits.some(({ topic }) => topic === 'wallet-recharge');
      wallets.push((await stack.reach(number, atMoney)).outputs.walletId ?? '');
      await arrive(`${number}_OR1`);
    }
    await untilListed(stack, wallets);

    // What callbacks told is settled by itself; what they missed is not.
    expect((await stack.state('M-1')).stage).toBe('WAITING');
    await reconciled(stack);
    const cards: string[] = [];
    for (const number of NUMBERS) {
      const { outputs } = await stack.reach(number, ({ stage }) => stage === 'COMPLETED');
      cards.push(...outputs.cards.flatMap(({ cardId }) => cardId ?? []));
    }
    expect(cards).toHaveLength(2 * NUMBERS.length);

    const [one = '', two = '', three = '', four = ''] = wallets;
    const recharges = {
      'R-split': await flow('wallet-recharge', 'R-split').start(order(one, '100.00')),
      'R-short': await flow('wallet-recharge', 'R-short').start(order(two, '100.00')),
      'R-over': await flow('wallet-recharge', 'R-over').start(order(three, '100.00')),
      'R-late': await flow('wallet-recharge', 'R-late').start(order(four, '100.00')),
    };
    for (const recharge of Object.values(recharges)) await recharge.waitsFor('wallet-recharge');
    await arrive('R-split_RC1', '60.00');
    await arrive('R-split_RC1', '40.00');
    await arrive('R-short_RC1', '70.00', true);
    await arrive('R-over_RC1', '130.00', true);
    await recharges['R-late'].cancel();
    await arrive('R-late_RC1', '100.00', true);

    const withdrawals = {
      'D-paid': await flow('wallet-withdrawal', 'D-paid').start({
        walletId: one,
        amount: '20.00',
        currency: 'USD',
        payee: PAYEE,
      }),
      'D-failed': await flow('wallet-withdrawal', 'D-failed').start({
        walletId: two,
        amount: '5.00',
        currency: 'USD',
        payee: PAYEE,
      }),
    };
    for (const withdrawal of Object.values(withdrawals)) await withdrawal.waitsFor('wallet-withdrawal');
    await stack.control('POST', '/withdrawals/D-paid_WD1/finish', {});
    await stack.control('POST', '/withdrawals/D-failed_WD1/finish', { status: 'FAILED', reason: 'account closed' });

    for (const cardId of cards) {
      const paid = await stack.control('POST', `/cards/${cardId}/authorizations`, { amount: '7.31', fee: '0.13' });
      await stack.control('POST', `/cards/${cardId}/authorizations/${paid.payOrderNo}/settle`, {});
      await stack.control('POST', `/cards/${cardId}/authorizations/${paid.payOrderNo}/refund`, { amount: '1.05' });
      const held = await stack.control('POST', `/cards/${cardId}/authorizations`, { amount: '2.00' });
      await stack.control('POST', `/cards/${cardId}/authorizations/${held.payOrderNo}/reverse`, {});
      await stack.control('POST', `/cards/${cardId}/authorizations`, { amount: '900000.00' });
    }
    for (const { cardId, binId } of (await stack.control('GET', '/state')).cards)
      if (binId.endsWith('01')) await stack.control('POST', `/cards/${cardId}/monthly-fee`, {});

    await untilTold();
    const report = await reconciled(stack);
    await expectAgreement(report, wallets);
    // Only the money that came after the end of its flow is left, and waits for a person.
    expect(differing(report)).toEqual([
      expect.objectContaining({
        order: 'R-late_RC1',
        mark: 'MISSING_HERE',
        fed: 'PARKED',
        workflowId: 'wallet-recharge/R-late',
      }),
    ]);
    expect(report.reconciliation).toMatchObject({ differences: 1, failed: 0 });
    const late = (await recharges['R-late'].state()).outputs.recharge?.orderNo;
    const parked = `wallet-recharge/${late}`;
    expect(await stack.cardflow.state('parked', parked)).toMatchObject({ kind: 'parked' });
    await recharges['R-split'].completed();
    await withdrawals['D-paid'].completed();
    await recharges['R-over'].completed();
    // Whoever was told by a callback asks a person; no reconciliation tells how an order ended.
    if (await isTold('wallet-recharge', 'R-short_RC1')) await recharges['R-short'].blockedBy('RECHARGE_SHORT');
    if (await isTold('wallet-withdrawal', 'D-failed_WD1')) await withdrawals['D-failed'].blockedBy('INVALID');

    const before = await statesOf([...Object.values(recharges), ...Object.values(withdrawals)]);
    const again = await reconciled(stack);
    expect(stripped(again)).toEqual(stripped(report));
    expect(await statesOf([...Object.values(recharges), ...Object.values(withdrawals)])).toEqual(before);

    // What a person has discarded is told with every reconciliation of its day, and asked about no more.
    await discardParked(stack, parked);
    const [decided, ...others] = differing(await reconciled(stack));
    expect([decided, others]).toMatchObject([{ order: 'R-late_RC1', mark: 'MISSING_HERE', fed: 'DECIDED' }, []]);
    expect(await stack.cardflow.state('parked', parked)).toMatchObject({
      stage: 'COMPLETED',
      result: { discarded: 1, discardedMoney: [{ status: 'SUCCESS', amount: '100.00', fee: '0.00', currency: 'USD' }] },
    });

    // The registers know what was ordered; what is settled is dropped, and counted.
    expect(await registerOf(stack, one)).toMatchObject({
      walletId: one,
      currency: 'USD',
      orders: [],
      counts: { orders: 5, settled: 5, cards: 2 },
    });
    expect((await registerOf(stack, two)).orders.map(({ orderNo }) => orderNo)).not.toContain('M-2_OR1');
  },
  LONG_MS,
);

/** Nothing is on its way from FalPay any more: what comes later would change what a reconciliation has found. */
function untilTold(): Promise<void> {
  return until(
    async () => (await stack.control('GET', '/callbacks?state=PENDING')).callbacks.length === 0,
    () => 'callbacks are still on their way',
    TOLD_WITHIN_MS,
  );
}

/** Whether a callback about an order came through. */
async function isTold(topic: string, orderNo: string): Promise<boolean> {
  const { callbacks } = await stack.control('GET', `/callbacks?topic=${topic}&state=ACKNOWLEDGED&limit=1000`);
  return (callbacks as { body: unknown }[]).some(({ body }) => JSON.stringify(body).includes(`"${orderNo}"`));
}

async function expectAgreement(report: ReconciliationReport, wallets: readonly string[]): Promise<void> {
  const held = await ledger();
  expect(report.wallets.map(({ walletId }) => walletId).sort()).toEqual([...wallets].sort());
  for (const { walletId, summary } of report.wallets) {
    expect(summary?.currencies).toHaveLength(1);
    const [sums] = summary?.currencies ?? [];
    expect(sums).toMatchObject({ currency: 'USD', agrees: true });
    expect(new Decimal(sums?.closing ?? 'NaN').eq(held.get(walletId) ?? 'NaN')).toBe(true);
    expect(
      new Decimal(sums?.opening ?? 'NaN')
        .plus(sums?.in ?? 'NaN')
        .minus(sums?.out ?? 'NaN')
        .eq(sums?.closing ?? 'NaN'),
    ).toBe(true);
  }
  // Whatever a flow of ours says of money stands so in the sandbox's own orders.
  const { recharges, withdrawals } = await stack.control('GET', '/state?limit=100');
  for (const { rechargeOrderNo, received } of recharges) {
    const entry = entriesOf(report).find(({ order: name }) => name === rechargeOrderNo);
    expect([rechargeOrderNo, entry?.theirs]).toEqual([rechargeOrderNo, received.USD?.credited]);
    if (entry?.fed !== 'PARKED')
      expect([rechargeOrderNo, entry?.ours]).toEqual([rechargeOrderNo, received.USD?.credited]);
  }
  for (const { withdrawOrderNo, status, amount, fee } of withdrawals) {
    const entry = entriesOf(report).find(({ order: name }) => name === withdrawOrderNo);
    expect(entry?.ours).toBe(status === 'SUCCESS' ? new Decimal(amount).plus(fee).toFixed(2) : undefined);
  }
}

async function statesOf(flows: readonly FlowDriver[]): Promise<readonly string[]> {
  const states = await Promise.all(flows.map((one) => one.reach(() => true)));
  return states.map(fingerprint);
}

/** Without what tells of the run itself: what was fed now was fed before, and is settled. */
function stripped({ wallets }: ReconciliationReport): unknown {
  return wallets
    .map(({ walletId, summary, entries }) => ({
      walletId,
      currencies: summary?.currencies,
      marks: summary?.marks,
      entries: entries.map(({ fed, ...entry }) => ({ ...entry, parked: fed === 'PARKED' })),
    }))
    .sort((left, right) => left.walletId.localeCompare(right.walletId));
}

test('a report is read as JSON and as CSV by whoever may read, and by its day only', async () => {
  const { number } = await reconciled(stack);
  const json = await stack.api('GET', `/v1/reconciliations/${number}`, undefined, 'finance');
  expect(json).toMatchObject({ status: 200, body: { number, stage: 'COMPLETED' } });
  const read = (path: string, accept?: string) =>
    fetch(`${stack.gatewayUrl}/v1/reconciliations/${path}`, {
      headers: { authorization: `Bearer ${stack.keys.operator}`, ...(accept && { accept }) },
    });
  for (const answer of [await read(number, 'text/csv'), await read(`${number}?format=csv`)]) {
    expect(answer.headers.get('content-type')).toContain('text/csv');
    const [head, ...rows] = (await answer.text()).trimEnd().split('\r\n');
    expect(head).toMatch(/^wallet,mark,kind,order,/);
    const sums = json.body.wallets.reduce(
      (count: number, { entries, summary }: { entries: unknown[]; summary: { currencies: unknown[] } }) =>
        count + entries.length + summary.currencies.length,
      0,
    );
    expect(rows).toHaveLength(sums);
  }
  expect((await stack.api('GET', '/v1/reconciliations/2020-01-31')).status).toBe(404);
  expect((await stack.api('GET', '/v1/reconciliations/2020-02-31')).body).toMatchObject({
    status: 422,
    errors: [{ path: 'date' }],
  });
  expect((await stack.api('GET', `/v1/reconciliations/${number}`, undefined, null)).status).toBe(401);
  const isListed = async () =>
    ((await stack.api('GET', `/v1/flows?kind=reconciliation`)).body.items as FlowItem[]).some(
      (item) => item.number === number && item.stage === 'COMPLETED' && item.step === 'differences',
    );
  await until(isListed, () => `${number} is not listed with its differences`);
  await until(
    async () => (await stack.api('GET', `/v1/flows/reconciliation/${number}`)).status === 200,
    () => `${number} is no flow`,
  );
});

test('the command line runs one, waits for it, and says by its exit code whether a person should look', async () => {
  const { from, to } = lately();
  const cli = async (...args: readonly string[]) => {
    const out: string[] = [];
    const err: string[] = [];
    const code = await runCli(args, {
      out: (text) => out.push(text),
      err: (text) => err.push(text),
      stdin: async () => '',
      signal: new AbortController().signal,
      env: {
        CARDFLOW_ENVIRONMENT: temporal.environment,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
      },
    });
    return { code, out: out.join('\n'), err: err.join('\n') };
  };
  const shown = await cli('reconcile', '--from', from, '--to', to, '--wait');
  expect(shown).toMatchObject({ code: 1, err: expect.stringContaining('1 differences') });
  expect(shown.out).toMatch(/MISSING_HERE +RECHARGE +R-late_RC1 +none +\S+ USD +DECIDED/);
  const csv = await cli('reconcile', '--from', from, '--to', to, '--csv');
  expect(csv.out.split('\r\n')[0]).toMatch(/^wallet,mark,kind/);
  // A day of which there is nothing agrees.
  expect(await cli('reconcile', '--from', '2026-01-31', '--wait')).toMatchObject({ code: 0 });
  expect((await cli('status', 'reconciliation/2026-01-31')).out).toMatch(/agrees +DONE/);
  expect(await cli('reconcile', '--from', '2026-01-31', '--to', '2026-01-30')).toMatchObject({
    code: 1,
    err: expect.stringContaining('to: must not be before'),
  });
  expect(await cli('reconcile', '--from', '2026-01-31', '--csv', '--json')).toMatchObject({ code: 2 });
});
