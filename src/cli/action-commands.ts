import { Option, type Command } from 'commander';
import type { CardflowClient } from '../client/index';
import type { ActionName, FlowState, Patch, Request } from '../messages';
import { CliFailure, EXIT } from './failure';
import { flowName, type FlowName } from './flow-name';
import { defaultActor, parseJson, readJson, type Io } from './io';
import { renderState } from './render';
import { manyOptions, retryMany, selectsMany, type ManyOptions } from './retry-many';
import { withCardflow } from './session';

interface ActionOptions {
  readonly reason: string;
  readonly actor?: string;
  readonly block?: string;
  readonly json?: boolean;
  readonly patch?: string;
  readonly patchFile?: string;
  readonly accept?: boolean;
  readonly outcome?: 'done' | 'not-done';
  readonly ref?: string;
  readonly force?: boolean;
}

type Ask = (cardflow: CardflowClient, flow: FlowName, options: ActionOptions) => Promise<FlowState>;

/** `retry`, `amend`, `correct`, `resolve`, `skip`, `abort`, `restart`. */
export function actionCommands(program: Command, io: Io): void {
  const command = (name: string, description: string, ask: Ask) => {
    const made = program
      .command(name)
      .description(description)
      .argument('<flow>', '<kind>/<number>, as in onboarding/M-1')
      .requiredOption('--reason <text>', 'why; stays in the record of the flow')
      .option('--actor <name>', 'who asks; default: your user name')
      .option('--json', 'print the new state as JSON')
      .action(async (flow: string, options: ActionOptions) => {
        const state = await withCardflow(io, (cardflow) => ask(cardflow, flowName(flow), options));
        io.out(options.json ? JSON.stringify(state) : renderState(state));
      });
    return made;
  };
  const onBlock = (name: Exclude<ActionName, 'abort'>, description: string, ask: BlockAsk) =>
    command(name, description, async (cardflow, flow, options) => {
      const request = await blockRequest(cardflow, flow, name, options);
      return ask(cardflow, flow, request, options);
    }).option('--block <blockId>', 'default: the only open block that takes this action');

  retryCommand(program, io);
  onBlock('skip', 'go on without the item that is blocked', (cardflow, { kind, number }, request) =>
    cardflow.skip(kind, number, request),
  );
  onBlock('amend', 'change fields of the start body and try again', async (cardflow, flow, request, options) => {
    const patch = await patchOf(io, options);
    if (!patch) throw new CliFailure('amend needs --patch or --patch-file', EXIT.usage);
    return cardflow.amend(flow.kind, flow.number, { ...request, patch });
  })
    .option(
      '--patch <json>',
      'a part of the start body; array items by index: \'{"cards": {"1": {"cardLimit": "20.00"}}}\'',
    )
    .option('--patch-file <file>', 'the same from a file; - for standard input');
  onBlock('correct', 'answer ACTION_REQUIRED, as the backend would', async (cardflow, flow, request, options) => {
    const patch = await patchOf(io, options);
    const accept = options.accept === true ? { accept: true } : {};
    return cardflow.correct(flow.kind, flow.number, { ...request, ...(patch && { patch }), ...accept });
  })
    .option('--patch <json>', 'what to change; without it, try again as it is')
    .option('--patch-file <file>', 'the same from a file; - for standard input')
    .option('--accept', 'take a short recharge as it is');
  onBlock('resolve', 'say what became of an unknown outcome', (cardflow, flow, request, options) => {
    const { outcome, ref, force } = options;
    if (outcome === 'done' && !ref)
      throw new CliFailure("--outcome done needs --ref, FalPay's id of what was done", EXIT.usage);
    return cardflow.resolve(flow.kind, flow.number, {
      ...request,
      outcome: outcome === 'done' ? 'DONE' : 'NOT_DONE',
      ...(ref !== undefined && { ref }),
      ...(force && { force }),
    });
  })
    .addOption(
      new Option('--outcome <outcome>', 'whether FalPay did it').choices(['done', 'not-done']).makeOptionMandatory(),
    )
    .option('--ref <id>', "FalPay's id of what was done")
    .option('--force', "skip the check against FalPay's look-up");

  command('abort', 'end a flow and tell what it leaves behind at FalPay', (cardflow, { kind, number }, options) =>
    cardflow.abort(kind, number, { reason: options.reason, actor: options.actor ?? defaultActor() }),
  );
  command(
    'restart',
    'start an aborted or terminated flow again under its number',
    (cardflow, { kind, number }, options) =>
      cardflow.restart(kind, number, { reason: options.reason, actor: options.actor ?? defaultActor() }),
  );
}

/** One flow, or all that a query finds. */
function retryCommand(program: Command, io: Io): void {
  const retry = program
    .command('retry')
    .description(
      'try a blocked step again, beginning with a look-up; of one flow, or of all that --query or a filter finds',
    )
    .argument('[flow]', '<kind>/<number>, as in onboarding/M-1')
    .requiredOption('--reason <text>', 'why; stays in the record of each flow')
    .option('--actor <name>', 'who asks; default: your user name')
    .option('--block <blockId>', 'of one flow; default: the only open block that takes a retry')
    .option('--json', 'print the new state, or each outcome, as JSON')
    .action(async (flow: string | undefined, options: ActionOptions & ManyOptions) => {
      const many = selectsMany(options);
      if (flow !== undefined && many) throw new CliFailure('name a flow, or --query and filters, not both', EXIT.usage);
      if (many) return retryMany(io, options);
      if (flow === undefined)
        throw new CliFailure(
          'name a flow, as in onboarding/M-1, or give --query or a filter (--stage BLOCKED)',
          EXIT.usage,
        );
      if (options.rate !== undefined || options.dryRun)
        throw new CliFailure('--rate and --dry-run go with --query or a filter, not with one flow', EXIT.usage);
      const name = flowName(flow);
      const state = await withCardflow(io, async (cardflow) =>
        cardflow.retry(name.kind, name.number, await blockRequest(cardflow, name, 'retry', options)),
      );
      io.out(options.json ? JSON.stringify(state) : renderState(state));
    });
  manyOptions(retry);
}

type BlockAsk = (
  cardflow: CardflowClient,
  flow: FlowName,
  request: Request,
  options: ActionOptions,
) => Promise<FlowState>;

async function blockRequest(
  cardflow: CardflowClient,
  { kind, number }: FlowName,
  action: Exclude<ActionName, 'abort'>,
  { block, reason, actor = defaultActor() }: ActionOptions,
): Promise<Request> {
  if (block !== undefined) return { blockId: block, reason, actor };
  const { blocks, stage } = await cardflow.state(kind, number);
  const takers = blocks.filter((open) => open.actions.includes(action));
  const [only, ...others] = takers;
  // With several, any choice of ours would be a guess about somebody's money.
  if (only && others.length === 0) return { blockId: only.blockId, reason, actor };
  if (only) {
    const choices = takers.map(({ blockId, reason: why, step }) => `--block ${blockId} (${why} at ${step})`);
    throw new CliFailure(`several blocks take ${action}; choose: ${choices.join(', ')}`, EXIT.usage);
  }
  throw new CliFailure(`nothing of ${kind}/${number} (${stage}) takes ${action} now`);
}

async function patchOf(io: Io, { patch, patchFile }: ActionOptions): Promise<Patch | undefined> {
  if (patch !== undefined && patchFile !== undefined) {
    throw new CliFailure('give --patch or --patch-file, not both', EXIT.usage);
  }
  const given = patch !== undefined ? parseJson(patch, '--patch') : patchFile && (await readJson(io, patchFile));
  if (given === undefined) return undefined;
  if (given === null || typeof given !== 'object' || Array.isArray(given)) {
    throw new CliFailure('the patch must be a JSON object, a part of the start body', EXIT.usage);
  }
  return given as Patch;
}
