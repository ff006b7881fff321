/** What a person can press on a flow in the Temporal UI, by the calls that the UI makes; and the restart that Cardflow adds. */
import { randomUUID } from 'node:crypto';
import { temporal as proto } from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import type { FlowDriver } from '../../setup/flow-driver';
import { until } from '../../setup/until';

const { ResetReapplyType } = proto.api.enums.v1;

export class Buttons {
  private readonly workflowId: string;

  constructor(
    private readonly client: Client,
    private readonly flow: FlowDriver,
  ) {
    this.workflowId = `${flow.kind}/${flow.number}`;
  }

  /** *Request Cancellation*. */
  async cancel(): Promise<void> {
    await this.client.workflow.getHandle(this.workflowId).cancel();
  }

  /** *Terminate*. */
  async terminate(): Promise<void> {
    await this.client.workflow.getHandle(this.workflowId).terminate('pressed in a test');
  }

  /** An operator's restart, under the same number. */
  async restart(): Promise<void> {
    await until(
      async () => {
        const { number, kind, stack } = this.flow;
        const answer = await stack.api(
          'POST',
          `/v1/flows/${kind}/${number}/actions/restart`,
          { reason: 'again' },
          'operator',
        );
        // Repeated after no answer it may have been done.
        if (answer.status === 200 || answer.status === 409) return true;
        if (answer.status === 503) return false;
        throw new Error(`restart: ${answer.status} ${JSON.stringify(answer.body)}`);
      },
      () => `${this.workflowId} cannot be restarted`,
    );
  }

  history() {
    return this.client.workflow.getHandle(this.workflowId).fetchHistory();
  }

  /** The workflow tasks to which *Reset* can go back, in order. */
  async tasks(): Promise<readonly number[]> {
    const { events } = await this.history();
    return (events ?? [])
      .filter((event) => event.workflowTaskCompletedEventAttributes)
      .map(({ eventId }) => Number(eventId));
  }

  /** *Reset* to a workflow task; signals and updates that came after it are applied again, as the UI proposes. */
  async reset(taskEventId: number): Promise<void> {
    const { runId } = await this.client.workflow.getHandle(this.workflowId).describe();
    await this.client.workflowService.resetWorkflowExecution({
      namespace: this.client.options.namespace,
      workflowExecution: { workflowId: this.workflowId, runId },
      reason: 'pressed in a test',
      requestId: randomUUID(),
      workflowTaskFinishEventId: taskEventId as never,
      resetReapplyType: ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
    });
  }
}
