/** Blocks: where a flow waits for a person, and the Updates by which a person answers. */
import { ApplicationFailure } from '@temporalio/workflow';
import type {
  AbortRequest,
  ActionName,
  ActionRecord,
  AmendRequest,
  BlockReason,
  BlockState,
  CorrectRequest,
  Patch,
  Receipt,
  Request,
  ResolveRequest,
} from '../../messages';
import { applyPatch, patchFault, REFUSAL, requestDigest, saysMore, stageOf } from '../../messages';
import type { Flow } from './flow';
import { blockIdFor, now } from './record';

/** What a block tells and takes. */
export interface BlockSpec {
  readonly reason: BlockReason;
  readonly message: string;
  readonly fields?: readonly string[];
  /** Besides `abort`, which every block takes. */
  readonly actions: readonly ActionName[];
  readonly patchable?: readonly string[];
  /** A person's NOT_DONE ends the matter here, where FalPay never will. */
  readonly endsNotDone?: true;
  /** A query that settles nothing closes it all the same (FalPay took the rejection back). */
  readonly closesWhenOpen?: boolean;
  /** Why FalPay's look-up contradicts a resolution, or undefined when it agrees. */
  readonly contradiction?: (request: ResolveRequest) => Promise<string | undefined>;
  /** Whether the block no longer stands as it was raised; then it asks anew, and no `force` helps. */
  readonly outdated?: (request: ResolveRequest) => Promise<boolean>;
}

export type Answer =
  | { readonly action: 'retry' | 'skip' }
  | { readonly action: 'amend'; readonly patch?: Patch; readonly accept?: boolean }
  | { readonly action: 'resolve'; readonly outcome: 'DONE'; readonly ref: string }
  | { readonly action: 'resolve'; readonly outcome: 'NOT_DONE' };

interface OpenBlock {
  readonly spec: BlockSpec;
  readonly state: BlockState;
  /** What a person answered, until it is carried out, and where that stands in the flow's record. */
  answer?: Answer;
  recorded?: ActionRecord;
}

export class BlockDesk<Body> {
  private readonly open = new Map<string, OpenBlock>();
  private serial = 0;

  constructor(private readonly flow: Flow<Body>) {}

  /** Opens a block; asking again for the same thing at the same step keeps the one that is open. */
  raise(step: string, spec: BlockSpec, current?: string): string {
    const same = current === undefined ? undefined : this.open.get(current);
    // An answered block stands until its answer is carried out.
    if (same?.answer || (same?.spec.reason === spec.reason && same.spec.message === spec.message))
      return same.state.blockId;
    if (same) this.close(same.state.blockId);
    const state: BlockState = {
      blockId: blockIdFor(step, ++this.serial, this.flow.policy),
      step,
      reason: spec.reason,
      message: spec.message,
      fields: spec.fields,
      actions: [...spec.actions, 'abort'],
      patchable: spec.patchable,
      endsNotDone: spec.endsNotDone,
      since: now(),
    };
    this.open.set(state.blockId, { spec, state });
    this.flow.record.addBlock(state);
    this.flow.teller.blocked(state);
    return state.blockId;
  }

  /** A callback or query settled it. An answer that was accepted in that same moment comes to nothing, and the record says so. */
  close(blockId: string): void {
    const recorded = this.open.get(blockId)?.recorded;
    if (recorded) recorded.superseded = true;
    this.drop(blockId);
  }

  /** Closes an answered block: whoever calls it carries the answer out. @throws ApplicationFailure where there is none */
  takeAnswer(blockId: string): { readonly answer: Answer; readonly reason: BlockReason } {
    const block = this.open.get(blockId);
    if (!block?.answer)
      throw ApplicationFailure.nonRetryable(`block ${blockId} was left without an answer`, 'InvalidInput');
    this.drop(blockId);
    return { answer: block.answer, reason: block.spec.reason };
  }

  private drop(blockId: string): void {
    this.open.delete(blockId);
    this.flow.record.dropBlock(blockId);
  }

  answerTo(blockId: string): Answer | undefined {
    return this.open.get(blockId)?.answer;
  }

  /** @throws ApplicationFailure of a {@link REFUSAL} type: the Update is rejected and leaves no trace in the history */
  check(action: Exclude<ActionName, 'abort'>, request: Request): void {
    this.checkOpen();
    checkTexts(request, ['blockId', 'reason', 'actor'], () => `; open now: ${this.openIds()}`);
    checkFlags(request);
    const { spec, state } = this.find(request.blockId, action);
    if (action === 'amend' || action === 'correct') this.checkAmendment(action, spec, request as CorrectRequest);
    if (action === 'resolve') checkResolution(request as ResolveRequest, state);
  }

  checkAbort(request: AbortRequest): void {
    this.checkOpen();
    checkTexts(request, ['reason', 'actor']);
    // Where cards go side by side there is hardly a moment without a call: the abort is taken, no further call begins, and those under way come back.
    if (this.flow.inFlight > 0 && !this.flow.hasBranches)
      throw refusal(REFUSAL.inFlight, 'a call to FalPay is under way; abort again when it has come back');
  }

  retry(request: Request): Receipt {
    return this.take('retry', request, { action: 'retry' });
  }

  skip(request: Request): Receipt {
    return this.take('skip', request, { action: 'skip' });
  }

  amend(action: 'amend' | 'correct', request: AmendRequest | CorrectRequest): Receipt {
    const { patch, accept } = request as CorrectRequest;
    const receipt = this.take(action, request, { action: 'amend', patch, accept });
    if (patch) this.flow.body = applyPatch(this.flow.body, patch);
    return receipt;
  }

  async resolve(request: ResolveRequest): Promise<Receipt> {
    const { spec } = this.find(request.blockId, 'resolve');
    this.flow.branches();
    try {
      const contradiction = request.force ? undefined : await spec.contradiction?.(request);
      if (contradiction) throw refusal(REFUSAL.contradicted, `${contradiction}; force overrides`);
      if (await spec.outdated?.(request))
        throw refusal(
          REFUSAL.stale,
          'blockId: the flow was reset since the block was raised; it asks again under another blockId',
        );
    } finally {
      this.flow.joins();
    }
    this.find(request.blockId, 'resolve'); // it may have been settled while FalPay was asked
    const { ref } = request;
    return this.take(
      'resolve',
      request,
      ref === undefined ? { action: 'resolve', outcome: 'NOT_DONE' } : { action: 'resolve', outcome: 'DONE', ref },
    );
  }

  private take(action: ActionName, request: Request, answer: Answer): Receipt {
    const block = this.find(request.blockId, action);
    block.answer = answer;
    const { actor, reason, blockId } = request;
    const digest = saysMore(action) ? { digest: requestDigest(request) } : {};
    block.recorded = this.flow.record.addAction({ blockId, action, actor, reason, ...digest });
    this.flow.record.dropBlock(blockId);
    return this.flow.record.receipt();
  }

  private find(blockId: string, action: ActionName): OpenBlock {
    const block = this.open.get(blockId);
    if (!block || block.answer)
      throw refusal(REFUSAL.stale, `blockId: no open block ${blockId}; open now: ${this.openIds()}`);
    const allowed =
      action === 'correct'
        ? stageOf(block.spec.reason) === 'ACTION_REQUIRED' && block.spec.actions.includes('correct')
        : block.spec.actions.includes(action);
    if (!allowed)
      throw refusal(REFUSAL.notAllowed, `${block.spec.reason} takes ${block.state.actions.join(', ')}, not ${action}`);
    return block;
  }

  private checkAmendment(action: 'amend' | 'correct', spec: BlockSpec, { patch, accept }: CorrectRequest): void {
    if (action === 'amend' && patch === undefined)
      throw refusal(REFUSAL.patch, 'patch: needed; use retry to try again as it is');
    if (patch !== undefined && accept) throw refusal(REFUSAL.request, 'accept: cannot go with a patch');
    if (accept && spec.reason !== 'RECHARGE_SHORT')
      throw refusal(REFUSAL.request, 'accept: only a short recharge can be accepted');
    if (patch === undefined) return;
    const { body, bodyFault } = this.flow;
    const fault = patchFault(body, patch, spec.patchable ?? []) ?? bodyFault(applyPatch(body, patch));
    if (fault) throw refusal(REFUSAL.patch, fault);
  }

  private checkOpen(): void {
    if (this.flow.aborting || ['COMPLETED', 'ABORTED'].includes(this.flow.state.stage))
      throw refusal(REFUSAL.closed, 'the flow has ended');
  }

  private openIds(): string {
    return this.flow.state.blocks.map((block) => `${block.blockId} (${block.reason})`).join(', ') || 'none';
  }
}

/** A wait says by its block that FalPay has not done it: a person who says so too changes nothing. */
export function takesNotDone({ reason, actions, endsNotDone }: BlockState): boolean {
  if (endsNotDone) return true;
  return reason !== 'DEADLINE' && !(reason === 'MISMATCH' && actions.includes('retry'));
}

function checkResolution({ outcome, ref }: ResolveRequest, block: BlockState): void {
  if (outcome !== 'DONE' && outcome !== 'NOT_DONE') throw refusal(REFUSAL.request, 'outcome: DONE or NOT_DONE');
  if (ref !== undefined && typeof ref !== 'string') throw refusal(REFUSAL.request, 'ref: must be a text in quotes');
  if (outcome === 'DONE' && !ref?.trim())
    throw refusal(REFUSAL.request, "ref: FalPay's id of what was done is needed with DONE");
  if (outcome === 'NOT_DONE' && ref !== undefined) throw refusal(REFUSAL.request, 'ref: goes with DONE only');
  if (outcome === 'NOT_DONE' && !takesNotDone(block))
    throw refusal(REFUSAL.notAllowed, `outcome: ${block.reason} takes DONE alone; retry waits for it anew`);
}

/** "false" in quotes is true to a program: it would do what the person says not to. */
function checkFlags(request: object): void {
  for (const field of ['accept', 'force'] as const) {
    const flag: unknown = Reflect.get(request, field);
    if (flag !== undefined && typeof flag !== 'boolean')
      throw refusal(REFUSAL.request, `${field}: must be true or false, without quotes`);
  }
}

const MEANING = {
  blockId: 'the block that you answer',
  reason: 'why; it stays in the record of the flow',
  actor: 'your name; it stays in the record of the flow',
} as const;

/** A person types it into a field of the Temporal UI, which knows nothing of its shape: so each mistake says what belongs there. */
function checkTexts(
  request: unknown,
  fields: readonly (keyof typeof MEANING)[],
  blocksOpen: () => string = () => '',
): void {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    const example = `{${fields.map((field) => `"${field}": "…"`).join(', ')}}`;
    throw refusal(REFUSAL.request, `an object with ${fields.join(', ')} is needed: ${example}${blocksOpen()}`);
  }
  for (const field of fields) {
    const text: unknown = Reflect.get(request, field);
    if (typeof text === 'string' && text.trim() !== '') continue;
    const choice = field === 'blockId' ? blocksOpen() : '';
    throw refusal(REFUSAL.request, `${field}: must not be empty: ${MEANING[field]}${choice}`);
  }
}

/** Without a stack: it is no bug, and the Temporal UI would show it to the person below the message. */
function refusal(type: string, message: string): ApplicationFailure {
  const failure = ApplicationFailure.nonRetryable(message, type);
  failure.stack = '';
  return failure;
}
