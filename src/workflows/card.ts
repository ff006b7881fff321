import { allHandlersFinished, condition, makeContinueAsNewFunc, setHandler } from '@temporalio/workflow';
import type { CardBody, CardLife, CardMemory, FlowInput, FlowState, Residue } from '../messages';
import { changeLimitUpdate, limitChangeQuery, memoryQuery, SEARCH_ATTRIBUTES } from '../messages';
import { AUTHORIZATIONS, CARD_STATUS, Confirmations } from './card-life/confirmations';
import { EARLIER_LIVES, LIMIT_CHANGES, LimitChanges } from './card-life/limit-changes';
import { beginFlow } from './flow/begin';
import type { Flow } from './flow/flow';
import { FlowMovesOn } from './flow/flow';

const PLAN = [EARLIER_LIVES, CARD_STATUS, AUTHORIZATIONS, LIMIT_CHANGES];

/**
 * A card's life: its callbacks folded into what FalPay's queries show, its limit changes one at a time. It runs for as long as the card lives, and
 * continues as new where its history grows long. An abort ends the flow, not the card: whatever concerns the card next begins it anew.
 */
export async function card(input: FlowInput<CardBody>): Promise<FlowState<{ readonly residue: Residue }>> {
  const flow = beginFlow('card', input, PLAN);
  const life = new Life(flow);
  const state = await flow.run(
    () => life.run(),
    async () => life.leaves(),
  );
  // What came in the moment of the abort nobody has seen yet.
  return flow.inbox.length === 0 ? (state as FlowState<{ readonly residue: Residue }>) : life.goOn();
}

class Life {
  private readonly confirmations: Confirmations;
  private readonly changes: LimitChanges;
  private readonly cardId: string;

  constructor(private readonly flow: Flow<CardBody>) {
    const { number: cardId, body } = flow.input;
    const { memory } = body;
    this.cardId = cardId;
    this.confirmations = new Confirmations(flow, cardId, memory);
    this.changes = new LimitChanges(flow, cardId, memory, {
      shows: (shown) => this.confirmations.shows(shown),
      recalled: (lives) => this.recalled(lives),
    });
    flow.know({ cardId, walletId: memory?.standing?.walletId });
    if (memory) this.remember(memory);
    // Made when it is looked at: so a block's id stands there as soon as the block does.
    Object.defineProperty(flow.record.outputs, 'card', { get: () => this.shown(), enumerable: true });
    setHandler(memoryQuery, () => this.memory(), { description: 'what the next run of this flow would begin with' });
    setHandler(limitChangeQuery, (orderNo) => this.changes.find(orderNo), {
      description: 'one limit change by its order number',
    });
    setHandler(changeLimitUpdate, (request) => this.changes.accept(request), {
      description:
        'change the limit of the card once: {orderNo, direction: INCREASE | DECREASE, amount, currency}; one at a time, in order',
      validator: (request) => this.changes.check(request),
    });
  }

  async run(): Promise<never> {
    const { flow } = this;
    flow.branches();
    void condition(() => flow.isLong).then(() => (flow.movesOn = true));
    await Promise.all([this.confirmations.run().catch(untilItMovesOn), this.changes.run().catch(untilItMovesOn)]);
    // The next run raises blocks of its own: nobody's answer may be taken here and left undone.
    this.confirmations.takeAnswers();
    for (const { blockId } of [...flow.state.blocks]) flow.desk.close(blockId);
    do {
      await flow.outbox.emptied();
      await condition(allHandlersFinished);
    } while (!allHandlersFinished());
    return this.goOn();
  }

  /** From here to the end of the run nothing may be waited for: what comes meanwhile would be lost. */
  goOn(): Promise<never> {
    const { input } = this.flow;
    const walletId = this.confirmations.standing?.walletId;
    const goOn = makeContinueAsNewFunc<typeof card>({
      typedSearchAttributes: [
        { key: SEARCH_ATTRIBUTES.FalpayCardId, value: this.cardId },
        ...(walletId === undefined ? [] : [{ key: SEARCH_ATTRIBUTES.FalpayWalletId, value: walletId }]),
        { key: SEARCH_ATTRIBUTES.FlowStage, value: 'RUNNING' },
      ],
    });
    return goOn({ number: input.number, environment: input.environment, body: { memory: this.memory() } });
  }

  /** The card lives on; what is left is the limit change that FalPay may still act on. */
  leaves(): Residue {
    this.changes.abort();
    // What had come before the abort is remembered; only what comes after it begins the next life at once.
    this.confirmations.listen();
    const walletId = this.confirmations.standing?.walletId;
    return { ...(walletId !== undefined && { walletId }), openOrders: [...this.flow.openOrders] };
  }

  private recalled([newest]: readonly CardMemory[]): void {
    if (!newest) return;
    this.confirmations.adopt(newest);
    this.remember(newest);
  }

  private remember({ actions, told }: CardMemory): void {
    const { record, outbox } = this.flow;
    record.state.actions.unshift(...actions.filter((done) => !record.state.actions.some(({ at }) => at === done.at)));
    outbox.told = Math.max(outbox.told, told);
  }

  private memory(): CardMemory {
    return {
      ...this.confirmations.memory(),
      ...this.changes.memory(),
      actions: this.flow.state.actions,
      told: this.flow.outbox.told,
    };
  }

  private shown(): CardLife {
    const { standing, payOrders, events, unconfirmed } = this.confirmations;
    return {
      ...standing,
      cardId: this.cardId,
      payOrders,
      unconfirmed,
      events,
      limitChanges: this.changes.list(),
    };
  }
}

function untilItMovesOn(failure: unknown): void {
  if (!(failure instanceof FlowMovesOn)) throw failure;
}
