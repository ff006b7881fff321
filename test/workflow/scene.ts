/** A whole Cardflow against the sandbox on a server that skips waiting times: what the tests of this folder are written in. */
import { Context } from '@temporalio/activity';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { temporal as proto } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Activities } from '../../src/activities';
import type {
  ActionName,
  AbortRequest,
  BlockReason,
  BlockState,
  CorrectRequest,
  FlowKind,
  FlowState,
  OnboardingBody,
  Receipt,
  ResolveRequest,
} from '../../src/messages';
import { SEARCH_ATTRIBUTES, workflowIdFor } from '../../src/messages';
import { isInTask } from '../setup/in-task';
import { onboardingBody, startStack, type Stack, type StackOptions } from '../setup/stack';
import { timeSkippingEnv, workflowBundle } from '../setup/temporal';
import { until } from '../setup/until';
import { TimersFirst } from './timers-first';

/** What the tests vary; the rest of a request is always the same. */
type Answer = Partial<Pick<CorrectRequest, 'patch' | 'accept'> & Pick<ResolveRequest, 'outcome' | 'ref' | 'force'>> & {
  readonly blockId?: string;
  readonly reason?: string;
};

const ORDER = {
  merchant: '',
  wallet: '_OW1',
  recharge: '_OR1',
} as const;

const KEYWORDS = Object.fromEntries(
  Object.keys(SEARCH_ATTRIBUTES).map((name) => [name, proto.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD]),
);
/** Of FalPay's calls: a pause of the machine is no fault of FalPay's, and every test that is about one makes it itself. */
const TIMEOUT_MS = 10_000;
/**
 * Callbacks tell that cards are issued. FalPay is asked so seldom that no timer fires while a flow is at the task that cancels it (timers-first.ts), and
 * that no look comes beside the callback's.
 */
const CARDS_TOLD = { 'card-issue': { ladderMs: [60_000], deadlineMs: 3_600_000 } };
/** More leaps than any wait of these tests takes. */
const LEAPS = 300;
const TOLD_WITHIN_MS = 20_000;

export class Scene {
  /** Stands in for activities until the test is over; `real` is what it stands in for. */
  readonly instead: Partial<Activities>;

  private constructor(
    readonly env: TestWorkflowEnvironment,
    readonly stack: Stack,
    readonly real: Activities,
    instead: Partial<Activities>,
    private readonly timersFirst: TimersFirst,
  ) {
    this.instead = instead;
  }

  static async open(options: Omit<StackOptions, 'bundle' | 'activities'> = {}): Promise<Scene> {
    const env = await timeSkippingEnv();
    const timersFirst = new TimersFirst(env);
    try {
      const { connection, nativeConnection } = env;
      await connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes: KEYWORDS });
      const temporal = {
        connection,
        nativeConnection,
        namespace: 'default',
        environment: 'test',
        searchable: true,
        interceptor: timersFirst,
      } as const;
      const instead: Partial<Activities> = {};
      let real: Activities | undefined;
      const activities = (made: Activities) => {
        real = made;
        return replaceable(made, instead);
      };
      const stack = await startStack(temporal, {
        timeoutMs: TIMEOUT_MS,
        ...options,
        waits: { ...CARDS_TOLD, ...options.waits },
        bundle: workflowBundle(),
        activities,
      });
      return new Scene(env, stack, real as unknown as Activities, instead, timersFirst);
    } catch (error) {
      await env.teardown();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.stack.stop();
    await this.timersFirst.settled();
    await this.env.teardown();
  }

  /**
   * Ends what the last test left open: its timers would go on costing. By abort, since a flow that is terminated in the middle of a task
   * leaves the server's clock locked for good.
   */
  async clear(): Promise<void> {
    await this.stack.control('DELETE', '/faults');
    await this.stack.control('DELETE', '/plans');
    for (const name of Object.keys(this.instead) as (keyof Activities)[]) delete this.instead[name];
    // One that ends tells the register of its wallet, which may begin anew by that.
    const ended = new Set<string>();
    await until(
      async () => {
        const open = await this.openFlows();
        for (const { workflowId, runId } of open) {
          if (ended.has(runId)) continue;
          ended.add(runId);
          await this.stack.client.workflow
            .getHandle(workflowId, runId)
            .cancel()
            .catch(() => undefined);
        }
        return open.length === 0;
      },
      () => 'flows of the last test do not end',
    );
  }

  /** Terminates a flow while it rests: one that is terminated in the middle of a task leaves the server's clock locked for good. */
  async terminate(number: string, kind: FlowKind = 'onboarding'): Promise<void> {
    await this.rests(number, kind);
    await this.handle(number, kind).terminate('by mistake');
  }

  /** Waits until no task of the flow is open: it has dealt with all that had come, its reads included. */
  async rests(number: string, kind: FlowKind = 'onboarding'): Promise<void> {
    const handle = this.handle(number, kind);
    await until(
      async () => !(await isInTask(handle)),
      () => `${number} does not rest`,
    );
  }

  private async openFlows(): Promise<{ workflowId: string; runId: string }[]> {
    const { workflowService } = this.stack.client;
    const { executions } = await workflowService.listOpenWorkflowExecutions({ namespace: 'default' });
    return (executions ?? []).map(({ execution }) => ({
      workflowId: execution?.workflowId ?? '',
      runId: execution?.runId ?? '',
    }));
  }

  /** Lets time pass, for all flows of the file; it jumps over whatever nobody works in. */
  async pass(time: string | number): Promise<void> {
    await this.told();
    await this.env.sleep(time as `${number} days`);
  }

  /**
   * FalPay lives on the wall clock: what it has to tell has come before time passes, or the leap would overtake it. What it tells later on purpose
   * is not waited for, nor what nobody takes, nor a FalPay that is down.
   */
  async told(): Promise<void> {
    const isOnItsWay = ({ nextTryAt, tries }: { nextTryAt: string; tries: { status?: number }[] }): boolean => {
      const last = tries.at(-1);
      // Of a try that was not taken in time another one follows soon.
      return Date.parse(nextTryAt) <= Date.now() || (last !== undefined && (last.status ?? 503) >= 500);
    };
    const areTold = async (): Promise<boolean> => {
      const { callbackUrl } = await this.stack.control('GET', '/settings');
      if (callbackUrl === null) return true;
      const { callbacks } = await this.stack.control('GET', '/callbacks?state=PENDING&limit=10000');
      return !callbacks.some(isOnItsWay);
    };
    await until(areTold, () => 'callbacks do not arrive', TOLD_WITHIN_MS).catch(() => undefined);
  }

  /** Lets time pass in small leaps until the flow is in a state, so that what FalPay does in real time keeps up. */
  async passUntil(
    number: string,
    wanted: (state: FlowState) => boolean,
    leap: string | number = '10 seconds',
  ): Promise<FlowState> {
    for (let leaps = 0; ; leaps += 1) {
      const state = await this.stack.state(number);
      if (!state.stale && wanted(state)) return state;
      if (leaps === LEAPS) throw new Error(`${number} stays at ${JSON.stringify(state, null, 1)}`);
      await this.pass(leap);
    }
  }

  handle(number: string, kind: FlowKind = 'onboarding') {
    return this.stack.client.workflow.getHandle(workflowIdFor(kind, number));
  }

  /** Past the gateway's look at FalPay's BINs: what it refuses today, FalPay may switch off tomorrow. */
  async start(number: string, body: OnboardingBody = onboardingBody()): Promise<void> {
    const { outcome } = await this.stack.cardflow.startOnboarding(number, body);
    if (outcome !== 'started') throw new Error(`${number} was started before`);
  }

  reach(number: string, wanted: (state: FlowState) => boolean): Promise<FlowState> {
    return this.stack.reach(number, wanted);
  }

  /** As the flow itself tells it: what Temporal knows of one that does not answer in time has neither waits nor blocks. */
  state(number: string): Promise<FlowState> {
    return this.reach(number, () => true);
  }

  /** Waits until the flow waits at a step. */
  waiting(number: string, step: string): Promise<FlowState> {
    return this.reach(number, ({ waits }) => waits.some((wait) => wait.step === step));
  }

  /** Waits for a block of that reason. */
  async blocked(number: string, reason: BlockReason, step?: string): Promise<BlockState> {
    const wanted = (block: BlockState) => block.reason === reason && (step === undefined || block.step === step);
    const { blocks } = await this.reach(number, (state) => state.blocks.some(wanted));
    return blocks.find(wanted) as BlockState;
  }

  completed(number: string): Promise<FlowState> {
    return this.reach(number, ({ stage }) => stage === 'COMPLETED');
  }

  /** Starts a flow and takes it to the wait of that step, everything before decided in its favour. */
  async at(
    number: string,
    step: 'merchant-audit' | 'wallet-audit' | 'recharge-arrival' | 'end',
    body?: OnboardingBody,
  ): Promise<FlowState> {
    await this.start(number, body);
    const waits = await this.waiting(number, 'merchant-audit');
    if (step === 'merchant-audit') return waits;
    await this.audit('merchant', number);
    const opening = await this.waiting(number, 'wallet-audit');
    if (step === 'wallet-audit') return opening;
    await this.audit('wallet', number);
    const paying = await this.waiting(number, 'recharge-arrival');
    if (step === 'recharge-arrival') return paying;
    await this.pay(number);
    return this.completed(number);
  }

  /** FalPay decides. */
  async audit(what: 'merchant' | 'wallet', number: string, rejection?: string, orderNo?: string): Promise<void> {
    await this.stack.control('POST', `/audits/${what}s/${orderNo ?? `${number}${ORDER[what]}`}`, {
      decision: rejection === undefined ? 'APPROVED' : 'REJECTED',
      reason: rejection,
    });
  }

  /** Money arrives; default: all that is missing of the first order. */
  async pay(
    number: string,
    arrival: { amount?: string; currency?: string; final?: boolean } = {},
    orderNo = `${number}${ORDER.recharge}`,
  ): Promise<void> {
    await this.stack.control('POST', `/recharges/${orderNo}/arrivals`, arrival);
  }

  async fault(...rules: readonly object[]): Promise<void> {
    await this.stack.control('PUT', '/faults', { rules });
  }

  async plan(plan: object): Promise<void> {
    await this.stack.control('POST', '/plans', plan);
  }

  /** Sends an action as an Update, straight to the flow. @returns what the flow answers with */
  async act(number: string, action: ActionName, block: BlockState | undefined, answer: Answer = {}): Promise<Receipt> {
    const request = { blockId: block?.blockId, reason: 'as the customer says', actor: 'anna', ...answer };
    return this.handle(number).executeUpdate<Receipt, [typeof request | AbortRequest]>(action, { args: [request] });
  }

  /** The {@link REFUSAL} type and message with which the flow refuses an action. @throws when it takes it */
  async refusal(
    number: string,
    action: ActionName,
    block: BlockState | undefined,
    answer: Answer = {},
  ): Promise<{ type: string; message: string }> {
    try {
      await this.act(number, action, block, answer);
    } catch (error) {
      const failure = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
      if (!(failure instanceof ApplicationFailure)) throw error;
      return { type: failure.type ?? '', message: failure.message };
    }
    throw new Error(`${number} took ${action}`);
  }

  calls(operation: string, orderNo: string): Promise<number> {
    return this.stack.calls(operation, orderNo);
  }

  /** Lengths in seconds of the flow's timers whose summary or order fits, in the order of their start. */
  async timers(
    number: string,
    kind: FlowKind = 'onboarding',
  ): Promise<{ seconds: number; startedAt: number; summary: string }[]> {
    const { events } = await this.handle(number, kind).fetchHistory();
    return (events ?? []).flatMap(({ timerStartedEventAttributes: timer, eventTime, userMetadata }) =>
      timer
        ? [
            {
              seconds:
                Number(timer.startToFireTimeout?.seconds ?? 0) + (timer.startToFireTimeout?.nanos ?? 0) / 1_000_000_000,
              startedAt: Number(eventTime?.seconds ?? 0) + (eventTime?.nanos ?? 0) / 1_000_000_000,
              summary: JSON.parse(Buffer.from(userMetadata?.summary?.data ?? Buffer.from('""')).toString()) as string,
            },
          ]
        : [],
    );
  }

  /** Names of the normal activities that the flow scheduled, in order; local ones are not among them. */
  async scheduled(number: string): Promise<string[]> {
    const { events } = await this.handle(number).fetchHistory();
    return (events ?? []).flatMap(
      ({ activityTaskScheduledEventAttributes: activity }) => activity?.activityType?.name ?? [],
    );
  }

  async step(number: string, name: string) {
    const { steps } = await this.state(number);
    return steps.find((step) => step.name === name);
  }
}

/** Each activity asks anew, when it is called, whether the test stands in for it. */
function replaceable(real: Activities, instead: Partial<Activities>): Activities {
  type Call = (...args: unknown[]) => Promise<unknown>;
  // A server that skips time has no visibility to look flows and runs up in.
  const given: Activities = {
    ...real,
    claimCallback: () => Promise.resolve('unclaimed'),
    sentBefore: async () => ({ sent: [] }),
    recallCard: async () => ({ run: Context.current().info.workflowExecution?.runId ?? '', lives: [] }),
  };
  const calls = Object.keys(real).map((name) => {
    const key = name as keyof Activities;
    return [name, (...args: unknown[]) => ((instead[key] ?? given[key]) as Call)(...args)];
  });
  return Object.fromEntries(calls) as Activities;
}
