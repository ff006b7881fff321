import fc from 'fast-check';
import { reportCsv, type ReconciliationReport } from '../../../src/client';
import { noMarks, type ReportEntry } from '../../../src/messages';

const entry = (over: Partial<ReportEntry> = {}): ReportEntry => ({
  mark: 'MATCHED',
  kind: 'RECHARGE',
  order: 'R-1_RC1',
  workflowId: 'wallet-recharge/R-1',
  currency: 'USD',
  ours: '99.00',
  theirs: '99.00',
  oursFee: '1.00',
  theirsFee: '1.00',
  flowNos: ['1', '2'],
  ...over,
});

function reportOf(entries: readonly ReportEntry[]): ReconciliationReport {
  const counts = { marks: noMarks(), differences: 0, fed: 0, settled: 0 };
  const days = { from: '2026-01-31', to: '2026-01-31' };
  const sums = {
    currency: 'USD',
    opening: '-1.00',
    in: '99.00',
    out: '0',
    fees: '1.00',
    closing: '98.00',
    agrees: true,
    movements: 2,
  };
  return {
    number: '2026-01-31',
    stage: 'COMPLETED',
    reconciliation: { ...days, wallets: [], failed: 1, ...counts, currencies: [] },
    wallets: [
      {
        walletId: '700',
        differences: 0,
        summary: { walletId: '700', ...days, ...counts, currencies: [sums], pages: 1 },
        entries,
      },
      { walletId: '701', differences: 0, failed: true, entries: [] },
    ],
  };
}

/** Reads RFC 4180, quoted fields with line breaks included. */
function parsed(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, bare = '', end = ''] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}

test('each entry is a row, and so are each sum and each wallet that was not read', () => {
  const [head = [], ...rows] = parsed(reportCsv(reportOf([entry(), entry({ mark: 'MISSING_HERE', ours: undefined })])));
  expect(rows.map((row) => row.length)).toEqual(Array(4).fill(head.length));
  const named = rows.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index]])));
  expect(named).toMatchObject([
    { wallet: '700', mark: 'MATCHED', order: 'R-1_RC1', ours: '99.00', flow_nos: '1 2', flow: 'wallet-recharge/R-1' },
    { wallet: '700', mark: 'MISSING_HERE', ours: '', theirs: '99.00' },
    {
      wallet: '700',
      kind: 'SUM',
      currency: 'USD',
      theirs: '98.00',
      note: expect.stringContaining('opening -1.00; in 99.00'),
    },
    { wallet: '701', kind: 'FAILED', note: 'its part ended badly' },
  ]);
});

test('what a spreadsheet would take for a formula is text, and amounts stay numbers', () => {
  const notes = ['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1'];
  const rows = parsed(reportCsv(reportOf(notes.map((note) => entry({ note, theirs: '-5.00' }))))).slice(
    1,
    1 + notes.length,
  );
  expect(rows.map((row) => row.at(-1))).toEqual(notes.map((note) => `'${note}`));
  expect(rows.map((row) => row[8])).toEqual(notes.map(() => '-5.00'));
});

test('whatever a text holds, it comes back whole', () => {
  const awkward = fc.string({ unit: fc.constantFrom('a', '"', ',', '\r', '\n', ' ', '=', '金') });
  fc.assert(
    fc.property(awkward, (note) => {
      const [, row = []] = parsed(reportCsv(reportOf([entry({ note })])));
      expect([note, `'${note}`]).toContain(row.at(-1));
    }),
  );
});

test('a report of a run that is not over, or was ended before it was, says so in its first row', () => {
  const first = (stage: ReconciliationReport['stage']) => {
    const [head = [], row = []] = parsed(reportCsv({ ...reportOf([]), stage, wallets: [] }));
    return Object.fromEntries(head.map((column, index) => [column, row[index]]));
  };
  expect(first('RUNNING')).toMatchObject({ kind: 'INCOMPLETE', note: expect.stringContaining('RUNNING') });
  expect(first('ABORTED')).toMatchObject({ kind: 'INCOMPLETE', note: expect.stringContaining('run it again') });
  expect(reportCsv({ ...reportOf([]), stage: 'COMPLETED' })).not.toContain('INCOMPLETE');
});
