/** Often at first, for what takes a moment; then less, since each look keeps a worker from its work. */
const PAUSE_MIN_MS = 20;
const PAUSE_MAX_MS = 250;
const PAUSE_GROWTH = 1.2;
/** Less than jest gives a test, so that what it waited for is told. */
const LIMIT_MS = 150_000;

/** Waits for a condition, asked again and again. @throws Error after a while, with what `otherwise` says */
export async function until(
  holds: () => Promise<boolean> | boolean,
  otherwise: () => string,
  limitMs = LIMIT_MS,
): Promise<void> {
  let pauseMs = PAUSE_MIN_MS;
  for (const deadline = Date.now() + limitMs; !(await holds());) {
    if (Date.now() > deadline) throw new Error(otherwise());
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * PAUSE_GROWTH, PAUSE_MAX_MS);
  }
}
