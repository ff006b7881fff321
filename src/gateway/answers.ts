/** What the API answers, as models for its description. They describe and do not filter: what a flow tells of itself goes out whole. */
import { z } from 'zod';
import type { FlowPage, ReconciliationReport } from '../client/index';
import { ApiCardBinVo, WalletRechargeInfoVo } from '../falpay/contract';
import { ACTION_NAMES, CALLBACK_TOPICS, ENTRY_KINDS, FLOW_KINDS, MARKS, type FlowState } from '../messages';

const time = z.string().describe('ISO 8601 in UTC');
const amount = z.string().describe('Decimal string in major units');
const stage = z
  .enum(['RUNNING', 'WAITING', 'ACTION_REQUIRED', 'BLOCKED', 'COMPLETED', 'ABORTED'])
  .describe('ACTION_REQUIRED is work of the backend or its customer, BLOCKED an operator’s.');
const reason = z.enum([
  ...(['MERCHANT_REJECTED', 'WALLET_REJECTED', 'CARDHOLDER_REJECTED', 'CARD_REFUSED'] as const),
  ...(['RECHARGE_SHORT', 'RECHARGE_FAILED', 'CHOOSE_RECHARGE_METHOD'] as const),
  ...(['OUTCOME_UNKNOWN', 'MISMATCH', 'CURRENCY_MISMATCH', 'DEADLINE', 'INVALID'] as const),
]);
const falpayStatus = z.string().describe('FalPay’s status as received');

const step = z.object({
  name: z.string(),
  status: z.enum(['PENDING', 'RUNNING', 'WAITING', 'DONE', 'SKIPPED', 'FAILED']),
  startedAt: time.optional(),
  endedAt: time.optional(),
  attempts: z.number().int().describe('Calls made to bring the step about; look-ups do not count.'),
  ref: z.string().optional().describe('FalPay’s id of what the step made, or our order number while that is unknown.'),
});

const wait = z.object({
  step: z.string(),
  topic: z.enum([...CALLBACK_TOPICS, 'card-issue', 'wallet-status']),
  ref: z.string(),
  since: time,
  deadline: time,
  nextQueryAt: time,
});

const block = z.object({
  blockId: z.string().describe('Every action on the block names it.'),
  step: z.string(),
  reason,
  message: z.string(),
  fields: z.array(z.string()).optional().describe('Paths of the start body that are at fault.'),
  actions: z.array(z.enum(ACTION_NAMES)),
  patchable: z.array(z.string()).optional().describe('Paths of the start body that may be changed.'),
  since: time,
});

const recharge = z.object({
  rechargeOrderNo: z.string(),
  orderNo: z.string().optional().describe('FalPay’s'),
  amount,
  currency: z.string(),
  credited: amount.optional(),
  fee: amount.optional(),
  payee: z
    .object({
      accountName: z.string(),
      accountNo: z.string(),
      bankName: z.string().optional(),
      swiftCode: z.string().optional(),
      bankAddress: z.string().optional(),
      network: z.string().optional(),
      address: z.string().optional(),
      memo: z.string().optional(),
    })
    .optional()
    .describe('Where the customer pays to.'),
  status: falpayStatus,
});

const withdrawal = z.object({
  withdrawOrderNo: z.string(),
  orderNo: z.string().optional().describe('FalPay’s'),
  amount,
  currency: z.string(),
  debited: amount.optional().describe('What the wallet was charged in all, the fee included.'),
  fee: amount.optional(),
  status: falpayStatus,
  error: z.string().optional(),
});

const card = z.object({
  cardOrderNo: z.string(),
  cardId: z.string().optional(),
  last4: z.string().optional(),
  status: falpayStatus,
  error: z.string().optional(),
});

const day = z.string().describe('yyyy-MM-dd in FalPay’s zone');
const balances = z.record(z.string(), amount).readonly().describe('By currency');

const walletRegister = z.object({
  walletId: z.string(),
  merchantId: z.string().optional(),
  currency: z.string().optional(),
  since: time,
  orders: z
    .array(
      z.object({
        orderNo: z.string(),
        step: z.enum(['wallet', 'recharge', 'withdrawal', 'cardholder', 'card', 'increase', 'decrease']),
        workflowId: z.string(),
        amount: amount.optional(),
        currency: z.string().optional(),
      }),
    )
    .readonly()
    .describe('Orders that are not settled'),
  cards: z.array(z.object({ cardId: z.string(), cardOrderNo: z.string() })).readonly(),
  counts: z.object({
    orders: z.number().int(),
    settled: z.number().int(),
    cards: z.number().int(),
    dropped: z.number().int(),
  }),
  reconciledTo: day.optional(),
  closing: balances.optional(),
});

const marks = z.object({
  MATCHED: z.number().int(),
  MISSING_HERE: z.number().int().describe('Booked at FalPay, known to no flow'),
  MISSING_THERE: z.number().int().describe('Done as far as we know, not in FalPay’s books'),
  AMOUNT_DIFFERS: z.number().int(),
});

const currencySums = z
  .array(
    z.object({
      currency: z.string(),
      opening: amount.optional(),
      in: amount,
      out: amount,
      fees: amount,
      closing: amount.optional(),
      agrees: z.boolean().describe('opening + in − out = closing, in an unbroken chain'),
      movements: z.number().int(),
    }),
  )
  .readonly();

const reconciled = {
  marks,
  differences: z.number().int(),
  fed: z.number().int().describe('What callbacks had missed and flows were told'),
  settled: z.number().int().describe('Of these, what the flows agree with now'),
  currencies: currencySums,
};

const walletLine = { walletId: z.string(), differences: z.number().int(), failed: z.literal(true).optional() };

const reconciliation = z.object({
  from: day,
  to: day,
  wallets: z.array(z.object(walletLine)).readonly(),
  failed: z.number().int().describe('Wallets that were not read'),
  ...reconciled,
});

export const reconciliationAnswer = z.object({
  number: z.string(),
  stage,
  reconciliation,
  wallets: z
    .array(
      z.object({
        ...walletLine,
        summary: z
          .object({
            walletId: z.string(),
            merchantId: z.string().optional(),
            from: day,
            to: day,
            ...reconciled,
            pages: z.number().int(),
            failure: z.string().optional(),
          })
          .optional(),
        entries: z
          .array(
            z.object({
              mark: z.enum(MARKS),
              kind: z.enum(ENTRY_KINDS),
              order: z.string(),
              workflowId: z.string().optional(),
              cardId: z.string().optional(),
              currency: z.string(),
              ours: amount.optional(),
              theirs: amount.optional(),
              oursFee: amount.optional(),
              theirsFee: amount.optional(),
              flowNos: z.array(z.string()).readonly(),
              feeOrderNo: z.string().optional(),
              fed: z.enum(['SETTLED', 'PENDING', 'PARKED']).optional(),
              note: z.string().optional(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
}) satisfies z.ZodType<ReconciliationReport>;

export const flowStateAnswer = z.object({
  workflowId: z.string(),
  kind: z.enum(FLOW_KINDS),
  number: z.string(),
  stage,
  steps: z.array(step),
  waits: z.array(wait),
  blocks: z.array(block),
  outputs: z.object({
    merchantId: z.string().optional(),
    walletId: z.string().optional(),
    recharge: recharge.optional(),
    earlierRecharges: z.array(recharge).optional(),
    withdrawal: withdrawal.optional(),
    earlierWithdrawals: z.array(withdrawal).optional(),
    walletStatus: falpayStatus.optional(),
    wallet: walletRegister.optional().describe('Of a wallet’s register'),
    reconciliation: reconciliation.optional().describe('Of a reconciliation'),
    cards: z.array(card),
  }),
  actions: z.array(
    z.object({
      blockId: z.string().optional(),
      action: z.enum(ACTION_NAMES),
      actor: z.string(),
      reason: z.string(),
      at: time,
    }),
  ),
  fault: z
    .object({ since: time, message: z.string(), nextTryAt: time })
    .optional()
    .describe('A fault of the system that calls are waiting out.'),
  result: z.unknown().describe('Of an ended flow; of an aborted one, what it leaves behind at FalPay.'),
  stale: z.literal(true).optional().describe('The flow did not answer in time: this is what Temporal knows of it.'),
}) satisfies z.ZodType<FlowState>;

export const flowPageAnswer = z.object({
  items: z.array(
    z.object({
      workflowId: z.string(),
      kind: z.enum(FLOW_KINDS),
      number: z.string(),
      type: z.string(),
      stage,
      step: z.string().optional(),
      reason: z.string().optional(),
      startedAt: time,
    }),
  ),
  nextPageToken: z.string().optional(),
}) satisfies z.ZodType<FlowPage>;

export const cardBinsAnswer = z.object({ items: z.array(ApiCardBinVo) });
export const rechargeMethodsAnswer = WalletRechargeInfoVo;

const problem = z.object({
  type: z.string().describe('urn:cardflow:problem:{code}'),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .describe('The fields at fault, by path: cards.0.cardLimit'),
  requestId: z.string(),
});

/** The problems that a route may answer with, by status, as response schemas. */
export function problems<const Status extends number>(...statuses: readonly Status[]) {
  const answer = { description: 'Problem', content: { 'application/problem+json': { schema: problem } } } as const;
  return Object.fromEntries(statuses.map((status) => [status, answer])) as Record<Status, typeof answer>;
}

export const fileAnswer = z.object({
  fileKey: z.string().describe('What FalPay’s models take: `certFrontKey`, `businessLicenseKey` …'),
  contentType: z.enum(['image/jpeg', 'image/png', 'application/pdf']).describe('By its content'),
  size: z.number().int().describe('Bytes'),
  sha256: z.string().describe('Lower-case hex'),
});
