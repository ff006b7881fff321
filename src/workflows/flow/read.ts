/** Reads of FalPay: answered at once as a rule; else tried until they are, or until a person mends what FalPay refuses. */
import type { Activities } from '../../activities';
import type { FlowPolicy } from '../../messages';
import { beganWith, overduePauseMs } from '../../messages';
import type { Answer, BlockSpec } from './blocks';
import { patientReads } from './calls';
import { readFault } from './failures';
import type { Flow } from './flow';
import { inMs, now } from './record';
import { hold } from './watch';

/**
 * Asks FalPay until it answers. The first try costs one event; after a fault it is a normal activity, retried at most 10 minutes apart.
 * A refusal is asked about again for some minutes, then it blocks as INVALID until FalPay answers after all or somebody says `retry`; what our own
 * model refuses, at once.
 */
export async function read<T>(
  flow: Flow<unknown>,
  step: string,
  summary: string,
  ask: (calls: Activities) => Promise<T>,
): Promise<T> {
  const pauses = flow.policy.refusedQueryPausesMs ?? [];
  for (let refusals = 0; ; refusals += 1) {
    const answer = await tryRead(flow, summary, ask);
    if ('value' in answer) return answer.value;
    const pauseMs = pauses[refusals];
    if (pauseMs !== undefined && !answer.isFinal) {
      await flow.until(() => false, pauseMs, `${step}: FalPay refuses to answer (${summary})`);
      continue;
    }
    refusals = -1;
    const block = refusedBlock(summary, answer.refused);
    const pace = beganWith(flow.policy, 3) ? flow.policy.overduePaceMs : undefined;
    const settled = pace
      ? await new Refused(flow, step, summary, ask, pace).hold(block)
      : await hold(flow, step, block);
    if ('value' in settled) return settled.value;
  }
}

function refusedBlock(summary: string, refusal: string): BlockSpec {
  return { reason: 'INVALID', message: `FalPay refuses to answer (${summary}): ${refusal}`, actions: ['retry'] };
}

/** A read that a person was called for. FalPay is asked on, ever more seldom, and when a callback says that something has happened. */
class Refused<T> {
  private looks = 0;

  constructor(
    private readonly flow: Flow<unknown>,
    private readonly step: string,
    private readonly summary: string,
    private readonly ask: (calls: Activities) => Promise<T>,
    private readonly pace: NonNullable<FlowPolicy['overduePaceMs']>,
  ) {}

  /** Until FalPay answers, or a person says `retry`. */
  async hold(block: BlockSpec): Promise<{ value: T } | Answer> {
    const { flow, step, summary } = this;
    let blockId = flow.desk.raise(step, block);
    const isAnswered = (): boolean => flow.desk.answerTo(blockId) !== undefined;
    try {
      for (;;) {
        const { heard } = flow;
        const stirs = () => isAnswered() || (flow.heard > heard && !flow.hasBranches);
        await flow.until(stirs, this.nextPauseMs(), `${step}: FalPay refused to answer; next query`);
        if (isAnswered()) return flow.desk.takeAnswer(blockId).answer;
        const answer = await tryRead(flow, summary, this.ask);
        if ('value' in answer) return answer;
        blockId = flow.desk.raise(step, refusedBlock(summary, answer.refused), blockId);
      }
    } finally {
      flow.desk.close(blockId);
    }
  }

  /** Jitter upwards only: flows that were refused together must not ask together for ever. */
  private nextPauseMs(): number {
    return Math.round(overduePauseMs(this.pace, this.looks++) * (1 + Math.random() / 2));
  }
}

/** As {@link read}, where the caller knows what a refusal means. */
export async function tryRead<T>(
  flow: Flow<unknown>,
  summary: string,
  ask: (calls: Activities) => Promise<T>,
): Promise<{ value: T } | { refused: string; isFinal?: boolean }> {
  try {
    return { value: await flow.leavable(() => ask(flow.firstReads(summary))) };
  } catch (failure) {
    const fault = readFault(failure);
    if (fault.kind === 'refused' || fault.kind === 'invalid')
      return { refused: fault.message, isFinal: fault.kind === 'invalid' };
    flow.state.fault ??= { since: now(), message: fault.message, nextTryAt: inMs(1_000) };
  }
  flow.show();
  try {
    return { value: await flow.leavable(() => ask(patientReads(flow.policy.queryTimeoutMs, summary))) };
  } catch (failure) {
    return { refused: readFault(failure).message };
  } finally {
    delete flow.state.fault;
  }
}
