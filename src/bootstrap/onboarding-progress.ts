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

interface ProgressLine {
  /** What it is about, without what only moves on: a line is told again when this changes. */
  readonly key: string;
  readonly text: string;
}

/** Tells a flow's states as they come: on a terminal the whole table each time, elsewhere a line for each change. */
export function progressTeller(say: Report, live: boolean): (state: FlowState) => void {
  const told = new Set<string>();
  return (state) => {
    const lines = progressLines(state);
    if (live) {
      say(lines.map(({ text }) => text).join('\n'));
      return;
    }
    for (const { key, text } of lines) {
      if (!told.has(key)) say(text);
      told.add(key);
    }
  };
}

export function progressLines({ steps, waits, blocks, fault }: FlowState): readonly ProgressLine[] {
  return [
    ...steps
      .filter(({ status }) => status !== 'PENDING')
      .map((step) => ({ key: `${step.name} ${step.status}`, text: stepLine(step, waits) })),
    ...blocks.map(({ blockId, step, reason, message }) => ({ key: blockId, text: `✖ ${step}: ${reason}: ${message}` })),
    ...(fault === undefined ? [] : [{ key: fault.since, text: `! ${fault.message}; next try ${fault.nextTryAt}` }]),
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
