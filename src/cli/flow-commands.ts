import type { Command } from 'commander';
import { STARTED_KINDS, isStartedKind, type FlowState } from '../messages';
import { CliFailure, EXIT } from './failure';
import { flowName } from './flow-name';
import { readJson, type Io } from './io';
import { filterOptions, listRequest, namingOptions } from './list-request';
import { renderList, renderState } from './render';
import { withCardflow } from './session';

interface Shown {
  readonly json?: boolean;
}

/** `start`, `status`, `list`. */
export function flowCommands(program: Command, io: Io): void {
  const show = (state: FlowState, { json }: Shown) => io.out(json ? JSON.stringify(state) : renderState(state));

  program
    .command('start')
    .description('start a flow once; the same number and body again changes nothing')
    .argument('<kind>', STARTED_KINDS.join(', '))
    .argument('<number>', 'your business number: 1 to 40 letters, digits or hyphens')
    .requiredOption('--file <file>', 'the start body as JSON; - for standard input')
    .option('--json', 'print JSON')
    .action(async (kind: string, number: string, options: Shown & { file: string }) => {
      if (!isStartedKind(kind)) {
        throw new CliFailure(
          `"${kind}" flows are not started by hand; what can be started: ${STARTED_KINDS.join(', ')}`,
          EXIT.usage,
        );
      }
      const body = await readJson(io, options.file);
      const { outcome, state } = await withCardflow(io, (cardflow) => cardflow.start(kind, number, body));
      if (outcome === 'different') {
        throw new CliFailure(
          `${kind}/${number} was started before with another body, and goes on as it was: take a new number, or correct it`,
        );
      }
      if (options.json) return io.out(JSON.stringify({ outcome, state }));
      io.out(
        outcome === 'started'
          ? `started ${kind}/${number}`
          : `${kind}/${number} was started before with the same body: ${state.stage}`,
      );
      io.out(`npx cardflow watch ${kind}/${number}`);
    });

  program
    .command('status')
    .description('show the state of a flow')
    .argument('<flow>', '<kind>/<number>, as in onboarding/M-1')
    .argument('[number]', 'or the number by itself')
    .option('--json', 'print JSON')
    .action(async (first: string, second: string | undefined, options: Shown) => {
      const { kind, number } = flowName(first, second);
      show(await withCardflow(io, (cardflow) => cardflow.state(kind, number)), options);
    });

  filterOptions(program.command('list').description('list flows, newest first'))
    .option('--page-size <count>', '1 to 200')
    .option('--next-page-token <token>', 'from the page before')
    .option('--json', 'print JSON')
    .action(async ({ json, ...options }: Shown & Record<string, string>) => {
      const request = listRequest(options);
      const page = await withCardflow(io, (cardflow) => cardflow.list(request)).catch(namingOptions);
      if (json) return io.out(JSON.stringify(page));
      io.out(renderList(page.items));
      if (page.nextPageToken) io.err(`more: --next-page-token ${page.nextPageToken}`);
    });
}
