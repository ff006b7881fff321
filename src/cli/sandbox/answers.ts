/** What of the control plane's answers the command line shows. Everything else passes through to `--json`. */
import { z } from 'zod';

const text = z.string();
const optional = z.string().optional();

export const problemAnswer = z.looseObject({
  detail: text,
  errors: z.array(z.looseObject({ field: text, message: text })).default([]),
});

export const merchant = z.looseObject({
  merchantId: text,
  merchantOrderNo: text,
  auditStatus: text,
  rejectReason: optional,
});
export const wallet = z.looseObject({
  walletId: text,
  walletOrderNo: text,
  auditStatus: text,
  status: text,
  currency: text,
  availableBalance: text,
  frozenBalance: text,
  rejectReason: optional,
});
export const cardholder = z.looseObject({
  cardholderId: text,
  cardholderOrderNo: text,
  status: text,
  reason: optional,
});
export const recharge = z.looseObject({
  orderNo: text,
  rechargeOrderNo: text,
  amount: text,
  currency: text,
  status: text,
  received: z.record(text, z.looseObject({ gross: text, fee: text, credited: text })),
});
export const withdrawal = z.looseObject({
  orderNo: text,
  withdrawOrderNo: text,
  amount: text,
  fee: text,
  currency: text,
  status: text,
  failReason: optional,
});
export const card = z.looseObject({
  cardId: text,
  cardOrderNo: text,
  maskedCardNo: optional,
  status: text,
  cardLimit: text,
  usedAmount: text,
  currency: text,
  failReason: optional,
});
export const payOrder = z.looseObject({
  payOrderNo: text,
  originPayOrderNo: optional,
  cardId: text,
  type: text,
  status: text,
  billingAmount: text,
  billingCurrency: text,
  merchantName: text,
  reason: optional,
});

export const settings = z.record(text, z.unknown());
export const plans = z.looseObject({ plans: z.array(z.looseObject({ step: text })) });

export const state = z.looseObject({
  settings,
  plans: plans.shape.plans,
  counts: z.record(text, z.number()),
  merchants: z.array(merchant),
  wallets: z.array(wallet),
  cardholders: z.array(cardholder),
  recharges: z.array(recharge),
  withdrawals: z.array(withdrawal),
  cards: z.array(card),
  payOrders: z.array(payOrder),
});
export type State = z.output<typeof state>;

export const ledger = z.looseObject({
  balanced: z.boolean(),
  transfers: z.number(),
  accounts: z.array(z.looseObject({ account: text, currency: text, balance: text })),
  totals: z.record(text, z.looseObject({ inside: text, outside: text })),
  violations: z.array(text),
});
export type Ledger = z.output<typeof ledger>;

export const callback = z.looseObject({
  eventId: text,
  topic: text,
  ref: text,
  state: text,
  nextTryAt: optional,
  tries: z.array(z.looseObject({ at: text, status: z.number().optional(), outcome: text })),
});
export const callbacks = z.looseObject({ callbacks: z.array(callback) });

export const requests = z.looseObject({
  requests: z.array(
    z.looseObject({
      at: text,
      operation: text,
      orderNo: optional,
      status: z.number().optional(),
      code: optional,
      fault: optional,
      repeated: z.boolean(),
      ms: z.number(),
    }),
  ),
});

export const faults = z.looseObject({
  seed: text,
  rules: z.array(z.looseObject({ rule: z.looseObject({ fault: text }), matched: z.number(), fired: z.number() })),
});
