import type { Command } from 'commander';
import { DEFAULT_EVENTS, TemporalUnavailableError, type EventItem } from '../client/index';
import { flowName } from './flow-name';
import { namingOptions, usageFault } from './list-request';
import { defaultActor, type Io } from './io';
import { withCardflow } from './session';

interface EventOptions {
  readonly after?: string;
  readonly limit: string;
  readonly flow?: string;
  readonly follow?: true;
  readonly json?: true;
}

/** How long one look waits for the next event. */
const FOLLOW_MS = 10_000;

/** `events`, `redeliver`. */
export function eventCommands(program: Command, io: Io): void {
  program
    .command('events')
    .description('list what was told to the backend, from the oldest on, or from a cursor on')
    .option('--after <cursor>', 'where the list before ended')
    .option('--limit <count>', '1 to 200; with --follow, a page', String(DEFAULT_EVENTS))
    .option('--flow <flow>', 'of one flow alone, as in onboarding/M-1')
    .option('--follow', 'go on with what comes, until Ctrl-C')
    .option('--json', 'print each event as one line of JSON')
    .action(async ({ after, limit, flow, follow, json }: EventOptions) => {
      if (!/^([1-9]\d?|1\d\d|200)$/.test(limit))
        throw usageFault([{ path: 'limit', message: 'must be a number from 1 to 200' }]);
      const request = { limit: Number(limit), ...(flow !== undefined && { flow: flowName(flow) }) };
      await withCardflow(io, async (cardflow) => {
        let next = after;
        do {
          const wait = follow && { ms: FOLLOW_MS, signal: io.signal };
          const page = await cardflow
            .events({ ...request, ...(next !== undefined && { after: next }) }, wait)
            .catch(unlessOut);
          for (const item of page?.items ?? []) io.out(json ? JSON.stringify(item) : lineOf(item));
          next = page?.next ?? next;
        } while (follow && !io.signal.aborted);
        if (next !== undefined) io.err(`more: --after ${next}`);

        function unlessOut(error: unknown): undefined {
          if (!follow || !(error instanceof TemporalUnavailableError)) return namingOptions(error);
          io.err('Temporal does not answer; waiting for it …');
        }
      });
    });

  program
    .command('redeliver')
    .description('push an event once more, whatever became of it')
    .argument('<eventId>', 'from cardflow events, or the webhook-id that the backend got')
    .requiredOption('--reason <text>', 'why; stays in the record')
    .option('--actor <name>', 'who asks; default: your user name')
    .option('--json', 'print the state of the delivery as JSON')
    .action(async (eventId: string, options: { reason: string; actor?: string; json?: true }) => {
      const request = { reason: options.reason, actor: options.actor ?? defaultActor() };
      const state = await withCardflow(io, (cardflow) => cardflow.redeliver(eventId, request));
      io.out(options.json ? JSON.stringify(state) : `${eventId} is on its way again`);
    });
}

function lineOf({ id, type, timestamp, data, delivered }: EventItem): string {
  const { kind, number } = data.flow;
  const step = typeof data['step'] === 'string' ? ` ${data['step']}` : '';
  return `${timestamp}  ${delivered ? 'delivered' : '         '}  ${type.padEnd(20)} ${kind}/${number}${step}  ${id}`;
}
