/** What the API answers, as models for its description. They describe and do not filter: what a flow tells of itself goes out whole. */
import { z } from 'zod';
import type { FlowPage } from '../client/index';
import { ApiCardBinVo, WalletRechargeInfoVo } from '../falpay/contract';
import {
  ACTION_NAMES,
  CALLBACK_TOPICS,
  FLOW_KINDS,
  LIMIT_CHANGE_STATUSES,
  LIMIT_DIRECTIONS,
  type CardLife,
  type FlowState,
  type LimitChange,
} from '../messages';

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
  topic: z.enum([...CALLBACK_TOPICS, 'card-issue', 'wallet-status', 'limit-change']),
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

const cardLife = z.object({
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
    card: cardLife.optional().describe('Of a card’s life.'),
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
