/** Everything the business rules work on. All of it lives in one database, so that one transaction covers it. */
import type { CallbackTopic } from '../falpay/contract';
import type { Clock } from './clock';
import { Ids } from './ids';
import { Ledger } from './ledger/ledger';
import { Plans } from './plans';
import type { Settings } from './settings';
import type { Database } from './store/database';
import { Documents } from './store/documents';
import type { Task } from './tasks';
import type {
  Card,
  Cardholder,
  FeeOrder,
  Flow,
  Merchant,
  PayOrder,
  Recharge,
  Wallet,
  Withdrawal,
} from './business/entities';

export interface World {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ledger: Ledger;
  readonly settings: Settings;
  readonly plans: Plans;
  readonly merchants: Documents<Merchant>;
  readonly wallets: Documents<Wallet>;
  readonly recharges: Documents<Recharge>;
  readonly withdrawals: Documents<Withdrawal>;
  readonly flows: Documents<Flow>;
  readonly cardholders: Documents<Cardholder>;
  readonly cards: Documents<Card>;
  readonly payOrders: Documents<PayOrder>;
  readonly feeOrders: Documents<FeeOrder>;
  /** Writes a callback down; it is sent after the transaction is kept. */
  announce(topic: CallbackTopic, data: Readonly<Record<string, unknown>>): void;
  schedule(task: Task, delayMs: number): void;
  cancel(kind: Task['kind'], subject: string): void;
  /** Text of a time as it is inside; the wire has it as the profile says. */
  time(at: number): string;
  /** Epoch milliseconds of a time that a request's model has checked. */
  instant(text: string): number;
}

export function collections(database: Database) {
  return {
    merchants: new Documents<Merchant>(database, 'merchant', {
      id: (m) => m.merchantId,
      orderNo: (m) => m.merchantOrderNo,
    }),
    wallets: new Documents<Wallet>(database, 'wallet', {
      id: (w) => w.walletId,
      orderNo: (w) => w.walletOrderNo,
      owner: (w) => w.merchantId,
    }),
    recharges: new Documents<Recharge>(database, 'recharge', {
      id: (r) => r.orderNo,
      orderNo: (r) => r.rechargeOrderNo,
      owner: (r) => r.walletId,
    }),
    withdrawals: new Documents<Withdrawal>(database, 'withdrawal', {
      id: (w) => w.orderNo,
      orderNo: (w) => w.withdrawOrderNo,
      owner: (w) => w.walletId,
    }),
    flows: new Documents<Flow>(database, 'flow', { id: (f) => f.flowNo, owner: (f) => f.walletId }),
    cardholders: new Documents<Cardholder>(database, 'cardholder', {
      id: (c) => c.cardholderId,
      orderNo: (c) => c.cardholderOrderNo,
      owner: (c) => c.merchantId,
    }),
    cards: new Documents<Card>(database, 'card', {
      id: (c) => c.cardId,
      orderNo: (c) => c.cardOrderNo,
      owner: (c) => c.walletId,
    }),
    payOrders: new Documents<PayOrder>(database, 'pay-order', { id: (p) => p.payOrderNo, owner: (p) => p.cardId }),
    feeOrders: new Documents<FeeOrder>(database, 'fee-order', { id: (f) => f.feeOrderNo, owner: (f) => f.cardId }),
  };
}
