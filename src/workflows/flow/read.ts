/** Reads of FalPay: answered at once as a rule; else tried until they are, or until a person mends what FalPay refuses. */
import type { Activities } from '../../activities';
import { patientReads } from './calls';
import { readFault } from './failures';
import type { Flow } from './flow';
import { inMs, now } from './record';
import { hold } from './watch';

/**
 * Asks FalPay until it answers. The first try costs one event; after a fault it is a normal activity, retried at most 10 minutes apart.
 * A refusal is asked about again for some minutes, then it blocks as INVALID until somebody says `retry`; what our own model refuses, at once.
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
    await hold(flow, step, {
      reason: 'INVALID',
      message: `FalPay refuses to answer (${summary}): ${answer.refused}`,
      actions: ['retry'],
    });
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
