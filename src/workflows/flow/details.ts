/** The Markdown that an operator reads in the Temporal UI. */
import type { ActionName, BlockState, CardLife, FlowState } from '../../messages';
import { isOverLimitChange, stageOf } from '../../messages';
import { takesNotDone } from './blocks';

/** Beyond these, the state and the list of blocks tell the rest. */
const BLOCKS_SHOWN = 20;

export function renderDetails(state: FlowState): string {
  return [
    `**${state.stage}** · ${state.kind} ${state.number}`,
    ...(state.fault
      ? [
          `FalPay cannot be used since ${state.fault.since}: ${state.fault.message}. It goes on by itself; next try ${state.fault.nextTryAt}.`,
        ]
      : []),
    ...state.blocks.slice(0, BLOCKS_SHOWN).map(renderBlock),
    ...(state.blocks.length > BLOCKS_SHOWN ? [`… and ${state.blocks.length - BLOCKS_SHOWN} more blocks`] : []),
    ...(state.outputs.card ? cardTables(state.outputs.card) : []),
    stepTable(state),
    ...(state.waits.length > 0 ? [waitTable(state)] : []),
    ...(state.actions.length > 0 ? [actionTable(state)] : []),
  ].join('\n\n');
}

function renderBlock(block: BlockState): string {
  const { step, reason, message, since, fields, actions, patchable } = block;
  const whose = stageOf(reason) === 'BLOCKED' ? 'An operator decides' : 'The backend corrects, or an operator acts';
  return [
    `**${reason}** at step \`${step}\` since ${minute(since)}: ${oneLine(message)}`,
    ...(fields ? [`At fault: ${fields.map(code).join(', ')}.`] : []),
    `${whose}: **More Actions**, **Send an Update**, with your reason and your name:`,
    actions.map((action) => `- \`${action}\` ${code(inputFor(action, block))}`).join('\n'),
    ...(patchable ? [`A patch may change ${patchable.map((path) => code(path || 'any field')).join(', ')}.`] : []),
  ].join('\n\n');
}

/** What to paste into the UI's field: complete but for what only the person knows. */
function inputFor(action: ActionName, block: BlockState): string {
  const { blockId, reason } = block;
  const who = '"reason": "…", "actor": "…"';
  const common = `"blockId": "${blockId}", ${who}`;
  switch (action) {
    case 'retry':
    case 'skip':
      return `{${common}}`;
    case 'amend':
      return `{${common}, "patch": {…}}`;
    case 'correct':
      return reason === 'RECHARGE_SHORT' ? `{${common}, "accept": true}` : `{${common}, "patch": {…}}`;
    case 'resolve':
      return [
        `{${common}, "outcome": "DONE", "ref": "…"}`,
        ...(takesNotDone(block) ? [`{${common}, "outcome": "NOT_DONE"}`] : []),
      ].join('` or `');
    case 'abort':
      return `{${who}}`;
  }
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A batch has hundreds of steps: then only those in hand are worth a line each. */
const STEPS_SHOWN = 40;

function stepTable(state: FlowState): string {
  const all = state.steps;
  const shown =
    all.length <= STEPS_SHOWN ? all : all.filter(({ status }) => status === 'RUNNING' || status === 'WAITING');
  const counts = all.length <= STEPS_SHOWN ? [] : [countsOf(all)];
  const rows = shown
    .slice(0, STEPS_SHOWN)
    .map(({ name, status, ref, attempts, startedAt, endedAt }) =>
      row(name, status, minute(endedAt ?? startedAt), ref === undefined ? '' : code(ref), attempts),
    );
  const table = ['| step | status | since | ref | calls |', '|---|---|---|---|---|', ...rows].join('\n');
  return [...counts, table].join('\n\n');
}

/** `500 steps: 412 DONE, 2 WAITING, 86 PENDING` */
function countsOf(steps: FlowState['steps']): string {
  const counts = new Map<string, number>();
  for (const { status } of steps) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `${steps.length} steps: ${[...counts].map(([status, count]) => `${count} ${status}`).join(', ')}`;
}

function waitTable(state: FlowState): string {
  const rows = state.waits.map(({ step, topic, ref, deadline, nextQueryAt }) =>
    row(step, `${topic} ${ref}`, minute(nextQueryAt), minute(deadline)),
  );
  return ['| waits at | for | FalPay is asked again | deadline |', '|---|---|---|---|', ...rows].join('\n');
}

/** The rest is in the state. */
const ROWS_SHOWN = 10;

function cardTables({ payOrders, unconfirmed, events, limitChanges, ...card }: CardLife): string[] {
  const { status, limit, used, available, currency, walletId, last4, asOf } = card;
  const ahead = limitChanges.filter((change) => !isOverLimitChange(change));
  const ended = limitChanges.filter(isOverLimitChange);
  const changes = [...ended.slice(-ROWS_SHOWN), ...ahead.slice(0, ROWS_SHOWN)];
  return [
    status === undefined
      ? 'FalPay has not shown the card yet.'
      : `Card ${last4 === undefined ? '' : `… ${last4} `}of wallet \`${walletId}\`: **${oneLine(status)}**, limit ${limit} ${currency}, used ${used}, available ${available}, as of ${minute(asOf)}.`,
    ...(unconfirmed > 0 ? [`${unconfirmed} callbacks are not borne out by FalPay's queries yet.`] : []),
    ...(ahead.length > 0 ? [`${ahead.length} limit changes to come.`] : []),
    ...(changes.length > 0
      ? [
          table(
            ['limit change', 'what', 'status', 'before', 'after', 'why'],
            changes.map(
              ({ orderNo, direction, amount, currency: unit, status: is, limitBefore, limitAfter, error }) => [
                orderNo,
                `${direction} ${amount} ${unit}`,
                is,
                limitBefore ?? '',
                limitAfter ?? '',
                error ?? '',
              ],
            ),
          ),
        ]
      : []),
    ...(payOrders.length > 0
      ? [
          table(
            ['pay orders', 'status', 'count', 'amount', 'fee'],
            payOrders.map(({ type, status: is, count, amount, currency: unit, fee }) => [
              type,
              is,
              count,
              `${amount} ${unit}`,
              fee,
            ]),
          ),
        ]
      : []),
    ...(events.length > 0
      ? [
          table(
            ["FalPay's time", 'event', 'status', 'amount'],
            events
              .slice(-ROWS_SHOWN)
              .map((event) =>
                event.what === 'status'
                  ? [event.occurredAt, 'card', event.status, '']
                  : [
                      event.occurredAt,
                      `${event.type} ${event.payOrderNo}`,
                      event.status,
                      `${event.amount} ${event.currency}`,
                    ],
              ),
          ),
        ]
      : []),
  ];
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [row(...head), row(...head.map(() => '---')), ...rows.map((cells) => row(...cells))].join('\n');
}

function actionTable(state: FlowState): string {
  const rows = state.actions.map(({ at, action, actor, reason, superseded }) =>
    row(minute(at), superseded ? `${action} (superseded)` : action, actor, reason),
  );
  return ['| at | action | by | why |', '|---|---|---|---|', ...rows].join('\n');
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => oneLine(String(cell))).join(' | ')} |`;
}

/** A person's words, or FalPay's, must not break table or quotation. */
function oneLine(text: string): string {
  return text.replaceAll(/[|\r\n]+/g, ' ');
}

/** UTC, as the Temporal UI shows times by default; seconds are in the history. In one piece: a narrow column would break it at each hyphen. */
function minute(time: string | undefined): string {
  return time === undefined ? '' : time.slice(0, 16).replace('T', '\u00a0').replaceAll('-', '\u2011');
}
