/** One flow of any kind, driven over HTTP as a backend and an operator would. */
import type { BlockReason, BlockState, FlowState, StartedKind } from '../../src/messages';
import type { HttpAnswer, Stack } from './stack';
import { ownState } from './own-state';

const PATHS: Readonly<Record<StartedKind, string>> = {
  onboarding: 'onboardings',
  'wallet-opening': 'wallet-openings',
  'wallet-recharge': 'recharges',
  'wallet-withdrawal': 'withdrawals',
  'wallet-status-change': 'wallet-status-changes',
  'card-issuance': 'card-issuances',
};

export class FlowDriver {
  readonly url: string;

  constructor(
    readonly stack: Stack,
    readonly kind: StartedKind,
    readonly number: string,
  ) {
    this.url = `/v1/${PATHS[kind]}/${number}`;
  }

  put(body: object): Promise<HttpAnswer> {
    return this.stack.api('PUT', this.url, body);
  }

  /** @throws when it is not started now */
  async start(body: object): Promise<this> {
    await accepted(this.put(body), 201);
    return this;
  }

  state(): Promise<FlowState> {
    return this.stack.cardflow.state(this.kind, this.number);
  }

  /** @param limitMs for what takes long by itself */
  reach(wanted: (state: FlowState) => boolean, limitMs?: number): Promise<FlowState> {
    return ownState(this.stack.cardflow, this.kind, this.number, wanted, limitMs);
  }

  waitsFor(topic: FlowState['waits'][number]['topic']): Promise<FlowState> {
    return this.reach(({ waits, blocks }) => blocks.length === 0 && waits.some((wait) => wait.topic === topic));
  }

  completed(limitMs?: number): Promise<FlowState> {
    return this.reach(({ stage }) => stage === 'COMPLETED', limitMs);
  }

  async blockedBy(reason: BlockReason, step?: string): Promise<BlockState> {
    const fits = (block: BlockState) => block.reason === reason && (step === undefined || block.step === step);
    const { blocks } = await this.reach((state) => state.blocks.some(fits));
    return blocks.find(fits) as BlockState;
  }

  /** The backend's answer to ACTION_REQUIRED. */
  correct({ blockId }: BlockState, answer: object = {}): Promise<HttpAnswer> {
    return accepted(
      this.stack.api('POST', `${this.url}/corrections`, { blockId, reason: 'as agreed', ...answer }),
      200,
    );
  }

  /** An operator's action. */
  act(action: string, request: object): Promise<HttpAnswer> {
    const url = `/v1/flows/${this.kind}/${this.number}/actions/${action}`;
    return accepted(this.stack.api('POST', url, { reason: 'decided with FalPay', ...request }, 'operator'), 200);
  }

  async cancel(): Promise<FlowState> {
    await accepted(this.stack.api('POST', `${this.url}/cancel`, { reason: 'the customer went away' }), 202);
    return this.reach(({ stage }) => stage === 'ABORTED');
  }
}

async function accepted(answer: Promise<HttpAnswer>, wanted: number): Promise<HttpAnswer> {
  const { status, body } = await answer;
  if (status !== wanted) throw new Error(`${status} instead of ${wanted}: ${JSON.stringify(body)}`);
  return { status, body };
}
