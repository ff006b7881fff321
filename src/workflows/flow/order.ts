/** Placing an order at FalPay: sent once, and looked up whenever its outcome is not known. */
import { workflowInfo } from '@temporalio/workflow';
import type {
  CallbackEvent,
  CreatingOperation,
  OrderStep,
  UnlistedOperation,
  WaitName,
  WaitState,
} from '../../messages';
import { beganWith } from '../../messages';
import type { Activities, Looked, Permit } from '../../activities';
import type { BlockSpec } from './blocks';
import { creatingCalls, patientReads, recalls } from './calls';
import type { Refusal } from './failures';
import { readFault } from './failures';
import type { Flow } from './flow';
import { orderNoIn } from './part';
import { read } from './read';
import { inMs, now } from './record';
import { hold, watch } from './watch';

export interface Order<T> {
  readonly step: string;
  readonly operation: CreatingOperation;
  readonly orderNo: string;
  readonly send: (calls: Activities, permit: Permit) => Promise<T>;
  /** Where an earlier run may have sent the number: none. Default: this run's own. */
  readonly permit?: Permit;
  /** Finds the order by our number; absent where FalPay has no such query. */
  readonly lookUp?: (calls: Activities) => Promise<LookedUp<T>>;
  /**
   * Finds the order that is `ahead` rounds later. A run after the first cannot know that an earlier one went on to it, and that this number stays
   * unused for good.
   */
  readonly laterRound?: (calls: Activities, ahead: number) => Promise<Looked<unknown>>;
  /** Where no query shows an order before its money: earlier runs are asked whether they went on to one of these numbers. */
  readonly unlisted?: { readonly operation: UnlistedOperation; readonly laterOrderNos: readonly string[] };
  /** What an operator's DONE stands for, given FalPay's id. */
  readonly fromRef: (ref: string) => Promise<T>;
  /** Whether a callback shows that the order exists; it is then looked up, or taken by the id in it. */
  readonly shownBy?: (event: CallbackEvent) => boolean;
  /** Whether what the look-up found is itself a failure, so that it agrees with a refusal. */
  readonly failed?: (value: T) => boolean;
  /** An operator may give it up while its outcome is unknown. */
  readonly skippable?: boolean;
  /** How a blocked outcome is waited for: whose ladder, which topic. */
  readonly wait: { readonly name: WaitName; readonly topic: WaitState['topic'] };
}

/** `unclear`: what FalPay shows proves neither that the order is there nor that it is not, and why. */
export type LookedUp<T> = Looked<T> & { readonly unclear?: string };

export type Placed<T> =
  { readonly is: 'placed'; readonly value: T } | { readonly is: 'refused'; readonly refusal: Refusal };

type Refused<T> = Extract<Placed<T>, { readonly is: 'refused' }>;

type Sent<T> =
  | Placed<T>
  | { readonly is: 'unknown'; readonly message: string }
  | { readonly is: 'unavailable'; readonly message: string; readonly retryAfterMs?: number };

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** Each round takes a person's correction: nobody makes more of them than this without a success. */
export const ROUNDS_AHEAD = 4;

/**
 * Brings one order about: returns what FalPay made of it, or its definite refusal.
 *
 * The number is sent again only after a look-up has proven it absent, after an operator's NOT_DONE, where FalPay confirmed idempotency,
 * or when the call certainly was not processed. A system fault is waited out; an outcome that nothing can settle blocks as OUTCOME_UNKNOWN.
 */
export async function place<T>(flow: Flow<unknown>, order: Order<T>): Promise<Placed<T>> {
  flow.record.begin(order.step, order.orderNo);
  if (flow.sentOrders.has(order.orderNo)) {
    const found = await lookUp(flow, order);
    if (found?.found) return { is: 'placed', value: found.found };
  }
  let permit: Permit = order.permit ?? { run: flow.originalRun };
  let unknowns = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const sent = await send(flow, order, permit);
    switch (sent.is) {
      case 'placed':
        return sent;
      case 'refused':
        return unknowns === 0 ? confirmRefusal(flow, order, sent) : confirmLateRefusal(flow, order, sent);
      case 'unavailable':
        // Whatever FalPay asks for, the pauses grow: a fault that lasts must not fill the history.
        await waitOutFault(flow, order.step, sent.message, Math.max(sent.retryAfterMs ?? 0, pauseMs));
        break;
      case 'unknown': {
        const settled = await settleUnknown(flow, order, sent.message, unknowns === 0 ? 0 : pauseMs);
        if (settled.is !== 'absent') return settled;
        permit = settled.permit;
        unknowns += 1;
      }
    }
  }
}

async function send<T>(flow: Flow<unknown>, order: Order<T>, permit: Permit): Promise<Sent<T>> {
  flow.checkAborted();
  flow.tell();
  const step = flow.record.step(order.step);
  step.attempts += 1;
  flow.sentOrders.add(order.orderNo);
  flow.openOrders.add(order.orderNo);
  flow.inFlight += 1;
  const calls = creatingCalls(flow.policy.operations[order.operation].timeoutMs, order.orderNo);
  try {
    return { is: 'placed', value: await order.send(calls, permit) };
  } catch (failure) {
    const fault = readFault(failure);
    if (fault.kind === 'unknown') return { is: 'unknown', message: fault.message };
    if (fault.kind === 'unavailable')
      return { is: 'unavailable', message: fault.message, retryAfterMs: fault.retryAfterMs };
    return { is: 'refused', refusal: fault };
  } finally {
    flow.inFlight -= 1;
  }
}

/** A refused order that FalPay shows all the same is nobody's guess. */
async function confirmRefusal<T>(flow: Flow<unknown>, order: Order<T>, sent: Refused<T>): Promise<Placed<T>> {
  const looked = await lookUpInThisRun(flow, order);
  const why = `FalPay refused it (${sent.refusal.message})`;
  if (looked?.unclear && beganWith(flow.policy, 3)) return askAboutRefusal(flow, order, sent, why, looked);
  if (!looked?.found || order.failed?.(looked.found)) return stands(flow, order, sent);
  const answer = await hold(flow, order.step, {
    reason: 'MISMATCH',
    message: `FalPay refused ${order.orderNo} (${sent.refusal.message}) and yet shows it: is it this flow's?`,
    actions: ['resolve'],
  });
  return answer.action === 'resolve' && answer.outcome === 'DONE'
    ? { is: 'placed', value: await order.fromRef(answer.ref) }
    : stands(flow, order, sent);
}

/**
 * A refusal of a number that was sent before with an unknown outcome: that outcome may be the very reason for it ("this number was used"), and a new
 * number would be a second order. So what was sent first gets the time again in which it must show, and then a person says.
 */
async function confirmLateRefusal<T>(flow: Flow<unknown>, order: Order<T>, sent: Refused<T>): Promise<Placed<T>> {
  const { absenceProvenAfterMs } = flow.policy.operations[order.operation];
  if (absenceProvenAfterMs !== undefined && !beganWith(flow.policy, 3)) return confirmRefusal(flow, order, sent);
  const why = `sent again, FalPay refused it (${sent.refusal.message})`;
  if (absenceProvenAfterMs === undefined) return askAboutRefusal(flow, order, sent, why);
  const looked = await lookUp(flow, order);
  if (looked?.found && order.failed?.(looked.found)) return stands(flow, order, sent);
  if (looked?.found) return { is: 'placed', value: looked.found };
  if (!looked?.unclear)
    await flow.until(() => false, absenceProvenAfterMs, `${order.step}: until what was sent first must show`);
  return askAboutRefusal(flow, order, sent, why, looked);
}

/** A person's NOT_DONE lets the refusal stand. */
async function askAboutRefusal<T>(
  flow: Flow<unknown>,
  order: Order<T>,
  sent: Refused<T>,
  why: string,
  looked?: LookedUp<T>,
): Promise<Placed<T>> {
  const message = looked?.unclear === undefined ? why : `${why}; ${looked.unclear}`;
  const settled = await askOperator(flow, order, message, looked?.run);
  return settled.is === 'absent' ? stands(flow, order, sent) : settled;
}

function stands<T>(flow: Flow<unknown>, { orderNo }: Order<T>, sent: Refused<T>): Refused<T> {
  flow.openOrders.delete(orderNo);
  return sent;
}

/** FalPay is down or refuses our credentials: wait a while, then until it answers a harmless query. */
async function waitOutFault(flow: Flow<unknown>, step: string, message: string, pauseMs: number): Promise<void> {
  flow.state.fault ??= { since: now(), message, nextTryAt: inMs(pauseMs) };
  await flow.until(() => false, pauseMs, `${step}: FalPay cannot be used`);
  await flow.leavable(() => patientReads(flow.policy.queryTimeoutMs, 'is FalPay back?').ping());
  delete flow.state.fault;
}

type Settled<T> = Placed<T> | { readonly is: 'absent'; readonly permit: Permit };

/** @param leastMs how long to wait at least before it can count as absent: grows where one call after the other is lost */
async function settleUnknown<T>(
  flow: Flow<unknown>,
  order: Order<T>,
  message: string,
  leastMs: number,
): Promise<Settled<T>> {
  const { idempotent, absenceProvenAfterMs } = flow.policy.operations[order.operation];
  const givenUpAt = Date.now();
  const first = await lookUp(flow, order);
  if (first?.found) return { is: 'placed', value: first.found };
  if (first?.unclear) return askOperator(flow, order, `${message}; ${first.unclear}`, first.run);
  if (absenceProvenAfterMs !== undefined) {
    await flow.until(
      () => false,
      givenUpAt + Math.max(absenceProvenAfterMs, leastMs) - Date.now(),
      `${order.step}: until "not found" proves absence`,
    );
    const second = await lookUp(flow, order);
    if (second?.found) return { is: 'placed', value: second.found };
    if (second?.unclear) return askOperator(flow, order, `${message}; ${second.unclear}`, second.run);
    if (second && (await isOvertaken(flow, order, second.run))) return overtaken(flow, order);
    if (second) return { is: 'absent', permit: { run: second.run } };
  }
  if (first && beganWith(flow.policy, 3)) {
    if (await isOvertaken(flow, order, first.run)) return overtaken(flow, order);
    const later = await sentLater(flow, order, first.run);
    if (later === true) return overtaken(flow, order);
    if (later !== false) return askOperator(flow, order, `${message}; ${later.untold}`, first.run);
  }
  if (idempotent === 'confirmed') {
    await flow.until(() => false, leastMs, `${order.step}: before it is sent again`);
    return { is: 'absent', permit: { run: await flow.currentRun() } };
  }
  return askOperator(flow, order, message, first?.run);
}

/**
 * Nothing proves what became of it: an operator says, unless a callback or a look-up does first.
 * @param run in which it was asked for last, where that is known
 */
async function askOperator<T>(
  flow: Flow<unknown>,
  order: Order<T>,
  message: string,
  run = workflowInfo().originalExecutionRunId,
): Promise<Settled<T>> {
  const { absenceProvenAfterMs } = flow.policy.operations[order.operation];
  let vouchedIn = run;
  let outdated = 0;
  const block = (): BlockSpec => ({
    reason: 'OUTCOME_UNKNOWN',
    message: `${order.operation} ${order.orderNo}: ${message}. FalPay may have done it${outdated > 0 ? ', also after the reset of this flow' : ''}; look it up there before deciding`,
    actions: order.skippable ? ['retry', 'resolve', 'skip'] : ['retry', 'resolve'],
    contradiction: async ({ outcome, ref }) => {
      const looked = await lookUp(flow, order);
      if (outcome === 'NOT_DONE') return looked?.found ? 'FalPay has it' : undefined;
      // "Not found" contradicts the operator only where it proves something.
      const isAbsent = looked !== undefined && !looked.found && !looked.unclear && absenceProvenAfterMs !== undefined;
      return isAbsent ? `FalPay does not show ${order.orderNo} (ref ${ref})` : undefined;
    },
    // A UI reset hands the run's Updates to the new run, where the block is open again: what a person vouched for then, the old run has acted on.
    outdated: async ({ outcome }) => {
      if (outcome === 'DONE') return false;
      const now = await flow.currentRun();
      if (now === vouchedIn) return false;
      vouchedIn = now;
      outdated += 1;
      return true;
    },
  });
  let asked = 0;
  const told: CallbackEvent[] = [];
  for (;;) {
    const outcome = await watch<T>(flow, {
      step: order.step,
      name: order.wait.name,
      topic: order.wait.topic,
      ref: order.orderNo,
      askNow: true,
      query: async () => {
        const found = (await lookUp(flow, order))?.found;
        if (found) return { is: 'settled', value: found };
        asked = outdated;
        // A signed callback about our number proves that FalPay has the order, also where no look-up shows it yet.
        const shown = told.at(-1)?.ref;
        return shown === undefined
          ? { is: 'blocked', block: block() }
          : { is: 'settled', value: await order.fromRef(shown) };
      },
      stirred: () => asked < outdated,
      concerns: (event) => order.shownBy?.(event) ?? false,
      hear: (event) => {
        told.push(event);
        return 'ask';
      },
    }).catch((failure: unknown) => {
      // An abort finds it in the inbox, and parks what moves money. Flows that began before 0.3 let go of it.
      if (beganWith(flow.policy, 3)) flow.inbox.unshift(...told);
      throw failure;
    });
    // Here they proved that the order exists; what else they tell (an audit's end, money, a failure) is for the wait that follows.
    flow.inbox.unshift(...told.splice(0));
    if (outcome.is === 'settled') return { is: 'placed', value: outcome.value };
    if (outcome.answer.action === 'skip')
      return { is: 'refused', refusal: { kind: 'refused', message: 'given up by an operator', givenUp: true } };
    if (outcome.answer.action !== 'resolve') continue; // retry: look again
    if (outcome.answer.outcome === 'DONE') {
      const { ref } = outcome.answer;
      return { is: 'placed', value: (await lookUp(flow, order))?.found ?? (await order.fromRef(ref)) };
    }
    // The operator vouches for it in this run; a reset of the flow asks anew.
    return { is: 'absent', permit: { run: vouchedIn } };
  }
}

/** A round is opened only after the one before has failed for good: where FalPay has a later one, this number must not be sent any more. */
async function isOvertaken<T>(
  flow: Flow<unknown>,
  { step, orderNo, laterRound }: Order<T>,
  run: string,
): Promise<boolean> {
  if (!laterRound || run === flow.originalRun) return false;
  for (let ahead = 1; ahead <= ROUNDS_AHEAD; ahead += 1) {
    const { found } = await read(flow, step, `look for later rounds of ${orderNo}`, (calls) =>
      laterRound(calls, ahead),
    );
    if (found) return true;
  }
  return false;
}

/** As {@link isOvertaken}, by what earlier runs sent. Where that cannot be told, nothing but a person's word lets the number be sent. */
async function sentLater<T>(
  flow: Flow<unknown>,
  { unlisted }: Order<T>,
  run: string,
): Promise<boolean | { readonly untold: string }> {
  if (!unlisted || run === flow.originalRun) return false;
  const { operation, laterOrderNos } = unlisted;
  try {
    const { sent } = await flow.leavable(() => recalls('what earlier runs sent').sentBefore({ operation }));
    return laterOrderNos.some((orderNo) => sent.includes(orderNo));
  } catch (failure) {
    const { message } = readFault(failure);
    return { untold: `whether an earlier run went on to ${laterOrderNos[0] ?? 'another'} cannot be told (${message})` };
  }
}

/** The numbers of the rounds that may follow. */
export function roundsAfter(flow: Flow<unknown>, step: OrderStep, item: number, round: number): readonly string[] {
  return Array.from({ length: ROUNDS_AHEAD }, (_, index) => orderNoIn(flow, step, item, round + index + 1));
}

function overtaken<T>(flow: Flow<unknown>, { orderNo }: Order<T>): Settled<T> {
  flow.openOrders.delete(orderNo);
  return {
    is: 'refused',
    refusal: { kind: 'refused', message: 'an earlier run went on with another round', isOver: true },
  };
}

/** As {@link lookUp}, before the flow continues as new. */
async function lookUpInThisRun<T>(flow: Flow<unknown>, order: Order<T>): Promise<LookedUp<T> | undefined> {
  const confirming = beganWith(flow.policy, 3) ? 1 : 0;
  flow.confirming += confirming;
  try {
    return await lookUp(flow, order);
  } finally {
    flow.confirming -= confirming;
  }
}

async function lookUp<T>(
  flow: Flow<unknown>,
  { step, orderNo, lookUp: find }: Order<T>,
): Promise<LookedUp<T> | undefined> {
  return find && read(flow, step, `look up ${orderNo}`, find);
}
