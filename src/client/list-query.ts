/** The filters of a list as text, from a query string or a command line. */
import { z } from 'zod';
import { BLOCK_REASONS, FLOW_KINDS, NUMBER_RULE, isBusinessNumber, type Stage } from '../messages';
import { DEFAULT_PAGE_SIZE } from './list';
import { NO_TOKEN, TOKEN_FORM } from './page-token';

const STAGES = [
  'RUNNING',
  'WAITING',
  'ACTION_REQUIRED',
  'BLOCKED',
  'COMPLETED',
  'ABORTED',
] as const satisfies readonly Stage[];

export const listQuery = z.strictObject({
  stage: z.enum(STAGES, { error: `must be one of ${STAGES.join(', ')}` }).optional(),
  kind: z.enum(FLOW_KINDS, { error: `must be one of ${FLOW_KINDS.join(', ')}` }).optional(),
  reason: z.enum(BLOCK_REASONS, { error: `must be one of ${BLOCK_REASONS.join(', ')}` }).optional(),
  merchantOrderNo: z
    .string()
    .refine(isBusinessNumber, { error: `must be ${NUMBER_RULE}` })
    .optional(),
  pageSize: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, 'must be a number from 1 to 200')
    .transform(Number)
    .optional()
    .describe(`Default ${DEFAULT_PAGE_SIZE}.`),
  nextPageToken: z.string().regex(TOKEN_FORM, NO_TOKEN).optional(),
});
