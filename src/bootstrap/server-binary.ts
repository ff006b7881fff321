import { run } from './command';

/**
 * The oldest server the flows run on: update-with-start, worker versioning and the dynamic-config names we set. The
 * version is the server's own; the command line around it is numbered differently.
 */
export const minimumServer = '1.29.0';

const ANSWER_WITHIN_MS = 5_000;

export type Probe =
  { readonly works: true; readonly version: string } | { readonly works: false; readonly why: string };

/** Asks a `temporal` binary for its version; one that is damaged, foreign or too old says why it will not do. */
export async function probeTemporal(binary: string): Promise<Probe> {
  const result = await run({ command: binary, args: ['--version'], timeoutMs: ANSWER_WITHIN_MS });
  if (!result.ok) return { works: false, why: result.reason };
  const version = /\(Server (\d+\.\d+\.\d+)/.exec(result.output)?.[1];
  if (version === undefined) return { works: false, why: `does not tell a server version: ${result.output.trim()}` };
  return isOlder(version, minimumServer)
    ? { works: false, why: `its server ${version} is older than ${minimumServer}` }
    : { works: true, version };
}

/** Compares dotted numbers as numbers: 1.9.0 is older than 1.31.2. */
export function isOlder(version: string, minimum: string): boolean {
  const [left, right] = [version, minimum].map((text) => text.split('.').map(Number));
  for (let place = 0; place < 3; place++) {
    const difference = (left?.[place] ?? 0) - (right?.[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
