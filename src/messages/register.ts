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

export const registerSignal = defineSignal<[WalletNews]>('register');
