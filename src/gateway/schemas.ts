/** What the API takes, as zod models: validation and the API's description come from them. */
import { z } from 'zod';
import { DURATION_RULE, parseDuration } from '../config/duration';
import { falpayId, currency } from '../falpay/contract';
import { DEFAULT_EVENTS } from '../client/index';
import { NUMBER_RULE, isBusinessNumber, numberFault, numberFromPath, parseWorkflowId } from '../messages';

const businessNumber = z.string().refine(isBusinessNumber, { error: `must be ${NUMBER_RULE}` });

/** The number of a flow in a path, under the name it has there. */
export const numberParams = (name: string) => z.strictObject({ [name]: businessNumber });
export const flowParams = z.strictObject({ kind: z.string(), number: z.string() });
/** FalPay's id of a merchant, a wallet or a card. */
export const falpayIdParams = z.strictObject({ id: falpayId.describe('FalPay’s id') });
export const limitChangeParams = z.strictObject({ cardId: falpayId, orderNo: businessNumber });

/** Longer polls are cut by proxies. */
const MAX_WAIT_MS = 60_000;

const wait = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, { error: `must be ${DURATION_RULE}` })
  .transform((text) => parseDuration(text) ?? 0)
  .refine((ms) => ms <= MAX_WAIT_MS, { error: 'must be at most 60s' })
  .optional();

export const waitQuery = z.strictObject({
  wait: wait.describe('Answers when stage, steps, blocks or outputs change, at the latest after this time: "30s".'),
});

export const seenHeaders = z.looseObject({
  'if-none-match': z
    .string()
    .optional()
    .describe('The ETag of the state that you have seen: with `wait`, any other state answers at once.'),
});

/** `flow` names one as the Temporal UI does: `onboarding/M-1`. */
export const eventsQuery = z.strictObject({
  after: z
    .string()
    .max(500, 'is too long to be a cursor')
    .optional()
    .describe('`next` of the page before; absent: from the oldest that is kept.'),
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, 'must be a number from 1 to 200')
    .transform(Number)
    .optional()
    .describe(`Default ${DEFAULT_EVENTS}.`),
  flow: z
    .string()
    .transform((text, context) => {
      const name = parseWorkflowId(numberFromPath(text));
      if (name && numberFault(name.kind, name.number) === undefined) return name;
      context.addIssue({ code: 'custom', message: 'must be {kind}/{number}, as in onboarding/M-1' });
      return z.NEVER;
    })
    .optional()
    .describe('Events of one flow alone: onboarding/M-1'),
  wait: wait.describe('Where there is none yet, answers when one comes, at the latest after this time: "30s".'),
});

export const rechargeMethodsQuery = z.strictObject({ currency: currency.optional() });

const reason = z
  .string('is required')
  .trim()
  .min(1, 'must not be empty')
  .max(500, 'must have at most 500 characters')
  .describe('Stays in the record of the flow, together with the name of the API key.');
const blockId = z
  .string('is required')
  .regex(/^[\w.:-]{1,200}$/, 'must be the blockId of an open block')
  .describe('From `blocks` of the state. An action on a block that is closed is refused.');

const patch = z
  .record(z.string(), z.unknown(), 'must be an object relative to the start body')
  .superRefine((value, context) => {
    if (!isShallow(value)) return void context.addIssue({ code: 'custom', message: 'is nested too deeply' });
    for (const path of numbersIn(value, [])) {
      context.addIssue({ code: 'custom', path, message: 'must be a string: amounts and ids are never JSON numbers' });
    }
  })
  .describe(
    'A part of the start body; array items by index: {"cards": {"1": {"cardLimit": "20.00"}}}. null takes a field away.',
  );

/** No start body is as deep; and what walks through a patch calls itself for each level. */
const PATCH_DEPTH = 50;

function isShallow(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > PATCH_DEPTH) return false;
    level = level.flatMap((part) => (part !== null && typeof part === 'object' ? Object.values(part) : []));
  }
  return true;
}

function* numbersIn(value: unknown, path: readonly string[]): Generator<string[]> {
  if (typeof value === 'number') yield [...path];
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) yield* numbersIn(inner, [...path, key]);
}

export const cancelBody = z.strictObject({ reason });
export const correctionBody = z.strictObject({
  blockId,
  reason,
  patch: patch.optional().describe('Absent: try again as it is.'),
  accept: z.boolean().optional().describe('Takes a short recharge as it is.'),
});

/** What is asked of whoever looks at a card. */
export const revealBody = z.strictObject({ reason: reason.describe('Why it is looked at; stays in the audit log.') });

/** The body of each action under `/v1/flows/{kind}/{number}/actions/…`. */
export const actionBodies = {
  retry: z.strictObject({ blockId, reason }),
  skip: z.strictObject({ blockId, reason }),
  amend: z.strictObject({ blockId, reason, patch }),
  resolve: z.strictObject({
    blockId,
    reason,
    outcome: z.enum(['DONE', 'NOT_DONE'], { error: 'must be DONE or NOT_DONE' }),
    ref: falpayId.optional().describe("FalPay's id of what was done; needed with DONE."),
    force: z.boolean().optional().describe("Skips the check against FalPay's look-up."),
  }),
  abort: cancelBody,
  restart: cancelBody,
} as const;
