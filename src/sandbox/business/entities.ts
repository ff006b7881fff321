/** What the sandbox keeps of each thing. Times are epoch milliseconds, amounts decimal strings; nothing of an identity paper is kept. */
import type { PayeeAccountVo } from '../../falpay/contract';

export type AuditStatus = 'PENDING' | 'APPROVED' | 'REJECTED';
export type OrderStatus = 'PENDING' | 'PROCESSING' | 'SUCCESS' | 'FAILED';

export interface Merchant {
  readonly merchantId: string;
  readonly merchantOrderNo: string;
  readonly merchantType: 'COMPANY' | 'PERSON';
  readonly auditStatus: AuditStatus;
  /** Each 更新商户 after a rejection opens the next. */
  readonly auditRound: number;
  readonly rejectReason?: string;
  readonly auditTime?: number;
  readonly createTime: number;
  readonly updateTime: number;
}

export interface Wallet {
  readonly walletId: string;
  readonly walletOrderNo: string;
  readonly merchantId: string;
  readonly currency: string;
  readonly status: 'PENDING' | 'NORMAL' | 'FROZEN' | 'CLOSED';
  readonly auditStatus: AuditStatus;
  readonly rejectReason?: string;
  readonly auditTime?: number;
  readonly createTime: number;
}

export interface Recharge {
  readonly orderNo: string;
  readonly rechargeOrderNo: string;
  readonly walletId: string;
  readonly amount: string;
  readonly currency: string;
  readonly methodCode: string;
  readonly announcedFee: string;
  readonly payee: PayeeAccountVo;
  readonly status: OrderStatus;
  /** What came, by currency: before fees, the fees, and what the wallet got. */
  readonly received: Readonly<
    Record<string, { readonly gross: string; readonly fee: string; readonly credited: string }>
  >;
  readonly finishTime?: number;
  readonly expireTime: number;
  readonly createTime: number;
}

export interface Withdrawal {
  readonly orderNo: string;
  readonly withdrawOrderNo: string;
  readonly walletId: string;
  /** What the payee gets; the fee comes on top. */
  readonly amount: string;
  readonly fee: string;
  readonly currency: string;
  readonly status: OrderStatus;
  readonly failReason?: string;
  readonly finishTime?: number;
  readonly createTime: number;
}

export interface Flow {
  readonly flowNo: string;
  readonly walletId: string;
  readonly orderNo: string;
  readonly merchantOrderNo?: string;
  readonly cardId?: string;
  readonly type: 'RECHARGE' | 'WITHDRAW' | 'OPEN_CARD_FEE' | 'CARD_PAY' | 'CARD_REFUND' | 'FEE' | 'ADJUST';
  readonly direction: 'IN' | 'OUT';
  readonly amount: string;
  readonly fee: string;
  readonly balanceAfter: string;
  readonly currency: string;
  readonly createTime: number;
  readonly remark?: string;
}

export interface Cardholder {
  readonly cardholderId: string;
  readonly cardholderOrderNo: string;
  readonly merchantId: string;
  readonly status: AuditStatus;
  readonly reason?: string;
  readonly createTime: number;
}

export type CardStatus = 'PENDING' | 'ACTIVE' | 'FROZEN' | 'CANCELLED' | 'FAILED' | 'EXPIRED';

export interface Card {
  readonly cardId: string;
  readonly cardOrderNo: string;
  readonly walletId: string;
  readonly binId: string;
  readonly cardMode: 'SHARE' | 'PREPAID';
  readonly cardholderId?: string;
  readonly status: CardStatus;
  readonly cardNo: string;
  readonly cvv: string;
  /** MM/yy */
  readonly expiry: string;
  readonly cardLimit: string;
  /** Spent and held, fees included, less what came back. */
  readonly usedAmount: string;
  readonly openFee: string;
  readonly currency: string;
  readonly failReason?: string;
  readonly createTime: number;
}

export interface PayOrder {
  readonly payOrderNo: string;
  readonly originPayOrderNo?: string;
  readonly cardId: string;
  readonly walletId: string;
  readonly maskedCardNo: string;
  readonly type: 'AUTH' | 'SETTLE' | 'REVERSAL' | 'REFUND';
  readonly status: 'AUTHORIZED' | 'DECLINED' | 'REVERSED' | 'SETTLED' | 'REFUNDED';
  readonly transactionAmount: string;
  readonly transactionCurrency: string;
  readonly billingAmount: string;
  readonly billingCurrency: string;
  readonly fee: string;
  readonly authCode?: string;
  readonly merchantName: string;
  readonly mcc: string;
  readonly merchantCountry?: string;
  readonly reason?: string;
  readonly transactionTime: number;
  readonly settleTime?: number;
  /** Of an AUTH: what is still set aside for it (fee included), what was settled, what was given back of that. */
  readonly held: string;
  readonly settled: string;
  readonly refunded: string;
}

export interface FeeOrder {
  readonly feeOrderNo: string;
  readonly cardId: string;
  readonly walletId: string;
  readonly relatedOrderNo?: string;
  readonly feeType: 'OPEN_CARD' | 'MONTHLY' | 'TRANSACTION';
  readonly amount: string;
  readonly currency: string;
  readonly createTime: number;
}
