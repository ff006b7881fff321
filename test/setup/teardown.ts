import { shared } from './shared';
import type {} from './servers';

/** Jest calls this once for each kind of test that ran; the first call ends everything. */
module.exports = async function tearDown(): Promise<void> {
  const run = globalThis.cardflowTestRun;
  globalThis.cardflowTestRun = undefined;
  for (const name of Object.values(shared)) delete process.env[name];
  if (run === undefined) return;
  await run.server?.process.stop();
  await run.guardian.dismiss();
};
