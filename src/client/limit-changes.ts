/** A card's limit changes: one Update that starts the card's flow where none runs, and the state of each by its order number. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';
import {
  WORKFLOW_TYPES,
  changeLimitUpdate,
  isBusinessNumber,
  limitChangeQuery,
  numberFault,
  workflowIdFor,
  type LimitChange,
  type LimitChangeRequest,
} from '../messages';
import { parseLimitChange } from './bodies';
import { cardStart } from './card-flow';
import type { FlowContext } from './context';
import { updateWithin, within } from './deadline';
import { digestOf } from './digest';
import {
  ActionRefusedError,
  FlowNotFoundError,
  FlowUnresponsiveError,
  InvalidInputError,
  LimitChangeNotFoundError,
  TemporalUnavailableError,
  invalidNumber,
  refusalOf,
} from './errors';
import { holderOf, ownFlow, readState } from './read';
import { watchFlow } from './watch';

/** `accepted`: it will be carried out; `same`: it was asked for before, with the same content. */
export interface LimitChangeResult {
  readonly outcome: 'accepted' | 'same';
  readonly change: LimitChange;
}

export interface LimitChangeName {
  readonly cardId: string;
  readonly orderNo: string;
}

export interface LimitChangeOptions {
  /** Asked where the card has no flow yet, before one begins that would run for good; what it throws ends the request. */
  readonly beforeFirst?: () => Promise<void>;
}

/** The flow of a card may be ending, or between two runs, just when it is asked. */
const TRIES = 10;
const PAUSE_MS = 300;

/**
 * Asks for a change of a card's limit, once: asking again with the same number and content is harmless.
 *
 * @throws InvalidInputError naming every field at fault; ActionRefusedError `taken`: the number stands for another change,
 * `notAllowed`: another environment of the namespace has the card's flow
 * @throws FlowUnresponsiveError, TemporalUnavailableError it may have been accepted: ask again
 */
export async function changeLimit(
  context: FlowContext,
  { cardId, orderNo }: LimitChangeName,
  body: unknown,
  options: LimitChangeOptions = {},
): Promise<LimitChangeResult> {
  checkName({ cardId, orderNo });
  const content = parseLimitChange(body);
  const request: LimitChangeRequest = { orderNo, ...content, ticket: randomUUID() };
  for (let tries = 1; ; tries += 1) {
    try {
      const { ticket, change } = await ask(context, cardId, request, options);
      if (ticket === request.ticket) return { outcome: 'accepted', change };
      // Of a repetition Temporal tells the first answer, which may be days old.
      return { outcome: 'same', change: await limitChange(context, { cardId, orderNo }).catch(() => change) };
    } catch (error) {
      const passing = error instanceof ActionRefusedError && error.refusal === 'closed';
      if (!passing || tries === TRIES) throw error;
      await pause(PAUSE_MS);
    }
  }
}

async function ask(
  context: FlowContext,
  cardId: string,
  request: LimitChangeRequest,
  { beforeFirst }: LimitChangeOptions,
) {
  const { temporal, limits } = context;
  const { ticket: _ticket, ...content } = request;
  const update = { updateId: digestOf(content).slice(0, 40), args: [request] as [LimitChangeRequest] };
  const holder = await holderOf(context, 'card', cardId);
  if (holder === 'another environment')
    throw new ActionRefusedError('notAllowed', `card/${cardId} is a flow of another environment of this namespace`);
  if (holder === 'nobody') await beforeFirst?.();
  try {
    return await updateWithin(temporal, limits.actionMs, () => {
      if (holder === 'us')
        return temporal.workflow.getHandle(workflowIdFor('card', cardId)).executeUpdate(changeLimitUpdate, update);
      const startWorkflowOperation = new WithStartWorkflowOperation(WORKFLOW_TYPES.card, {
        ...cardStart(context, cardId),
        // Whoever began one in this very moment may be the other environment: then it is looked at once more.
        workflowIdConflictPolicy: 'FAIL',
      });
      return temporal.workflow.executeUpdateWithStart(changeLimitUpdate, { startWorkflowOperation, ...update });
    });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError)
      throw new ActionRefusedError('closed', `card/${cardId} has just begun`);
    const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    const refusal = failure instanceof ApplicationFailure ? refusalOf(failure.type) : undefined;
    if (failure && refusal) throw new ActionRefusedError(refusal, failure.message);
    // At the border between two runs, an Update can meet one that takes none any more, or none yet.
    const atBorder = error instanceof WorkflowNotFoundError || failure?.message.startsWith('No registered handler');
    if (atBorder) throw new ActionRefusedError('closed', `card/${cardId} has just ended`);
    throw error;
  }
}

/**
 * A limit change as it is now.
 * @throws LimitChangeNotFoundError no such change, or one older than the thousand that the card's flow remembers
 * @throws FlowUnresponsiveError no worker answers for it
 */
export async function limitChange(context: FlowContext, { cardId, orderNo }: LimitChangeName): Promise<LimitChange> {
  checkName({ cardId, orderNo });
  const { temporal, limits } = context;
  await ownFlow(context, 'card', cardId).catch((error: unknown) => {
    throw error instanceof FlowNotFoundError ? new LimitChangeNotFoundError(cardId, orderNo) : error;
  });
  const handle = temporal.workflow.getHandle(workflowIdFor('card', cardId));
  let known: LimitChange | null;
  try {
    known = await within(temporal, limits.queryMs, () => handle.query(limitChangeQuery, orderNo));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw new LimitChangeNotFoundError(cardId, orderNo);
    known = await fromState(context, { cardId, orderNo });
  }
  if (known) return known;
  throw new LimitChangeNotFoundError(cardId, orderNo);
}

/** Of a flow that ended and cannot be asked: its result has the newest. @throws when nothing can be said */
async function fromState(context: FlowContext, { cardId, orderNo }: LimitChangeName): Promise<LimitChange> {
  const { stale, outputs } = await readState(context, 'card', cardId);
  const known = outputs.card?.limitChanges.find((change) => change.orderNo === orderNo);
  if (!stale && known) return known;
  throw new FlowUnresponsiveError(`no worker answered for card/${cardId} in time; ask again`);
}

/** What counts as a change of a limit change. */
export function limitChangeFingerprint(change: LimitChange): string {
  return digestOf(change).slice(0, 32);
}

/**
 * Waits until a limit change is another than the caller knows, and returns it, or the unchanged one when the time is over.
 * @param since the fingerprint that the caller knows; default: that of now
 * @throws LimitChangeNotFoundError
 */
export async function waitForLimitChange(
  context: FlowContext,
  name: LimitChangeName,
  { ms, since, signal }: { readonly ms: number; readonly since?: string; readonly signal?: AbortSignal },
): Promise<LimitChange> {
  let now = await limitChange(context, name);
  const known = since ?? limitChangeFingerprint(now);
  const timeUp = AbortSignal.timeout(ms);
  const ends = signal ? AbortSignal.any([signal, timeUp]) : timeUp;
  if (limitChangeFingerprint(now) !== known) return now;
  const flow = { kind: 'card', number: name.cardId } as const;
  const changes = watchFlow(context, flow, { signal: ends });
  while (!(await changes.next()).done) {
    now = await limitChange(context, name).catch((error: unknown) => {
      // The flow lives on while nobody answers for it.
      if (error instanceof TemporalUnavailableError || error instanceof FlowUnresponsiveError) return now;
      throw error;
    });
    if (limitChangeFingerprint(now) !== known) break;
  }
  return now;
}

function checkName({ cardId, orderNo }: LimitChangeName): void {
  const fault = numberFault('card', cardId);
  if (fault) throw new InvalidInputError([{ path: 'cardId', message: fault }]);
  if (!isBusinessNumber(orderNo)) throw invalidNumber('orderNo');
}
