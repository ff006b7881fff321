/** Every call that reached the sandbox: what, for which order, with what outcome. No content, no secrets: tests prove with it what was never sent twice. */
import type { Database } from '../store/database';

export interface LoggedRequest {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly operation: string;
  readonly orderNo?: string;
  /** Fingerprint of the content. */
  readonly digest?: string;
  /** HTTP status of the answer; none when the connection was broken off. */
  readonly status?: number;
  /** What came of it, also where the answer got lost; none when the call was not read. */
  readonly code?: string;
  /** The faults that hit the call. */
  readonly fault?: string;
  /** The first result, given once more. */
  readonly repeated: boolean;
  readonly ms: number;
}

export class RequestLog {
  constructor(private readonly database: Database) {}

  add(request: LoggedRequest): void {
    this.database.run(
      'INSERT INTO request (at, operation, order_no, digest, status, code, fault, repeated, ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [
        request.at,
        request.operation,
        request.orderNo ?? null,
        request.digest ?? null,
        request.status ?? null,
        request.code ?? null,
        request.fault ?? null,
        request.repeated ? 1 : 0,
        request.ms,
      ],
    );
  }

  /** In the order of their arrival, the latest `limit` of them. */
  list(filter: {
    readonly operation?: string;
    readonly orderNo?: string;
    readonly limit: number;
  }): readonly LoggedRequest[] {
    const rows = this.database.all(
      'SELECT * FROM request WHERE (? IS NULL OR operation = ?) AND (? IS NULL OR order_no = ?) ORDER BY id DESC LIMIT ?',
      [
        filter.operation ?? null,
        filter.operation ?? null,
        filter.orderNo ?? null,
        filter.orderNo ?? null,
        filter.limit,
      ],
    );
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    return rows
      .map((row) => ({
        at: Number(row['at']),
        operation: String(row['operation']),
        orderNo: text(row['order_no']),
        digest: text(row['digest']),
        status: typeof row['status'] === 'number' ? row['status'] : undefined,
        code: text(row['code']),
        fault: text(row['fault']),
        repeated: row['repeated'] === 1,
        ms: Number(row['ms']),
      }))
      .toSorted((left, right) => left.at - right.at);
  }
}
