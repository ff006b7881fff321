/** Differences planted on either side: each is told, and none besides. */
import type { Activities } from '../../src/activities';
import { FlowDriver } from '../setup/flow-driver';
import { routed } from '../setup/parked';
import { differing, entriesOf, reconciled, registerOf, today, untilListed } from '../setup/reconciled';
import { addDays } from '../../src/messages';
import { AT_ONCE, startStack, type Stack } from '../setup/stack';
import { temporalForTests, workflowBundle, type TestTemporal } from '../setup/temporal';
import { until } from '../setup/until';

const LONG_MS = 600_000;

let temporal: TestTemporal;
let stack: Stack;
let walletId: string;
/** What the flows, or the books, are made to say. */
const lies: {
  movements?: (real: Awaited<ReturnType<Activities['findMovements']>>, orderNos: readonly string[]) => typeof real;
  balanceAfter?: string;
  /** Rows do not repeat our order number, and FalPay finds none by it. */
  nameless?: true;
} = {};

beforeAll(async () => {
  temporal = await temporalForTests();
  stack = await startStack(temporal, {
    bundle: workflowBundle(),
    sandbox: AT_ONCE,
    activities: (real) => ({
      findMovements: async (request) => {
        const found = await real.findMovements(request);
        return lies.movements?.(found, request.orderNos) ?? found;
      },
      pageOfWalletFlows: async (request) => {
        const page = await real.pageOfWalletFlows(request);
        const { balanceAfter, nameless } = lies;
        if (nameless) return { ...page, rows: page.rows.map((row) => ({ ...row, merchantOrderNo: undefined })) };
        if (balanceAfter === undefined) return page;
        return { ...page, rows: page.rows.map((row, index) => (index === 1 ? { ...row, balanceAfter } : row)) };
      },
      rowsOfOrders: async (request) =>
        lies.nameless
          ? Object.fromEntries(request.orderNos.map((orderNo) => [orderNo, []]))
          : real.rowsOfOrders(request),
    }),
  });
  await stack.start('M-1');
  walletId = (await stack.reach('M-1', ({ stage }) => stage === 'COMPLETED')).outputs.walletId ?? '';
  await untilListed(stack, 1);
}, LONG_MS);
afterEach(() => {
  delete lies.movements;
  delete lies.balanceAfter;
  delete lies.nameless;
});
afterAll(async () => {
  await stack?.stop();
  await temporal?.close();
});

const recharge = async (number: string) => {
  const body = { walletId, amount: '100.00', currency: 'USD', methodCode: 'BANK_TRANSFER' };
  const flow = await new FlowDriver(stack, 'wallet-recharge', number).start(body);
  await until(
    async () => (await registerOf(stack, walletId)).orders.some(({ orderNo }) => orderNo === `${number}_RC1`),
    () => `the register is not told of ${number}`,
  );
  return flow;
};
const bySomebodyElse = (rechargeOrderNo: string) =>
  stack.falpay.createRecharge({
    rechargeOrderNo,
    walletId,
    amount: '50.00',
    currency: 'USD',
    methodCode: 'BANK_TRANSFER',
  });

test(
  'money that no callback told reaches its flow, also where FalPay’s rows do not repeat our number',
  async () => {
    await stack.control('PUT', '/settings', { arrivalDelay: 'manual' });
    await stack.control('PUT', '/faults', { rules: [{ topic: 'wallet-recharge', fault: 'dropCallback' }] });
    const flow = await recharge('R-nameless');
    await flow.waitsFor('wallet-recharge');
    await stack.control('POST', '/recharges/R-nameless_RC1/arrivals', {});
    lies.nameless = true;
    const report = await reconciled(stack);
    expect(entriesOf(report).find(({ order }) => order === 'R-nameless_RC1')).toMatchObject({
      mark: 'MATCHED',
      fed: 'SETTLED',
      theirs: expect.stringMatching(/^\d/),
    });
    await flow.completed();
    await stack.control('DELETE', '/faults');
    await stack.control('PUT', '/settings', { arrivalDelay: AT_ONCE.arrivalDelay });
  },
  LONG_MS,
);

test(
  'an order of FalPay’s that we do not have, the reverse, and a sum that differs are each told once, and nothing else',
  async () => {
    expect(differing(await reconciled(stack))).toEqual([]);

    await bySomebodyElse('R-ghost_RC1');
    await bySomebodyElse('somebody-elses_1');
    lies.movements = ({ run, found }, [orderNo = '']) => {
      if (orderNo === 'R-unbooked_RC1')
        return {
          run,
          found: [
            {
              orderNo: '1',
              merchantOrderNo: orderNo,
              type: 'RECHARGE',
              direction: 'IN',
              amount: '100.00',
              fee: '0.00',
              currency: 'USD',
              status: 'SUCCESS',
            },
          ],
        };
      return orderNo === 'R-more_RC1'
        ? { run, found: (found ?? []).map((row) => ({ ...row, amount: '150.00' })) }
        : { run, found };
    };
    await stack.control('PUT', '/settings', { arrivalDelay: 'manual' });
    const unbooked = await recharge('R-unbooked');
    await unbooked.waitsFor('wallet-recharge');
    // Its flow believes what it was shown; FalPay's own books do not have it.
    await routed(stack.cardflow, {
      eventId: 'rumour',
      topic: 'wallet-recharge',
      occurredAt: '2026-01-31 10:00:00',
      receivedAt: '2026-01-31T10:00:00.000Z',
      stale: true,
      orderNo: 'R-unbooked_RC1',
      ref: '1',
      ids: { walletId },
      data: {
        orderNo: '1',
        rechargeOrderNo: 'R-unbooked_RC1',
        walletId,
        status: 'SUCCESS',
        amount: '100.00',
        creditedAmount: '100.00',
        fee: '0.00',
        currency: 'USD',
      },
    });
    await unbooked.completed();
    const more = await recharge('R-more');
    await more.waitsFor('wallet-recharge');
    await stack.control('POST', '/recharges/R-more_RC1/arrivals', {});
    await more.completed();
    delete lies.movements;

    const planted = [
      { order: 'R-ghost_RC1', mark: 'MISSING_HERE', note: 'no flow of ours has this number' },
      { order: 'R-more_RC1', mark: 'AMOUNT_DIFFERS', ours: '150.00' },
      { order: 'R-unbooked_RC1', mark: 'MISSING_THERE', ours: '100.00' },
      { order: 'somebody-elses_1', mark: 'MISSING_HERE', note: 'no order number of ours' },
    ];
    const report = await reconciled(stack);
    const byOrder = (one: { order: string }, other: { order: string }) => one.order.localeCompare(other.order);
    expect([...differing(report)].sort(byOrder)).toEqual(
      planted.sort(byOrder).map((entry) => expect.objectContaining(entry)),
    );
    expect(report.reconciliation).toMatchObject({ differences: 4, currencies: [{ agrees: true }] });
    // Until it is settled it is told again, whatever day is asked for.
    const { orders } = await registerOf(stack, walletId);
    expect(orders.map(({ orderNo }) => orderNo)).toEqual(expect.arrayContaining(['R-unbooked_RC1', 'R-more_RC1']));
  },
  LONG_MS,
);

test(
  'a balance that does not follow from the one before is told where it breaks',
  async () => {
    const known = differing(await reconciled(stack)).length;
    lies.balanceAfter = '12345.67';
    const report = await reconciled(stack);
    const breaks = differing(report).filter(({ kind }) => kind === 'BALANCE');
    expect(breaks.map(({ theirs }) => theirs)).toContain('12345.67');
    expect(differing(report).length).toBe(known + breaks.length);
    expect(report.reconciliation.currencies).toMatchObject([{ agrees: false }]);
  },
  LONG_MS,
);

test(
  'a wallet that FalPay refuses to show is told as not read, and the others are reconciled all the same',
  async () => {
    await stack.cardflow.publisher.register([{ walletId: '999' }]);
    await untilListed(stack, 2);
    const { reconciliation, wallets } = await reconciled(stack);
    expect(reconciliation).toMatchObject({ failed: 1 });
    expect(wallets.find((wallet) => wallet.walletId === '999')).toMatchObject({
      failed: true,
      summary: { failure: expect.stringContaining('wallet not found') },
    });
    expect(wallets.find((wallet) => wallet.walletId === walletId)?.failed).toBeUndefined();
    await stack.client.workflow.getHandle('wallet/999').cancel();
  },
  LONG_MS,
);

test(
  'a day that is over moves the register’s cursor, a day that is not does not',
  async () => {
    const day = today();
    await reconciled(stack, { from: day, to: day });
    expect((await registerOf(stack, walletId)).reconciledTo).not.toBe(day);
    // From the day before on: by UTC, in which the register tells since when it knows the wallet, it may still be yesterday.
    const yesterday = addDays(today(), -1);
    await reconciled(stack, { from: addDays(yesterday, -1), to: yesterday });
    await until(
      async () => (await registerOf(stack, walletId)).reconciledTo === yesterday,
      () => 'the cursor does not move',
    );
  },
  LONG_MS,
);

test(
  'a page of a report is no flow',
  async () => {
    const { number, wallets } = await reconciled(stack);
    const pages = wallets.find((wallet) => wallet.walletId === walletId)?.summary?.pages;
    expect(pages).toBe(1);
    const path = `/v1/flows/reconciliation/${number}.${walletId}`;
    expect((await stack.api('GET', path, undefined, 'operator')).status).toBe(200);
    expect((await stack.api('GET', `${path}.1`, undefined, 'operator')).status).toBe(404);
  },
  LONG_MS,
);

test('days that are none are refused by name', async () => {
  await expect(stack.cardflow.reconcile({ from: '2026-02-30', to: '2026-03-01' })).rejects.toThrow(
    'from: must be a day',
  );
  await expect(stack.cardflow.reconcile({ from: '2026-03-02', to: '2026-03-01' })).rejects.toThrow(
    'to: must not be before',
  );
  const ahead = addDays(today(), 2);
  await expect(stack.cardflow.reconcile({ from: today(), to: ahead })).rejects.toThrow(
    'to: must not lie in the future',
  );
  await expect(stack.cardflow.reconcile({ from: ahead, to: ahead })).rejects.toThrow(
    'from: must not lie in the future',
  );
  await expect(stack.cardflow.reconcile({ from: addDays(today(), -366), to: today() })).rejects.toThrow(
    'from: must be at most 366 days',
  );
});
