/** A Cardflow whose flows are interfered with, and the wallets that their flows work on. */
import type { FlowPolicy } from '../../../src/messages';
import { FlowDriver } from '../../setup/flow-driver';
import { BY_HAND, onboardingBody, startStack, type Stack } from '../../setup/stack';
import type { TestTemporal } from '../../setup/temporal';
import { workflowBundle } from '../../setup/temporal';
import { Bookkeeper } from './books';
import { Interferences } from './interference';
import type { Journey } from './journeys';

/** FalPay is asked again soon: a flow that was set back learns by its queries what it was told by callbacks before. */
const OFTEN = { ladderMs: [700, 1_500, 3_000], deadlineMs: 600_000 };
const WAITS: FlowPolicy['waits'] = {
  'merchant-audit': OFTEN,
  'wallet-audit': OFTEN,
  'wallet-recharge': OFTEN,
  'wallet-withdrawal': OFTEN,
  'wallet-status': OFTEN,
  'card-issue': OFTEN,
  parked: { ladderMs: [2_000, 5_000, 15_000], deadlineMs: 600_000 },
  delivery: OFTEN,
  'limit-change': OFTEN,
};
/** Of the profile's 20 s: longer than a call is held back here. */
const ABSENCE_PROVEN_AFTER_MS = 1_000;
const FUNDS = '400.00';

export class World {
  private constructor(
    readonly stack: Stack,
    readonly bookkeeper: Bookkeeper,
    readonly interferences: Interferences,
    private readonly merchantId: string,
  ) {}

  static async open(temporal: TestTemporal): Promise<World> {
    const interferences = new Interferences();
    const stack = await startStack(temporal, {
      bundle: workflowBundle(),
      sandbox: { ...BY_HAND, issueDelay: 'manual' },
      waits: WAITS,
      timeoutMs: 5_000,
      activities: (real) => ({
        ...interferences.activities(real),
        loadPolicy: async (flow) => hastened(await real.loadPolicy(flow)),
      }),
    });
    const merchantId = await stack.falpay.createMerchant({ ...onboardingBody().merchant, merchantOrderNo: 'HOME' });
    await stack.control('POST', `/audits/merchants/${merchantId}`, { decision: 'APPROVED' });
    return new World(stack, new Bookkeeper(stack), interferences, merchantId);
  }

  close(): Promise<void> {
    return this.stack.stop();
  }

  /** Everything that will befall the flow is arranged, then it is started. */
  async begin(journey: Journey, number: string): Promise<FlowDriver> {
    for (const plan of journey.plans?.(number) ?? []) await this.stack.control('POST', '/plans', plan);
    for (const [operation, suffix] of journey.lost ?? [])
      this.interferences.plan(operation, `${number}${suffix}`, 'lost');
    const walletId = journey.kind === 'onboarding' ? '' : await this.fundedWallet(number);
    return new FlowDriver(this.stack, journey.kind, number).start(
      journey.body({ merchantId: this.merchantId, walletId }),
    );
  }

  private async fundedWallet(number: string): Promise<string> {
    const order = { walletOrderNo: `HOME-${number}`, merchantId: this.merchantId, currency: 'USD' };
    const { walletId } = await this.stack.falpay.openWallet(order);
    await this.stack.control('POST', `/audits/wallets/${walletId}`, { decision: 'APPROVED' });
    const rechargeOrderNo = `HOME-${number}-R`;
    await this.stack.falpay.createRecharge({
      rechargeOrderNo,
      walletId,
      amount: FUNDS,
      currency: 'USD',
      methodCode: 'BANK_TRANSFER',
    });
    await this.stack.control('POST', `/recharges/${rechargeOrderNo}/arrivals`, {});
    return walletId;
  }
}

function hastened(policy: FlowPolicy): FlowPolicy {
  const each = Object.entries(policy.operations).map(([name, own]) => [
    name,
    own.absenceProvenAfterMs === undefined ? own : { ...own, absenceProvenAfterMs: ABSENCE_PROVEN_AFTER_MS },
  ]);
  return { ...policy, operations: Object.fromEntries(each) };
}
