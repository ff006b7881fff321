/** `npm start`: the whole of Cardflow on this machine, and one onboarding from beginning to end. Run by bin/start.js. */
import { mkdirSync } from 'node:fs';
import { BootstrapFailure, failure } from './bootstrap/failure';
import { Guardian } from './bootstrap/guardian';
import { startAndOnboard } from './bootstrap/local-start';
import { parseOptions, usage } from './bootstrap/options';
import { dataFolder } from './bootstrap/paths';
import { reportToStderr } from './bootstrap/report';
import { claimDataFolder } from './bootstrap/run-lock';
import type { Stack } from './bootstrap/stack';
import { onStop } from './bootstrap/stop-signals';
import { summary } from './bootstrap/summary';

/** How a shell reads the end of a program that was interrupted. */
const INTERRUPTED = 130;

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  const folder = usableFolder(options.data ?? dataFolder());
  const guardian = new Guardian();
  const lock = await claimDataFolder(folder, guardian, reportToStderr);
  const stopping = new AbortController();
  let stack: Stack | undefined;
  onStop(
    (reason) => stopping.abort(reason),
    () => process.exit(INTERRUPTED), // the guardian ends the children
  );
  const asked = new Promise<'asked'>((resolve) => stopping.signal.addEventListener('abort', () => resolve('asked')));
  try {
    const ran = startAndOnboard({
      options,
      dataFolder: folder,
      lock,
      guardian,
      signal: stopping.signal,
      env: process.env,
      live: process.stdout.isTTY && !options.json && process.env['CI'] === undefined,
      onStack: (made) => (stack = made),
    });
    const done = await Promise.race([ran, asked]);
    if (done === 'asked') {
      ran.catch(() => undefined); // it fails now because its servers go
      return INTERRUPTED;
    }
    const { result, apiKeyFile } = done;
    process.stdout.write(`${summary(result, apiKeyFile, !options.once)}\n`);
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    if (options.once) return result.ok ? 0 : 1;
    return await stayUp(stack, asked, result.ok);
  } finally {
    if (stack !== undefined && !options.once) process.stderr.write('Stopping …\n');
    await stack?.stop();
    await guardian.dismiss();
    lock.release();
  }
}

/** Ends when asked to, or when one of the processes ends by itself. */
async function stayUp(stack: Stack | undefined, asked: Promise<'asked'>, ok: boolean): Promise<number> {
  process.stdout.write(
    `${ok ? 'Everything stays up' : 'The onboarding needs a person; everything stays up'} until Ctrl-C.\n`,
  );
  const end = await Promise.race([asked, stack?.broken() ?? asked]);
  if (end === 'asked') return 0;
  process.stderr.write(`${end}\n`);
  return 1;
}

function usableFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw failure(`The data folder cannot be made: ${reason}`, 'name another one: npm start -- --data <folder>');
  }
}

function tell(error: unknown): void {
  if (error instanceof BootstrapFailure) process.stderr.write(`\n${error.message}\n`);
  else process.stderr.write(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
}

/** With --json the last line is JSON whatever happens. */
function tellJson(error: unknown): void {
  const options: readonly string[] = process.argv.slice(2);
  if (!options.includes('--json')) return;
  process.stdout.write(
    `${JSON.stringify({ ok: false, error: error instanceof Error ? error.message : String(error) })}\n`,
  );
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    tell(error);
    tellJson(error);
    process.exit(1);
  },
);
