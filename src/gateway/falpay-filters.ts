/** The filters of the lists that FalPay keeps: times as ISO 8601 here, in FalPay's zone there. */
import { z } from 'zod';
import { ApiCardPayOrderQueryDto, OpenWalletFlowQueryDto, insideTime, wordLists } from '../falpay/contract';
import { pageFields } from './paging';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** FalPay's limit. [I] */
const LONGEST_MS = 90 * DAY_MS;

const RULE = 'must be a time with its offset, as 2026-01-31T00:00:00Z (in a URL, a + is written %2B)';

/** FalPay's times are in seconds: the first is rounded down and the last up, so that nothing asked for is left out. */
const instant = (round: (seconds: number) => number) =>
  z.iso
    .datetime({ offset: true, error: RULE, abort: true })
    .refine((text) => /^(19[789]|[2-8]\d)/.test(text), { error: 'must be a time from 1970 to 8999', abort: true })
    .transform((text) => new Date(round(Date.parse(text) / SECOND_MS) * SECOND_MS))
    .optional();

const period = {
  from: instant(Math.floor).describe('From then on; at most 90 days before `to`.'),
  to: instant(Math.ceil).describe('Until then, inclusive; default: now.'),
};

interface Period {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

function checkPeriod({ from, to }: Period, context: z.core.$RefinementCtx): void {
  if (!from) return;
  const wrong = (path: 'from' | 'to', message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (to && to < from) wrong('to', 'must not be before from');
  else if (to && to.getTime() - from.getTime() > LONGEST_MS) wrong('to', 'must be at most 90 days after from');
  else if (!to && Date.now() - from.getTime() > LONGEST_MS)
    wrong('from', 'is more than 90 days ago: give `to` as well');
}

/** The period as FalPay's models have it. */
export function falpayPeriod({ from, to }: Period, zone: string) {
  return {
    ...(from && { startTime: insideTime(from, zone) }),
    ...(to && { endTime: insideTime(to, zone) }),
  };
}

const { type, orderNo, merchantOrderNo } = OpenWalletFlowQueryDto.shape;
const { status } = ApiCardPayOrderQueryDto.shape;

export const walletTransactionsQuery = z
  .strictObject({
    ...period,
    type: type.describe(`FalPay’s: ${wordLists.flowType.join(', ')}`),
    orderNo: orderNo.describe('FalPay’s order number'),
    merchantOrderNo: merchantOrderNo.describe('Any order number that FalPay was sent'),
    ...pageFields,
  })
  .superRefine(checkPeriod);

export const cardTransactionsQuery = z
  .strictObject({
    ...period,
    status: status.describe(`FalPay’s: ${wordLists.payOrderStatus.join(', ')}`),
    ...pageFields,
  })
  .superRefine(checkPeriod);

export const cardFeesQuery = z.strictObject({ ...period, ...pageFields }).superRefine(checkPeriod);
