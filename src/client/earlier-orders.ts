import type { UnlistedOperation } from '../messages';
import type { FlowContext } from './context';
import { historyOf } from './run-history';
import { endedRuns, type Asking } from './runs';

/** How the calls name our number. */
const ORDER_NO: Readonly<Record<UnlistedOperation, string>> = {
  createRecharge: 'rechargeOrderNo',
  createWithdrawal: 'withdrawOrderNo',
};

/**
 * The order numbers that other runs of a flow sent to FalPay, or were about to send, by their histories: for operations whose orders no query of
 * FalPay's shows before their money.
 *
 * @throws FlowUnresponsiveError visibility does not show the runs yet
 * @throws TemporalUnavailableError
 */
export async function sentByOtherRuns(
  context: FlowContext,
  asking: Asking,
  operation: UnlistedOperation,
): Promise<readonly string[]> {
  const { workflowId, onProgress } = asking;
  const sent = new Set<string>();
  for (const runId of await endedRuns(context, asking)) {
    onProgress();
    const { events, first } = await historyOf(context, { workflowId, runId });
    for (const { activityTaskScheduledEventAttributes: call } of events) {
      if (call?.activityType?.name !== operation) continue;
      const given = (await first(call.input?.payloads)) as { order?: Record<string, unknown> } | undefined;
      const orderNo = given?.order?.[ORDER_NO[operation]];
      if (typeof orderNo === 'string') sent.add(orderNo);
    }
  }
  return [...sent];
}
