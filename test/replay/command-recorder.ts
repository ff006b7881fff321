/** Bundled into the replay's workflows: tells what the code asks for now, so that it can be compared with what the history holds. */
import type { Sinks, WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { proxySinks } from '@temporalio/workflow';

export interface RecordedActivity {
  readonly seq: number;
  readonly type: string;
  readonly args: readonly unknown[];
  readonly startToCloseMs: number;
  /** 0: without limit. */
  readonly maximumAttempts: number;
}
export interface RecordedLocalActivity {
  readonly seq: number;
  readonly type: string;
}
export interface RecordedTimer {
  readonly seq: number;
  readonly ms: number;
}
export interface CommandSinks extends Sinks {
  commands: {
    activity(command: RecordedActivity): void;
    localActivity(command: RecordedLocalActivity): void;
    timer(command: RecordedTimer): void;
  };
}

const { commands } = proxySinks<CommandSinks>();

export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity(input, next) {
        const { seq, activityType: type, args, options } = input;
        commands.activity({
          seq,
          type,
          args,
          // Flows write these as milliseconds.
          startToCloseMs: Number(options.startToCloseTimeout),
          maximumAttempts: options.retry?.maximumAttempts ?? 0,
        });
        return next(input);
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
