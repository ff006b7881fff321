/** Calls per second to FalPay, as the worker sent them and in the phases of a rehearsal. */
import type { CallHooks } from '../../src/falpay';

export interface Rates {
  readonly phase: string;
  readonly seconds: number;
  readonly calls: number;
  readonly average: number;
  /** Within the busiest second; after a stall, within that and the stall together: what was due meanwhile comes at once. */
  readonly peak: number;
}

/** Longer than that between two beats, nobody was at work. */
const STALL_MS = 250;

export class Traffic {
  private readonly sentAt: number[] = [];
  /** When this process and Temporal's server were seen at work. */
  private readonly beats: number[] = [];
  private readonly phases: { readonly name: string; readonly from: number }[] = [];
  /** How often somebody was alerted. */
  outages = 0;
  recoveries = 0;

  readonly hooks: CallHooks = {
    onCall: () => this.sentAt.push(Date.now()),
    onOutage: () => (this.outages += 1),
    onRecovery: () => (this.recoveries += 1),
  };

  enter(name: string): void {
    this.phases.push({ name, from: Date.now() });
  }

  beat(): void {
    this.beats.push(Date.now());
  }

  rates(): readonly Rates[] {
    return this.phases.slice(0, -1).map(({ name, from }, index) => {
      const until = this.phases[index + 1]?.from ?? Date.now();
      const sent = this.sentAt.filter((at) => at >= from && at < until);
      const bySecond = new Map<number, number>();
      for (const at of sent) {
        const second = Math.floor((at - from) / 1_000);
        bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
      }
      const seconds = (until - from) / 1_000;
      const busy = [...bySecond].map(([second, calls]) => {
        const stalledMs = this.stalledMs(from + (second - 1) * 1_000, from + (second + 1) * 1_000);
        return Math.ceil(calls / (1 + stalledMs / 1_000));
      });
      return {
        phase: name,
        seconds,
        calls: sent.length,
        average: sent.length / seconds,
        peak: Math.max(0, ...busy),
      };
    });
  }

  /** Of the stalls that ended in between. */
  private stalledMs(from: number, until: number): number {
    return this.beats
      .map((at, index) => ({ at, since: at - (this.beats[index - 1] ?? at) }))
      .filter(({ at, since }) => since > STALL_MS && at > from && at <= until)
      .reduce((sum, { since }) => sum + since, 0);
  }

  rate(phase: string): Rates {
    const rates = this.rates().find((one) => one.phase === phase);
    if (!rates) throw new Error(`no phase ${phase}`);
    return rates;
  }
}

export function table(rates: readonly Rates[]): string {
  const rows = rates.map(({ phase, seconds, calls, average, peak }) => [
    phase,
    seconds.toFixed(1),
    String(calls),
    average.toFixed(2),
    String(peak),
  ]);
  const all = [['phase', 'seconds', 'calls', 'calls/s', 'busiest second'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n');
}
