/** Every event that is still kept, from the oldest on: a list of the deliveries, each of which has its event in its memo. */
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import {
  DELIVERY_STEPS,
  EVENT_MEMO,
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
  numberToPath,
  taskQueueFor,
  type BackendEvent,
  type FlowKind,
} from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';
import { BEGINNING, cursorOf, isAfter, positionOf, type Position } from './event-cursor';
import { quoted } from './list';
import { narrow, type Stretch } from './time-window';

export interface EventsRequest {
  /** `next` of the page before; absent: from the beginning of what is kept. */
  readonly after?: string;
  /** 1 to 200; default 50. */
  readonly limit?: number;
  /** Of one flow alone. */
  readonly flow?: { readonly kind: FlowKind; readonly number: string };
}

export interface EventItem extends BackendEvent {
  /** Whether its push was taken by the backend, by what visibility knows. */
  readonly delivered: boolean;
}

export interface EventPage {
  readonly items: readonly EventItem[];
  /** Goes on behind the last item; of an empty page, where it was asked from. */
  readonly next: string;
}

export const DEFAULT_EVENTS = 50;

/**
 * The newest moment is held back: an event that visibility shows late must not be stepped over. Where visibility lags by more, the `sequence` of
 * each flow shows what is missing.
 */
export const HELD_BACK_MS = 3_000;
/** Counting is cheaper than listing, so that the window holds some pages. */
const WINDOW_PAGES = 2;
const LIST_PAGE = 500;
const ASK_AGAIN_MS = 1_000;

/**
 * One page of events in the order in which they were told.
 * @throws InvalidInputError `after` is no cursor
 * @throws TemporalUnavailableError
 */
export async function listEvents(context: FlowContext, request: EventsRequest = {}): Promise<EventPage> {
  const after = request.after === undefined ? BEGINNING : positionOf(request.after);
  const limit = request.limit ?? DEFAULT_EVENTS;
  const to = Date.now() - HELD_BACK_MS;
  // A millisecond earlier: others of the same moment may come behind it, and what was seen is left out below.
  const from = Math.max(Number(after.nanos / 1_000_000n) - 1, 0);
  const found: Placed[] = [];
  for (let whole: Stretch = { from, to }; whole.from < to && found.length === 0;) {
    const window = await narrow(whole, limit * WINDOW_PAGES, (stretch) => count(context, request, stretch));
    if (window.count > 0)
      found.push(...(await list(context, request, window)).filter(({ position }) => isAfter(position, after)));
    whole = { from: window.to, to };
  }
  const page = found.sort((one, other) => (isAfter(one.position, other.position) ? 1 : -1)).slice(0, limit);
  return { items: inSequence(page.map(({ item }) => item)), next: cursorOf(page.at(-1)?.position ?? after) };
}

/** Starts are timed by the server's hosts, whose clocks differ a little: within a page each run's events stand in their own order. */
export function inSequence(items: readonly EventItem[]): readonly EventItem[] {
  const runOf = ({ data: { flow, run } }: EventItem) => `${flow.kind}/${flow.number} ${run}`;
  const left = new Map<string, EventItem[]>();
  for (const item of items.toSorted((one, other) => other.data.sequence - one.data.sequence))
    left.set(runOf(item), [...(left.get(runOf(item)) ?? []), item]);
  return items.map((item) => left.get(runOf(item))?.pop() ?? item);
}

/** The same, waiting for the next event where there is none yet. */
export async function awaitEvents(
  context: FlowContext,
  request: EventsRequest,
  { ms, signal }: { readonly ms: number; readonly signal?: AbortSignal },
): Promise<EventPage> {
  for (const deadline = Date.now() + ms; ;) {
    const page = await listEvents(context, request);
    const left = deadline - Date.now();
    if (page.items.length > 0 || left <= 0 || signal?.aborted) return page;
    await pause(Math.min(left, ASK_AGAIN_MS), undefined, { signal }).catch(() => undefined);
  }
}

interface Placed {
  readonly position: Position;
  readonly item: EventItem;
}

async function count({ temporal, limits, environment }: FlowContext, request: EventsRequest, stretch: Stretch) {
  const query = queryFor(environment, request, stretch);
  const { namespace } = temporal.options;
  const answer = await within(temporal, limits.callMs, () =>
    temporal.workflowService.countWorkflowExecutions({ namespace, query }),
  );
  return Number(answer.count ?? 0);
}

async function list({ temporal, limits, environment }: FlowContext, request: EventsRequest, stretch: Stretch) {
  const query = queryFor(environment, request, stretch);
  return within(temporal, limits.callMs, async () => {
    const placed: Placed[] = [];
    for await (const execution of temporal.workflow.list({ query, pageSize: LIST_PAGE })) {
      const one = placedOf(execution);
      if (one) placed.push(one);
    }
    return placed;
  });
}

/** Undefined for a second delivery: its event stands in the list already. */
function placedOf({ memo, status, typedSearchAttributes, raw }: WorkflowExecutionInfo): Placed | undefined {
  const event = memo?.[EVENT_MEMO] as BackendEvent | undefined;
  if (event === undefined) return undefined;
  const { seconds, nanos } = raw.startTime ?? {};
  const delivered =
    status.name === 'COMPLETED' && typedSearchAttributes.get(SEARCH_ATTRIBUTES.FlowStep) === DELIVERY_STEPS.push;
  return {
    position: { nanos: BigInt(String(seconds ?? 0)) * 1_000_000_000n + BigInt(nanos ?? 0), id: event.id },
    item: { ...event, delivered },
  };
}

function queryFor(environment: string, { flow }: EventsRequest, { from, to }: Stretch): string {
  const terms = [
    `TaskQueue = ${quoted(taskQueueFor(environment))}`,
    `WorkflowType = ${quoted(WORKFLOW_TYPES.delivery)}`,
    `StartTime > ${quoted(new Date(from).toISOString())}`,
    `StartTime <= ${quoted(new Date(to).toISOString())}`,
  ];
  if (flow) terms.push(`WorkflowId STARTS_WITH ${quoted(`delivery/${flow.kind}:${numberToPath(flow.number)}:`)}`);
  return terms.join(' AND ');
}
