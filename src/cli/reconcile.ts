import type { Command } from 'commander';
import { isOver, reportCsv, type ReconciliationReport } from '../client/index';
import { differencesIn, reconciliationNumber, type CurrencySums, type ReportEntry } from '../messages';
import { CliFailure, EXIT } from './failure';
import type { Io } from './io';
import { table } from './render';
import { withCardflow } from './session';

interface Options {
  readonly from: string;
  readonly to?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly wait?: boolean;
}

/** `reconcile`: compares FalPay's books with what the flows know, now. */
export function reconcileCommand(program: Command, io: Io): void {
  program
    .command('reconcile')
    .description('reconcile days on demand; days that were done before may be done again')
    .requiredOption('--from <day>', "the first day, as in 2026-01-31, in FalPay's time zone")
    .option('--to <day>', 'the last day; default: the first one')
    .option('--wait', 'wait until it is done, and print the report; exit code 1 where something differs')
    .option('--json', 'print JSON')
    .option('--csv', 'print CSV, one row for each entry; waits')
    .action(async ({ from, to = from, json, csv, wait }: Options) => {
      if (json && csv) throw new CliFailure('--json and --csv cannot go together', EXIT.usage);
      await withCardflow(io, async (cardflow) => {
        const state = await cardflow.reconcile({ from, to });
        const number = reconciliationNumber(from, to);
        if (!wait && !csv) {
          if (json) return io.out(JSON.stringify(state));
          io.out(`reconciliation/${number} runs`);
          return io.out(`npx cardflow watch reconciliation/${number}`);
        }
        let last = state;
        const onOutage = () => io.err('Temporal does not answer; waiting for it …');
        for await (const next of cardflow.watch('reconciliation', number, { signal: io.signal, onOutage })) last = next;
        if (!isOver(last)) throw new CliFailure('the wait was ended before the reconciliation', EXIT.interrupted);
        if (last.stage === 'ABORTED') throw new CliFailure(`reconciliation/${number} was aborted`);
        const report = await cardflow.reconciliation(number);
        io.out(json ? JSON.stringify(report) : csv ? reportCsv(report).trimEnd() : renderReport(report));
        const { differences, failed } = report.reconciliation;
        if (differences + failed > 0)
          throw new CliFailure(
            `${differences} differences, ${failed} wallets not read: docs/reconciliation.md tells what to do`,
          );
      });
    });
}

/** For a terminal: what differs, and the sums. Whatever agrees is a number. */
export function renderReport({ number, reconciliation, wallets }: ReconciliationReport): string {
  const { marks, fed, settled, currencies } = reconciliation;
  const differing = wallets.flatMap(({ walletId, entries }) =>
    entries.filter(({ mark }) => mark !== 'MATCHED').map((entry) => [walletId, ...differenceRow(entry)]),
  );
  const failed = wallets.filter((wallet) => wallet.failed);
  return [
    `reconciliation/${number}: ${wallets.length} wallets, ${marks.MATCHED} matched, ${differencesIn(marks)} differ; ${fed} fed to flows, ${settled} of them settled`,
    currencies.length > 0
      ? table([['CURRENCY', 'OPENING', 'IN', 'OUT', 'CLOSING', 'FEES', 'AGREES'], ...currencies.map(sumRow)])
      : '',
    differing.length > 0
      ? table([['WALLET', 'MARK', 'KIND', 'ORDER', 'OURS', 'THEIRS', 'FED', 'NOTE'], ...differing])
      : '',
    ...failed.map(
      ({ walletId, summary }) => `wallet ${walletId} was not read: ${summary?.failure ?? 'its part ended badly'}`,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function differenceRow({ mark, kind, order, currency, ours, theirs, fed, note }: ReportEntry): readonly string[] {
  const shown = (amount: string | undefined) => (amount === undefined ? 'none' : `${amount} ${currency}`);
  return [mark, kind, order, shown(ours), shown(theirs), fed ?? '', note ?? ''];
}

function sumRow(sums: CurrencySums): readonly string[] {
  const { currency, opening = '', in: moneyIn, out, closing = '', fees, agrees } = sums;
  return [currency, opening, moneyIn, out, closing, fees, agrees ? 'yes' : 'NO'];
}
