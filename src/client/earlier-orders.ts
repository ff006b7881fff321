import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { UnlistedOperation } from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';
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
  const { temporal, limits } = context;
  const { loadedDataConverter, namespace } = temporal.options;
  const { workflowId, onProgress } = asking;
  const sent = new Set<string>();
  for (const runId of await endedRuns(context, asking)) {
    onProgress();
    const handle = temporal.workflow.getHandle(workflowId, runId);
    const { events } = await within(temporal, limits.callMs, () => handle.fetchHistory());
    for (const { activityTaskScheduledEventAttributes: call } of events ?? []) {
      if (call?.activityType?.name !== operation) continue;
      const target = { type: 'workflow', namespace, workflowId } as const;
      const [given] = await decodeArrayFromPayloads(loadedDataConverter, call.input?.payloads, target);
      const orderNo = (given as { order?: Record<string, unknown> } | undefined)?.order?.[ORDER_NO[operation]];
      if (typeof orderNo === 'string') sent.add(orderNo);
    }
  }
  return [...sent];
}
