/** One flow that is being recorded, and what happens to it from outside: FalPay's decisions, callbacks, people's actions. */
import type {
  ActionName,
  BlockReason,
  BlockState,
  CallbackTopic,
  EventType,
  FlowState,
  OnboardingBody,
  WaitState,
} from '../../../src/messages';
import { workflowIdFor } from '../../../src/messages';
import type { Stack } from '../../setup/stack';
import { onboardingBody } from '../../setup/stack';
import { until } from '../../setup/until';

export interface CaseOptions {
  readonly stack: Stack;
  readonly number: string;
  readonly body?: Partial<OnboardingBody>;
  /** Writes the history that the flow has now. */
  readonly save: (name: string, workflowId: string, runId?: string) => Promise<void>;
}

export class Case {
  readonly stack: Stack;
  readonly number: string;

  constructor(private readonly options: CaseOptions) {
    this.stack = options.stack;
    this.number = options.number;
  }

  async start(): Promise<void> {
    const { status, body } = await this.stack.start(this.number, onboardingBody(this.options.body));
    if (status !== 201) throw new Error(`${this.number}: ${status} ${JSON.stringify(body)}`);
  }

  /** @param runId default: the newest run */
  record(name: string, workflowId = workflowIdFor('onboarding', this.number), runId?: string): Promise<void> {
    return this.options.save(name, workflowId, runId);
  }

  state(): Promise<FlowState> {
    return this.stack.state(this.number);
  }

  reach(wanted: (state: FlowState) => boolean): Promise<FlowState> {
    return this.stack.reach(this.number, wanted);
  }

  waitsFor(topic: WaitState['topic']): Promise<FlowState> {
    return this.reach(({ waits, blocks }) => blocks.length === 0 && waits.some((wait) => wait.topic === topic));
  }

  async blockedBy(reason: BlockReason): Promise<BlockState> {
    const { blocks } = await this.reach((state) => state.blocks.some((block) => block.reason === reason));
    return blocks.find((block) => block.reason === reason) as BlockState;
  }

  completed(): Promise<FlowState> {
    return this.reach(({ stage }) => stage === 'COMPLETED');
  }

  /** To the wait for the merchant's audit. */
  async toMerchantAudit(): Promise<void> {
    await this.start();
    await this.waitsFor('merchant-audit');
  }

  async toWalletAudit(): Promise<FlowState> {
    await this.toMerchantAudit();
    await this.decideMerchant('APPROVED');
    return this.waitsFor('wallet-audit');
  }

  async toRecharge(): Promise<FlowState> {
    await this.toWalletAudit();
    await this.decideWallet('APPROVED');
    return this.waitsFor('wallet-recharge');
  }

  async pastRecharge(): Promise<void> {
    await this.toRecharge();
    await this.pay();
  }

  /** From wherever the wallet's audit is waited for to active cards. */
  async finishFromWalletAudit(): Promise<FlowState> {
    await this.waitsFor('wallet-audit');
    await this.decideWallet('APPROVED');
    return this.finishFromRecharge();
  }

  async finishFromRecharge(): Promise<FlowState> {
    await this.waitsFor('wallet-recharge');
    await this.pay();
    return this.completed();
  }

  decideMerchant(decision: 'APPROVED' | 'REJECTED', reason?: string): Promise<unknown> {
    return this.stack.control('POST', `/audits/merchants/${this.number}`, { decision, reason });
  }

  decideWallet(decision: 'APPROVED' | 'REJECTED', reason?: string, round = ''): Promise<unknown> {
    return this.stack.control('POST', `/audits/wallets/${this.number}_OW1${round}`, { decision, reason });
  }

  /** @param arrival default: what is missing of the order */
  pay(arrival: object = {}, order = 'OR1'): Promise<unknown> {
    return this.stack.control('POST', `/recharges/${this.number}_${order}/arrivals`, arrival);
  }

  /** The backend's answer to ACTION_REQUIRED. */
  async correct(block: BlockState, answer: object = {}): Promise<void> {
    const request = { blockId: block.blockId, reason: 'the customer sent it again', ...answer };
    await this.accepted(this.stack.api('POST', `/v1/onboardings/${this.number}/corrections`, request));
  }

  /** An operator's action on this flow, or on another. */
  async act(action: ActionName | 'restart', request: object, flow = `onboarding/${this.number}`): Promise<void> {
    const body = { reason: 'decided with FalPay on the phone', ...request };
    await this.accepted(this.stack.api('POST', `/v1/flows/${flow}/actions/${action}`, body, 'operator'));
  }

  async cancel(): Promise<FlowState> {
    await this.accepted(
      this.stack.api('POST', `/v1/onboardings/${this.number}/cancel`, { reason: 'the customer went away' }),
    );
    return this.ended();
  }

  ended(): Promise<FlowState> {
    return this.reach(({ stage }) => stage === 'ABORTED');
  }

  async plan(plan: object): Promise<void> {
    await this.stack.control('POST', '/plans', plan);
  }

  /** Waits until FalPay's call log shows so many calls about an order number. */
  async called(operation: string, orderNo: string, times = 1): Promise<void> {
    await until(
      async () => (await this.stack.calls(operation, orderNo)) >= times,
      () => `${operation} ${orderNo} was not called ${times} times`,
    );
  }

  /** Waits for the flow that holds a callback nobody claims. */
  async parked(topic: CallbackTopic, ref: string, wanted: (state: FlowState) => boolean): Promise<FlowState> {
    let last: FlowState | undefined;
    const read = async () => this.stack.cardflow.state('parked', `${topic}/${ref}`).catch(() => undefined);
    await until(
      async () => {
        last = await read();
        return last !== undefined && !last.stale && wanted(last);
      },
      () => `the callback ${topic} of ${ref} is not parked as expected: ${JSON.stringify(last)}`,
    );
    return last as FlowState;
  }

  /** The delivery of an event of this flow. @returns its workflow id */
  async delivery(type: EventType, wanted: (state: FlowState) => boolean): Promise<string> {
    const { cardflow } = this.stack;
    let last: unknown;
    const find = async () => {
      const { items } = await cardflow.events({ flow: { kind: 'onboarding', number: this.number } });
      return items.find((event) => event.type === type)?.id;
    };
    let id: string | undefined;
    await until(
      async () => {
        id ??= await find();
        last = id === undefined ? id : await cardflow.state('delivery', id);
        return last !== undefined && wanted(last as FlowState);
      },
      () => `${type} of ${this.number} is not delivered as expected: ${JSON.stringify(last)}`,
    );
    return workflowIdFor('delivery', id ?? '');
  }

  private async accepted(answer: ReturnType<Stack['api']>): Promise<void> {
    const { status, body } = await answer;
    if (status >= 300) throw new Error(`${this.number}: ${status} ${JSON.stringify(body)}`);
  }
}
