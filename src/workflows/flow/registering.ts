/** What the register of a wallet must know before FalPay does. */
import type { RegisteredOrder } from '../../messages';
import type { Flow } from './flow';

/** Told in the same workflow task that sends the order: an order whose answer is lost, and whose flow is ended, is known all the same. */
export function registerOrder(flow: Flow<unknown>, walletId: string, order: Omit<RegisteredOrder, 'workflowId'>): void {
  const { merchantId } = flow.record.outputs;
  flow.outbox.register({
    walletId,
    ...(merchantId !== undefined && { merchantId }),
    orders: [{ ...order, workflowId: flow.state.workflowId }],
  });
  flow.outbox.flush();
}
