/**
 * Plans: how something that does not exist yet will turn out. "The next merchant is refused", "of this recharge only 60.00 arrives",
 * "no card of that BIN is issued". Made by the control plane, used up in the order in which they were made.
 */
import { z } from 'zod';
import type { Database } from './store/database';
import { readSetting, writeSetting } from './settings';

const reason = z.string().min(1).max(500);
const amount = z.string().regex(/^\d{1,13}(\.\d{1,2})?$/, 'a decimal string in major units, e.g. "100.00"');
const which = {
  /** Our order number of the thing; any, when left out. */
  orderNo: z.string().min(1).max(64).optional(),
  /** How many times the plan holds; default once. */
  times: z.number().int().min(1).max(1_000_000).default(1),
};

export const arrivalSchema = z.strictObject({
  /** What the payer sent, before fees; default: what is still missing of the order. */
  amount: amount.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'an ISO 4217 code')
    .optional(),
  /** Whether the order ends with it; default: when the ordered amount is reached. */
  final: z.boolean().optional(),
  delayMs: z.number().int().min(0).max(2_147_483_647).default(0),
});
export type Arrival = z.infer<typeof arrivalSchema>;

export const planSchema = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('merchant-audit'),
    ...which,
    decision: z.enum(['APPROVED', 'REJECTED']).default('REJECTED'),
    reason: reason.optional(),
  }),
  z.strictObject({
    step: z.literal('wallet-audit'),
    ...which,
    decision: z.enum(['APPROVED', 'REJECTED']).default('REJECTED'),
    reason: reason.optional(),
  }),
  z.strictObject({
    step: z.literal('cardholder-audit'),
    ...which,
    decision: z.enum(['APPROVED', 'REJECTED']).default('REJECTED'),
    reason: reason.optional(),
  }),
  z.strictObject({
    step: z.literal('recharge'),
    ...which,
    outcome: z.literal('FAILED').optional(),
    arrivals: z.array(arrivalSchema).max(50).default([]),
  }),
  z.strictObject({ step: z.literal('withdrawal'), ...which, reason }),
  /** `issue`: the card is accepted and fails afterwards. `apply`: the application itself is refused. */
  z.strictObject({
    step: z.literal('card'),
    ...which,
    binId: z.string().optional(),
    at: z.enum(['apply', 'issue']).default('issue'),
    reason,
  }),
]);
export type Plan = z.infer<typeof planSchema>;
export type PlanStep = Plan['step'];

const NAME = 'plans';

export class Plans {
  constructor(private readonly database: Database) {}

  list(): readonly Plan[] {
    return z.array(planSchema).parse(readSetting(this.database, NAME) ?? []);
  }

  add(plan: Plan): readonly Plan[] {
    return this.write([...this.list(), plan]);
  }

  clear(): void {
    this.write([]);
  }

  /** Takes the first plan that fits, once less of it left. */
  take<S extends PlanStep>(
    step: S,
    fits: (plan: Extract<Plan, { step: S }>) => boolean,
  ): Extract<Plan, { step: S }> | undefined {
    const plans = this.list();
    const isFit = (plan: Plan): plan is Extract<Plan, { step: S }> =>
      plan.step === step && fits(plan as Extract<Plan, { step: S }>);
    const found = plans.find(isFit);
    if (found === undefined) return undefined;
    this.write(
      plans.flatMap((plan) => (plan !== found ? [plan] : plan.times > 1 ? [{ ...plan, times: plan.times - 1 }] : [])),
    );
    return found;
  }

  private write(plans: readonly Plan[]): readonly Plan[] {
    writeSetting(this.database, NAME, plans);
    return plans;
  }
}
