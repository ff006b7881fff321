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
    private readonly wallets: string[],
  ) {}

  /** @param wallets how many flows will need one */
  static async open(temporal: TestTemporal, wallets: number): Promise<World> {
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
    // No flow asked for these: nobody must be told of them, or hundreds of parked callbacks would look for their flows all the while.
    await stack.control('PUT', '/faults', { rules: [{ fault: 'dropCallback' }] });
    const merchantId = await stack.falpay.createMerchant({ ...onboardingBody().merchant, merchantOrderNo: 'HOME' });
    await stack.control('POST', `/audits/merchants/${merchantId}`, { decision: 'APPROVED' });
    const funded: string[] = [];
    while (funded.length < wallets) funded.push(await fundedWallet(stack, merchantId, `HOME-${funded.length}`));
    await stack.control('DELETE', '/faults');
    return new World(stack, new Bookkeeper(stack), interferences, merchantId, funded);
  }

  close(): Promise<void> {
    return this.stack.stop();
  }

  /** Everything that will befall the flow is arranged, then it is started. */
  async begin(journey: Journey, number: string): Promise<FlowDriver> {
    for (const plan of journey.plans?.(number) ?? []) await this.stack.control('POST', '/plans', plan);
    for (const [operation, suffix] of journey.lost ?? [])
      this.interferences.plan(operation, `${number}${suffix}`, 'lost');
    const walletId = journey.kind === 'onboarding' ? '' : this.wallets.pop();
    if (walletId === undefined) throw new RangeError('there are fewer wallets than flows that need one');
    return new FlowDriver(this.stack, journey.kind, number).start(
      journey.body({ merchantId: this.merchantId, walletId }),
    );
  }
}

async function fundedWallet({ falpay, control }: Stack, merchantId: string, walletOrderNo: string): Promise<string> {
  const { walletId } = await falpay.openWallet({ walletOrderNo, merchantId, currency: 'USD' });
  await control('POST', `/audits/wallets/${walletId}`, { decision: 'APPROVED' });
  const rechargeOrderNo = `${walletOrderNo}-R`;
  const order = { rechargeOrderNo, walletId, amount: FUNDS, currency: 'USD', methodCode: 'BANK_TRANSFER' };
  await falpay.createRecharge(order);
  await control('POST', `/recharges/${rechargeOrderNo}/arrivals`, {});
  return walletId;
}

function hastened(policy: FlowPolicy): FlowPolicy {
  const each = Object.entries(policy.operations).map(([name, own]) => [
    name,
    own.absenceProvenAfterMs === undefined ? own : { ...own, absenceProvenAfterMs: ABSENCE_PROVEN_AFTER_MS },
  ]);
  return { ...policy, operations: Object.fromEntries(each) };
}
