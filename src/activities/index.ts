/** Everything a workflow may call. Each activity is one signed call to FalPay, or one look at our own system. */
import { log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { InvalidInput } from '../falpay/errors';
import type { CallbackEvent, FlowEvent, FlowPolicy, WalletNews } from '../messages';
import { isCallbackEvent } from '../messages';
import { cardActivities } from './card';
import { cardLifeActivities } from './card-life';
import type { ActivityDeps, Claim } from './deps';
import { deliveryActivities } from './delivery';
import { currentRun, guarded } from './failures';
import { merchantActivities } from './merchant';
import { reconciliationActivities } from './reconciliation';
import { walletActivities } from './wallet';

export type { CardFacts, CardholderFacts } from './card';
export type { PayCount } from './card-life';
export type {
  ActivityDeps,
  CallbackRouting,
  CardLives,
  Claim,
  Fed,
  Looked,
  Permit,
  Publishing,
  Reconciling,
} from './deps';
export { Webhook, type WebhookTarget } from './webhook';
export type { MerchantFacts } from './merchant';
export type { CardRecord, Page, PageRequest } from './reconciliation';
export type { Movement, WalletFacts } from './wallet';

function systemActivities({ falpay, policy, environment, router, publisher }: ActivityDeps) {
  return {
    /** The settings a flow lives by, recorded at its start. @throws InvalidInput when the flow is another environment's */
    async loadPolicy(flow: { environment: string }): Promise<FlowPolicy> {
      if (flow.environment !== environment) {
        throw ApplicationFailure.nonRetryable(
          `this worker serves ${environment}, the flow was started for ${flow.environment}`,
          'InvalidInput',
        );
      }
      return policy;
    },

    async currentRun(): Promise<string> {
      return currentRun();
    },

    /** A harmless signed query: answers as soon as FalPay can be used again. */
    async ping(): Promise<void> {
      await falpay.listCardBins();
    },

    async claimCallback(event: CallbackEvent): Promise<Claim> {
      return router.claim(event);
    },

    /** @throws InvalidInput where nothing could be named by it: trying again cannot help */
    async parkCallback(event: CallbackEvent): Promise<void> {
      if (!isCallbackEvent(event))
        throw new InvalidInput('Callback', [{ path: '', message: 'has no names that it could be held under' }]);
      await router.park({ ...event, parkedBy: currentRun() });
    },

    /** Hands on what a flow tells others; told again it changes nothing. */
    async publish({ events, news }: { events: readonly FlowEvent[]; news: readonly WalletNews[] }): Promise<void> {
      const [, untold] = await Promise.all([publisher.tell(currentRun(), events), publisher.register(news)]);
      for (const walletId of untold)
        log.warn('the register of this wallet is another environment’s: ours is not kept', { walletId });
    },
  };
}

export function createActivities(deps: ActivityDeps) {
  const all = {
    ...systemActivities(deps),
    ...merchantActivities(deps),
    ...walletActivities(deps),
    ...cardActivities(deps),
    ...reconciliationActivities(deps),
    ...deliveryActivities(deps),
    ...cardLifeActivities(deps),
  };
  return Object.fromEntries(
    Object.entries(all).map(([name, activity]) => [
      name,
      guarded(activity as (...args: unknown[]) => Promise<unknown>),
    ]),
  ) as typeof all;
}

export type Activities = ReturnType<typeof createActivities>;
