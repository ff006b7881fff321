import {
  executeChild,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  ParentClosePolicy,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type {
  FlowInput,
  FlowState,
  ReconciliationBody,
  ReconciliationOutput,
  ReconciliationProgress,
  WalletSummary,
} from '../messages';
import {
  addDays,
  addMarks,
  environmentOf,
  noMarks,
  reconciliationNumber,
  SCHEDULED_START,
  SEARCH_ATTRIBUTES,
  walletPartNumber,
  workflowIdFor,
} from '../messages';
import { beginFlow } from './flow/begin';
import { ownFacts } from './flow/calls';
import type { Flow } from './flow/flow';
import { FlowAborted } from './flow/flow';
import { askOn } from './reconciling/reading';
import { addSums } from './reconciling/sums';
import type { walletReconciliation } from './wallet-reconciliation';

const WALLETS = 'wallets';
/** Last step of a report: whoever lists reconciliations sees by it which ones a person should read. */
const AGREES = 'agrees';
const DIFFERENCES = 'differences';

/** FalPay is not stormed, and other flows have their turn. */
const WALLETS_AT_A_TIME = 4;

type WholeFlow = Flow<ReconciliationBody>;

/**
 * Compares 卡钱包流水, 支付订单 and 手续费 of every wallet with what the flows know, feeds what callbacks missed to the flows concerned, and reports.
 * It completes whatever it finds: its last step is `differences` where a person should read the report.
 */
export async function reconciliation(input: FlowInput<ReconciliationBody>): Promise<FlowState<ReconciliationOutput>> {
  const flow = beginFlow('reconciliation', input, [WALLETS]);
  let goesOn: ReconciliationProgress | undefined;
  const state = await flow.run(
    async () => {
      const whole = new Whole(flow);
      goesOn = await whole.work();
      return whole.output;
    },
    () => Promise.resolve({ openOrders: [] }),
  );
  return goesOn && !flow.aborting ? goOn({ ...input, body: { ...input.body, progress: goesOn } }) : state;
}

const goOn = makeContinueAsNewFunc<typeof reconciliation>({
  typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' }],
});

class Whole {
  output: ReconciliationOutput;
  private left: string[];
  private token?: string;
  private listed: boolean;
  private readonly done: Set<string>;

  constructor(private readonly flow: WholeFlow) {
    const { from, to, progress } = flow.body;
    this.output = progress?.soFar ?? {
      from,
      to,
      wallets: [],
      failed: 0,
      marks: noMarks(),
      differences: 0,
      fed: 0,
      settled: 0,
      currencies: [],
    };
    this.left = [...(progress?.left ?? [])];
    this.token = progress?.token;
    this.listed = progress !== undefined && progress.token === undefined;
    this.done = new Set(this.output.wallets.map(({ walletId }) => walletId));
    this.publish();
  }

  /** @returns what the next run goes on with; undefined when every wallet is done */
  async work(): Promise<ReconciliationProgress | undefined> {
    const { flow } = this;
    flow.record.begin(WALLETS);
    while (this.left.length > 0 || !this.listed) {
      if (this.left.length === 0) await this.list();
      await this.walk();
      if (this.left.length > 0)
        return { soFar: this.output, left: this.left, ...(this.token !== undefined && { token: this.token }) };
    }
    const { differences, failed, wallets } = this.output;
    flow.record.end(WALLETS, 'DONE', `${wallets.length}`);
    const last = differences + failed > 0 ? DIFFERENCES : AGREES;
    flow.record.end(last, 'DONE', `${differences} differences${failed > 0 ? `, ${failed} wallets not read` : ''}`);
    return undefined;
  }

  private async list(): Promise<void> {
    const page = await askOn(this.flow, 'wallets', (calls) => calls.listWallets({ token: this.token }));
    this.left = page.walletIds.filter((walletId) => !this.done.has(walletId));
    this.token = page.token;
    this.listed = page.token === undefined;
  }

  /** A few wallets at a time, until all are done or the history asks for a new run. */
  private async walk(): Promise<void> {
    const { flow } = this;
    const underWay = new Set<Promise<void>>();
    while (this.left.length > 0 && !flow.aborting && !workflowInfo().continueAsNewSuggested) {
      const walletId = this.left.shift();
      if (walletId === undefined) break;
      const work = this.reconcile(walletId).finally(() => underWay.delete(work));
      underWay.add(work);
      if (underWay.size >= WALLETS_AT_A_TIME) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    flow.checkAborted();
  }

  private async reconcile(walletId: string): Promise<void> {
    const { flow } = this;
    const { from, to, catchUp } = flow.body;
    const { number: of, environment } = flow.input;
    const number = walletPartNumber(of, walletId);
    const summary = `Reconciliation ${of} of wallet ${walletId}`;
    try {
      const { result, stage } = await flow.leavable(() =>
        executeChild<typeof walletReconciliation>('walletReconciliation', {
          workflowId: workflowIdFor('reconciliation', number),
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
          args: [{ number, environment, body: { walletId, of, from, to, ...(catchUp && { catchUp }) } }],
          staticSummary: summary,
        }),
      );
      this.add(walletId, stage === 'COMPLETED' ? result : undefined);
    } catch (failure) {
      if (failure instanceof FlowAborted || isCancellation(failure)) return;
      // One wallet's bad end must not hide the others.
      log.error('a wallet was not reconciled', { walletId });
      this.add(walletId, undefined);
    }
  }

  private add(walletId: string, summary: WalletSummary | undefined): void {
    const failed = summary === undefined || summary.failure !== undefined;
    this.done.add(walletId);
    const { output } = this;
    const line = { walletId, differences: summary?.differences ?? 0, ...(failed && { failed }) };
    this.output = {
      ...output,
      wallets: [...output.wallets, line],
      failed: output.failed + (failed ? 1 : 0),
      ...(summary && {
        marks: addMarks(output.marks, summary.marks),
        differences: output.differences + summary.differences,
        fed: output.fed + summary.fed,
        settled: output.settled + summary.settled,
        currencies: addSums(output.currencies, summary.currencies, 'side by side'),
      }),
    };
    this.publish();
  }

  private publish(): void {
    this.flow.record.outputs.reconciliation = this.output;
    this.flow.tell();
  }
}

/** What the Schedule starts, without arguments: reconciles the day before the one on which it was due, under the number of that day. */
export async function scheduledReconciliation(): Promise<FlowState<ReconciliationOutput> | undefined> {
  const { taskQueue, typedSearchAttributes, startTime } = workflowInfo();
  const due = typedSearchAttributes.get(SCHEDULED_START) ?? startTime;
  const { at } = await ownFacts.falpayTimes({ at: due.toISOString() });
  const day = addDays(at.slice(0, 10), -1);
  const number = reconciliationNumber(day, day);
  const input: FlowInput<ReconciliationBody> = {
    number,
    environment: environmentOf(taskQueue),
    body: { from: day, to: day, catchUp: true },
  };
  try {
    return await executeChild(reconciliation, {
      workflowId: workflowIdFor('reconciliation', number),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [input],
      staticSummary: `Reconciliation of ${day}`,
      typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' }],
    });
  } catch (failure) {
    // Somebody has asked for that very day a moment ago.
    if (failure instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw failure;
  }
}
