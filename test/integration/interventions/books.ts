/** FalPay's books as its control plane shows them: what there is under an order number, and which calls arrived for it. */
import type { Stack } from '../../setup/stack';

interface Booked {
  readonly status: string;
}
export interface BookedRecharge extends Booked {
  readonly orderNo: string;
  readonly rechargeOrderNo: string;
  readonly walletId: string;
  readonly amount: string;
  readonly received: Readonly<Record<string, { readonly gross: string; readonly credited: string }>>;
}
export interface BookedWithdrawal extends Booked {
  readonly orderNo: string;
  readonly withdrawOrderNo: string;
}
export interface BookedCard extends Booked {
  readonly cardId: string;
  readonly cardOrderNo: string;
}
export interface Audited {
  readonly auditStatus: string;
}
export interface BookedMerchant extends Audited {
  readonly merchantId: string;
  readonly merchantOrderNo: string;
}
export interface BookedWallet extends Audited, Booked {
  readonly walletId: string;
  readonly walletOrderNo: string;
  readonly availableBalance: string;
}
export interface BookedCardholder extends Booked {
  readonly cardholderId: string;
  readonly cardholderOrderNo: string;
}

export interface Books {
  readonly merchants: readonly BookedMerchant[];
  readonly wallets: readonly BookedWallet[];
  readonly recharges: readonly BookedRecharge[];
  readonly withdrawals: readonly BookedWithdrawal[];
  readonly cardholders: readonly BookedCardholder[];
  readonly cards: readonly BookedCard[];
}

export interface Arrived {
  readonly operation: string;
  readonly orderNo?: string;
  /** Absent where the connection broke. */
  readonly status?: number;
  /** What FalPay made of it, also where the answer got lost; absent where it was not read. */
  readonly code?: string;
  readonly repeated: boolean;
}

const ALL = 10_000;
/** The latest of each kind: more than the flows make that are played side by side. */
const LATEST = 600;

export class Bookkeeper {
  constructor(private readonly stack: Stack) {}

  async books(): Promise<Books> {
    return (await this.stack.control('GET', `/state?limit=${LATEST}`)) as Books;
  }

  /** The calls of an operation that reached FalPay, in order. */
  async arrived(operation: string): Promise<readonly Arrived[]> {
    const { requests } = await this.stack.control('GET', `/requests?operation=${operation}&limit=${ALL}`);
    return requests as readonly Arrived[];
  }
}

/** Whether an order number is one of a flow's: its own, or derived from it. */
export function isOf(number: string, orderNo: string | undefined): boolean {
  return orderNo === number || (orderNo?.startsWith(`${number}_`) ?? false);
}
