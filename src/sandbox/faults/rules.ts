/** Faults: what goes wrong on purpose (`PUT /sandbox/faults`). */
import { z } from 'zod';
import { callbackTopics, operationNames } from '../../falpay/contract';

/** Of a call. `down` breaks every connection off unread; `http5xx` and `unreadable` come from something in front of FalPay, unsigned. */
export const CALL_FAULTS = [
  'latency',
  'http5xx',
  'resetBeforeCommit',
  'resetAfterCommit',
  'unreadable',
  'wrongSignature',
  'rateLimit',
  'tokenRefused',
  'down',
  'callbackBeforeResponse',
] as const;
/** Of a callback. */
export const CALLBACK_FAULTS = [
  'duplicateCallback',
  'delayCallback',
  'reorderCallback',
  'dropCallback',
  'wrongSignature',
  'unreadable',
] as const;
export type CallFault = (typeof CALL_FAULTS)[number];
export type CallbackFault = (typeof CALLBACK_FAULTS)[number];

export const ruleSchema = z
  .strictObject({
    /** The call it is about; all of them, when left out. */
    operation: z.enum(operationNames).optional(),
    /** The callback it is about; all of them, when left out. `wrongSignature` and `unreadable` without a topic are about calls. */
    topic: z.enum(callbackTopics).optional(),
    fault: z.enum([...CALL_FAULTS, 'duplicateCallback', 'delayCallback', 'reorderCallback', 'dropCallback']),
    /** Only this order number. */
    orderNo: z.string().min(1).max(64).optional(),
    /** How often it happens; without it, always. */
    times: z.number().int().min(1).max(1_000_000).optional(),
    /** How many matches pass unharmed first. */
    skip: z.number().int().min(0).max(1_000_000).default(0),
    /** From 0 to 1, drawn by the seed. */
    probability: z.number().min(0).max(1).default(1),
    /** latency, delayCallback: how long. rateLimit: what Retry-After says. reorderCallback: how long to wait for another one to go first. */
    ms: z.number().int().min(0).max(2_147_483_647).optional(),
    /** http5xx: the status. */
    status: z.number().int().min(500).max(599).default(503),
    /** http5xx and unreadable: whether the call is carried out before the answer goes wrong. */
    committed: z.boolean().default(true),
  })
  .superRefine((rule, context) => {
    const isForCall = (CALL_FAULTS as readonly string[]).includes(rule.fault);
    const isForCallback = (CALLBACK_FAULTS as readonly string[]).includes(rule.fault);
    if (rule.operation !== undefined && rule.topic !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['topic'],
        message: 'a rule is about an operation or about a topic, not both',
      });
    }
    if (rule.topic !== undefined && !isForCallback) {
      context.addIssue({
        code: 'custom',
        path: ['fault'],
        message: `cannot happen to a callback; those can: ${CALLBACK_FAULTS.join(', ')}`,
      });
    }
    if (rule.operation !== undefined && !isForCall) {
      context.addIssue({
        code: 'custom',
        path: ['fault'],
        message: `cannot happen to a call; those can: ${CALL_FAULTS.join(', ')}`,
      });
    }
    if ((rule.fault === 'latency' || rule.fault === 'delayCallback') && rule.ms === undefined) {
      context.addIssue({ code: 'custom', path: ['ms'], message: `${rule.fault} needs how long, in milliseconds` });
    }
  });
export type FaultRule = Readonly<z.infer<typeof ruleSchema>>;

export const faultsSchema = z.strictObject({
  /** The same seed, rules and calls give the same faults. */
  seed: z
    .union([z.string().min(1).max(100), z.number()])
    .transform(String)
    .optional(),
  rules: z.array(ruleSchema).max(200),
});
