/** The tables. Amounts are TEXT: SQLite's numbers are binary floating point, and money is not. */

/** Raised with each change below; a newer file is refused, not guessed at. */
export const SCHEMA_VERSION = 2;

/** What brings a file of this version to the next one. */
export const MIGRATIONS: Readonly<Record<number, string>> = {
  1: 'ALTER TABLE callback ADD COLUMN headers TEXT;',
};

export const SCHEMA = `
CREATE TABLE IF NOT EXISTS document (
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  order_no TEXT,
  owner    TEXT,
  seq      INTEGER NOT NULL,
  body     TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS document_order_no ON document (kind, order_no) WHERE order_no IS NOT NULL;
CREATE INDEX IF NOT EXISTS document_owner ON document (kind, owner, seq);
CREATE INDEX IF NOT EXISTS document_seq ON document (kind, seq);

CREATE TABLE IF NOT EXISTS account (
  name     TEXT NOT NULL,
  currency TEXT NOT NULL,
  balance  TEXT NOT NULL,
  PRIMARY KEY (name, currency)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS transfer (
  id   INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  ref  TEXT NOT NULL,
  at   INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS posting (
  transfer_id INTEGER NOT NULL REFERENCES transfer (id),
  account     TEXT NOT NULL,
  currency    TEXT NOT NULL,
  amount      TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS posting_account ON posting (account, currency);
CREATE INDEX IF NOT EXISTS posting_transfer ON posting (transfer_id);

CREATE TABLE IF NOT EXISTS first_result (
  operation TEXT NOT NULL,
  order_no  TEXT NOT NULL,
  digest    TEXT NOT NULL,
  result    TEXT NOT NULL,
  PRIMARY KEY (operation, order_no)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS task (
  id      INTEGER PRIMARY KEY,
  kind    TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail  TEXT NOT NULL,
  due_at  INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS task_due ON task (due_at, id);

CREATE TABLE IF NOT EXISTS callback (
  seq        INTEGER PRIMARY KEY,
  event_id   TEXT NOT NULL UNIQUE,
  topic      TEXT NOT NULL,
  ref        TEXT NOT NULL,
  body       TEXT NOT NULL,
  headers    TEXT,
  state      TEXT NOT NULL,
  first_at   INTEGER NOT NULL,
  tries      INTEGER NOT NULL,
  next_at    INTEGER,
  fault      TEXT,
  signed     TEXT
);
CREATE INDEX IF NOT EXISTS callback_next ON callback (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS callback_try (
  event_id TEXT NOT NULL REFERENCES callback (event_id),
  at       INTEGER NOT NULL,
  ms       INTEGER NOT NULL,
  status   INTEGER,
  outcome  TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS callback_try_event ON callback_try (event_id);

CREATE TABLE IF NOT EXISTS request (
  id        INTEGER PRIMARY KEY,
  at        INTEGER NOT NULL,
  operation TEXT NOT NULL,
  order_no  TEXT,
  digest    TEXT,
  status    INTEGER,
  code      TEXT,
  fault     TEXT,
  repeated  INTEGER NOT NULL,
  ms        INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS request_order_no ON request (order_no);

CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;
