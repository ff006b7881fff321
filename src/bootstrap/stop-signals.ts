/** Why we stop: a signal, or the end of the npm process that started us. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'npm is gone';

/** npm passes a Ctrl-C on although the terminal has sent it to us already: the echo is not a second wish. */
const ECHO_MS = 1_000;
const PARENT_CHECK_MS = 500;

/**
 * Calls `stop` at the first reason to stop, and `force` when the user asks again. Returns how to undo it.
 *
 * npm killed with -9 leaves its script running without a word; we notice by our parent having changed. Only under npm: a
 * program started from a shell in the background may outlive that shell.
 */
export function onStop(stop: (reason: StopReason) => void, force: () => void): () => void {
  let stoppedAt: number | undefined;
  const react = (reason: StopReason): void => {
    if (stoppedAt === undefined) {
      stoppedAt = Date.now();
      stop(reason);
    } else if (Date.now() - stoppedAt > ECHO_MS) {
      force();
    }
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const listeners = signals.map((signal) => ({ signal, listener: () => react(signal) }));
  for (const { signal, listener } of listeners) process.on(signal, listener);

  const parent = process.ppid;
  const underNpm = process.env['npm_lifecycle_event'] !== undefined;
  const watch = setInterval(() => {
    if (underNpm && process.ppid !== parent && stoppedAt === undefined) react('npm is gone');
  }, PARENT_CHECK_MS);
  watch.unref();

  return () => {
    clearInterval(watch);
    for (const { signal, listener } of listeners) process.off(signal, listener);
  };
}
