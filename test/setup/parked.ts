/** Money that callbacks tell of, and what a person does where no flow takes it. */
import type { CallbackEvent, Outputs } from '../../src/messages';
import type { Stack } from './stack';
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

/** Waits until a person is asked what to do with parked callbacks, and discards them. */
export async function discardParked(stack: Stack, number: string): Promise<void> {
  const state = () => stack.cardflow.state('parked', number).catch(() => undefined);
  await until(
    async () => ((await state())?.blocks.length ?? 0) > 0,
    () => `parked/${number} asks nobody`,
  );
  const blockId = (await state())?.blocks[0]?.blockId ?? '';
  await stack.cardflow.skip('parked', number, { blockId, actor: 'olaf', reason: 'sent back by hand' });
  await until(
    async () => (await state())?.stage === 'COMPLETED',
    () => `parked/${number} goes on`,
  );
}
