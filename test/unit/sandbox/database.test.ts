import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '../../../src/sandbox/store/database';
import { Documents } from '../../../src/sandbox/store/documents';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-db-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Thing {
  readonly id: string;
  readonly number?: string;
}
const things = (database: Database) =>
  new Documents<Thing>(database, 'thing', { id: ({ id }) => id, orderNo: ({ number }) => number });

test('a transaction that throws leaves nothing, and nothing is told', () => {
  const database = new Database(undefined);
  const told: string[] = [];
  expect(() =>
    database.transaction(() => {
      things(database).insert({ id: '1' });
      database.onCommit(() => told.push('kept'));
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(things(database).all()).toEqual([]);
  database.transaction(() => {
    things(database).insert({ id: '2' });
    database.onCommit(() => told.push('kept'));
    expect(told).toEqual([]);
  });
  expect(told).toEqual(['kept']);
  database.close();
});

test('an order number is taken once within a kind', () => {
  const database = new Database(undefined);
  things(database).insert({ id: '1', number: 'A' });
  expect(() => things(database).insert({ id: '2', number: 'A' })).toThrow(/UNIQUE/);
  // And the failure does not spoil the next one.
  things(database).insert({ id: '2', number: 'B' });
  expect(() => things(database).update({ id: '3' })).toThrow('thing 3 does not exist');
  database.close();
});

test('a file keeps what was written', () => {
  const file = join(folder, 'deeper', 'sandbox.db');
  const first = new Database(file);
  things(first).insert({ id: '1', number: 'A' });
  first.close();
  const second = new Database(file);
  expect(things(second).byOrderNo('A')).toEqual({ id: '1', number: 'A' });
  second.close();
});

test('one file has one sandbox at a time', () => {
  const file = join(folder, 'sandbox.db');
  const first = new Database(file);
  expect(() => new Database(file)).toThrow(/already open in this process/);
  first.close();
  new Database(file).close();
});

test('a living owner in another process is named, a dead one’s leftovers are cleared', async () => {
  const file = join(folder, 'sandbox.db');
  const script = `
    const { Database } = require('./src/sandbox/store/database');
    const database = new Database(process.argv[1]);
    database.run("INSERT INTO setting (name, value) VALUES ('left', '1')");
    process.stdout.write('ready');
    setInterval(() => undefined, 1000);`;
  const owner = spawn(process.execPath, ['--import', 'tsx', '-e', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(owner.stdout, 'data');
  expect(() => new Database(file)).toThrow(`in use by process ${owner.pid}`);
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(existsSync(`${file}.lock`)).toBe(true);
  const database = new Database(file);
  expect(database.get(`SELECT value FROM setting WHERE name = 'left'`)).toEqual({ value: '1' });
  database.close();
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test('a file of the first layout is brought to this one, with what it holds', () => {
  const file = join(folder, 'old.db');
  const old = new Database(file);
  things(old).insert({ id: '1' });
  old.run('ALTER TABLE callback DROP COLUMN headers');
  old.run('PRAGMA user_version = 1');
  old.close();
  const database = new Database(file);
  expect(things(database).byId('1')).toEqual({ id: '1' });
  expect(database.all('SELECT headers FROM callback')).toEqual([]);
  expect(database.get('PRAGMA user_version')).toEqual({ user_version: 2 });
  database.close();
});

test('a file of a newer layout, or of no database at all, is refused with what to do', () => {
  const file = join(folder, 'sandbox.db');
  const database = new Database(file);
  database.run('PRAGMA user_version = 99');
  database.close();
  expect(() => new Database(file)).toThrow(/layout 99.*move the file away/);
  const other = join(folder, 'text.db');
  writeFileSync(other, 'This is a shopping list. '.repeat(100));
  expect(() => new Database(other)).toThrow(/text\.db cannot be opened/);
  // And neither attempt keeps the file locked.
  rmSync(other);
  new Database(other).close();
});
