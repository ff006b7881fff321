/** Says one line to whoever waits; where it goes (terminal, log, nowhere) is the caller's choice. */
export type Report = (line: string) => void;

/** Lines on standard error: standard output stays free for results. */
export const reportToStderr: Report = (line) => void process.stderr.write(`${line}\n`);

/** A duration as people say it: `850 ms`, `12 s`, `2m10s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

/** Does long work and says now and then that it goes on, so that nobody takes it for a hang. */
export async function withProgress<T>(
  report: Report,
  what: string,
  work: () => Promise<T>,
  everyMs = 15_000,
): Promise<T> {
  const startedAt = Date.now();
  report(`${what} …`);
  const ticker = setInterval(() => report(`${what} … ${duration(Date.now() - startedAt)}`), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(ticker);
  }
}
