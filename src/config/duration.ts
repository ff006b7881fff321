/** Durations as people write them in settings: "250ms", "5s", "1m", "6h", "14d". */

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;

export const DURATION_RULE = 'a number with a unit: "250ms", "5s", "1m", "6h" or "14d"';

/** Milliseconds, or undefined when the text is no duration. A bare number is refused: its unit would be a guess. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = DURATION.exec(text.trim()) ?? [];
  return amount && unit ? Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]) : undefined;
}

/** The shortest exact way to write it: 90000 → "90s", 3600000 → "1h". */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms >= UNITS[unit] && ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`;
  }
  return `${ms}ms`;
}
