import { makeContinueAsNewFunc, ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { Fed } from '../activities';
import type {
  FedOutcome,
  FlowInput,
  FlowState,
  ReportEntry,
  ReportPageBody,
  WalletProgress,
  WalletReconciliationBody,
  WalletRegister,
  WalletSummary,
  Window,
} from '../messages';
import {
  addDays,
  addMarks,
  countMarks,
  daysBetween,
  differencesIn,
  noMarks,
  reportPageNumber,
  SEARCH_ATTRIBUTES,
  workflowIdFor,
} from '../messages';
import { beginFlow } from './flow/begin';
import { ownFacts } from './flow/calls';
import { faultInWords } from './flow/failures';
import type { Flow } from './flow/flow';
import { FlowAborted } from './flow/flow';
import { now } from './flow/record';
import type { Books, Knowledge } from './reconciling/books';
import { ownRows } from './reconciling/books';
import { balances } from './reconciling/chain';
import type { Missed, SeenAt } from './reconciling/feeding';
import { cardEvents, missedOrders } from './reconciling/feeding';
import { breakEntry, match } from './reconciling/match';
import { disagreeing } from './reconciling/orders';
import {
  ask,
  askMany,
  countRows,
  inBatches,
  readBooks,
  readKnowledge,
  readOrders,
  readUnlisted,
} from './reconciling/reading';
import { addSums } from './reconciling/sums';
import type { reconciliationReport } from './reconciliation-report';

const READ = 'read-books';
const FEED = 'feed-flows';
const REPORT = 'report';

/** Days that are read and compared together; fewer where they hold many rows, so that a run's history stays short. */
const SPAN_DAYS = 30;
const ROWS_A_SPAN = 2_000;
/** Events that one activity hands on; signals, one after the other. */
const FED_AT_ONCE = 50;
/** After a flow was told, it asks FalPay: as a rule at once. */
const SETTLES_WITHIN_MS = [500, 2_000, 5_000, 15_000, 60_000] as const;
/** About 0.3 MB: far below what one payload may hold. */
const ENTRIES_A_PAGE = 1_000;

type PartFlow = Flow<WalletReconciliationBody>;

/** One wallet's part of a reconciliation: reads its books, compares, feeds what callbacks missed, and reports. Ends with the summary; entries are in pages of their own. */
export async function walletReconciliation(
  input: FlowInput<WalletReconciliationBody>,
): Promise<FlowState<WalletSummary>> {
  const flow = beginFlow('reconciliation', input, [READ, FEED, REPORT]);
  flow.know({ walletId: input.body.walletId });
  let goesOn: WalletProgress | undefined;
  const state = await flow.run(
    async () => {
      const part = new WalletPart(flow);
      goesOn = await part.work();
      return part.summary;
    },
    () => Promise.resolve({ openOrders: [] }),
  );
  return goesOn && !flow.aborting ? goOn({ ...input, body: { ...input.body, progress: goesOn } }) : state;
}

const goOn = makeContinueAsNewFunc<typeof walletReconciliation>({
  typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' }],
});

class WalletPart {
  summary: WalletSummary;
  private readonly walletId: string;
  private register: WalletRegister | null = null;
  private settledOrders: readonly string[];

  constructor(private readonly flow: PartFlow) {
    const { walletId, from, to, progress } = flow.body;
    this.walletId = walletId;
    this.settledOrders = progress?.settledOrders ?? [];
    this.summary = progress?.soFar ?? {
      walletId,
      from,
      to,
      marks: noMarks(),
      differences: 0,
      fed: 0,
      settled: 0,
      currencies: [],
      pages: 0,
    };
  }

  /** @returns what the next run goes on with; undefined when the wallet is done */
  async work(): Promise<WalletProgress | undefined> {
    const { flow } = this;
    const { to, progress } = flow.body;
    try {
      this.register = await ask(flow, 'the register', (calls) => calls.readRegister({ walletId: this.walletId }));
      let next = progress?.next ?? this.firstDay();
      if (!progress) this.summary = { ...this.summary, from: next, merchantId: this.register?.merchantId };
      while (next <= to) {
        const window = await this.nextWindow(next);
        await this.reconcile(window);
        next = addDays(window.to, 1);
        if (next <= to && workflowInfo().historyLength > 1_000)
          return { next, soFar: this.summary, settledOrders: this.settledOrders };
      }
      await this.close();
    } catch (failure) {
      if (failure instanceof FlowAborted) throw failure;
      // FalPay does not show this wallet: the others are reconciled all the same, and the report says so. The register's cursor stays: the
      // next run reads these days again.
      this.summary = { ...this.summary, failure: faultInWords(failure) };
      flow.record.end(REPORT, 'FAILED');
    }
    return undefined;
  }

  /** The day after the last one that was done, where days were missed; at the earliest the day on which the wallet became known. */
  private firstDay(): string {
    const { from, catchUp } = this.flow.body;
    if (!catchUp || !this.register) return from;
    const { reconciledTo, since } = this.register;
    return earlier(firstOpenDay({ reconciledTo, since }), from);
  }

  private async nextWindow(from: string): Promise<Window> {
    const { flow } = this;
    const last = flow.body.to;
    flow.record.begin(READ, from);
    let to = earlier(addDays(from, SPAN_DAYS - 1), last);
    while (from < to && (await countRows(flow, this.walletId, { from, to })) > ROWS_A_SPAN)
      to = addDays(from, Math.ceil(daysBetween(from, to) / 2) - 1);
    return { from, to };
  }

  private async reconcile(window: Window): Promise<void> {
    const { flow, walletId } = this;
    const at: SeenAt = { instant: now(), clock: (await ownFacts.falpayTimes({ at: now() })).now };
    const raw = await readBooks(flow, walletId, window);
    const { books, known } = await readKnowledge(flow, walletId, raw, this.register);
    const others = await readUnlisted(flow, books);
    const first = match(books, known, others);
    const missed = missedOrders(walletId, known, first, at);
    const outcomes = await this.feed(missed, cardEvents(walletId, books, known, others, at));
    const settled = await this.settle(books, known, missed);
    const entries = match(books, settled, others).map((entry) => withOutcome(entry, outcomes));
    const chains = balances(ownRows(books), this.closingBefore(window));
    // An order that did not move in a window is told once, with the last one.
    const told = window.to === flow.body.to ? entries : entries.filter((entry) => !isCarriedOver(entry));
    await this.write([...told, ...chains.flatMap(({ breaks }) => breaks.map(breakEntry))]);
    const differing = new Set(entries.filter(({ mark }) => mark !== 'MATCHED').map(({ order }) => order));
    for (const orderNo of disagreeing(books, settled)) differing.add(orderNo);
    const over = [...settled.orders.values()].filter(
      ({ ended, silent, orderNo }) => ended && !silent && !differing.has(orderNo),
    );
    const registered = new Set(this.register?.orders.map(({ orderNo }) => orderNo));
    this.settledOrders = [...new Set([...this.settledOrders, ...over.map(({ orderNo }) => orderNo)])].filter(
      (orderNo) => registered.has(orderNo),
    );
    this.summary = {
      ...this.summary,
      fed: this.summary.fed + outcomes.size,
      settled: this.summary.settled + entries.filter(({ fed }) => fed === 'SETTLED').length,
      currencies: addSums(
        this.summary.currencies,
        chains.map(({ sums }) => sums),
        'one after the other',
      ),
    };
  }

  /** What the wallet held when the window began, where the day before it was reconciled. */
  private closingBefore({ from }: Window): Readonly<Record<string, string>> | undefined {
    if (this.summary.currencies.length > 0) return closingOf(this.summary);
    const { reconciledTo, closing } = this.register ?? {};
    return reconciledTo === addDays(from, -1) ? closing : undefined;
  }

  /** @returns by order, what became of it for now */
  private async feed(
    missed: readonly Missed[],
    ofCards: ReturnType<typeof cardEvents>,
  ): Promise<ReadonlyMap<string, FedOutcome>> {
    const { flow } = this;
    flow.record.begin(FEED, `${missed.length}`);
    const events = [...missed.map(({ event }) => event), ...ofCards];
    const routed = await inBatches(events, FED_AT_ONCE, (part) =>
      askMany(flow, `tell flows of ${part.length} callbacks`, (calls) => calls.feedCallbacks({ events: part })),
    );
    const outcomes = new Map<string, FedOutcome>();
    missed.forEach(({ order }, index) => {
      if (outcomes.get(order) !== 'PARKED') outcomes.set(order, outcomeOf(routed[index]));
    });
    return outcomes;
  }

  /** Asks the flows again until they agree, or for a minute and a half: what they still do not know then is a difference. */
  private async settle(books: Books, known: Knowledge, missed: readonly Missed[]): Promise<Knowledge> {
    const { flow } = this;
    let latest = known;
    let open = missed.map(({ order }) => order);
    for (const pauseMs of SETTLES_WITHIN_MS) {
      if (open.length === 0) break;
      await flow.until(() => false, pauseMs, 'until the flows have asked FalPay');
      const asked = await readOrders(flow, open);
      const orders = new Map([...latest.orders, ...asked]);
      const issued = [...orders.values()].flatMap(({ cardId }) => cardId ?? []);
      latest = { ...latest, orders, ourCards: new Set([...latest.ourCards, ...issued]) };
      const differing = new Set(match(books, latest).flatMap(({ mark, order }) => (mark === 'MATCHED' ? [] : [order])));
      // Of a flow that has ended nothing more is to be expected: a person decides.
      open = open.filter((order) => differing.has(order) && latest.orders.get(order)?.ended !== true);
    }
    return latest;
  }

  /** Pages are workflows of their own: a wallet's entries may be more than one payload holds. */
  private async write(entries: readonly ReportEntry[]): Promise<void> {
    const { flow, walletId } = this;
    const { of } = flow.body;
    flow.record.begin(REPORT);
    const marks = addMarks(this.summary.marks, countMarks(entries));
    let { pages } = this.summary;
    for (let from = 0; from < entries.length; from += ENTRIES_A_PAGE) {
      pages += 1;
      const number = reportPageNumber(of, walletId, pages);
      const body: ReportPageBody = { entries: entries.slice(from, from + ENTRIES_A_PAGE) };
      const { environment } = flow.input;
      const page = await startChild<typeof reconciliationReport>('reconciliationReport', {
        workflowId: workflowIdFor('reconciliation', number),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        parentClosePolicy: ParentClosePolicy.ABANDON,
        args: [{ number, environment, body }],
        staticSummary: `Page ${pages} of the report on wallet ${walletId}`,
      });
      await page.result();
    }
    this.summary = { ...this.summary, pages, marks, differences: differencesIn(marks) };
  }

  /** The register's cursor moves only over days that are over: what is booked later today would otherwise never be compared. */
  private async close(): Promise<void> {
    const { flow, walletId, settledOrders: settled } = this;
    const { to } = flow.body;
    const today = (await ownFacts.falpayTimes({ at: now() })).now.slice(0, 10);
    const done = to < today && this.isAdjoining() ? { to, closing: closingOf(this.summary) } : {};
    await ask(flow, 'tell the register', (calls) => calls.tellReconciled({ walletId, settled, ...done }));
    flow.record.end(READ, 'DONE');
    flow.record.end(FEED, 'DONE', `${this.summary.settled} of ${this.summary.fed} settled`);
    flow.record.end(REPORT, 'DONE', `${this.summary.differences} differences`);
  }

  /** A day on its own, far ahead of the cursor, says nothing about the days between. */
  private isAdjoining(): boolean {
    return this.register !== null && this.register !== undefined && this.summary.from <= firstOpenDay(this.register);
  }
}

/** The first day that no reconciliation has closed. The register's clock is UTC: a day earlier covers every zone. */
function firstOpenDay({ reconciledTo, since }: Pick<WalletRegister, 'reconciledTo' | 'since'>): string {
  return reconciledTo === undefined ? addDays(since.slice(0, 10), -1) : addDays(reconciledTo, 1);
}

/** An order of ours without a row in the window: it differs since before. */
function isCarriedOver({ kind, flowNos }: ReportEntry): boolean {
  return flowNos.length === 0 && (kind === 'RECHARGE' || kind === 'WITHDRAWAL' || kind === 'CARD_OPENING');
}

function outcomeOf(fed: Fed | undefined): FedOutcome {
  if (fed === 'parked') return 'PARKED';
  return fed === 'decided' ? 'DECIDED' : 'PENDING';
}

function withOutcome(entry: ReportEntry, outcomes: ReadonlyMap<string, FedOutcome>): ReportEntry {
  const outcome = outcomes.get(entry.order);
  if (outcome === undefined) return entry;
  return { ...entry, fed: entry.mark === 'MATCHED' ? 'SETTLED' : outcome };
}

function closingOf({ currencies }: WalletSummary): Readonly<Record<string, string>> {
  return Object.fromEntries(
    currencies.flatMap(({ currency, closing }) => (closing === undefined ? [] : [[currency, closing]])),
  );
}

function earlier(left: string, right: string): string {
  return left < right ? left : right;
}
