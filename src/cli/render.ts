/** States and lists as plain text. Every part of a state that a person can act on is there; nothing is cut. */
import type { FlowItem } from '../client/index';
import type {
  BlockState,
  CardLife,
  FlowState,
  LimitChange,
  ReconciliationOutput,
  Residue,
  WalletRegister,
} from '../messages';

export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function renderList(items: readonly FlowItem[]): string {
  if (items.length === 0) return 'no flows';
  return table([
    ['FLOW', 'STAGE', 'STEP', 'REASON', 'STARTED'],
    ...items.map(({ workflowId, stage, step, reason, startedAt }) => [
      workflowId,
      stage,
      step ?? '',
      reason ?? '',
      startedAt,
    ]),
  ]);
}

export function renderState(state: FlowState): string {
  const parts = [
    `${state.workflowId}: ${state.stage}${state.stale ? ' (the flow did not answer: this is what Temporal knows)' : ''}`,
    stepsOf(state),
    waitsOf(state),
    ...state.blocks.map((block) => blockOf(state.workflowId, block)),
    state.fault && `Fault since ${state.fault.since}: ${state.fault.message}; next try ${state.fault.nextTryAt}`,
    outputsOf(state),
    state.outputs.card && cardOf(state.outputs.card),
    actionsOf(state),
    residueOf(state),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join('\n\n');
}

/** One line for each change, for `watch`. */
export function renderChange(state: FlowState): string {
  const [block] = state.blocks;
  const [wait] = state.waits;
  const running = state.steps.find((step) => step.status === 'RUNNING')?.name;
  const doing = block
    ? `${block.reason} at ${block.step}: ${block.message}`
    : wait
      ? `${wait.step}: waits for ${wait.topic} ${wait.ref}, until ${wait.deadline}`
      : (running ?? '');
  const done = state.steps.filter((step) => step.status === 'DONE' || step.status === 'SKIPPED').length;
  const progress = state.steps.length > 0 ? `${done}/${state.steps.length}` : '';
  return [state.stage.padEnd(15), progress.padEnd(6), doing].join(' ').trimEnd();
}

function stepsOf({ steps }: FlowState): string {
  if (steps.length === 0) return '';
  return table([
    ['STEP', 'STATUS', 'STARTED', 'ENDED', 'CALLS', 'REF'],
    ...steps.map(({ name, status, startedAt, endedAt, attempts, ref }) => [
      name,
      status,
      startedAt ?? '',
      endedAt ?? '',
      String(attempts),
      ref ?? '',
    ]),
  ]);
}

function waitsOf({ waits }: FlowState): string {
  if (waits.length === 0) return '';
  return table([
    ['WAITS FOR', 'REF', 'SINCE', 'DEADLINE', 'NEXT QUERY'],
    ...waits.map(({ topic, ref, since, deadline, nextQueryAt }) => [topic, ref, since, deadline, nextQueryAt]),
  ]);
}

function blockOf(workflowId: string, block: BlockState): string {
  const lines = [
    `${block.reason} at ${block.step} since ${block.since}`,
    `  ${block.message}`,
    block.fields?.length ? `  fields: ${block.fields.join(', ')}` : undefined,
    block.patchable?.length ? `  may be changed: ${block.patchable.join(', ')}` : undefined,
    ...block.actions.map((action) => `  npx cardflow ${action} ${workflowId} ${argumentsOf(action, block.blockId)}`),
  ];
  return lines.filter((line) => line !== undefined).join('\n');
}

function argumentsOf(action: BlockState['actions'][number], blockId: string): string {
  const block = `--block ${blockId} --reason "…"`;
  switch (action) {
    case 'correct':
    case 'amend':
      return `${block} --patch '{…}'`;
    case 'resolve':
      return `${block} --outcome done --ref <FalPay's id> | --outcome not-done`;
    case 'retry':
    case 'skip':
      return block;
    case 'abort':
      return '--reason "…"';
  }
}

function outputsOf({ outputs }: FlowState): string {
  const { merchantId, walletId, walletStatus, recharge, earlierRecharges = [], cards } = outputs;
  const rows: string[][] = [];
  if (merchantId) rows.push(['merchant', merchantId]);
  if (walletId) rows.push(['wallet', [walletId, walletStatus].filter(Boolean).join(', ')]);
  for (const one of [...earlierRecharges, ...(recharge ? [recharge] : [])]) {
    const credited = one.credited === undefined ? '' : `, credited ${one.credited}`;
    const fee = one.fee === undefined ? '' : `, fee ${one.fee}`;
    rows.push(['recharge', `${one.rechargeOrderNo}: ${one.amount} ${one.currency}${credited}${fee}, ${one.status}`]);
    if (one.payee)
      rows.push([
        'pay to',
        Object.entries(one.payee)
          .map(([key, value]) => `${key} ${value}`)
          .join(', '),
      ]);
  }
  for (const one of [...(outputs.earlierWithdrawals ?? []), ...(outputs.withdrawal ? [outputs.withdrawal] : [])]) {
    const { withdrawOrderNo, amount, currency, debited, fee, status, error } = one;
    const taken = debited === undefined ? '' : `, debited ${debited}, fee ${fee ?? '0'}`;
    rows.push([
      'withdrawal',
      `${withdrawOrderNo}: ${amount} ${currency}${taken}, ${status}${error ? `, ${error}` : ''}`,
    ]);
  }
  if (outputs.wallet) rows.push(...registerRows(outputs.wallet));
  if (outputs.reconciliation) rows.push(...reconciliationRows(outputs.reconciliation));
  for (const card of cards) {
    const parts = [card.cardId, card.last4 && `ends in ${card.last4}`, card.status, card.error].filter(Boolean);
    rows.push(['card', `${card.cardOrderNo}: ${parts.join(', ')}`]);
  }
  return rows.length > 0 ? table(rows) : '';
}

function registerRows({ orders, cards, counts, reconciledTo, closing = {} }: WalletRegister): readonly string[][] {
  const held = Object.entries(closing).map(([currency, amount]) => `${amount} ${currency}`);
  return [
    ['orders', `${counts.orders} in all, ${counts.settled} settled`],
    ['cards', `${counts.cards}`],
    ['reconciled', reconciledTo === undefined ? 'not yet' : [`to ${reconciledTo}`, ...held].join(', ')],
    ...orders.map(({ orderNo, workflowId, amount, currency }) => [
      'order',
      [orderNo, amount && `${amount} ${currency}`, workflowId].filter(Boolean).join(', '),
    ]),
    ...cards.map(({ cardId, cardOrderNo }) => ['card', `${cardId}, ${cardOrderNo}`]),
  ];
}

function reconciliationRows(output: ReconciliationOutput): readonly string[][] {
  const { wallets, marks, differences, failed, fed, settled } = output;
  return [
    ['wallets', `${wallets.length}${failed > 0 ? `, ${failed} not read` : ''}`],
    ['matched', `${marks.MATCHED}`],
    ['differences', `${differences}`],
    ['fed', `${fed}, ${settled} of them settled`],
    ...wallets
      .filter((wallet) => wallet.differences > 0 || wallet.failed)
      .map((wallet) => [
        'wallet',
        `${wallet.walletId}: ${wallet.failed ? 'not read' : `${wallet.differences} differences`}`,
      ]),
  ];
}

/** `L-1: INCREASE 10.00 USD, DONE, 100.00 → 110.00` */
export function renderLimitChange(change: LimitChange): string {
  const { orderNo, direction, amount, currency, status, limitBefore, limitAfter, error, blockId } = change;
  const parts = [
    `${direction} ${amount} ${currency}`,
    status,
    limitBefore === undefined ? undefined : `${limitBefore} → ${limitAfter ?? '?'}`,
    error,
    blockId && `blocked by ${blockId}`,
  ];
  return `${orderNo}: ${parts.filter(Boolean).join(', ')}`;
}

function cardOf({ payOrders, events, limitChanges, unconfirmed, ...card }: CardLife): string {
  const { cardId, walletId, last4, status, limit, used, available, currency, asOf } = card;
  const facts = [
    ['card', `${[cardId, last4 && `ends in ${last4}`, status].filter(Boolean).join(', ')}`],
    ...(walletId === undefined ? [] : [['wallet', walletId]]),
    ...(limit === undefined ? [] : [['limit', `${limit} ${currency}, used ${used}, available ${available} (${asOf})`]]),
    ...(unconfirmed === 0 ? [] : [['unconfirmed', `${unconfirmed} callbacks`]]),
    ...limitChanges.map((change) => ['limit change', renderLimitChange(change)]),
  ];
  const sums = payOrders.map(({ type, status: is, count, amount, fee, currency: unit }) => [
    type,
    is,
    String(count),
    `${amount} ${unit}`,
    fee,
  ]);
  const happened = events.map((event) =>
    event.what === 'status'
      ? [event.occurredAt, 'card', event.status, event.reason ?? '']
      : [
          event.occurredAt,
          `${event.type} ${event.payOrderNo}`,
          event.status,
          `${event.amount} ${event.currency}, ${event.merchantName}`,
        ],
  );
  return [
    table(facts),
    ...(sums.length > 0 ? [table([['PAY ORDERS', 'STATUS', 'COUNT', 'AMOUNT', 'FEE'], ...sums])] : []),
    ...(happened.length > 0 ? [table([["FALPAY'S TIME", 'EVENT', 'STATUS', ''], ...happened])] : []),
  ].join('\n\n');
}

function actionsOf({ actions }: FlowState): string {
  if (actions.length === 0) return '';
  return table([
    ['ACTION', 'BY', 'AT', 'BLOCK', 'REASON'],
    ...actions.map(({ action, actor, at, blockId, reason, superseded }) => [
      superseded ? `${action} (superseded)` : action,
      actor,
      at,
      blockId ?? '',
      reason,
    ]),
  ]);
}

function residueOf({ stage, result }: FlowState): string {
  const residue = stage === 'ABORTED' ? (result as { readonly residue?: Residue } | undefined)?.residue : undefined;
  if (!residue) return '';
  const { merchantId, walletId, balance, openOrders } = residue;
  return table([
    ['Left behind at FalPay', ''],
    ['  merchant', merchantId ?? 'none'],
    ['  wallet', walletId ?? 'none'],
    [
      '  balance',
      balance === undefined ? 'none' : balance === 'unknown' ? 'unknown' : `${balance.available} ${balance.currency}`,
    ],
    ['  open orders', openOrders.join(', ') || 'none'],
  ]);
}
