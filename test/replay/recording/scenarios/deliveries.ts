/** Events on their way to the backend: taken, refused for a while, refused for good, kept where nobody is to be told. */
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../../../src/activities';
import type { FlowState } from '../../../../src/messages';
import type { Scenario } from '../scenario';

const isOver = ({ stage }: FlowState) => stage === 'COMPLETED';
const isDead = ({ blocks }: FlowState) => blocks.length > 0;

/** What the backend says to one push after the other; the last answer repeats. */
function backend(...answers: readonly ('taken' | 'refused' | 'gone')[]): () => Pick<Activities, 'pushEvent'> {
  return () => {
    const asked = new Map<string, number>();
    return {
      pushEvent: async ({ event, pausesMs }) => {
        const times = asked.get(event.id) ?? 0;
        asked.set(event.id, times + 1);
        const answer = answers[Math.min(times, answers.length - 1)];
        if (answer === 'taken') return true;
        if (answer === 'gone') throw ApplicationFailure.nonRetryable('it answered 410: gone for good', 'WebhookGone');
        throw ApplicationFailure.create({
          message: 'it answered 503',
          type: 'WebhookUnavailable',
          nonRetryable: false,
          nextRetryDelay: pausesMs[0],
        });
      },
    };
  };
}

const WAITING = 'flow.waiting';

export const deliveries: readonly Scenario[] = [
  {
    records: ['delivery.not-pushed'],
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.record('delivery.not-pushed', await flow.delivery(WAITING, isOver));
    },
  },
  {
    records: ['delivery.delivered'],
    pushesEvents: true,
    activities: backend('refused', 'taken'),
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.record('delivery.delivered', await flow.delivery(WAITING, isOver));
    },
  },
  {
    records: ['delivery.pushing'],
    pushesEvents: true,
    waits: { delivery: { ladderMs: [3_600_000], deadlineMs: 24 * 3_600_000 } },
    activities: backend('refused'),
    async run(flow) {
      await flow.toMerchantAudit();
      await flow.record('delivery.pushing', await flow.delivery(WAITING, ({ steps }) => steps.length > 0));
    },
  },
  {
    records: ['delivery.dead', 'delivery.pushed-again'],
    pushesEvents: true,
    activities: backend('gone', 'taken'),
    async run(flow) {
      await flow.toMerchantAudit();
      const workflowId = await flow.delivery(WAITING, isDead);
      await flow.record('delivery.dead', workflowId);
      const { blocks } = await flow.stack.cardflow.state('delivery', workflowId.replace('delivery/', ''));
      await flow.act('retry', { blockId: blocks[0]?.blockId }, workflowId);
      await flow.delivery(WAITING, isOver);
      await flow.record('delivery.pushed-again', workflowId);
    },
  },
  {
    records: ['delivery.given-up'],
    pushesEvents: true,
    activities: backend('gone'),
    async run(flow) {
      await flow.toMerchantAudit();
      const workflowId = await flow.delivery(WAITING, isDead);
      const { blocks } = await flow.stack.cardflow.state('delivery', workflowId.replace('delivery/', ''));
      await flow.act('skip', { blockId: blocks[0]?.blockId }, workflowId);
      await flow.delivery(WAITING, isOver);
      await flow.record('delivery.given-up', workflowId);
    },
  },
];
