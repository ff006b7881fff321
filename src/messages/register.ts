/** What flows tell the register of a wallet, `wallet/{walletId}`; told twice it stands there once. */
import { defineSignal } from '@temporalio/workflow';
import type { OrderStep } from './ids';

export interface RegisteredOrder {
  /** Our number at FalPay. */
  readonly orderNo: string;
  readonly step: OrderStep;
  /** The flow that placed it. */
  readonly workflowId: string;
  /** Decimal string in major units, where the order moves money by itself. */
  readonly amount?: string;
  readonly currency?: string;
}

export interface RegisteredCard {
  readonly cardId: string;
  readonly cardOrderNo: string;
}

export interface WalletNews {
  readonly walletId: string;
  readonly merchantId?: string;
  readonly currency?: string;
  readonly orders?: readonly RegisteredOrder[];
  readonly cards?: readonly RegisteredCard[];
}

/** What a reconciliation has come to about a wallet. */
export interface WalletReconciled {
  readonly walletId: string;
  /** Up to this day, inclusive (`yyyy-MM-dd` in FalPay's zone), everything was compared; absent where the window was not over yet. */
  readonly to?: string;
  /** What the wallet held at the end of that day, by currency. */
  readonly closing?: Readonly<Record<string, string>>;
  /** Order numbers whose flow has ended and which agree with FalPay's books: nothing of them is left to compare. */
  readonly settled: readonly string[];
}

/** The register as it stands, `outputs.wallet` of `wallet/{walletId}`. */
export interface WalletRegister {
  readonly walletId: string;
  readonly merchantId?: string;
  readonly currency?: string;
  /** ISO 8601: when it was first told of. */
  readonly since: string;
  /** Orders that are not settled: their flow goes on, or no reconciliation has found them in agreement. */
  readonly orders: readonly RegisteredOrder[];
  readonly cards: readonly RegisteredCard[];
  readonly counts: {
    readonly orders: number;
    readonly settled: number;
    readonly cards: number;
    /** Left out because there are too many of them; reconciliations find them by FalPay's books alone. */
    readonly dropped: number;
  };
  /** The day up to which it is reconciled, `yyyy-MM-dd` in FalPay's zone. */
  readonly reconciledTo?: string;
  /** What the wallet held at the end of that day, by currency. */
  readonly closing?: Readonly<Record<string, string>>;
}

export const registerSignal = defineSignal<[WalletNews]>('register');
export const reconciledSignal = defineSignal<[WalletReconciled]>('reconciled');
