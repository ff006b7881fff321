import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { retryAll, type BulkRetried, type BulkRetryRequest } from '../../../src/client/bulk';
import type { FlowContext } from '../../../src/client/context';
import { REFUSAL, taskQueueFor, type BlockReason, type Request } from '../../../src/messages';

/** Blocks of one flow, as many as are given, and what its Updates answer; what comes between a look and a retry can be had in no other way. */
function blockedBy(blocks: Readonly<Record<string, BlockReason>>, take: (blockId: string) => void = () => undefined) {
  const state = {
    blocks: Object.entries(blocks).map(([blockId, reason]) => ({
      ...{ blockId, reason, step: blockId, message: 'm', actions: ['retry', 'abort'] },
    })),
  };
  const taskQueue = taskQueueFor('test');
  const execution = { execution: { workflowId: 'onboarding/M-1', runId: 'r' }, status: 1, taskQueue };
  const handle = {
    query: async () => state,
    describe: async () => ({ status: { name: 'RUNNING' }, runId: 'r', taskQueue }),
    executeUpdate: async (_update: unknown, { args }: { args: [Request] }) => take(args[0].blockId),
  };
  const context = {
    environment: 'test',
    limits: { callMs: 1_000, queryMs: 1_000, actionMs: 1_000 },
    openOnly: { getHandle: () => handle },
    temporal: {
      options: { namespace: 'n' },
      withDeadline: (_at: number, call: () => unknown) => call(),
      workflow: { getHandle: () => handle },
      workflowService: { listWorkflowExecutions: async () => ({ executions: [execution] }) },
    },
  } as unknown as FlowContext;
  return async (request: Partial<BulkRetryRequest> = {}) => {
    const told: BulkRetried[] = [];
    for await (const one of retryAll(context, { actor: 'anna', reason: 'r', perSecond: 1_000, ...request }))
      told.push(one);
    return told.map(({ outcome, block }) => [block?.blockId, outcome]);
  };
}

const refusing = (type: string) => () => {
  throw new WorkflowUpdateFailedError('refused', ApplicationFailure.nonRetryable('no', type));
};

test('of a flow with blocks of both stages, only those of the stage that was asked for are retried', async () => {
  const retry = blockedBy({ 'card-1': 'CARD_REFUSED', 'card-2': 'DEADLINE' });
  expect(await retry({ stage: 'BLOCKED' })).toEqual([['card-2', 'retried']]);
  expect(await retry({ stage: 'ACTION_REQUIRED' })).toEqual([['card-1', 'retried']]);
  expect(await retry()).toHaveLength(2);
});

test.each([REFUSAL.stale, REFUSAL.closed])('a block that was settled meanwhile is no failure: %s', async (type) => {
  expect(await blockedBy({ 'card-1': 'DEADLINE' }, refusing(type))()).toEqual([['card-1', 'settled']]);
});

test('one that is refused for another reason has failed, and the next one is retried all the same', async () => {
  const retry = blockedBy({ 'card-1': 'DEADLINE', 'card-2': 'DEADLINE' }, (blockId) => {
    if (blockId === 'card-1') refusing(REFUSAL.inFlight)();
  });
  expect(await retry()).toEqual([
    ['card-1', 'failed'],
    ['card-2', 'retried'],
  ]);
});
