/** Reading what a person or a test sends to the control plane; every mistake is told with its field. */
import { z } from 'zod';

export interface Finding {
  readonly field: string;
  readonly message: string;
}

/** What the control plane answers when it cannot do what it was told. */
export class ControlError extends Error {
  constructor(
    readonly status: 400 | 404 | 409 | 415,
    message: string,
    readonly errors: readonly Finding[] = [],
  ) {
    super(message);
  }
}

/** @throws ControlError 400 with each field at fault */
export function read<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  throw new ControlError(400, 'the request does not fit', findingsOf(result.error));
}

export function findingsOf(error: z.core.$ZodError): readonly Finding[] {
  return error.issues.flatMap((issue) => {
    const field = issue.path.join('.');
    if (issue.code !== 'unrecognized_keys') return [{ field, message: issue.message }];
    return issue.keys.map((key) => ({ field: field === '' ? key : `${field}.${key}`, message: 'is not known here' }));
  });
}

/** @throws ControlError 404 */
export function found<T>(thing: T | undefined, what: string, name: string): T {
  if (thing === undefined) throw new ControlError(404, `there is no ${what} ${name}`);
  return thing;
}

export const reason = z.string().min(1).max(500).optional();
export const amount = z
  .string()
  .regex(/^(0|[1-9]\d{0,12})(\.\d{1,8})?$/, 'a decimal string in major units, e.g. "100.00"');
export const currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code, e.g. "USD"');
export const listLimit = z.coerce.number().int().min(1).max(10_000).default(100);
