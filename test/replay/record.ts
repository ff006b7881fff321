/**
 * `npm run histories:record` runs every scenario of test/replay/recording/scenarios on a Temporal server of its own and writes what
 * test/replay/histories does not hold yet for this release (package.json's version), one file per flow, stage and release.
 * A file that exists is never overwritten, since running flows may be in just that state: to record anew, raise the version.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../package.json';
import { setUpWith, devServer, workflowBundle } from '../setup/servers';
import { fileOf, HISTORIES } from './history';
import { recordAll } from './recording/recorder';
import { scenarios } from './recording/scenarios';

const isMissing = (name: string): boolean => !existsSync(join(HISTORIES, fileOf(name, version)));

async function main(): Promise<void> {
  const wanted = scenarios.filter(({ records }) => records.some(isMissing));
  const kept = scenarios.flatMap(({ records }) => records).filter((name) => !isMissing(name));
  if (kept.length > 0) console.error(`${kept.length} histories of v${version} exist and stay as they are.`);
  if (wanted.length === 0) return;
  await setUpWith(workflowBundle, devServer)();
  mkdirSync(HISTORIES, { recursive: true });
  try {
    await recordAll(wanted, (name, history) => {
      if (!isMissing(name)) return;
      writeFileSync(join(HISTORIES, fileOf(name, version)), history, { flag: 'wx' });
      console.log(fileOf(name, version));
    });
  } finally {
    const run = globalThis.cardflowTestRun;
    await run?.server?.process.stop();
    await run?.guardian.dismiss();
  }
}

main()
  .catch((error: unknown) => {
    for (const failure of error instanceof AggregateError ? error.errors : [error]) console.error(failure);
    process.exitCode = 1;
  })
  // The SDK's runtime ends with the last worker; where nothing was to be recorded there was none.
  .finally(() => process.exit());
