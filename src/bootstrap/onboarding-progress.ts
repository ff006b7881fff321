import type { FlowState, StepState, WaitState } from '../messages/state';
import { duration, type Report } from './report';
import { timingOf } from './timings';

const marks: Readonly<Record<StepState['status'], string>> = {
  PENDING: '·',
  RUNNING: '…',
  WAITING: '⏳',
  DONE: '✔',
  SKIPPED: '–',
  FAILED: '✖',
};

/** Tells a flow's states as they come: on a terminal the whole table each time, elsewhere a line for each change. */
export function progressTeller(say: Report, live: boolean): (state: FlowState) => void {
  let told: readonly string[] = [];
  return (state) => {
    const lines = progressLines(state);
    if (live) say(lines.join('\n'));
    else lines.filter((line) => !told.includes(line)).forEach((line) => say(line));
    told = lines;
  };
}

export function progressLines({ steps, waits, blocks, fault }: FlowState): readonly string[] {
  return [
    ...steps.filter(({ status }) => status !== 'PENDING').map((step) => stepLine(step, waits)),
    ...blocks.map(({ step, reason, message }) => `✖ ${step}: ${reason}: ${message}`),
    ...(fault === undefined ? [] : [`! ${fault.message}; next try ${fault.nextTryAt}`]),
  ];
}

function stepLine(step: StepState, waits: readonly WaitState[]): string {
  const { tookMs } = timingOf(step);
  const wait = waits.find((one) => one.step === step.name);
  const detail =
    tookMs !== undefined
      ? duration(tookMs)
      : wait !== undefined
        ? `waits for ${wait.topic} ${wait.ref} (asks FalPay itself at ${clock(wait.nextQueryAt)})`
        : step.status.toLowerCase();
  return `${marks[step.status]} ${step.name.padEnd(24)} ${detail}`;
}

function clock(iso: string): string {
  return new Date(iso).toTimeString().slice(0, 8);
}
