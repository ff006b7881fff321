import { Command, CommanderError } from 'commander';
import { actionCommands } from './action-commands';
import { cardCommands } from './card-commands';
import { contractCommands } from './contract';
import { doctorCommand } from './doctor';
import { EXIT, tell } from './failure';
import { eventCommands } from './event-commands';
import { flowCommands } from './flow-commands';
import type { Io } from './io';
import { keyCommands } from './keys';
import { reconcileCommand } from './reconcile';
import { sandboxCommands } from './sandbox';
import { signatureCommands } from './signature';
import { triggerCommand } from './trigger';
import { uploadCommand } from './upload';
import { watchCommand } from './watch-command';

/** Runs one command line, without the program's own name. @returns the exit code: 0 done, 1 failed, 2 the command or the settings are wrong */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  const program = new Command('cardflow')
    .description('starts and steers Cardflow flows, straight at Temporal; settings come from the environment')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) })
    .showHelpAfterError('(--help shows what there is)');
  flowCommands(program, io);
  watchCommand(program, io);
  eventCommands(program, io);
  actionCommands(program, io);
  reconcileCommand(program, io);
  cardCommands(program, io);
  triggerCommand(program, io);
  keyCommands(program, io);
  signatureCommands(program, io);
  contractCommands(program, io);
  uploadCommand(program, io);
  doctorCommand(program, io);
  sandboxCommands(program, io);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Commander has already written what is wrong, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { exitCode, code, lines } = tell(error);
    if (argv.includes('--json')) io.err(JSON.stringify({ error: code, messages: lines }));
    else for (const line of lines) io.err(`cardflow: ${line}`);
    return exitCode;
  }
}
