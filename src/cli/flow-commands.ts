import type { Command } from 'commander';
import { InvalidInputError, fieldIssues, isOver, listQuery, type ListRequest } from '../client/index';
import { FLOW_KINDS, STARTED_KINDS, isStartedKind, type FlowState } from '../messages';
import { CliFailure, EXIT } from './failure';
import { flowName } from './flow-name';
import { readJson, type Io } from './io';
import { renderChange, renderList, renderState } from './render';
import { withCardflow } from './session';

interface Shown {
  readonly json?: boolean;
}

/** `start`, `status`, `watch`, `list`. */
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

  program
    .command('watch')
    .description('show a flow as it changes, until it ends')
    .argument('<flow>', '<kind>/<number>, as in onboarding/M-1')
    .argument('[number]', 'or the number by itself')
    .option('--json', 'print each state as one line of JSON')
    .action(async (first: string, second: string | undefined, options: Shown) => {
      const { kind, number } = flowName(first, second);
      await withCardflow(io, async (cardflow) => {
        const onOutage = () => io.err('Temporal does not answer; waiting for it …');
        let last: FlowState | undefined;
        for await (const state of cardflow.watch(kind, number, { signal: io.signal, onOutage })) {
          io.out(options.json ? JSON.stringify(state) : `${new Date().toISOString()}  ${renderChange(state)}`);
          last = state;
        }
        if (!last || !isOver(last)) throw new CliFailure('watch was ended before the flow', EXIT.interrupted);
        if (!options.json) io.out(`\n${renderState(last)}`);
        if (last.stage === 'ABORTED') throw new CliFailure(`${last.workflowId} was aborted`);
      });
    });

  program
    .command('list')
    .description('list flows, newest first')
    .option('--stage <stage>', 'RUNNING, WAITING, ACTION_REQUIRED, BLOCKED, COMPLETED or ABORTED')
    .option('--kind <kind>', FLOW_KINDS.join(' or '))
    .option('--reason <reason>', 'why it is blocked, as in OUTCOME_UNKNOWN')
    .option('--merchant-order-no <number>', 'everything of one merchant')
    .option('--page-size <count>', '1 to 200')
    .option('--next-page-token <token>', 'from the page before')
    .option('--json', 'print JSON')
    .action(async ({ json, ...options }: Shown & Record<string, string>) => {
      const request = listRequest(options);
      const page = await withCardflow(io, (cardflow) => cardflow.list(request));
      if (json) return io.out(JSON.stringify(page));
      io.out(renderList(page.items));
      if (page.nextPageToken) io.err(`more: --next-page-token ${page.nextPageToken}`);
    });
}

function listRequest(options: Readonly<Record<string, string>>): ListRequest {
  const parsed = listQuery.safeParse(options);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(
    fieldIssues(parsed.error, options).map(({ path, message }) => ({ path: optionFor(path), message })),
  );
}

/** `merchantOrderNo` → `--merchant-order-no` */
export function optionFor(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
