/** The same order number with the same content gets the first result, also when that was a failure; with other content it is refused. */
import { createHash } from 'node:crypto';
import { PlannedRefusal, Refusal, type RefusalCode } from '../refusal';
import type { Database } from '../store/database';

export type Result =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly code: RefusalCode; readonly message: string; readonly field?: string };

export interface Outcome {
  readonly result: Result;
  /** The answer was given before. */
  readonly repeated: boolean;
}

/** Content as a fingerprint: order of fields does not matter, and nothing of an identity paper is kept. */
export function digestOf(content: unknown): string {
  return createHash('sha256').update(canonical(content)).digest('hex');
}

/**
 * Carries out `work` in one transaction with the memory of its result.
 * @param orderNo undefined where an operation has none: then each call is carried out
 */
export function once(
  database: Database,
  call: { readonly operation: string; readonly orderNo: string | undefined; readonly digest: string },
  work: () => unknown,
): Outcome {
  if (call.orderNo === undefined) return { result: attempt(database, work, () => undefined), repeated: false };
  const { operation, orderNo, digest } = call;
  const first = database.get('SELECT digest, result FROM first_result WHERE operation = ? AND order_no = ?', [
    operation,
    orderNo,
  ]);
  if (first !== undefined) {
    if (first['digest'] === digest) return { result: JSON.parse(String(first['result'])) as Result, repeated: true };
    return {
      result: refused(new Refusal('DUPLICATE_ORDER_NO', 'the order number was used with other content')),
      repeated: false,
    };
  }
  const remember = (result: Result): void => {
    database.run('INSERT INTO first_result (operation, order_no, digest, result) VALUES (?, ?, ?, ?)', [
      operation,
      orderNo,
      digest,
      JSON.stringify(result),
    ]);
  };
  return { result: attempt(database, work, remember), repeated: false };
}

function attempt(database: Database, work: () => unknown, remember: (result: Result) => void): Result {
  try {
    return database.transaction(() => {
      const result = planned(work);
      remember(result);
      return result;
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const result = refused(error);
    remember(result);
    return result;
  }
}

function planned(work: () => unknown): Result {
  try {
    return { success: true, data: work() };
  } catch (error) {
    if (error instanceof PlannedRefusal) return refused(error);
    throw error;
  }
}

function refused({ code, message, field }: Refusal): Result {
  return { success: false, code, message, field };
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`;
}
