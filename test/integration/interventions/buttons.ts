/** What a person can press on a flow in the Temporal UI, by the calls that the UI makes; and the restart that Cardflow adds. */
import type { Client } from '@temporalio/client';
import type { FlowDriver } from '../../setup/flow-driver';
import { isCompletedTask, reset } from '../../setup/reset';
import { until } from '../../setup/until';

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
    let refused = '';
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
        refused = JSON.stringify(answer.body);
        if (answer.status === 503) return false;
        throw new Error(`restart: ${answer.status} ${JSON.stringify(answer.body)}`);
      },
      () => `${this.workflowId} cannot be restarted: ${refused}`,
    );
  }

  history() {
    return this.client.workflow.getHandle(this.workflowId).fetchHistory();
  }

  /** *Reset*. @param back which of the workflow tasks there are, from 0 to 1: the first to the last */
  async reset(back: number): Promise<void> {
    await reset(this.client, this.workflowId, (events) => {
      const tasks = events.filter(isCompletedTask);
      return tasks[Math.round(back * (tasks.length - 1))];
    });
  }
}
