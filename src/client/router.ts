import { WorkflowNotFoundError, type SearchAttributePair } from '@temporalio/common';
import { temporal as proto } from '@temporalio/proto';
import {
  SEARCH_ATTRIBUTES,
  STARTED_KINDS,
  WORKFLOW_TYPES,
  callbackSignal,
  moneyTold,
  parkedNumber,
  parseOrderNo,
  parseWorkflowId,
  taskQueueFor,
  workflowIdFor,
  type CallbackEvent,
  type CallbackTopic,
  type FlowInput,
  type FlowState,
  type OrderPlace,
  type ParkedResult,
  type SearchAttributeName,
} from '../messages';
import { agrees, tellTheSame } from './agreement';
import type { FlowName } from './actions';
import { tellCard } from './card-flow';
import type { FlowContext } from './context';
import { within } from './deadline';
import { FlowNotFoundError, TemporalUnavailableError } from './errors';
import { pagesWhere, quoted, runsQuery } from './list';
import { describeFlow, holderOf, openState, ownFlow, resultOf } from './read';

export type Routed = 'signalled' | 'duplicate' | 'parked';
export type Fed = Routed | 'decided';
export type Claimed = 'signalled' | 'duplicate' | 'unclaimed';

export interface CallbackRouter {
  /**
   * Hands a verified callback to the flow it belongs to, or parks it. When this resolves, Temporal has it for good.
   * @throws TemporalUnavailableError nothing is certain: FalPay must send it again
   */
  route(event: CallbackEvent): Promise<Routed>;
  /**
   * What a reconciliation has found: as {@link route}, at its own pace. Money that a person has discarded at `parked/…` is not parked again.
   * @throws TemporalUnavailableError
   */
  feed(event: CallbackEvent): Promise<Fed>;
  /**
   * The second look, for a parked callback: by our order number, then by FalPay's ids through visibility.
   * @throws TemporalUnavailableError
   */
  claim(event: CallbackEvent): Promise<Claimed>;
  /** Holds a callback that no flow takes; a card's goes to the flow of its life. @throws TemporalUnavailableError */
  park(event: CallbackEvent): Promise<void>;
}

/** From arrival to acknowledgement; FalPay wants its answer within 5 s. [I] */
export const CALLBACK_LIMIT_MS = 3_000;
const COMPLETED = proto.api.enums.v1.WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED;
/** A merchant or wallet with more open flows than this cannot be told apart by hand either. */
const CANDIDATES_MAX = 50;

export function callbackRouter(context: FlowContext, limitMs: number = CALLBACK_LIMIT_MS): CallbackRouter {
  return {
    route: (event) => within(context.temporal, limitMs, () => route(context, event)),
    feed: (event) => feed(context, event),
    claim: (event) => claim(context, event),
    park: (event) => park(context, event),
  };
}

async function route(context: FlowContext, event: CallbackEvent): Promise<Routed> {
  const found = await byName(context, event);
  if (found !== 'unclaimed') return found;
  await hold(context, event);
  return 'parked';
}

async function feed(context: FlowContext, event: CallbackEvent): Promise<Fed> {
  const found = await byName(context, event);
  if (found !== 'unclaimed') return found;
  if (await isDecided(context, event)) return 'decided';
  await hold(context, event);
  return 'parked';
}

function byName(context: FlowContext, event: CallbackEvent): Promise<Claimed> {
  return concernsCard(event) ? toCard(context, event) : byOrderNumber(context, event);
}

/** Whether a person has discarded this very money before, in any run that the namespace still retains. */
async function isDecided(context: FlowContext, event: CallbackEvent): Promise<boolean> {
  const told = moneyTold(event);
  if (!told) return false;
  const workflowId = workflowIdFor('parked', parkedNumber(event));
  for await (const page of pagesWhere(context, runsQuery(context, [workflowId]))) {
    for (const { execution, status } of page) {
      if (status !== COMPLETED || !execution?.runId) continue;
      const { result } = await resultOf(context, { workflowId, runId: execution.runId });
      const { discardedMoney = [] } = (result ?? {}) as Partial<ParkedResult>;
      if (discardedMoney.some((discarded) => tellTheSame(told, discarded))) return true;
    }
  }
  return false;
}

async function claim(context: FlowContext, event: CallbackEvent): Promise<Claimed> {
  if (concernsCard(event)) return toCard(context, event);
  const found = await byOrderNumber(context, event);
  return found === 'unclaimed' ? byIds(context, event) : found;
}

function concernsCard({ topic }: CallbackEvent): boolean {
  return topic === 'card-authorization' || topic === 'card-status';
}

/**
 * A card's flow begins with its first callback. While the card is being issued, the issuing flow takes its status as a hint as well.
 * Unclaimed for as long as another environment of the namespace has the card's flow.
 */
async function toCard(context: FlowContext, event: CallbackEvent): Promise<'signalled' | 'unclaimed'> {
  const told = await tellCard(context, event);
  const place = placeOf(event);
  if (place) await signal(context, place, event);
  return told ? 'signalled' : 'unclaimed';
}

const STEP_OF_TOPIC: Readonly<Record<CallbackTopic, OrderPlace['step'] | undefined>> = {
  'merchant-audit': 'merchant',
  'wallet-audit': 'wallet',
  'wallet-recharge': 'recharge',
  'card-status': 'card',
  'wallet-withdrawal': 'withdrawal',
  'card-authorization': undefined,
};

async function byOrderNumber(context: FlowContext, event: CallbackEvent): Promise<Claimed> {
  const place = placeOf(event);
  if (!place) return 'unclaimed';
  if (await signal(context, place, event)) return 'signalled';
  const ended = await finalState(context, place);
  return ended && agrees(ended, event) ? 'duplicate' : 'unclaimed';
}

/** Our number under a topic it was not made for would reach a flow that cannot tell what to do with it. */
function placeOf({ orderNo, topic }: CallbackEvent): OrderPlace | undefined {
  const place = orderNo === undefined ? undefined : parseOrderNo(orderNo);
  return place?.step === STEP_OF_TOPIC[topic] ? place : undefined;
}

async function isRun(context: FlowContext, { kind, number }: FlowName, runId: string): Promise<boolean> {
  return (await describeFlow(context, kind, number)).runId === runId;
}

/** False when the flow has ended, never was, or is another environment's: a number stays with the environment that first used it. */
async function signal(context: FlowContext, flow: FlowName, event: CallbackEvent): Promise<boolean> {
  const { temporal, limits } = context;
  if ((await holderOf(context, flow.kind, flow.number)) !== 'us') return false;
  // It is closing and can take no more: handed back, the callback would keep it from its end.
  if (event.parkedBy !== undefined && (await isRun(context, flow, event.parkedBy))) return false;
  const handle = temporal.workflow.getHandle(workflowIdFor(flow.kind, flow.number));
  try {
    await within(temporal, limits.callMs, () => handle.signal(callbackSignal, event));
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** The result of a flow that completed; undefined for one that never was, was terminated, or was restarted meanwhile. */
async function finalState(context: FlowContext, { kind, number }: FlowName): Promise<FlowState | undefined> {
  try {
    const description = await ownFlow(context, kind, number);
    return description.status.name === 'COMPLETED' ? await resultOf(context, description) : undefined;
  } catch (error) {
    if (error instanceof FlowNotFoundError) return undefined;
    throw error;
  }
}

async function park(context: FlowContext, event: CallbackEvent): Promise<void> {
  // A card's flow is always there for it, unless another environment has it.
  if (concernsCard(event) && (await tellCard(context, event))) return;
  await hold(context, event);
}

/** @throws TemporalUnavailableError also while another environment holds callbacks under the same name: FalPay must send this one again */
async function hold(context: FlowContext, event: CallbackEvent): Promise<void> {
  const { temporal, environment, limits } = context;
  const number = parkedNumber(event);
  if ((await holderOf(context, 'parked', number)) === 'another environment')
    throw new TemporalUnavailableError(
      `parked/${number} is a flow of another environment of this namespace; its operator must end it`,
    );
  const input: FlowInput<Record<string, never>> = { number, environment, body: {} };
  await within(temporal, limits.callMs, () =>
    temporal.workflow.signalWithStart(WORKFLOW_TYPES.parked, {
      workflowId: workflowIdFor('parked', number),
      taskQueue: taskQueueFor(environment),
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [input],
      signal: callbackSignal,
      signalArgs: [event],
      staticSummary: `Callback ${event.topic} for ${event.ref}, claimed by no flow yet`,
      typedSearchAttributes: namesOf(event),
    }),
  );
}

/** Whoever looks for everything of a merchant or a wallet finds what nobody has claimed as well. */
function namesOf({ orderNo, ids }: CallbackEvent): SearchAttributePair[] {
  const place = orderNo === undefined ? undefined : parseOrderNo(orderNo);
  const named: readonly (readonly [SearchAttributeName, string | undefined])[] = [
    ['FlowStage', 'RUNNING'],
    ['MerchantOrderNo', place?.kind === 'onboarding' ? place.number : undefined],
    ['FalpayMerchantId', ids.merchantId],
    ['FalpayWalletId', ids.walletId],
    ['FalpayCardId', ids.cardId],
  ];
  return named.flatMap(([name, value]) => (value === undefined ? [] : { key: SEARCH_ATTRIBUTES[name], value }));
}

/** Visibility lags and may repeat itself: it only proposes flows, each is asked before it is trusted. */
async function byIds(context: FlowContext, event: CallbackEvent): Promise<Claimed> {
  const idTerm = idsQuery(event);
  if (idTerm === undefined) return 'unclaimed';
  const open = await flowsWhere(context, `${idTerm} AND ExecutionStatus = 'Running'`);
  // More of them than one page: "exactly one" can no longer be said.
  if (open.more) return 'unclaimed';
  const states = await Promise.all(
    open.flows.map(async (name) => ({ name, state: await openState(context, name.kind, name.number) })),
  );
  const waiting = states.filter(({ state }) => state && waitsFor(state, event));
  if (waiting.length > 0) {
    // The order's own flow counts before those that merely wait for money of the wallet.
    const named = waiting.filter(({ state }) => state && waitsForOrder(state, event));
    const [only, ...others] = named.length > 0 ? named : waiting;
    return only && others.length === 0 && (await signal(context, only.name, event)) ? 'signalled' : 'unclaimed';
  }
  if (states.some(({ state }) => state && agrees(state, event))) return 'duplicate';
  const ended = await flowsWhere(context, `${idTerm} AND ExecutionStatus = 'Completed'`);
  for (const name of ended.flows) {
    const state = await finalState(context, name);
    if (state && agrees(state, event)) return 'duplicate';
  }
  return 'unclaimed';
}

async function flowsWhere(
  { temporal, limits, environment }: FlowContext,
  terms: string,
): Promise<{ readonly flows: readonly FlowName[]; readonly more: boolean }> {
  const types = STARTED_KINDS.map((kind) => quoted(WORKFLOW_TYPES[kind])).join(', ');
  const query = `TaskQueue = ${quoted(taskQueueFor(environment))} AND WorkflowType IN (${types}) AND ${terms}`;
  const page = await within(temporal, limits.callMs, () =>
    temporal.workflowService.listWorkflowExecutions({
      namespace: temporal.options.namespace,
      query,
      pageSize: CANDIDATES_MAX,
    }),
  );
  const flows = page.executions.flatMap(({ execution }) => parseWorkflowId(execution?.workflowId ?? '') ?? []);
  return { flows, more: Boolean(page.nextPageToken?.length) };
}

function idsQuery({ ids }: CallbackEvent): string | undefined {
  const terms = [
    ['FalpayMerchantId', ids.merchantId],
    ['FalpayWalletId', ids.walletId],
    ['FalpayCardId', ids.cardId],
  ].flatMap(([name, id]) => (id === undefined ? [] : `${name} = ${quoted(id)}`));
  return terms.length === 0 ? undefined : `(${terms.join(' OR ')})`;
}

/** Whether an open flow waits for what a callback tells; the callback may name it by FalPay's ids alone. */
export function waitsFor(state: FlowState, event: CallbackEvent): boolean {
  // Cards that wait for balance take any money of their wallet.
  const { walletId } = event.ids;
  const takesMoney = event.topic === 'wallet-recharge' && walletId !== undefined;
  return waitsForOrder(state, event) || (takesMoney && isAwaited(state, event, new Set([walletId])));
}

function waitsForOrder(state: FlowState, event: CallbackEvent): boolean {
  // A wait names its order by our number or by FalPay's id, a callback without our number only by FalPay's: the outputs have both.
  const { recharge, earlierRecharges = [], withdrawal, cards } = state.outputs;
  const things = [
    // Whichever order it came on, the wait is named by the newest.
    ...earlierRecharges.map((order) => [order.orderNo, recharge?.rechargeOrderNo, recharge?.orderNo]),
    [recharge?.orderNo, recharge?.rechargeOrderNo],
    [withdrawal?.orderNo, withdrawal?.withdrawOrderNo],
    ...cards.map((card) => [card.cardId, card.cardOrderNo]),
  ];
  const names = new Set([event.ref, event.orderNo]);
  for (const [theirs, ...ours] of things) if (theirs && names.has(theirs)) ours.forEach((name) => names.add(name));
  return isAwaited(state, event, names);
}

function isAwaited({ waits }: FlowState, event: CallbackEvent, names: ReadonlySet<string | undefined>): boolean {
  const topic = event.topic === 'card-status' ? 'card-issue' : event.topic;
  return waits.some((wait) => wait.topic === topic && names.has(wait.ref));
}
