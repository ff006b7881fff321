/** The life of a card that an onboarding issued, on either side of continue-as-new. */
import { workflowIdFor, type CardLife, type FlowState } from '../../../../src/messages';
import { until } from '../../../setup/until';
import { ONE_CARD } from '../bodies';
import type { Case } from '../case';
import type { Scenario } from '../scenario';

async function cardOf(flow: Case) {
  await flow.pastRecharge();
  const cardId = (await flow.completed()).outputs.cards[0]?.cardId ?? '';
  const workflowId = workflowIdFor('card', cardId);
  let last: FlowState | undefined;
  return {
    cardId,
    workflowId,
    save: (name: string, runId?: string) => flow.record(name, workflowId, runId),
    act: (action: 'resolve', request: object) => flow.act(action, request, workflowId),
    runId: async () => (await flow.stack.client.workflow.getHandle(workflowId).describe()).runId,
    /** Past the flow, as somebody else would. */
    raise: (limitOrderNo: string, amount: string) =>
      flow.stack.falpay.increaseCardLimit({ limitOrderNo, cardId, amount, currency: 'USD' }),
    buy: (amount: string) => flow.stack.control('POST', `/cards/${cardId}/authorizations`, { amount }),
    async change(orderNo: string, change: object = {}): Promise<void> {
      const body = { direction: 'INCREASE', amount: '10.00', currency: 'USD', ...change };
      const url = `/v1/cards/${cardId}/limit-changes/${orderNo}`;
      const { status } = await flow.stack.api('PUT', url, body);
      if (status !== 201) throw new Error(`${url}: ${status}`);
    },
    async reach(wanted: (card: CardLife, state: FlowState) => boolean): Promise<FlowState> {
      await until(
        async () => {
          last = await flow.stack.cardflow.state('card', cardId).catch(() => undefined);
          return last?.outputs.card !== undefined && wanted(last.outputs.card, last);
        },
        () => `${workflowId} stays at ${JSON.stringify(last, null, 1)}`,
      );
      return last as FlowState;
    },
  };
}

const ended =
  (status: string) =>
  ({ limitChanges }: CardLife): boolean =>
    limitChanges.at(-1)?.status === status;

export const cardLife: readonly Scenario[] = [
  {
    records: ['card.waiting', 'card.after-authorizations', 'card.limit-change-done', 'card.limit-change-refused'],
    body: ONE_CARD,
    async run(flow) {
      const card = await cardOf(flow);
      await card.reach(({ status, unconfirmed }) => status === 'ACTIVE' && unconfirmed === 0);
      await card.save('card.waiting');
      await card.buy('20.00');
      await card.buy('3.00');
      await card.reach(({ payOrders, unconfirmed }) => payOrders[0]?.count === 2 && unconfirmed === 0);
      await card.save('card.after-authorizations');
      await card.change(`${flow.number}-L1`);
      await card.reach(ended('DONE'));
      await card.save('card.limit-change-done');
      await card.change(`${flow.number}-L2`, { direction: 'DECREASE', amount: '50.00' });
      await card.reach(ended('REFUSED'));
      await card.save('card.limit-change-refused');
    },
  },
  {
    records: ['card.limit-change-unknown-settled'],
    body: ONE_CARD,
    faults: (number) => [
      { operation: 'increaseCardLimit', orderNo: `${number}-L1_KI1`, fault: 'resetAfterCommit', times: 1 },
    ],
    async run(flow) {
      const card = await cardOf(flow);
      await card.change(`${flow.number}-L1`);
      await card.reach(ended('DONE'));
      await card.save('card.limit-change-unknown-settled');
    },
  },
  {
    // Somebody else changes the limit, too: then no limit tells what became of the change.
    records: ['card.limit-change-blocked', 'card.limit-change-vouched-for'],
    body: ONE_CARD,
    // Longer than a call may take.
    faults: (number) => [
      { operation: 'increaseCardLimit', orderNo: `${number}-L1_KI1`, fault: 'latency', ms: 2_500, times: 1 },
    ],
    async run(flow) {
      const card = await cardOf(flow);
      await card.change(`${flow.number}-L1`);
      await card.reach(({ limitChanges }) => limitChanges.at(-1)?.limitBefore !== undefined);
      await card.raise(`${flow.number}-X`, '7.00');
      const blocked = ({ blocks }: FlowState) => blocks.some(({ reason }) => reason === 'OUTCOME_UNKNOWN');
      const { blocks } = await card.reach((_, state) => blocked(state));
      await card.save('card.limit-change-blocked');
      await card.act('resolve', { blockId: blocks[0]?.blockId, outcome: 'DONE', ref: card.cardId });
      await card.reach(ended('DONE'));
      await card.save('card.limit-change-vouched-for');
    },
  },
  {
    records: ['card.before-continue-as-new', 'card.after-continue-as-new'],
    body: ONE_CARD,
    async run(flow) {
      const card = await cardOf(flow);
      const first = await card.runId();
      for (let bought = 1; (await card.runId()) === first; bought += 1) {
        await card.buy('0.10');
        await card.reach(({ payOrders, unconfirmed }) => payOrders[0]?.count === bought && unconfirmed === 0);
      }
      await card.save('card.before-continue-as-new', first);
      await card.change(`${flow.number}-L1`);
      await card.reach(ended('DONE'));
      await card.save('card.after-continue-as-new');
    },
  },
];
