/** The Markdown that an operator reads in the Temporal UI. */
import type { BlockState, FlowState } from '../../messages';
import { stageOf } from '../../messages';

export function renderDetails(state: FlowState): string {
  return [
    `**${state.stage}** · ${state.kind} ${state.number}`,
    ...(state.fault
      ? [
          `FalPay cannot be used since ${state.fault.since}: ${state.fault.message}. It goes on by itself; next try ${state.fault.nextTryAt}.`,
        ]
      : []),
    ...state.blocks.map(renderBlock),
    stepTable(state),
    ...(state.waits.length > 0 ? [waitTable(state)] : []),
    ...(state.actions.length > 0 ? [actionTable(state)] : []),
  ].join('\n\n');
}

function renderBlock({ blockId, step, reason, message, actions, patchable }: BlockState): string {
  const whose = stageOf(reason) === 'BLOCKED' ? 'An operator decides' : 'The backend corrects, or an operator acts';
  const lines = [
    `**${reason}** at step \`${step}\`: ${oneLine(message)}`,
    `${whose}: ${actions.map(code).join(', ')} with \`{"blockId": "${blockId}", "reason": "…", "actor": "…"}\``,
    ...(patchable ? [`A patch may change ${patchable.map(code).join(', ')}.`] : []),
  ];
  return lines.map((line) => `> ${line}`).join('\n>\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function stepTable(state: FlowState): string {
  const rows = state.steps.map(({ name, status, ref, attempts, startedAt, endedAt }) =>
    row(name, status, ref ?? '', attempts, minute(startedAt), minute(endedAt)),
  );
  return ['| step | status | ref | calls | began | ended |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function waitTable(state: FlowState): string {
  const rows = state.waits.map(({ step, topic, ref, deadline, nextQueryAt }) =>
    row(step, `${topic} ${ref}`, minute(nextQueryAt), minute(deadline)),
  );
  return ['| waits at | for | FalPay is asked again | deadline |', '|---|---|---|---|', ...rows].join('\n');
}

function actionTable(state: FlowState): string {
  const rows = state.actions.map(({ at, action, actor, reason }) => row(minute(at), action, actor, reason));
  return ['| at | action | by | why |', '|---|---|---|---|', ...rows].join('\n');
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => oneLine(String(cell))).join(' | ')} |`;
}

/** A person's words, or FalPay's, must not break table or quotation. */
function oneLine(text: string): string {
  return text.replaceAll(/[|\r\n]+/g, ' ');
}

/** UTC, as the Temporal UI shows times by default; seconds are in the history. */
function minute(time: string | undefined): string {
  return time === undefined ? '' : time.slice(0, 16).replace('T', ' ');
}
