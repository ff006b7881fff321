import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { cached, digestOf } from './artifact-cache';
import { lastLines, run } from './command';
import { BootstrapFailure, failure, type Attempt } from './failure';
import type { Guardian } from './guardian';
import { cacheFolder, projectRoot } from './paths';
import { withProgress, type Report } from './report';
import { downloadThroughSdk } from './sdk-download';
import { minimumServer, probeTemporal } from './server-binary';

/** A server that somebody else runs, or a program we can run ourselves. */
export type TemporalServer =
  | { readonly kind: 'running'; readonly address: string }
  | { readonly kind: 'binary'; readonly path: string; readonly version: string; readonly source: string };

export interface Acquisition {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
  readonly guardian: Guardian;
  readonly cache?: string;
}

const moduleFolder = join(projectRoot, 'tools', 'temporal-server');
const moduleFiles = [join(moduleFolder, 'go.mod'), join(moduleFolder, 'go.sum')];
const BUILD_LIMIT_MS = 40 * 60_000;

/**
 * Gets a Temporal server, the first way that works: one that runs already, `temporal` on the PATH, what was downloaded or
 * built before, the SDK's download, a build of the pinned Go module.
 *
 * @throws BootstrapFailure one message with everything that was tried and how to mend each
 */
export async function acquireTemporalServer({
  env,
  report,
  guardian,
  cache = cacheFolder(),
}: Acquisition): Promise<TemporalServer> {
  const address = env['CARDFLOW_DEV_TEMPORAL_ADDRESS']?.trim();
  if (address !== undefined && address !== '') return { kind: 'running', address: checkedAddress(address) };

  const attempts: Attempt[] = [];
  const onPath = await probeTemporal('temporal');
  if (onPath.works)
    return { kind: 'binary', path: 'temporal', version: onPath.version, source: 'temporal on the PATH' };
  attempts.push({
    tried: '`temporal` on the PATH',
    outcome: onPath.why,
    remedy: `install the Temporal CLI with server ${minimumServer} or newer, or set CARDFLOW_DEV_TEMPORAL_ADDRESS=host:port to a server that runs`,
  });

  const folder = await kept(cache, report, async (draft) => {
    const fetched = await fetchThroughSdk(draft, report, guardian);
    if (fetched !== undefined) attempts.push(fetched);
    if (fetched !== undefined) await build(draft, { env, report, guardian }, attempts);
  });
  const path = join(folder, 'temporal');
  const probe = await probeTemporal(path);
  if (!probe.works) throw failure(`${path} ${probe.why}`, 'delete that folder and start again');
  return { kind: 'binary', path, version: probe.version, source: 'cache' };
}

/** The server program in the cache, made when it is missing, damaged, or of another pinned version. */
function kept(cache: string, report: Report, make: (draft: string) => Promise<void>): Promise<string> {
  return cached({
    name: 'temporal-server',
    key: digestOf(moduleFiles, [process.platform, process.arch]),
    cache,
    report,
    make,
    fault: async (folder) => {
      const probe = await probeTemporal(join(folder, 'temporal'));
      return probe.works ? undefined : probe.why;
    },
  });
}

async function fetchThroughSdk(draft: string, report: Report, guardian: Guardian): Promise<Attempt | undefined> {
  const downloads = join(draft, 'download');
  mkdirSync(downloads);
  const download = await withProgress(report, 'Temporal server: trying the download of the Temporal SDK', () =>
    downloadThroughSdk('dev-server', downloads, pinnedVersion(), guardian),
  );
  const outcome = 'failed' in download ? download.failed : await moveIfItWorks(download.file, join(draft, 'temporal'));
  rmSync(downloads, { recursive: true, force: true });
  return outcome === undefined
    ? undefined
    : {
        tried: `the Temporal SDK's own download (${pinnedVersion()})`,
        outcome,
        remedy: 'connect to the internet, or set HTTPS_PROXY if it is reached through a proxy',
      };
}

async function moveIfItWorks(from: string, to: string): Promise<string | undefined> {
  const probe = await probeTemporal(from);
  if (!probe.works) return probe.why;
  renameSync(from, to);
  return undefined;
}

async function build(draft: string, { env, report, guardian }: Acquisition, attempts: Attempt[]): Promise<void> {
  const tried = `a build of the Go module in tools/temporal-server (${pinnedVersion()})`;
  const refuse = (outcome: string, remedy: string): never => {
    throw new BootstrapFailure('No Temporal server could be had:', [...attempts, { tried, outcome, remedy }]);
  };
  const go = await run({ command: 'go', args: ['version'], cwd: moduleFolder, timeoutMs: 120_000, guardian });
  if (!go.ok) {
    refuse(
      `\`go version\`: ${go.reason} ${lastLines(go.output)}`,
      `install Go (https://go.dev/dl). ${toolchain} Any Go from 1.21 fetches that release by itself through GOPROXY, unless GOTOOLCHAIN=local forbids it`,
    );
  }
  const what = `Temporal server: building ${pinnedVersion()} from the Go module, about 5 minutes on 2 cores (${cpus().length} here), once per machine`;
  const result = await withProgress(report, what, () =>
    run({
      command: 'go',
      args: [
        'build',
        '-mod=readonly',
        '-trimpath',
        '-buildvcs=false',
        '-ldflags',
        linkerFlags(),
        '-o',
        join(draft, 'temporal'),
        'github.com/temporalio/cli/cmd/temporal',
      ],
      cwd: moduleFolder,
      env: { ...env, CGO_ENABLED: '0', GOWORK: 'off' },
      timeoutMs: BUILD_LIMIT_MS,
      guardian,
    }),
  );
  if (!result.ok) {
    refuse(
      `${result.reason}\n${lastLines(result.output)}`,
      'if modules cannot be reached: set GOPROXY to your module mirror (and GONOSUMDB or GOFLAGS=-insecure as it demands), or HTTPS_PROXY for a proxy. ' +
        `If the Go release is refused: ${toolchain}`,
    );
  }
}

const toolchain = `The module needs Go ${/^go (\S+)/m.exec(readFileSync(join(moduleFolder, 'go.mod'), 'utf8'))?.[1] ?? ''}.`;

function linkerFlags(): string {
  return `-s -w -X github.com/temporalio/cli/internal/temporalcli.Version=${pinnedVersion().slice(1)}`;
}

/** The version of the Temporal CLI that go.mod pins, like `v1.8.2`. */
export function pinnedVersion(): string {
  const goMod = readFileSync(join(moduleFolder, 'go.mod'), 'utf8');
  const version = /github\.com\/temporalio\/cli (v\S+)/.exec(goMod)?.[1];
  if (version === undefined)
    throw failure('tools/temporal-server/go.mod names no version of github.com/temporalio/cli', 'restore the file');
  return version;
}

function checkedAddress(address: string): string {
  if (/^[^\s:/]+:\d{1,5}$/.test(address) || /^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(address)) return address;
  throw failure(
    `CARDFLOW_DEV_TEMPORAL_ADDRESS is not an address: ${JSON.stringify(address)}`,
    'give host:port, like 127.0.0.1:7233',
  );
}
