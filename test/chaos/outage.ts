/**
 * A fault of the system under many flows: FalPay is down, our credentials have expired, or our key is refused. It is rehearsed with flows at every stage,
 * some of whose creating calls are lost in the very moment, and counted is what FalPay gets before, meanwhile and after.
 */
import { generateKeys } from '../../src/sandbox/index';
import type { FlowState } from '../../src/messages';
import { CallLog } from '../integration/interventions/audit';
import { Bookkeeper } from '../integration/interventions/books';
import { AT_ONCE, BIN, BY_HAND, onboardingBody, startStack, type Stack, type StackTemporal } from '../setup/stack';
import { seeded } from '../setup/seeded';
import { until } from '../setup/until';
import { Traffic } from './traffic';

export const FAULTS = ['down', 'credentials', 'key'] as const;
export type Fault = (typeof FAULTS)[number];

export interface Rehearsal {
  readonly fault: Fault;
  readonly flows: number;
  readonly outageMs: number;
  readonly seed: number;
}

export interface Findings {
  readonly traffic: Traffic;
  /** Flows that showed the fault while it lasted. */
  readonly affected: number;
  /** Flows that called a person, while it lasted or after. */
  readonly blocked: readonly string[];
  readonly sentTwice: readonly string[];
  readonly violations: readonly string[];
  /** From the mending until no flow showed the fault any more. */
  readonly recoveredMs: number;
}

const STAGES = ['merchant-audit', 'wallet-audit', 'recharge-arrival', 'card-1', 'starting'] as const;
type Stage = (typeof STAGES)[number];

/** So that every flow has to do with FalPay while it is away, and none gives up. */
const OFTEN = { ladderMs: [4_000, 8_000, 15_000], deadlineMs: 24 * 3_600_000 };
const ONE_CARD = onboardingBody({ cards: [{ binId: BIN.plain, cardLimit: '50.00', currency: 'USD' }] });
const SIDE_BY_SIDE = 10;
const BEFORE_MS = 5_000;
const BEAT_MS = 50;
/** As the default profile has it: on a busy machine a slow call is no fault of FalPay's. */
const CALL_LIMIT_MS = 10_000;
const LIMIT_MS = 4 * 60_000;

interface Flow {
  readonly number: string;
  readonly stage: Stage;
}

export async function rehearse(
  temporal: StackTemporal,
  bundle: { readonly codePath: string },
  rehearsal: Rehearsal,
): Promise<Findings> {
  const traffic = new Traffic();
  const stack = await startStack(temporal, {
    bundle,
    sandbox: { ...BY_HAND, issueDelay: 'manual' },
    waits: { 'merchant-audit': OFTEN, 'wallet-audit': OFTEN, 'wallet-recharge': OFTEN, 'card-issue': OFTEN },
    calls: { sparing: true, hooks: traffic.hooks },
    timeoutMs: CALL_LIMIT_MS,
  });
  try {
    return await new Outage(stack, traffic, rehearsal).run();
  } finally {
    await stack.stop();
  }
}

class Outage {
  private readonly flows: readonly Flow[];
  private isOver = false;

  constructor(
    private readonly stack: Stack,
    private readonly traffic: Traffic,
    private readonly rehearsal: Rehearsal,
  ) {
    const draw = seeded(rehearsal.seed);
    this.flows = Array.from({ length: rehearsal.flows }, (_, index) => ({
      number: `${rehearsal.fault.toUpperCase()}-${index}`,
      stage: STAGES[Math.floor(draw() * STAGES.length)] ?? 'starting',
    }));
  }

  async run(): Promise<Findings> {
    const beating = this.beat();
    try {
      return await this.rehearse();
    } finally {
      this.isOver = true;
      await beating;
    }
  }

  private async beat(): Promise<void> {
    const { stack, traffic } = this;
    while (!this.isOver) {
      await stack.client.workflowService.getSystemInfo({}).then(
        () => traffic.beat(),
        () => undefined,
      );
      await pause(BEAT_MS);
    }
  }

  private async rehearse(): Promise<Findings> {
    const { stack, traffic } = this;
    await this.forEach(({ number, stage }) => this.bring(number, stage));
    traffic.enter('before');
    await pause(BEFORE_MS);
    await this.losesSomeAnswers();
    // What FalPay decided last: the callbacks come, and what they say cannot be confirmed.
    const decides = (isWanted: (stage: Stage) => boolean) =>
      this.forEach(async ({ number, stage }) => {
        if (isWanted(stage)) await this.decide(number, stage);
      }, 3);
    // An approved wallet's flow orders a recharge: cut off in that moment, its outcome would be a person's to find out.
    await decides((stage) => stage !== 'wallet-audit');
    const mend = await this.breakDown();
    traffic.enter('meanwhile');
    await decides((stage) => stage === 'wallet-audit');
    const begun = this.forEach(async ({ number, stage }) => {
      if (stage === 'starting') await stack.cardflow.startOnboarding(number, ONE_CARD);
    });
    await pause(this.rehearsal.outageMs);
    await begun;
    let states: readonly FlowState[] = [];
    const affectedOf = () => states.filter(({ fault }) => fault !== undefined).length;
    // On a busy machine they notice it later.
    await until(
      async () => {
        states = await this.states();
        return affectedOf() > this.flows.length / 2;
      },
      () => `${affectedOf()} flows notice the fault`,
      LIMIT_MS,
    );
    const affected = affectedOf();
    const blockedMeanwhile = namesOfBlocked(states);
    await mend();
    traffic.enter('after');
    const mendedAt = Date.now();
    await this.reach(({ fault, stage }) => fault === undefined && stage !== 'RUNNING');
    const recoveredMs = Date.now() - mendedAt;
    traffic.enter('to the end');
    const blocked = [...blockedMeanwhile, ...namesOfBlocked(await this.states())];
    await this.finish();
    const log = await CallLog.read(new Bookkeeper(stack));
    const { violations } = await stack.control('GET', '/ledger');
    const sentTwice = this.flows.flatMap(({ number }) => log.sentTwice(number));
    return { traffic, affected, blocked, sentTwice, violations, recoveredMs };
  }

  private async bring(number: string, stage: Stage): Promise<void> {
    if (stage === 'starting') return;
    const { stack } = this;
    await stack.cardflow.startOnboarding(number, ONE_CARD);
    const waits = (step: Stage) => stack.reach(number, (state) => state.waits.some((wait) => wait.step === step));
    for (const step of STAGES) {
      await waits(step);
      if (step === stage) return;
      await this.decide(number, step);
    }
  }

  /** FalPay's next word on a flow that waits there. */
  private async decide(number: string, stage: Stage): Promise<void> {
    switch (stage) {
      case 'merchant-audit':
        return this.command(`/audits/merchants/${number}`, { decision: 'APPROVED' });
      case 'wallet-audit':
        return this.command(`/audits/wallets/${number}_OW1`, { decision: 'APPROVED' });
      case 'recharge-arrival':
        return this.command(`/recharges/${number}_OR1/arrivals`, {});
      case 'card-1':
        return this.command(`/cards/${number}_OC1/issue`, {});
      case 'starting':
    }
  }

  /** FalPay's people decide while nobody can call it, too. */
  private async command(path: string, payload: object): Promise<void> {
    const { statusCode, body } = await this.stack.sandbox.app.inject({
      method: 'POST',
      url: `/sandbox${path}`,
      payload,
    });
    if (statusCode >= 300) throw new Error(`POST ${path}: ${statusCode} ${body}`);
  }

  /** Of the orders whose look-up proves something. */
  private async losesSomeAnswers(): Promise<void> {
    const lost = (operation: string) => ({ operation, fault: 'resetAfterCommit', probability: 0.5, times: 5 });
    const rules = ['createMerchant', 'openWallet', 'applyCard'].map(lost);
    await this.stack.control('PUT', '/faults', { seed: this.rehearsal.seed, rules });
  }

  /** @returns how it is mended */
  private async breakDown(): Promise<() => Promise<void>> {
    const { stack } = this;
    if (this.rehearsal.fault === 'down') {
      await stack.sandbox.pause();
      return () => stack.sandbox.resume();
    }
    await stack.stopWorker();
    await stack.startWorker(
      this.rehearsal.fault === 'key'
        ? { privateKey: generateKeys().privateKey }
        : { clientSecret: 'expired-last-night' },
    );
    // By configuration: a worker that has what is right.
    return async () => {
      await stack.stopWorker();
      await stack.startWorker();
    };
  }

  private async finish(): Promise<void> {
    const { stack } = this;
    await stack.control('DELETE', '/faults');
    await stack.control('PUT', '/settings', AT_ONCE);
    // What was created before the settings changed is still decided by hand, whenever its flow comes to wait for it.
    await this.reach((state) => state.stage === 'COMPLETED', this.decideAll);
  }

  private readonly decideAll = async ({ number, waits }: FlowState): Promise<void> => {
    for (const stage of STAGES)
      if (waits.some(({ step }) => step === stage)) await this.decide(number, stage).catch(decidedAlready);
  };

  private async states(): Promise<readonly FlowState[]> {
    const states: FlowState[] = [];
    await this.forEach(async ({ number }) => void states.push(await this.stack.state(number)));
    return states;
  }

  private async reach(
    wanted: (state: FlowState) => boolean,
    otherwise: (state: FlowState) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const open = new Set(this.flows.map(({ number }) => number));
    let last: FlowState | undefined;
    await until(
      async () => {
        for (const number of open) {
          const state = await this.stack.state(number);
          if (!state.stale && wanted(state)) open.delete(number);
          else await otherwise((last = state));
        }
        return open.size === 0;
      },
      () => `${open.size} flows do not go on, seed ${this.rehearsal.seed}: ${JSON.stringify(last)}`,
      LIMIT_MS,
    );
  }

  /** @param every takes only one flow in so many */
  private async forEach(work: (flow: Flow) => Promise<void>, every = 1): Promise<void> {
    const waiting = this.flows.filter((_, index) => index % every === 0).values();
    await Promise.all(
      Array.from({ length: SIDE_BY_SIDE }, async () => {
        for (const flow of waiting) await work(flow);
      }),
    );
  }
}

function namesOfBlocked(states: readonly FlowState[]): readonly string[] {
  return states.flatMap(({ number, blocks }) => blocks.map(({ step, reason }) => `${number}: ${reason} at ${step}`));
}

/** By hand before, or at once by FalPay. */
function decidedAlready(error: unknown): void {
  if (!/: (409|400|422) /.test(String(error))) throw error;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
