/** One card of the sandbox and its flow, as a backend, an operator and FalPay's shops see them. */
import { FlowUnresponsiveError } from '../../src/client';
import type { BlockReason, BlockState, CardLife, FlowState, LimitChange, LimitChangeBody } from '../../src/messages';
import { workflowIdFor } from '../../src/messages';
import { ownState } from '../setup/own-state';
import { BIN, onboardingBody } from '../setup/stack';
import { until } from '../setup/until';
import type { Scene } from './scene';

export class CardScene {
  private constructor(
    readonly scene: Scene,
    readonly cardId: string,
    readonly walletId: string,
  ) {}

  /** Takes an onboarding to its end for the sake of its card, which has a limit of 100.00 USD. */
  static async issue(scene: Scene, number: string): Promise<CardScene> {
    const body = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '100.00', currency: 'USD' }] });
    const { outputs } = await scene.at(number, 'end', body);
    return new CardScene(scene, outputs.cards[0]?.cardId ?? '', outputs.walletId ?? '');
  }

  get handle() {
    return this.scene.stack.client.workflow.getHandle(workflowIdFor('card', this.cardId));
  }

  /** As the flow itself tells it: one that does not answer in time is asked again. */
  state(): Promise<FlowState> {
    return ownState(this.scene.stack.cardflow, 'card', this.cardId);
  }

  async reach(wanted: (card: CardLife, state: FlowState) => boolean): Promise<CardLife> {
    let last: FlowState | undefined;
    await until(
      async () => {
        last = await this.state().catch(() => undefined);
        const card = last?.outputs.card;
        return last !== undefined && card !== undefined && wanted(card, last);
      },
      () => `card ${this.cardId} stays at ${JSON.stringify(last, null, 1)}`,
    );
    return (last as FlowState).outputs.card as CardLife;
  }

  async blocked(reason: BlockReason): Promise<BlockState> {
    let block: BlockState | undefined;
    await this.reach((_, { blocks }) => (block = blocks.find((one) => one.reason === reason)) !== undefined);
    return block as BlockState;
  }

  put(orderNo: string, change: Partial<LimitChangeBody> = {}) {
    const body = { direction: 'INCREASE', amount: '10.00', currency: 'USD', ...change };
    return this.scene.stack.api('PUT', `/v1/cards/${this.cardId}/limit-changes/${orderNo}`, body);
  }

  async change(orderNo: string): Promise<LimitChange> {
    let last: LimitChange | undefined;
    const asked = () => this.scene.stack.cardflow.limitChange({ cardId: this.cardId, orderNo }).catch(unlessSilent);
    await until(
      async () => (last = await asked()) !== undefined,
      () => `card ${this.cardId} does not answer for ${orderNo}`,
    );
    return last as LimitChange;
  }

  async changed(orderNo: string, status: LimitChange['status']): Promise<LimitChange> {
    let last: LimitChange | undefined;
    await until(
      async () => (last = await this.change(orderNo)).status === status,
      () => `${orderNo} stays at ${JSON.stringify(last)}`,
    );
    return last as LimitChange;
  }

  /** A shop asks. @returns FalPay's pay order */
  authorize(amount = '5.00', more: object = {}): Promise<{ payOrderNo: string; status: string }> {
    return this.control('/authorizations', { amount, ...more });
  }

  onAuthorization(payOrderNo: string, what: 'settle' | 'reverse' | 'refund', body: object = {}): Promise<unknown> {
    return this.control(`/authorizations/${payOrderNo}/${what}`, body);
  }

  setStatus(status: string, reason?: string): Promise<unknown> {
    return this.control('/status', { status, reason });
  }

  act(action: 'retry' | 'resolve' | 'skip', block: BlockState, answer: object = {}): Promise<unknown> {
    const request = { blockId: block.blockId, reason: 'FalPay says so', actor: 'olaf', ...answer };
    return this.handle.executeUpdate(action, { args: [request] });
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the answer of an interface under test
  private control(path: string, body: object): Promise<any> {
    return this.scene.stack.control('POST', `/cards/${this.cardId}${path}`, body);
  }
}

function unlessSilent(error: unknown): undefined {
  if (!(error instanceof FlowUnresponsiveError)) throw error;
}
