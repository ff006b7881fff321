/** The first line of every flow: state, queries, Updates and the callback signal, all in place before the first await. */
import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { FlowInput, FlowKind } from '../../messages';
import {
  abortUpdate,
  amendUpdate,
  callbackSignal,
  correctUpdate,
  inputQuery,
  resolveUpdate,
  retryUpdate,
  skipUpdate,
  stateQuery,
} from '../../messages';
import { Flow } from './flow';

/**
 * @param plan the names of the steps that every run of the flow takes, in order
 * @param bodyFault why the flow could not go on with a patched body, by field
 */
export function beginFlow<Body>(
  kind: FlowKind,
  input: FlowInput<Body>,
  plan: readonly string[],
  bodyFault?: (body: unknown) => string | undefined,
): Flow<Body> {
  const flow = new Flow(kind, input, plan, bodyFault);
  const { desk } = flow;
  if (input.restart) flow.record.addAction({ action: 'restart', ...input.restart });
  setHandler(stateQuery, () => flow.state, { description: 'steps, waits, blocks, outputs and actions of the flow' });
  setHandler(inputQuery, () => flow.body, {
    description: 'the start body with every accepted patch applied; holds identity data',
  });
  setHandler(callbackSignal, (event) => flow.hear(event), { description: 'a verified FalPay callback' });
  setHandler(retryUpdate, (request) => desk.retry(request), {
    description: 'try the blocked step again, beginning with a look-up: {blockId, reason, actor}',
    validator: (request) => desk.check('retry', request),
  });
  setHandler(amendUpdate, (request) => desk.amend('amend', request), {
    description: 'change fields of the start body and try again: {blockId, reason, actor, patch}',
    validator: (request) => desk.check('amend', request),
  });
  setHandler(correctUpdate, (request) => desk.amend('correct', request), {
    description: "the backend's answer to ACTION_REQUIRED: {blockId, reason, actor, patch?, accept?}",
    validator: (request) => desk.check('correct', request),
  });
  // It asks FalPay before it answers: Request Cancellation must reach it as an abort, not as a failed call.
  setHandler(resolveUpdate, (request) => CancellationScope.nonCancellable(() => desk.resolve(request)), {
    description:
      'say what became of an unknown outcome: {blockId, reason, actor, outcome: DONE | NOT_DONE, ref?, force?}',
    validator: (request) => desk.check('resolve', request),
  });
  setHandler(skipUpdate, (request) => desk.skip(request), {
    description: 'go on without this item: {blockId, reason, actor}',
    validator: (request) => desk.check('skip', request),
  });
  setHandler(
    abortUpdate,
    (request) => {
      flow.abort(request.actor, request.reason);
      return flow.record.receipt();
    },
    {
      description: 'end the flow and tell what it leaves behind: {reason, actor}',
      validator: (request) => desk.checkAbort(request),
    },
  );
  for (const event of input.heard ?? []) flow.hear(event);
  return flow;
}
