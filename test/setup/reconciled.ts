/** Reconciliations in tests: days as FalPay's clock has them, a run on demand, and what it found. */
import { defaultProfile } from '../../src/falpay/contract/profile.default';
import { insideTime } from '../../src/falpay/contract/time';
import { addDays, reconciliationNumber, type ReportEntry } from '../../src/messages';
import type { ReconciliationReport } from '../../src/client';
import type { Stack } from './stack';
import { until } from './until';

const LIMIT_MS = 120_000;

export function today(): string {
  return insideTime(new Date(), defaultProfile.time.zone).slice(0, 10);
}

/** Yesterday and today: a test that runs over midnight sees all of itself. */
export function lately(): { from: string; to: string } {
  return { from: addDays(today(), -1), to: today() };
}

export async function reconciled(stack: Stack, days = lately()): Promise<ReconciliationReport> {
  await stack.cardflow.reconcile(days);
  const number = reconciliationNumber(days.from, days.to);
  await until(
    async () => (await stack.cardflow.state('reconciliation', number)).stage === 'COMPLETED',
    () => `reconciliation/${number} does not end`,
    LIMIT_MS,
  );
  return stack.cardflow.reconciliation(number);
}

export function entriesOf(report: ReconciliationReport): readonly ReportEntry[] {
  return report.wallets.flatMap(({ entries }) => entries);
}

export function differing(report: ReconciliationReport): readonly ReportEntry[] {
  return entriesOf(report).filter(({ mark }) => mark !== 'MATCHED');
}

/** Visibility lists a register a moment after it began. */
export async function untilListed(stack: Stack, wallets: number): Promise<void> {
  await until(
    async () => (await stack.cardflow.list({ kind: 'wallet', stage: 'RUNNING' })).items.length >= wallets,
    () => `not ${wallets} registers are listed`,
  );
}
