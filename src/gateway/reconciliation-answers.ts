/** What a wallet's register and a reconciliation answer. */
import { z } from 'zod';
import type { ReconciliationReport } from '../client/index';
import { ENTRY_KINDS, MARKS } from '../messages';
import { amount, stage, time } from './answer-parts';

const day = z.string().describe('yyyy-MM-dd in FalPay’s zone');
const balances = z.record(z.string(), amount).readonly().describe('By currency');

export const walletRegisterAnswer = z.object({
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

export const reconciliationSummary = z.object({
  from: day,
  to: day,
  wallets: z.array(z.object(walletLine)).readonly(),
  failed: z.number().int().describe('Wallets that were not read'),
  ...reconciled,
});

export const reconciliationAnswer = z.object({
  number: z.string(),
  stage,
  reconciliation: reconciliationSummary,
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
              fed: z.enum(['SETTLED', 'PENDING', 'PARKED', 'DECIDED']).optional(),
              note: z.string().optional(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
}) satisfies z.ZodType<ReconciliationReport>;
