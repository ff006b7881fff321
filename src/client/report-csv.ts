/** A report as CSV (RFC 4180), safe to open in a spreadsheet. */
import type { ReconciliationReport, WalletReport } from './reconciliations';
import type { ReportEntry } from '../messages';

const COLUMNS = [
  'wallet',
  'mark',
  'kind',
  'order',
  'flow',
  'card',
  'currency',
  'ours',
  'theirs',
  'ours_fee',
  'theirs_fee',
  'flow_nos',
  'fee_order',
  'fed',
  'note',
] as const;

/**
 * Every entry is a row; a wallet's balance is a row of kind SUM for each currency, a wallet that was not read one of kind FAILED. A report of a run
 * that is not over, or was ended before it was, begins with a row of kind INCOMPLETE: its other rows are not all there will be.
 */
export function reportCsv({ stage, wallets }: ReconciliationReport): string {
  return [COLUMNS, ...incomplete(stage), ...wallets.flatMap(rowsOf)]
    .map((row) => `${row.map(cell).join(',')}\r\n`)
    .join('');
}

type Row = readonly string[];

function incomplete(stage: ReconciliationReport['stage']): readonly Row[] {
  if (stage === 'COMPLETED') return [];
  const note =
    stage === 'ABORTED'
      ? 'the reconciliation was ended before all wallets were done: run it again'
      : 'the reconciliation is not over: read it again later';
  return [['', '', 'INCOMPLETE', ...Array<string>(11).fill(''), `${stage}: ${note}`]];
}

function rowsOf({ walletId, summary, entries, failed }: WalletReport): readonly Row[] {
  return [
    ...entries.map((entry) => [walletId, ...entryRow(entry)]),
    ...(summary?.currencies ?? []).map(
      ({ currency, opening = 'unknown', in: moneyIn, out, fees, closing = 'unknown', agrees }) => {
        const note = `opening ${opening}; in ${moneyIn}; out ${out}; closing ${closing}; fees ${fees}`;
        const mark = agrees ? 'MATCHED' : 'AMOUNT_DIFFERS';
        return [walletId, mark, 'SUM', '', '', '', currency, '', closing, '', fees, '', '', '', note];
      },
    ),
    ...(failed
      ? [[walletId, '', 'FAILED', ...Array<string>(11).fill(''), summary?.failure ?? 'its part ended badly']]
      : []),
  ];
}

function entryRow(entry: ReportEntry): Row {
  const { mark, kind, order, workflowId, cardId, currency, ours, theirs, oursFee, theirsFee, flowNos, feeOrderNo } =
    entry;
  const amounts = [ours, theirs, oursFee, theirsFee].map((amount) => amount ?? '');
  const numbers = [flowNos.join(' '), feeOrderNo ?? ''];
  return [
    mark,
    kind,
    order,
    workflowId ?? '',
    cardId ?? '',
    currency,
    ...amounts,
    ...numbers,
    entry.fed ?? '',
    entry.note ?? '',
  ];
}

/** What a spreadsheet takes for a formula is made a text; amounts, which may begin with a minus, stay numbers. */
function cell(text: string): string {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
