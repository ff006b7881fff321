/** Process: the command line, `npx cardflow …`. Starts and steers flows by id. */
import { EXIT } from './cli/failure';
import { processIo } from './cli/io';
import { runCli } from './cli/program';

const interrupted = new AbortController();
process.on('SIGINT', () => {
  // The first one lets the command end in order.
  if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
  interrupted.abort();
});

// Who reads no further (`| head`) has what they wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
});

void runCli(process.argv.slice(2), processIo(interrupted.signal)).then((exitCode) => {
  // Not by an empty event loop: retries of the SDK may still be pending, and nobody waits for them.
  process.exit(interrupted.signal.aborted && exitCode !== EXIT.ok ? EXIT.interrupted : exitCode);
});
