/** The register of a wallet, and reconciliations of what it tells. */
import { workflowIdFor } from '../../../../src/messages';
import { reconciled, today } from '../../../setup/reconciled';
import { BY_HAND } from '../../../setup/stack';
import { until } from '../../../setup/until';
import { ONE_CARD } from '../bodies';
import type { Case } from '../case';
import type { Scenario } from '../scenario';

/** Recorded one after the other, with a register for each: so each knows how many wallets there are. */
const ALONE = { ...BY_HAND };
/** As many as after which the recording's policy lets a register go on. */
const NEWS = 12;

const partOf = (walletId: string) => workflowIdFor('reconciliation', `${today()}.${walletId}`);
const register = (flow: Case, walletId: string) => flow.stack.cardflow.state('wallet', walletId);

/** What other recordings left behind is not compared: only wallets that have a register are. */
async function forgetOthers(flow: Case): Promise<void> {
  const { client, cardflow } = flow.stack;
  const ended = new Set<string>();
  await until(
    async () => {
      const { walletIds } = await cardflow.reconciler.listWallets(undefined);
      for (const walletId of walletIds.filter((one) => !ended.has(one))) {
        ended.add(walletId);
        await client.workflow.getHandle(workflowIdFor('wallet', walletId)).cancel();
      }
      return walletIds.length === 0;
    },
    () => 'registers of other recordings do not end',
  );
}

async function complete(flow: Case): Promise<string> {
  await forgetOthers(flow);
  await flow.pastRecharge();
  const { walletId = '' } = (await flow.completed()).outputs;
  await until(
    async () => ((await register(flow, walletId)).outputs.wallet?.cards.length ?? 0) === 1,
    () => `the register of ${walletId} does not hear of the card`,
  );
  await listed(flow, walletId);
  return walletId;
}

function listed(flow: Case, walletId: string): Promise<void> {
  return until(
    async () => {
      const { walletIds } = await flow.stack.cardflow.reconciler.listWallets(undefined);
      return walletIds.includes(walletId);
    },
    () => `the register of ${walletId} is not listed`,
  );
}

const reconcileToday = (flow: Case) => reconciled(flow.stack, { from: today(), to: today() });

export const reconciliations: readonly Scenario[] = [
  {
    records: ['wallet.fresh', 'wallet.before-continue-as-new', 'wallet.after-continue-as-new'],
    body: ONE_CARD,
    alone: ALONE,
    async run(flow) {
      const walletId = await complete(flow);
      const workflowId = workflowIdFor('wallet', walletId);
      await flow.record('wallet.fresh', workflowId);
      const { runId } = await flow.stack.client.workflow.getHandle(workflowId).describe();
      for (let index = 0; index < NEWS; index += 1) {
        const order = {
          orderNo: `R-${index}_RC1`,
          step: 'recharge',
          workflowId: `wallet-recharge/R-${index}`,
        } as const;
        await flow.stack.cardflow.publisher.register([{ walletId, orders: [order] }]);
      }
      await until(
        async () => (await flow.stack.client.workflow.getHandle(workflowId).describe()).runId !== runId,
        () => 'the register does not continue as new',
      );
      await flow.record('wallet.before-continue-as-new', workflowId, runId);
      await until(
        async () => (await register(flow, walletId)).outputs.wallet?.counts.orders === NEWS + 2,
        () => 'news were lost',
      );
      await flow.record('wallet.after-continue-as-new', workflowId);
    },
  },
  {
    records: ['reconciliation.clean', 'reconciliation.clean-wallet', 'reconciliation.clean-page'],
    body: ONE_CARD,
    alone: ALONE,
    async run(flow) {
      const walletId = await complete(flow);
      const { number } = await reconcileToday(flow);
      await flow.record('reconciliation.clean', workflowIdFor('reconciliation', number));
      await flow.record('reconciliation.clean-wallet', partOf(walletId));
      await flow.record('reconciliation.clean-page', `${partOf(walletId)}.1`);
    },
  },
  {
    // The callback of the money is missed: it is fed; what comes after the end of the flow is parked.
    records: ['reconciliation.fed-and-parked', 'reconciliation.fed-and-parked-wallet'],
    body: ONE_CARD,
    alone: ALONE,
    faults: (number) => [{ topic: 'wallet-recharge', orderNo: `${number}_OR1`, fault: 'dropCallback' }],
    async run(flow) {
      await forgetOthers(flow);
      const { walletId = '' } = (await flow.toRecharge()).outputs;
      await flow.pay();
      await listed(flow, walletId);
      await reconcileToday(flow);
      await flow.completed();
      await flow.pay({ amount: '5.00' });
      const { number } = await reconcileToday(flow);
      await flow.record('reconciliation.fed-and-parked', workflowIdFor('reconciliation', number));
      await flow.record('reconciliation.fed-and-parked-wallet', partOf(walletId));
    },
  },
  {
    // Stopped where FalPay does not answer for a page.
    records: ['reconciliation.under-way', 'reconciliation.under-way-wallet', 'reconciliation.aborted'],
    body: ONE_CARD,
    alone: ALONE,
    async run(flow) {
      const walletId = await complete(flow);
      await flow.stack.control('PUT', '/faults', { rules: [{ operation: 'listCardFees', fault: 'down' }] });
      const { number } = await flow.stack.cardflow.reconcile({ from: today(), to: today() });
      const asksForFees = async () => {
        const { events } = await flow.stack.client.workflow.getHandle(partOf(walletId)).fetchHistory();
        return (events ?? []).some(
          (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'pageOfFees',
        );
      };
      await until(
        () => asksForFees().catch(() => false),
        () => 'no page of fees is asked for',
      );
      const workflowId = workflowIdFor('reconciliation', number);
      await flow.record('reconciliation.under-way', workflowId);
      await flow.record('reconciliation.under-way-wallet', partOf(walletId));
      await flow.stack.client.workflow.getHandle(workflowId).cancel();
      await until(
        async () => (await flow.stack.cardflow.state('reconciliation', number)).stage === 'ABORTED',
        () => 'the reconciliation is not aborted',
      );
      await flow.record('reconciliation.aborted', workflowId);
      await flow.stack.control('DELETE', '/faults');
    },
  },
];
