import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCli } from '../../../src/cli/program';

const fixtures = path.join(__dirname, '../../fixtures');
const export_ = path.join(fixtures, 'apifox-export.json');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cardflow-contract-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function contract(args: readonly string[], env: Record<string, string> = {}, stdin = '') {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli(['contract', ...args], {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: async () => stdin,
    signal: new AbortController().signal,
    env,
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('contract diff', () => {
  test('tells each difference under its model, with the operations, and sums up', async () => {
    const { code, out } = await contract(['diff', export_]);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^MerchantDetailVo \(getMerchant\)\n {2}\+ riskLevel: extra there: → riskLevel: string, optional/m,
    );
    expect(out).toMatch(/Differences: 5 renamed, 2 missing, 2 extra, 2 type, 2 required, 1 enum, 1 method/);
  });

  test('a profile it drafts can be used as it is, and leaves what a profile cannot say', async () => {
    const profile = path.join(folder, 'profile.json');
    const drafted = await contract(['diff', export_, '--write-profile', profile]);
    expect(drafted.out).toMatch(
      /Guesses to be confirmed:\n {2}ApiWalletRechargeOrderDto.methodCode: methodCode is taken for payChannel/,
    );
    expect(drafted.out).toMatch(/Left to decide:/);
    const again = await contract(['diff', export_, '--exit-code', '--json'], { FALPAY_PROFILE: profile });
    expect(again.code).toBe(1);
    const { differences } = JSON.parse(again.out) as { differences: { kind: string }[] };
    expect(differences.filter(({ kind }) => kind === 'renamed' || kind === 'enum')).toEqual([]);
  });

  test('our own export does not differ, from a file or standard input', async () => {
    const file = path.join(folder, 'own.yaml');
    expect(await contract(['export', '--format', 'yaml', '--out', file])).toEqual({ code: 0, out: '', err: '' });
    const same = await contract(['diff', '-', '--exit-code'], {}, readFileSync(file, 'utf8'));
    expect(same).toMatchObject({ code: 0, out: expect.stringMatching(/^\s*Nothing differs/) });
  });

  test.each([
    ['nothing.json', '', /there is no file/],
    ['-', '{"swagger": "2.0"}', /standard input: is Swagger 2.0: export it as OpenAPI 3.0 or 3.1/],
  ])('%s is told', async (file, stdin, message) => {
    expect(await contract(['diff', file], {}, stdin)).toMatchObject({ code: 1, err: expect.stringMatching(message) });
  });
});

test('contract questions are a letter to the provider, or data', async () => {
  const letter = await contract(['questions']);
  expect(letter.out).toMatch(/^## 业务 \/ Business\n\n1\. .+？\n {3}.+\?\n {3}当前假设 \/ assumed/);
  const { out } = await contract(['questions', '--json']);
  expect((JSON.parse(out) as unknown[]).length).toBeGreaterThan(100);
});

test('a setting that is wrong is told before anything is written', async () => {
  const file = path.join(folder, 'never.json');
  const { code, err } = await contract(['export', '--out', file], { FALPAY_PROFILE: path.join(folder, 'none.json') });
  expect(code).toBe(2);
  expect(err).toMatch(/FALPAY_PROFILE/);
  expect(() => readFileSync(file)).toThrow();
});
