/** Callbacks that come too early, or after the end: what the flows make of them, and what the one does that holds them. */
import { BY_HAND } from '../../../setup/stack';
import { until } from '../../../setup/until';
import { ONE_CARD } from '../bodies';
import type { Scenario } from '../scenario';

export const callbacks: readonly Scenario[] = [
  {
    // With our number in it the callback reaches the flow before FalPay's answer does.
    records: ['onboarding.early-callback'],
    body: ONE_CARD,
    alone: { ...BY_HAND, merchantAuditDelay: 0 },
    faults: (orderNo) => [{ operation: 'createMerchant', orderNo, fault: 'callbackBeforeResponse' }],
    async run(flow) {
      await flow.start();
      await flow.finishFromWalletAudit();
      await flow.record('onboarding.early-callback');
    },
  },
  {
    // Without our number only FalPay's id could tell the flow, which does not know it yet.
    records: ['onboarding.early-callback-parked', 'parked.early-callback'],
    body: ONE_CARD,
    alone: { ...BY_HAND, merchantAuditDelay: 0, callbackOrderNumbers: false },
    faults: (orderNo) => [{ operation: 'createMerchant', orderNo, fault: 'callbackBeforeResponse' }],
    async run(flow) {
      await flow.start();
      const { outputs } = await flow.waitsFor('wallet-audit');
      const ref = outputs.merchantId ?? '';
      await flow.parked('merchant-audit', ref, ({ stage }) => stage === 'COMPLETED');
      await flow.record('parked.early-callback', `parked/merchant-audit/${ref}`);
      await flow.record('onboarding.early-callback-parked');
    },
  },
  {
    records: ['onboarding.aborted-before-money', 'parked.waiting', 'parked.deadline', 'parked.discarded'],
    async run(flow) {
      const { outputs } = await flow.toRecharge();
      await flow.cancel();
      await flow.record('onboarding.aborted-before-money');
      await flow.pay();
      const ref = outputs.recharge?.orderNo ?? '';
      const workflowId = `parked/wallet-recharge/${ref}`;
      await flow.parked('wallet-recharge', ref, ({ stage }) => stage === 'WAITING');
      await flow.record('parked.waiting', workflowId);
      const { blocks } = await flow.parked('wallet-recharge', ref, (state) => state.blocks.length > 0);
      await flow.record('parked.deadline', workflowId);
      await flow.act('skip', { blockId: blocks[0]?.blockId }, `parked/wallet-recharge~${ref}`);
      await flow.parked('wallet-recharge', ref, ({ stage }) => stage === 'COMPLETED');
      await flow.record('parked.discarded', workflowId);
    },
  },
  {
    records: ['parked.before-continue-as-new', 'parked.after-continue-as-new'],
    async run(flow) {
      const { outputs } = await flow.toRecharge();
      await flow.cancel();
      const ref = outputs.recharge?.orderNo ?? '';
      const workflowId = `parked/wallet-recharge/${ref}`;
      const now = () => flow.stack.client.workflow.getHandle(workflowId).describe();
      await flow.pay({ amount: '1.00' });
      await flow.parked('wallet-recharge', ref, ({ stage }) => stage === 'WAITING');
      const { runId: first } = await now();
      for (let last = await now(); last.runId === first;) {
        const { historyLength } = last;
        await flow.pay({ amount: '1.00' });
        await until(
          async () => {
            last = await now();
            return last.runId !== first || last.historyLength > historyLength;
          },
          () => `${workflowId} does not hear of the money`,
        );
      }
      await flow.record('parked.before-continue-as-new', workflowId, first);
      await flow.record('parked.after-continue-as-new', workflowId);
    },
  },
  {
    // The same event twice at the same time.
    records: ['onboarding.repeated-callbacks'],
    body: ONE_CARD,
    faults: (number) => [
      { topic: 'merchant-audit', orderNo: number, fault: 'duplicateCallback' },
      { topic: 'wallet-recharge', orderNo: `${number}_OR1`, fault: 'duplicateCallback' },
    ],
    async run(flow) {
      await flow.toRecharge();
      await flow.finishFromRecharge();
      await flow.record('onboarding.repeated-callbacks');
    },
  },
];
