/** What the API answers, as models for its description. They describe and do not filter: what a flow tells of itself goes out whole. */
import { z } from 'zod';
import type { EventPage, FlowPage } from '../client/index';
import {
  ApiCardApplyVo,
  ApiCardBinVo,
  FlowItem,
  MerchantDetailVo,
  OpenWalletInfoVo,
  UnsafeCardWithSecretsVo,
  VcCardFeeOrderVo,
  VcCardPayOrderVo,
  WalletRechargeInfoVo,
} from '../falpay/contract';
import { ACTION_NAMES, CALLBACK_TOPICS, EVENT_TYPES, FLOW_KINDS, RECORDED_ACTIONS, type FlowState } from '../messages';
import { amount, falpayStatus, reason, stage, time } from './answer-parts';
import { cardLifeAnswer } from './card-answers';
import { pageOf } from './paging';
import { reconciliationSummary, walletRegisterAnswer } from './reconciliation-answers';

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
  endsNotDone: z.literal(true).optional().describe('`resolve` takes NOT_DONE here, and ends the matter by it.'),
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

export const flowStateAnswer = z
  .object({
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
      wallet: walletRegisterAnswer.optional().describe('Of a wallet’s register'),
      reconciliation: reconciliationSummary.optional().describe('Of a reconciliation'),
      card: cardLifeAnswer.optional().describe('Of a card’s life'),
      cards: z.array(card),
    }),
    actions: z.array(
      z.object({
        blockId: z.string().optional(),
        action: z.enum(RECORDED_ACTIONS),
        actor: z.string(),
        reason: z.string(),
        at: time,
        digest: z.string().optional().describe('Tells a correction, an amendment or a resolution from another.'),
        superseded: z
          .literal(true)
          .optional()
          .describe('Accepted and not carried out: FalPay settled the matter, or the flow was aborted, before it was.'),
      }),
    ),
    fault: z
      .object({ since: time, message: z.string(), nextTryAt: time })
      .optional()
      .describe('A fault of the system that calls are waiting out.'),
    result: z.unknown().optional().describe('Of an ended flow; of an aborted one, what it leaves behind at FalPay.'),
    stale: z.literal(true).optional().describe('The flow did not answer in time: this is what Temporal knows of it.'),
  })
  .meta({ id: 'FlowState' }) satisfies z.ZodType<FlowState>;

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

export const eventPageAnswer = z.object({
  items: z.array(
    z.object({
      id: z.string().describe('The webhook-id it is pushed with: the same event has the same id.'),
      type: z.enum(EVENT_TYPES),
      timestamp: time,
      data: z
        .object({
          flow: z.object({ kind: z.enum(FLOW_KINDS), number: z.string() }),
          run: z.string().describe('Sequences are counted within a run of the flow.'),
          sequence: z.number().int().describe('Rises by one from event to event of a run.'),
        })
        .loose(),
      delivered: z.boolean().describe('Whether its push was taken; a second or so behind.'),
    }),
  ),
  next: z.string().describe('`after` of the next page. Of an empty page: ask again with it.'),
}) satisfies z.ZodType<EventPage>;

export const cardBinsAnswer = z.object({ items: z.array(ApiCardBinVo) });
export const rechargeMethodsAnswer = WalletRechargeInfoVo;
export const merchantAnswer = MerchantDetailVo;
export const walletAnswer = OpenWalletInfoVo;
export const walletTransactionsAnswer = pageOf(FlowItem);
export const cardAnswer = ApiCardApplyVo;
export const cardTransactionsAnswer = pageOf(VcCardPayOrderVo);
export const cardFeesAnswer = pageOf(VcCardFeeOrderVo);

/** No example: what looks like a card number is taken for one. */
export const revealAnswer = UnsafeCardWithSecretsVo.pick({ cardId: true, cardNo: true, cvv: true, expiry: true });
export type RevealedCard = z.infer<typeof revealAnswer>;

const problem = z
  .object({
    type: z.string().describe('urn:cardflow:problem:{code}'),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('The fields at fault, by path: cards.0.cardLimit'),
    requestId: z.string().describe('As in the header x-request-id, and in the gateway’s log.'),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457: what went wrong, where, and what to do',
    examples: [
      {
        type: 'urn:cardflow:problem:invalid-input',
        title: 'Unprocessable Entity',
        status: 422,
        code: 'invalid-input',
        detail: 'One field is at fault.',
        errors: [{ path: 'recharge.amount', message: 'must be more than zero' }],
        requestId: '1c0f6a52-5d0e-4a53-b1a6-0c6b8f1b8d5e',
      },
    ],
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
