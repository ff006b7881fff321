/** What reconciliations ask of our own side: which wallets there are, and what their registers and flows know. */
import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/common';
import {
  isOverLimitChange,
  numberFault,
  parseOrderNo,
  parseWorkflowId,
  reconciledSignal,
  taskQueueFor,
  workflowIdFor,
  WORKFLOW_TYPES,
  type FlowState,
  type OrderFacts,
  type OrderPlace,
  type WalletReconciled,
  type WalletRegister,
} from '../messages';
import type { FlowContext } from './context';
import { within } from './deadline';
import { FlowNotFoundError, FlowUnresponsiveError, LimitChangeNotFoundError } from './errors';
import { limitChange } from './limit-changes';
import { quoted } from './list';
import { holderOf, readState } from './read';

/** Ids of one page travel in one activity result. */
const WALLETS_A_PAGE = 500;
/** A flow may be busy for a moment; one that stays silent is told as such. */
const ASKED_TIMES = 3;
const ASKED_EVERY_MS = 500;

interface Asking {
  readonly onProgress?: () => void;
  /** Of limit changes, by order number: their number does not tell the card, whose flow alone knows them. */
  readonly cardIds?: Readonly<Record<string, string>>;
}

export interface Reconciler {
  /** A page of the wallets that have a register now, by what visibility knows. @throws TemporalUnavailableError */
  listWallets(token: string | undefined): Promise<{ readonly walletIds: readonly string[]; readonly token?: string }>;
  /** Null when there is none. @throws TemporalUnavailableError, FlowUnresponsiveError */
  register(walletId: string): Promise<WalletRegister | null>;
  /** What the flows of these orders know; numbers that no flow of ours can have made are left out. @throws TemporalUnavailableError */
  orders(orderNos: readonly string[], how?: Asking): Promise<readonly OrderFacts[]>;
  /** Tells the register. @throws TemporalUnavailableError */
  reconciled(result: WalletReconciled): Promise<void>;
}

export function reconciler(context: FlowContext): Reconciler {
  return {
    listWallets: (token) => listWallets(context, token),
    register: (walletId) => readRegister(context, walletId),
    orders: (orderNos, how) => readOrders(context, orderNos, how),
    reconciled: async (result) => {
      const { temporal, limits } = context;
      if ((await holderOf(context, 'wallet', result.walletId)) === 'another environment') return;
      const handle = temporal.workflow.getHandle(workflowIdFor('wallet', result.walletId));
      try {
        await within(temporal, limits.callMs, () => handle.signal(reconciledSignal, result));
      } catch (error) {
        // A register that was ended keeps nothing; the next news begin one that knows no day.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}

async function listWallets(
  { temporal, limits, environment }: FlowContext,
  token: string | undefined,
): ReturnType<Reconciler['listWallets']> {
  const query = `TaskQueue = ${quoted(taskQueueFor(environment))} AND WorkflowType = ${quoted(WORKFLOW_TYPES.wallet)} AND ExecutionStatus = 'Running'`;
  const page = await within(temporal, limits.callMs, () =>
    temporal.workflowService.listWorkflowExecutions({
      namespace: temporal.options.namespace,
      query,
      pageSize: WALLETS_A_PAGE,
      ...(token !== undefined && { nextPageToken: Buffer.from(token, 'base64url') }),
    }),
  );
  const names = page.executions.flatMap(({ execution }) => parseWorkflowId(execution?.workflowId ?? '') ?? []);
  return {
    walletIds: [...new Set(names.filter(({ kind }) => kind === 'wallet').map(({ number }) => number))],
    ...(page.nextPageToken?.length && { token: Buffer.from(page.nextPageToken).toString('base64url') }),
  };
}

async function readRegister(context: FlowContext, walletId: string): Promise<WalletRegister | null> {
  const state = await answered(context, { kind: 'wallet', number: walletId });
  if (state === undefined) return null;
  // It runs and nobody asks it: without it orders of ours could be taken for strangers.
  if (state.stale && state.stage !== 'COMPLETED' && state.stage !== 'ABORTED')
    throw new FlowUnresponsiveError(`the register of wallet ${walletId} does not answer`);
  return state.stage === 'COMPLETED' || state.stage === 'ABORTED' ? null : (state.outputs.wallet ?? null);
}

async function readOrders(
  context: FlowContext,
  orderNos: readonly string[],
  { onProgress, cardIds = {} }: Asking = {},
): Promise<readonly OrderFacts[]> {
  const states = new Map<string, Promise<FlowState | undefined>>();
  const facts: OrderFacts[] = [];
  for (const orderNo of orderNos) {
    onProgress?.();
    const place = parseOrderNo(orderNo);
    if (!place || place.step === 'merchant') continue;
    const cardId = cardIds[orderNo];
    if (place.kind === 'card' && cardId !== undefined) {
      facts.push(await limitChangeFacts(context, { orderNo, cardId, place }));
      continue;
    }
    const workflowId = workflowIdFor(place.kind, place.number);
    const state = states.get(workflowId) ?? answered(context, place);
    states.set(workflowId, state);
    facts.push({ orderNo, step: place.step, workflowId, ...factsIn(await state, orderNo) });
  }
  return facts;
}

async function limitChangeFacts(
  context: FlowContext,
  { orderNo, cardId, place }: { readonly orderNo: string; readonly cardId: string; readonly place: OrderPlace },
): Promise<OrderFacts> {
  const { step, number } = place;
  const names = { orderNo, step, workflowId: workflowIdFor('card', cardId) };
  const unknown = { ...names, found: false, ended: true, shown: false };
  if (numberFault('card', cardId) !== undefined) return unknown;
  try {
    const change = await limitChange(context, { cardId, orderNo: number });
    if (change.direction !== (step === 'increase' ? 'INCREASE' : 'DECREASE')) return unknown;
    const { status, amount, currency } = change;
    // Before it is done it has moved nothing as far as the card's flow knows.
    const done = status === 'DONE' ? { amount } : {};
    return { ...names, found: true, ended: isOverLimitChange(change), shown: true, status, currency, ...done };
  } catch (error) {
    if (error instanceof LimitChangeNotFoundError) return unknown;
    if (error instanceof FlowUnresponsiveError) return { ...unknown, found: true, ended: false, silent: true };
    throw error;
  }
}

/** The flow's own answer; `stale` when it runs and does not give one, undefined when there is none. */
async function answered(
  context: FlowContext,
  { kind, number }: Pick<OrderPlace, 'number'> & { readonly kind: OrderPlace['kind'] | 'wallet' },
): Promise<FlowState | undefined> {
  for (let time = 1; ; time += 1) {
    try {
      const state = await readState(context, kind, number);
      if (!state.stale || time === ASKED_TIMES) return state;
    } catch (error) {
      if (error instanceof FlowNotFoundError) return undefined;
      throw error;
    }
    await pause(ASKED_EVERY_MS);
  }
}

type FoundFacts = Omit<OrderFacts, 'orderNo' | 'step' | 'workflowId'>;

function factsIn(state: FlowState | undefined, orderNo: string): FoundFacts {
  if (!state) return { found: false, ended: true, shown: false };
  const { stage, stale, outputs } = state;
  const flow = {
    found: true,
    ended: stage === 'COMPLETED' || stage === 'ABORTED',
    stage,
    ...(stale && { silent: stale }),
  } as const;
  const recharge = [outputs.recharge, ...(outputs.earlierRecharges ?? [])].find(
    (one) => one?.rechargeOrderNo === orderNo,
  );
  if (recharge) {
    const { amount: ordered, currency, credited, fee, orderNo: falpayOrderNo, status } = recharge;
    // Before anything came the fee is an announced one.
    const booked = credited === undefined ? {} : { amount: credited, fee };
    return { ...flow, shown: true, ordered, currency, falpayOrderNo, status, ...booked };
  }
  const withdrawal = [outputs.withdrawal, ...(outputs.earlierWithdrawals ?? [])].find(
    (one) => one?.withdrawOrderNo === orderNo,
  );
  if (withdrawal) {
    const { amount: ordered, currency, debited, fee, orderNo: falpayOrderNo, status } = withdrawal;
    const booked = debited === undefined ? {} : { amount: debited, fee };
    return { ...flow, shown: true, ordered, currency, falpayOrderNo, status, ...booked };
  }
  const card = outputs.cards.find((one) => one.cardOrderNo === orderNo);
  if (card) return { ...flow, shown: true, cardId: card.cardId, status: card.status };
  return { ...flow, shown: false };
}
