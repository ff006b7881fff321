/** What activities are given, and what they give to workflows. */
import type { FalpayClient } from '../falpay/client';
import type {
  CallbackEvent,
  CardMemory,
  FlowEvent,
  FlowPolicy,
  OrderFacts,
  UnlistedOperation,
  WalletNews,
  WalletReconciled,
  WalletRegister,
} from '../messages';
import type { Webhook } from './webhook';

export interface ActivityDeps {
  readonly falpay: FalpayClient;
  readonly policy: FlowPolicy;
  /** CARDFLOW_ENVIRONMENT of this worker. */
  readonly environment: string;
  readonly router: CallbackRouting;
  readonly publisher: Publishing;
  readonly reconciler: Reconciling;
  readonly cards: CardLives;
  readonly orders: OtherRuns;
  /** Where events are pushed to; absent, they are kept for whoever asks. */
  readonly webhook?: Pick<Webhook, 'push'>;
}

/** Our own side of a reconciliation. */
export interface Reconciling {
  listWallets(token: string | undefined): Promise<{ readonly walletIds: readonly string[]; readonly token?: string }>;
  register(walletId: string): Promise<WalletRegister | null>;
  /** @param how cardIds: of limit changes, by order number */
  orders(
    orderNos: readonly string[],
    how?: { readonly onProgress?: () => void; readonly cardIds?: Readonly<Record<string, string>> },
  ): Promise<readonly OrderFacts[]>;
  reconciled(result: WalletReconciled): Promise<void>;
}

export interface CardLives {
  /**
   * What the runs of a card's flow knew that ended without a successor, the newest first.
   * @param runId of the run that asks, and is left out
   * @param onProgress called now and then while it looks
   */
  earlierLives(cardId: string, runId: string, onProgress: () => void): Promise<readonly CardMemory[]>;
}

export interface OtherRuns {
  /** The order numbers that other runs of this flow sent by that operation, or were about to send. */
  sentByOtherRuns(
    asking: { readonly workflowId: string; readonly runId: string; readonly onProgress: () => void },
    operation: UnlistedOperation,
  ): Promise<readonly string[]>;
}

export interface Publishing {
  /** Starts a delivery for each event; those that this run has told before stay as they are. */
  tell(runId: string, events: readonly FlowEvent[]): Promise<void>;
  /** Tells the registers of wallets. @returns the wallets whose register is another environment's, and was not told */
  register(news: readonly WalletNews[]): Promise<readonly string[]>;
}

export interface CallbackRouting {
  /** Hands a callback that had been missed to the flow that it belongs to, or parks it, unless a person has decided about it before. */
  feed(event: CallbackEvent): Promise<Fed>;
  /** Hands a parked callback to the flow that it belongs to, found by our order number or by FalPay's ids. */
  claim(event: CallbackEvent): Promise<Claim>;
  /** Starts `parked/…` for a callback that its flow can no longer take. */
  park(event: CallbackEvent): Promise<void>;
}
export type Claim = 'signalled' | 'duplicate' | 'unclaimed';
export type Fed = 'signalled' | 'duplicate' | 'parked' | 'decided';

/**
 * The run in which it was known that FalPay does not have an order: nobody had sent it, or a look-up had proven it absent.
 * A UI reset changes the run, so that an activity of the new run looks before it sends.
 */
export interface Permit {
  readonly run: string;
}

/** An answer of a look-up, with the run that asked: what a {@link Permit} is made from. */
export interface Looked<T> {
  readonly run: string;
  readonly found: T | null;
}
