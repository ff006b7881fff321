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

function renderBlock(block: BlockState): string {
  const whose =
    stageOf(block.reason) === 'BLOCKED' ? 'An operator decides' : 'The backend corrects, or an operator acts';
  return [
    `> **${block.reason}** at step \`${block.step}\`: ${block.message}`,
    `> ${whose}: ${block.actions.map((action) => `\`${action}\``).join(', ')} with \`{"blockId": "${block.blockId}", "reason": "…", "actor": "…"}\``,
  ].join('\n');
}

function stepTable(state: FlowState): string {
  const rows = state.steps.map(
    (step) =>
      `| ${step.name} | ${step.status} | ${step.ref ?? ''} | ${step.attempts} | ${step.startedAt ?? ''} | ${step.endedAt ?? ''} |`,
  );
  return ['| step | status | ref | calls | started | ended |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function waitTable(state: FlowState): string {
  const rows = state.waits.map(
    (wait) => `| ${wait.step} | ${wait.topic} ${wait.ref} | ${wait.deadline} | ${wait.nextQueryAt} |`,
  );
  return ['| waits at | for | deadline | FalPay is asked again |', '|---|---|---|---|', ...rows].join('\n');
}

function actionTable(state: FlowState): string {
  const rows = state.actions.map(
    (action) => `| ${action.at} | ${action.action} | ${action.actor} | ${oneLine(action.reason)} |`,
  );
  return ['| at | action | by | why |', '|---|---|---|---|', ...rows].join('\n');
}

/** A person's words must not break the table. */
function oneLine(text: string): string {
  return text.replaceAll(/[|\r\n]+/g, ' ');
}
