import { Option, type Command } from 'commander';
import { LIMIT_DIRECTIONS, type LimitChange } from '../messages';
import { CliFailure, EXIT } from './failure';
import { readJson, type Io } from './io';
import { renderLimitChange } from './render';
import { withCardflow } from './session';

interface ChangeOptions {
  readonly file?: string;
  readonly direction?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly show?: boolean;
  readonly json?: boolean;
}

/** `limit-change`. */
export function cardCommands(program: Command, io: Io): void {
  program
    .command('limit-change')
    .description('change the limit of a card once; the same number and change again changes nothing')
    .argument('<cardId>', "FalPay's id of the card")
    .argument('<orderNo>', 'your order number: 1 to 40 letters, digits or hyphens')
    .option('--file <file>', 'the change as JSON: {direction, amount, currency}; - for standard input')
    .addOption(new Option('--direction <direction>', LIMIT_DIRECTIONS.join(' or ')))
    .option('--amount <amount>', 'by how much, as in 100.00')
    .option('--currency <currency>', "the card's, as in USD")
    .option('--show', 'change nothing: show what became of it')
    .option('--json', 'print JSON')
    .action(async (cardId: string, orderNo: string, options: ChangeOptions) => {
      const name = { cardId, orderNo };
      const print = (change: LimitChange, what: string) =>
        io.out(options.json ? JSON.stringify(change) : `${what}${renderLimitChange(change)}`);
      if (options.show) return print(await withCardflow(io, (cardflow) => cardflow.limitChange(name)), '');
      const body = await bodyOf(io, options);
      // What it is, the client checks: it names every field at fault.
      const { outcome, change } = await withCardflow(io, (cardflow) => cardflow.changeLimit(name, body as never));
      print(change, outcome === 'accepted' ? 'accepted: ' : 'asked for before: ');
      if (!options.json) io.out(`npx cardflow limit-change ${cardId} ${orderNo} --show`);
    });
}

async function bodyOf(io: Io, { file, direction, amount, currency }: ChangeOptions): Promise<unknown> {
  const given = [direction, amount, currency].some((option) => option !== undefined);
  if ((file === undefined) === !given)
    throw new CliFailure('give --file, or --direction, --amount and --currency', EXIT.usage);
  return file === undefined ? { direction: direction?.toUpperCase(), amount, currency } : readJson(io, file);
}
