/** A typed collection of one kind of entity: found by FalPay's id, by our order number, or by what it belongs to. */
import type { Database, Row } from './database';

/** How a kind of entity is found. */
export interface DocumentKeys<T> {
  readonly id: (entity: T) => string;
  /** Our order number; unique within the kind. */
  readonly orderNo?: (entity: T) => string | undefined;
  readonly owner?: (entity: T) => string;
}

export class Documents<T> {
  constructor(
    private readonly database: Database,
    readonly kind: string,
    private readonly keys: DocumentKeys<T>,
  ) {}

  insert(entity: T): T {
    const next = this.database.get('SELECT COALESCE(MAX(seq), 0) + 1 AS seq FROM document WHERE kind = ?', [this.kind]);
    this.database.run('INSERT INTO document (kind, id, order_no, owner, seq, body) VALUES (?, ?, ?, ?, ?, ?)', [
      this.kind,
      this.keys.id(entity),
      this.keys.orderNo?.(entity) ?? null,
      this.keys.owner?.(entity) ?? null,
      Number(next?.['seq']),
      JSON.stringify(entity),
    ]);
    return entity;
  }

  /** Writes an entity that exists already; its keys and its place in the order stay. */
  update(entity: T): T {
    const changed = this.database.run('UPDATE document SET body = ? WHERE kind = ? AND id = ?', [
      JSON.stringify(entity),
      this.kind,
      this.keys.id(entity),
    ]);
    if (changed !== 1) throw new Error(`${this.kind} ${this.keys.id(entity)} does not exist`);
    return entity;
  }

  byId(id: string): T | undefined {
    return this.read(this.database.get('SELECT body FROM document WHERE kind = ? AND id = ?', [this.kind, id]));
  }

  byOrderNo(orderNo: string): T | undefined {
    return this.read(
      this.database.get('SELECT body FROM document WHERE kind = ? AND order_no = ?', [this.kind, orderNo]),
    );
  }

  /** By either name a person may have at hand. */
  byIdOrOrderNo(name: string): T | undefined {
    return this.byId(name) ?? this.byOrderNo(name);
  }

  /** Oldest first. */
  ownedBy(owner: string): readonly T[] {
    return this.readAll(
      this.database.all('SELECT body FROM document WHERE kind = ? AND owner = ? ORDER BY seq', [this.kind, owner]),
    );
  }

  /** Oldest first. */
  all(): readonly T[] {
    return this.readAll(this.database.all('SELECT body FROM document WHERE kind = ? ORDER BY seq', [this.kind]));
  }

  latest(count: number): readonly T[] {
    return this.readAll(
      this.database.all('SELECT body FROM document WHERE kind = ? ORDER BY seq DESC LIMIT ?', [this.kind, count]),
    );
  }

  count(): number {
    return Number(this.database.get('SELECT COUNT(*) AS n FROM document WHERE kind = ?', [this.kind])?.['n']);
  }

  private read(row: Row | undefined): T | undefined {
    return row === undefined ? undefined : (JSON.parse(String(row['body'])) as T);
  }

  private readAll(rows: readonly Row[]): readonly T[] {
    return rows.map((row) => JSON.parse(String(row['body'])) as T);
  }
}
