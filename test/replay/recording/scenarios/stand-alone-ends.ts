/** How the flows beside the onboarding are ended by people, and taken up again. */
import type { StartBodies, StartedKind } from '../../../../src/messages';
import type { FlowDriver } from '../../../setup/flow-driver';
import { ONE_CARD } from '../bodies';
import type { Scenario } from '../scenario';
import { CARD, onWallet, withdraw } from './stand-alone';

type Ids = { readonly merchantId: string; readonly walletId: string };

interface Road<Kind extends StartedKind> {
  readonly kind: Kind;
  readonly body: (ids: Ids) => StartBodies[Kind];
  /** Where it is ended. */
  readonly rests: (driver: FlowDriver) => Promise<unknown>;
  /** What lets it come to rest there. */
  readonly plan?: (number: string) => object;
}

const ROADS = [
  {
    kind: 'wallet-opening',
    body: ({ merchantId }: Ids) => ({ merchantId, currency: 'USD' }),
    rests: (driver: FlowDriver) => driver.waitsFor('wallet-audit'),
  },
  {
    kind: 'wallet-recharge',
    body: ({ walletId }: Ids) => ({ walletId, amount: '100.00', currency: 'USD', methodCode: 'BANK_TRANSFER' }),
    rests: (driver: FlowDriver) => driver.waitsFor('wallet-recharge'),
  },
  {
    kind: 'wallet-withdrawal',
    body: withdraw,
    rests: (driver: FlowDriver) => driver.waitsFor('wallet-withdrawal'),
  },
  {
    // Not empty, it cannot be closed.
    kind: 'wallet-status-change',
    body: ({ walletId }: Ids) => ({ walletId, status: 'CLOSED' }),
    rests: (driver: FlowDriver) => driver.blockedBy('INVALID'),
  },
  {
    kind: 'card-issuance',
    body: ({ walletId }: Ids) => ({ walletId, cards: [CARD, CARD] }),
    rests: (driver: FlowDriver) => driver.blockedBy('CARD_REFUSED'),
    plan: (number: string) => ({ step: 'card', at: 'apply', orderNo: `${number}_IC2`, reason: 'name not allowed' }),
  },
] as const satisfies readonly Road<StartedKind>[];

function endsOf<Kind extends StartedKind>({ kind, body, rests, plan }: Road<Kind>): readonly Scenario[] {
  const atRest: (flow: Parameters<Scenario['run']>[0]) => ReturnType<typeof onWallet<Kind>> = async (flow) => {
    if (plan) await flow.plan(plan(flow.number));
    const driver = await onWallet(flow, kind, body);
    await rests(driver);
    return driver;
  };
  return [
    {
      records: [`${kind}.aborted`],
      body: ONE_CARD,
      async run(flow) {
        const driver = await atRest(flow);
        await driver.cancel();
        await driver.save(`${kind}.aborted`);
      },
    },
    {
      records: [`${kind}.cancelled-in-temporal`],
      body: ONE_CARD,
      async run(flow) {
        const driver = await atRest(flow);
        await flow.stack.client.workflow.getHandle(`${kind}/${flow.number}`).cancel();
        await driver.reach(({ stage }) => stage === 'ABORTED');
        await driver.save(`${kind}.cancelled-in-temporal`);
      },
    },
    {
      records: [`${kind}.restarted`, `${kind}.restarted-aborted`],
      body: ONE_CARD,
      async run(flow) {
        const driver = await atRest(flow);
        await flow.stack.client.workflow.getHandle(`${kind}/${flow.number}`).terminate('recorded on purpose');
        await driver.act('restart', {});
        // What nothing proves a person is asked about, everything else is found where it was left.
        await driver.reach(({ blocks, waits }) => blocks.length + waits.length > 0);
        await driver.save(`${kind}.restarted`);
        await driver.act('abort', {});
        await driver.reach(({ stage }) => stage === 'ABORTED');
        await driver.save(`${kind}.restarted-aborted`);
      },
    },
  ];
}

export const standAloneEnds: readonly Scenario[] = ROADS.flatMap((road) => endsOf(road as Road<StartedKind>));
