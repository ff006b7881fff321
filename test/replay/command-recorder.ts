/** Bundled into the replay's workflows: tells what the code asks for now, so that it can be compared with what the history holds. */
import type { Sinks, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { proxySinks } from '@temporalio/workflow';

export interface RecordedActivity {
  readonly seq: number;
  readonly type: string;
  readonly args: readonly unknown[];
  readonly startToCloseMs?: number;
  readonly maximumAttempts?: number;
}
export interface RecordedTimer {
  readonly seq: number;
  readonly ms: number;
}
export interface CommandSinks extends Sinks {
  commands: {
    activity(command: RecordedActivity): void;
    localActivity(command: Pick<RecordedActivity, 'seq' | 'type'>): void;
    timer(command: RecordedTimer): void;
  };
}

const { commands } = proxySinks<CommandSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [],
  outbound: [
    {
      scheduleActivity({ seq, activityType: type, args, options, ...rest }, next) {
        const { startToCloseTimeout, retry } = options;
        commands.activity({ seq, type, args, startToCloseMs: Number(startToCloseTimeout), maximumAttempts: retry?.maximumAttempts });
        return next({ seq, activityType: type, args, options, ...rest });
      },
      scheduleLocalActivity(input, next) {
        commands.localActivity({ seq: input.seq, type: input.activityType });
        return next(input);
      },
      startTimer(input, next) {
        commands.timer({ seq: input.seq, ms: input.durationMs });
        return next(input);
      },
    },
  ],
});
