/** What a card's life and its limit changes answer. */
import { z } from 'zod';
import { LIMIT_CHANGE_STATUSES, LIMIT_DIRECTIONS, type CardLife, type LimitChange } from '../messages';
import { amount, falpayStatus, time } from './answer-parts';

export const limitChangeAnswer = z.object({
  orderNo: z.string(),
  direction: z.enum(LIMIT_DIRECTIONS),
  amount: amount.describe('The change'),
  currency: z.string(),
  status: z
    .enum(LIMIT_CHANGE_STATUSES)
    .describe(
      'REFUSED: FalPay’s definite no, see `error`. WAITING: for FalPay, or with `blockId` for an operator. FAILED: given up by an operator.',
    ),
  requestedAt: time.optional(),
  endedAt: time.optional(),
  limitBefore: amount.optional().describe('The card’s limit as FalPay showed it before the change'),
  limitAfter: amount.optional(),
  error: z.string().optional(),
  blockId: z.string().optional(),
}) satisfies z.ZodType<LimitChange>;

const happening = { at: time, occurredAt: z.string().describe('FalPay’s time'), status: falpayStatus };

export const cardLifeAnswer = z.object({
  cardId: z.string(),
  cardOrderNo: z.string().optional(),
  walletId: z.string().optional(),
  status: falpayStatus.optional(),
  last4: z.string().optional(),
  limit: amount.optional(),
  used: amount.optional(),
  available: amount.optional(),
  currency: z.string().optional(),
  createTime: z.string().optional().describe('FalPay’s time'),
  asOf: time.optional().describe('When FalPay was last asked'),
  payOrders: z
    .array(
      z.object({
        type: z.string(),
        status: falpayStatus,
        currency: z.string(),
        count: z.number().int(),
        amount,
        fee: amount,
      }),
    )
    .describe('All pay orders of the card, each counted once'),
  unconfirmed: z.number().int().describe('Callbacks that FalPay’s queries do not bear out yet'),
  events: z
    .array(
      z.discriminatedUnion('what', [
        z.object({ what: z.literal('status'), ...happening, reason: z.string().optional() }),
        z.object({
          what: z.literal('authorization'),
          ...happening,
          payOrderNo: z.string(),
          type: z.string(),
          amount,
          currency: z.string(),
          merchantName: z.string(),
        }),
      ]),
    )
    .describe('The newest 50'),
  limitChanges: z.array(limitChangeAnswer).describe('Those to come and the newest 50'),
}) satisfies z.ZodType<CardLife>;
