const PAUSE_MS = 25;
const LIMIT_MS = 30_000;

/** Waits for a condition, asked again and again. @throws Error after a while, with what `otherwise` says */
export async function until(
  holds: () => Promise<boolean> | boolean,
  otherwise: () => string,
  limitMs = LIMIT_MS,
): Promise<void> {
  for (const deadline = Date.now() + limitMs; !(await holds());) {
    if (Date.now() > deadline) throw new Error(otherwise());
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
