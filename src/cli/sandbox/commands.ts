/** Commands of the sandbox: each speaks to one sandbox and shows its answer, as text or as JSON. */
import type { Command } from 'commander';
import type { Io } from '../io';
import { SandboxControl } from './control';

export interface Common {
  readonly url?: string;
  readonly json?: boolean;
}

/** @param arguments_ as Commander has them: `<needed> [optional]` */
export type Add = <Options extends Common>(
  group: Command,
  name: string,
  description: string,
  work: (control: SandboxControl, names: readonly string[], options: Options) => Promise<Answer>,
) => Command;

export interface Answer {
  /** What `--json` prints. */
  readonly answer: unknown;
  readonly text: string;
}

/** Adds a command to a group; `name` carries its arguments, as Commander has them: `pay <recharge>`. */
export function adder(io: Io): Add {
  return (group, name, description, work) =>
    group
      .command(name)
      .description(description)
      .option('--url <url>', 'the sandbox; default: SANDBOX_HOST and SANDBOX_PORT on this machine')
      .option('--json', 'print JSON')
      .action(async (...given: unknown[]) => {
        // Commander gives the arguments, then the options, then the command itself.
        const options = given.at(-2) as Parameters<typeof work>[2];
        const names = given.slice(0, -2).flat() as readonly string[];
        const { answer, text } = await work(SandboxControl.at(io, options.url), names, options);
        io.out(options.json ? JSON.stringify(answer) : text);
      });
}
