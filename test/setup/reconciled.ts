/** Reconciliations in tests: days as FalPay's clock has them, a run on demand, and what it found. */
import { defaultProfile } from '../../src/falpay/contract/profile.default';
import { insideTime } from '../../src/falpay/contract/time';
import { addDays, reconciliationNumber, type ReportEntry, type WalletRegister } from '../../src/messages';
import type { ReconciliationReport } from '../../src/client';
import type { Stack } from './stack';
import { ownState } from './own-state';
import { unlessAway } from './unless-away';
import { until } from './until';

/** A flow that does not agree at once is asked again for a minute and a half. */
const LIMIT_MS = 240_000;

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
    async () => (await unlessAway(stack.cardflow.state('reconciliation', number)))?.stage === 'COMPLETED',
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

/** Visibility lists a register a moment after it began. @param wallets how many, or which */
export async function untilListed(stack: Stack, wallets: number | readonly string[]): Promise<void> {
  await until(
    async () => {
      const listed = (await stack.cardflow.list({ kind: 'wallet', stage: 'RUNNING' })).items.map(
        ({ number }) => number,
      );
      return typeof wallets === 'number'
        ? listed.length >= wallets
        : wallets.every((walletId) => listed.includes(walletId));
    },
    () => `these registers are not listed: ${wallets.toString()}`,
  );
}

/** What a wallet's register says itself: asked in vain, it would look as one that knows nothing. */
export async function registerOf(stack: Stack, walletId: string): Promise<WalletRegister> {
  const { outputs } = await ownState(stack.cardflow, 'wallet', walletId, (state) => state.outputs.wallet !== undefined);
  return outputs.wallet as WalletRegister;
}
