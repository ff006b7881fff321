/** The sandbox's SQLite: in memory, or a file that survives a restart. Synchronous, so one transaction never interleaves with another. */
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Database as Sqlite, type Statement } from 'node-sqlite3-wasm';
import { lockFile } from './file-lock';
import { MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './schema';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

export class Database {
  private readonly sqlite: Sqlite;
  private readonly statements = new Map<string, Statement>();
  private readonly unlock: () => void;
  private depth = 0;
  private afterCommit: (() => void)[] = [];

  /**
   * @param file path of the database file; undefined keeps everything in memory
   * @throws Error when the file is in use, unreadable, or written by a newer version of the sandbox
   */
  constructor(file: string | undefined) {
    if (file === undefined) {
      this.sqlite = new Sqlite();
      this.unlock = () => undefined;
    } else {
      const path = resolve(file);
      mkdirSync(dirname(path), { recursive: true });
      this.unlock = lockFile(path);
      this.sqlite = openFile(path, this.unlock);
    }
    this.migrate(file);
  }

  run(sql: string, values: readonly SqlValue[] = []): number {
    return this.use(sql, (statement) => statement.run([...values]).changes);
  }

  all(sql: string, values: readonly SqlValue[] = []): readonly Row[] {
    return this.use(sql, (statement) => statement.all([...values]));
  }

  get(sql: string, values: readonly SqlValue[] = []): Row | undefined {
    // all(), not get(): a statement that is left half-read keeps its transaction open.
    return this.all(sql, values)[0];
  }

  /** Everything `work` writes is kept, or, when it throws, nothing. A call inside a call joins the outer transaction. */
  transaction<T>(work: () => T): T {
    if (this.depth > 0) return work();
    this.sqlite.exec('BEGIN IMMEDIATE');
    this.depth = 1;
    let result: T;
    try {
      result = work();
      this.sqlite.exec('COMMIT');
    } catch (error) {
      if (this.sqlite.inTransaction) this.sqlite.exec('ROLLBACK');
      this.afterCommit = [];
      throw error;
    } finally {
      this.depth = 0;
    }
    const hooks = this.afterCommit;
    this.afterCommit = [];
    for (const hook of hooks) hook();
    return result;
  }

  /** Runs `hook` once the current transaction is kept, never when it is not. Outside a transaction: at once. */
  onCommit(hook: () => void): void {
    if (this.depth > 0) this.afterCommit.push(hook);
    else hook();
  }

  close(): void {
    for (const sql of [...this.statements.keys()]) this.forget(sql);
    if (this.sqlite.isOpen) this.sqlite.close();
    this.unlock();
  }

  private migrate(file: string | undefined): void {
    const found = Number(this.get('PRAGMA user_version')?.['user_version'] ?? 0);
    if (found > SCHEMA_VERSION) {
      this.close();
      throw new Error(
        `SANDBOX_DB ${file ?? ''} has layout ${found}, this sandbox knows layouts up to ${SCHEMA_VERSION}: move the file away to start afresh`,
      );
    }
    this.transaction(() => {
      // A new file has no layout yet and gets the latest at once.
      for (let version = found; version > 0 && version < SCHEMA_VERSION; version += 1)
        this.sqlite.exec(MIGRATIONS[version] ?? '');
      this.sqlite.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION};`);
    });
  }

  private use<T>(sql: string, work: (statement: Statement) => T): T {
    const statement = this.statements.get(sql) ?? this.sqlite.prepare(sql);
    this.statements.set(sql, statement);
    try {
      return work(statement);
    } catch (error) {
      // SQLite tells a failed statement's error once more when it is used again: the next use gets a new one.
      this.forget(sql);
      throw error;
    }
  }

  private forget(sql: string): void {
    try {
      this.statements.get(sql)?.finalize();
    } catch {
      // The error of its last run, which its caller has had already.
    }
    this.statements.delete(sql);
  }
}

function openFile(path: string, unlock: () => void): Sqlite {
  try {
    const sqlite = new Sqlite(path);
    // Exclusive: the WASM build has no shared memory, which a WAL with several readers would need.
    sqlite.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    return sqlite;
  } catch (error) {
    unlock();
    throw new Error(`SANDBOX_DB ${path} cannot be opened: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
