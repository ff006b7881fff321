/** Money that callbacks tell of, and what a person does where no flow takes it. */
import type { CardflowClient } from '../../src/client';
import type { CallbackEvent, Outputs } from '../../src/messages';
import type { Stack } from './stack';
import { unlessAway } from './unless-away';
import { until } from './until';

/** A callback about money on the flow's newest recharge, whether FalPay's books show it or not. */
export function moneyCallback(
  { walletId, recharge }: Pick<Outputs, 'walletId' | 'recharge'>,
  { eventId, creditedAmount, status }: { eventId: string; creditedAmount: string; status: 'PROCESSING' | 'SUCCESS' },
): CallbackEvent {
  const { orderNo = '', rechargeOrderNo, amount } = recharge ?? {};
  return {
    eventId,
    topic: 'wallet-recharge',
    occurredAt: '2026-01-31 10:00:00',
    receivedAt: '2026-01-31T02:00:00.000Z',
    stale: false,
    orderNo: rechargeOrderNo,
    ref: orderNo,
    ids: { walletId },
    data: { orderNo, rechargeOrderNo, walletId, status, amount, creditedAmount, fee: '0.00', currency: 'USD' },
  };
}

type Routed = Awaited<ReturnType<CardflowClient['callbacks']['route']>>;

/** As FalPay tells it: again, where it was not taken in time. */
export async function routed({ callbacks }: Pick<CardflowClient, 'callbacks'>, event: CallbackEvent): Promise<Routed> {
  let outcome: Routed | undefined;
  await until(
    async () => (outcome = await unlessAway(callbacks.route(event))) !== undefined,
    () => `nobody takes ${event.topic} of ${event.ref}`,
  );
  return outcome as Routed;
}

/** Waits until a person is asked what to do with parked callbacks, discards them, and waits until whoever looks for it finds that. */
export async function discardParked(stack: Stack, number: string): Promise<void> {
  const state = () => stack.cardflow.state('parked', number).catch(() => undefined);
  let blockId: string | undefined;
  await until(
    async () => (blockId = (await state())?.blocks[0]?.blockId) !== undefined,
    () => `parked/${number} asks nobody`,
  );
  await stack.cardflow.skip('parked', number, { blockId: blockId ?? '', actor: 'olaf', reason: 'sent back by hand' });
  await until(
    async () => (await state())?.stage === 'COMPLETED',
    () => `parked/${number} goes on`,
  );
  const { workflowService, options, workflow } = stack.client;
  const { workflowId, runId } = await workflow.getHandle(`parked/${number}`).describe();
  const query = `WorkflowId = '${workflowId}' AND RunId = '${runId}' AND ExecutionStatus = 'Completed'`;
  await until(
    async () => {
      const found = await workflowService.listWorkflowExecutions({ namespace: options.namespace, query });
      return found.executions.length > 0;
    },
    () => `${workflowId} is not listed as completed`,
  );
}
