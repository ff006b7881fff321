import axios from 'axios';
import { setTimeout as pause } from 'node:timers/promises';
import { failure } from './failure';
import type { ManagedProcess } from './managed-process';

const READY_WITHIN_MS = 90_000;

/**
 * Waits until a process of ours answers its readiness path with 200.
 *
 * @throws BootstrapFailure it ended before that, or takes too long; with the end of its log
 */
export async function untilReady(child: ManagedProcess, url: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  let last = 'no answer';
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    if (!child.running()) {
      throw failure(
        `The ${child.name} ended at once (${await child.ended}):\n${child.tail()}`,
        `its log: ${child.logFile}`,
      );
    }
    try {
      const { status } = await axios.get(url, { timeout: 2_000, proxy: false, validateStatus: () => true });
      if (status === 200) return;
      last = `it answers ${status}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await pause(40);
  }
  const waited = `${READY_WITHIN_MS / 1000} s`;
  throw failure(
    `The ${child.name} is not ready after ${waited} (${last}):\n${child.tail()}`,
    `its log: ${child.logFile}`,
  );
}
