import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { TemporalUnavailableError, isOver, type CardflowClient, type ListRequest } from '../client/index';
import { FLOW_KINDS, type FlowState } from '../messages';
import { CliFailure, EXIT } from './failure';
import { flowName, type FlowName } from './flow-name';
import type { Io } from './io';
import { filterOptions, listRequest } from './list-request';
import { renderChange, renderState } from './render';
import { withCardflow } from './session';

/** Each is asked every two seconds: more than these is a list's work. */
const WATCHED_AT_MOST = 200;
/** How often it is looked for flows that have come to match. */
const LOOK_AGAIN_MS = 2_000;

/** `watch`: one flow, several, or whatever matches. */
export function watchCommand(program: Command, io: Io): void {
  const command = program
    .command('watch')
    .description('show flows as they change, until all of them have ended; by filter, new matches join')
    .argument('[flows...]', '<kind>/<number>, as in onboarding/M-1; or kind and number of one, apart')
    .option('--json', 'print each state as one line of JSON');
  filterOptions(command).action(async (args: readonly string[], options: { json?: true } & Record<string, string>) => {
    const { json, ...filter } = options;
    const names = namesIn(args);
    const isFiltered = Object.keys(filter).length > 0;
    if (names.length > 0 === isFiltered)
      throw new CliFailure('watch takes flows, as in onboarding/M-1, or a filter, as in --stage BLOCKED', EXIT.usage);
    const request = isFiltered ? listRequest(filter) : undefined;
    await withCardflow(io, async (cardflow) => {
      const watching = new Watching(cardflow, io, { json: json === true, isOne: names.length === 1 });
      for (const name of names) watching.add(name);
      if (request) await watching.addMatches(request);
      await watching.ended();
    });
  });
}

function namesIn(args: readonly string[]): readonly FlowName[] {
  const [first = '', second] = args;
  const isApart = args.length === 2 && FLOW_KINDS.some((kind) => kind === first);
  return isApart ? [flowName(first, second)] : args.map((name) => flowName(name));
}

class Watching {
  private readonly last = new Map<string, FlowState | undefined>();
  private readonly runs: Promise<void>[] = [];
  private isOut = false;

  constructor(
    private readonly cardflow: CardflowClient,
    private readonly io: Io,
    private readonly shown: { readonly json: boolean; readonly isOne: boolean },
  ) {}

  add(name: FlowName): void {
    const workflowId = `${name.kind}/${name.number}`;
    if (this.last.has(workflowId)) return;
    this.last.set(workflowId, undefined);
    const run = this.follow(workflowId, name);
    this.runs.push(run);
    // What went wrong is told in the end; until then nobody awaits it.
    run.catch(() => undefined);
  }

  /** Until all that ever matched have ended; where nothing does yet, the first match is waited for. */
  async addMatches(request: ListRequest): Promise<void> {
    for (let isFirst = true; !this.io.signal.aborted; isFirst = false) {
      const matches = await this.matches(request);
      for (const match of matches) this.add(match);
      if (this.last.size > WATCHED_AT_MOST)
        throw new CliFailure(`more than ${WATCHED_AT_MOST} flows match: narrow the filter, or use list`);
      if (isFirst && this.last.size === 0)
        this.io.err('no open flow matches; waiting for the first … (those that have ended: cardflow list)');
      const states = [...this.last.values()];
      if (states.length > 0 && states.every((state) => state && isOver(state))) return;
      await pause(LOOK_AGAIN_MS, undefined, { signal: this.io.signal }).catch(() => undefined);
    }
  }

  /** @throws CliFailure when it was ended before the flows, or one of them was aborted */
  async ended(): Promise<void> {
    await Promise.all(this.runs);
    const states = [...this.last.values()];
    const open = states.filter((state) => !state || !isOver(state));
    if (open.length > 0 || states.length === 0)
      throw new CliFailure(this.shown.isOne ? 'watch was ended before the flow' : 'watch was ended', EXIT.interrupted);
    const [only] = states;
    if (this.shown.isOne && only && !this.shown.json) this.io.out(`\n${renderState(only)}`);
    const aborted = states.flatMap((state) => (state?.stage === 'ABORTED' ? state.workflowId : []));
    if (aborted.length > 0)
      throw new CliFailure(`${aborted.join(', ')} ${aborted.length > 1 ? 'were' : 'was'} aborted`);
  }

  private async follow(workflowId: string, { kind, number }: FlowName): Promise<void> {
    const { signal } = this.io;
    for await (const state of this.cardflow.watch(kind, number, { signal, onOutage: () => this.tellOutage() })) {
      this.isOut = false;
      this.last.set(workflowId, state);
      this.io.out(this.shown.json ? JSON.stringify(state) : this.line(workflowId, state));
    }
  }

  private line(workflowId: string, state: FlowState): string {
    const name = this.shown.isOne ? '' : `${workflowId.padEnd(this.widest())}  `;
    return `${new Date().toISOString()}  ${name}${renderChange(state)}`;
  }

  private widest(): number {
    return Math.max(...[...this.last.keys()].map((workflowId) => workflowId.length));
  }

  /** Once per outage, however many flows notice it. */
  private tellOutage(): void {
    if (!this.isOut) this.io.err('Temporal does not answer; waiting for it …');
    this.isOut = true;
  }

  private async matches(request: ListRequest): Promise<readonly FlowName[]> {
    try {
      const found: FlowName[] = [];
      for (let nextPageToken: string | undefined; ;) {
        const page = await this.cardflow.list({ ...request, pageSize: 200, ...(nextPageToken && { nextPageToken }) });
        // What had ended before anybody watched is no news.
        found.push(...page.items.filter((item) => !isOver(item)));
        nextPageToken = page.nextPageToken;
        if (!nextPageToken) return found;
      }
    } catch (error) {
      if (!(error instanceof TemporalUnavailableError)) throw error;
      this.tellOutage();
      return [];
    }
  }
}
