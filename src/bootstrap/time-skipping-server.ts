import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, digestOf } from './artifact-cache';
import { lastLines, run } from './command';
import { BootstrapFailure, type Attempt } from './failure';
import type { Guardian } from './guardian';
import { cacheFolder, projectRoot } from './paths';
import { withProgress, type Report } from './report';
import { downloadThroughSdk } from './sdk-download';

const pom = join(projectRoot, 'tools', 'test-server', 'pom.xml');
const MAVEN_LIMIT_MS = 10 * 60_000;

/** Changes with the script below, so that a new script replaces the kept one. */
const LAYOUT = '1';

/**
 * A script that runs Temporal's Java test server, the one that skips time, as the SDK's `existing-path` expects it: the
 * port is its argument. Kept in the cache; else the SDK's download, else jars through Maven.
 *
 * @throws BootstrapFailure one message with everything that was tried and how to mend each
 */
export async function acquireTimeSkippingServer({
  report,
  guardian,
  cache = cacheFolder(),
}: {
  readonly report: Report;
  readonly guardian: Guardian;
  readonly cache?: string;
}): Promise<string> {
  const folder = await cached({
    name: 'test-server',
    key: digestOf([pom], [process.platform, process.arch, LAYOUT]),
    cache,
    report,
    fault,
    make: async (draft) => {
      const attempts: Attempt[] = [];
      if (await fetchThroughSdk(draft, report, guardian, attempts)) return;
      await fetchThroughMaven(draft, report, guardian, attempts);
    },
  });
  return join(folder, 'test-server');
}

/** Jars and native programs are checked by their downloaders; what can go wrong later is a missing piece or a missing Java. */
async function fault(folder: string): Promise<string | undefined> {
  const entries = readdirSync(folder);
  if (!entries.includes('test-server')) return 'the start script is missing';
  if (entries.includes('native')) return undefined;
  if (!entries.includes('complete')) return 'the jars are not complete';
  const java = await run({ command: 'java', args: ['-version'], timeoutMs: 20_000 });
  return java.ok ? undefined : `java: ${java.reason}`;
}

async function fetchThroughSdk(
  draft: string,
  report: Report,
  guardian: Guardian,
  attempts: Attempt[],
): Promise<boolean> {
  const downloads = join(draft, 'download');
  mkdirSync(downloads);
  const download = await withProgress(
    report,
    'time-skipping test server: trying the download of the Temporal SDK',
    () => downloadThroughSdk('time-skipping', downloads, 'default', guardian),
  );
  if ('file' in download) {
    renameSync(download.file, join(draft, 'native'));
    writeScript(draft, '"$here/native" "$@"');
  } else {
    attempts.push({
      tried: "the Temporal SDK's own download",
      outcome: download.failed,
      remedy: 'connect to the internet, or set HTTPS_PROXY if it is reached through a proxy',
    });
  }
  rmSync(downloads, { recursive: true, force: true });
  return 'file' in download;
}

async function fetchThroughMaven(
  draft: string,
  report: Report,
  guardian: Guardian,
  attempts: readonly Attempt[],
): Promise<void> {
  const tried = 'the jars of tools/test-server/pom.xml through Maven';
  const refuse = (outcome: string, remedy: string): never => {
    const what = 'The test server that skips time could not be had (tests need it, `npm start` does not):';
    throw new BootstrapFailure(what, [...attempts, { tried, outcome, remedy }]);
  };
  const java = await run({ command: 'java', args: ['-version'], timeoutMs: 20_000 });
  if (!java.ok) refuse(`java: ${java.reason}`, 'install Java 11 or newer, and Maven');
  const maven = await withProgress(
    report,
    'time-skipping test server: fetching its jars with Maven, once per machine',
    () =>
      run({
        command: 'mvn',
        args: [
          '--batch-mode',
          '--quiet',
          '--strict-checksums',
          '--file',
          pom,
          'dependency:copy-dependencies',
          '-DincludeScope=runtime',
          `-DoutputDirectory=${join(draft, 'jars')}`,
        ],
        timeoutMs: MAVEN_LIMIT_MS,
        guardian,
      }),
  );
  if (!maven.ok) {
    refuse(
      `mvn: ${maven.reason}\n${lastLines(maven.output)}`,
      maven.reason === 'not found'
        ? 'install Maven (package `maven`)'
        : 'if the repository cannot be reached: name your mirror in ~/.m2/settings.xml, or the proxy with MAVEN_OPTS="-Dhttps.proxyHost=… -Dhttps.proxyPort=…"',
    );
  }
  writeScript(
    draft,
    'java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx512m -cp "$here/jars/*" io.temporal.testserver.TestServer "$@"',
  );
  writeFileSync(join(draft, 'complete'), '');
}

/**
 * The SDK starts the script and ends what it started, but only while it lives itself: the loop in the background ends the
 * server when the process that started it is gone.
 */
function writeScript(folder: string, command: string): void {
  const script = `#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
parent=$PPID
server=$$
( while kill -0 "$parent" && kill -0 "$server"; do sleep 0.2; done; kill -9 "$server" ) </dev/null >/dev/null 2>&1 &
exec ${command}
`;
  const file = join(folder, 'test-server');
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}
