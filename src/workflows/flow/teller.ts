/** When a flow tells the backend something, and what: enough to act on without asking. Never identity data; card numbers no flow has. */
import { sleep } from '@temporalio/workflow';
import type { BlockState, CardOutput, FlowEvent, FlowState, Outputs, StepState, WaitState } from '../../messages';
import { CALLBACK_TOPICS, stageOf } from '../../messages';
import type { Outbox } from './outbox';
import type { FlowRecord } from './record';

/** Up to here each card is told of by itself, and the whole list stands in every event. */
const CARDS_LISTED = 20;
/** Cards of a batch that are issued within this time are told of together: hundreds of cards are not hundreds of events. */
const GATHERED_FOR_MS = 5_000;
const CARD_STEP = /^card-(\d+)$/;
const CARDHOLDER_STEP = /^cardholder-\d+$/;

export class Teller {
  private issued: CardOutput[] = [];

  constructor(
    private readonly record: FlowRecord,
    private readonly outbox: Outbox,
  ) {}

  /** The flow rests at a wait. Short polls are not told: they are over before the backend could do anything with it. */
  waiting({ step, topic, ref, since, deadline }: WaitState): void {
    if (!CALLBACK_TOPICS.some((known) => known === topic)) return;
    this.outbox.tell('flow.waiting', this.details({ step, wait: { topic, ref, since, deadline } }));
  }

  stepDone({ name, ref }: StepState): void {
    // A card's life has no steps that end: its limit changes are told one by one.
    if (!this.outbox.tells || this.record.state.kind === 'card') return;
    const [, place] = CARD_STEP.exec(name) ?? [];
    const card = place === undefined ? undefined : this.record.outputs.cards[Number(place) - 1];
    if (card) return this.cardIssued(card, name);
    if (this.isBatch && CARDHOLDER_STEP.test(name)) return;
    this.outbox.tell('flow.step_completed', this.details({ step: name, ref }));
  }

  blocked(block: BlockState): void {
    const { step } = block;
    const type = stageOf(block.reason) === 'BLOCKED' ? 'flow.blocked' : 'flow.action_required';
    this.outbox.tell(type, this.details({ step, block }));
  }

  ended(): void {
    this.tellGathered();
    const { stage, result } = this.record.state;
    const type = stage === 'ABORTED' ? 'flow.aborted' : 'flow.completed';
    this.outbox.tell(type, this.details({ result: this.withoutBatch(result) }));
  }

  private cardIssued(card: CardOutput, step: string): void {
    if (!this.isBatch) return this.outbox.tell('card.issued', this.details({ step, cards: [card] }));
    this.issued.push(card);
    if (this.issued.length > 1) return;
    void sleep(GATHERED_FOR_MS, { summary: 'cards issued meanwhile are told of together' }).then(() => {
      this.tellGathered();
      this.outbox.flush();
    });
  }

  private tellGathered(): void {
    const cards = this.issued;
    this.issued = [];
    if (cards.length > 0) this.outbox.tell('card.issued', this.details({ cards }));
  }

  private get isBatch(): boolean {
    return this.record.outputs.cards.length > CARDS_LISTED;
  }

  /** A copy: the event may leave when the state has gone on. */
  private details(details: Readonly<Record<string, unknown>>): FlowEvent['details'] {
    this.record.restage();
    const { stage, outputs } = this.record.state;
    return JSON.parse(
      JSON.stringify({ stage, ...details, outputs: this.withoutBatch(outputs) }),
    ) as FlowEvent['details'];
  }

  /** The list of a batch would make every event as large as the batch: it stands in the flow's state, and the event says so. */
  private withoutBatch<Part extends Partial<Pick<Outputs, 'cards'>> | FlowState['result']>(part: Part): unknown {
    if (typeof part !== 'object' || part === null || !('cards' in part)) return part;
    const { cards, card, ...rest } = part as Pick<Outputs, 'cards' | 'card'>;
    if (card) return { ...rest, card: { ...card, events: undefined, limitChanges: undefined } };
    return this.isBatch ? { ...rest, cardsLeftOut: cards.length } : part;
  }
}
