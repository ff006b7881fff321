import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import { runCli } from '../../../../src/cli/program';
import {
  callbackTopics,
  defaultProfile,
  type FalpayProfile,
  loadProfile,
  operationNames,
} from '../../../../src/falpay';
import { models } from '../../../../src/falpay/contract/catalogue';
import { openApiDocument } from '../../../../src/falpay/contract/openapi/document';

/** Parts of a JSON document, reached for without looking. */
interface Json {
  readonly [key: string]: Json;
}
const documentOf = (profile: FalpayProfile) => openApiDocument(profile) as unknown as Json;
const part = (from: Json | undefined, ...keys: readonly string[]): Json =>
  keys.reduce<Json>((at, key) => at[key] ?? {}, from ?? {});

const otherFile = path.join(__dirname, '../../../fixtures/profile.other.json');
const other = loadProfile(readFileSync(otherFile, 'utf8'));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cardflow-openapi-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The validator is an ES module, which jest cannot load: it runs as its own program. */
function validate(file: string): { readonly valid: boolean } {
  const manifest = createRequire(__filename).resolve('@seriousme/openapi-schema-validator/package.json');
  const program = path.join(path.dirname(manifest), 'bin', 'validate-api-cli.js');
  return JSON.parse(execFileSync(process.execPath, [program, file], { encoding: 'utf8' })) as { valid: boolean };
}

async function exported(args: readonly string[], env: Record<string, string> = {}) {
  const out: string[] = [];
  const io = { out: (text: string) => out.push(text), err: (text: string) => out.push(text), env };
  const code = await runCli(['contract', 'export', ...args], {
    ...io,
    stdin: async () => '',
    signal: new AbortController().signal,
  });
  expect(code).toBe(0);
  return out.join('\n');
}

test.each([
  ['json', {}],
  ['yaml', {}],
  ['json', { FALPAY_PROFILE: otherFile }],
] as [string, Record<string, string>][])('a public validator accepts the %s export (%j)', async (format, env) => {
  const file = path.join(folder, `export.${format}`);
  writeFileSync(file, await exported(['--format', format], env));
  expect(validate(file)).toEqual({ valid: true });
});

test('both formats say the same', async () => {
  expect(parseYaml(await exported(['--format', 'yaml']))).toEqual(JSON.parse(await exported([])));
});

test('every operation, callback and model is there, with both languages and its provenance', () => {
  const document = documentOf(defaultProfile);
  const calls = Object.values(part(document, 'paths')).flatMap((item) => Object.values(item));
  expect(calls.map((call) => String(call['operationId'])).sort()).toEqual([...operationNames].sort());
  expect(Object.keys(part(document, 'webhooks')).sort()).toEqual([...callbackTopics].sort());
  const hooks = Object.values(part(document, 'webhooks')).map((item) => part(item, 'post'));
  for (const entry of [...calls, ...hooks]) {
    expect(String(entry['summary'])).toMatch(/^[^/]*[\u4e00-\u9fff].* \/ [A-Z]/);
    expect(String(entry['x-provenance'])).toMatch(/^[ANI]$/);
  }
  const schemas = part(document, 'components', 'schemas');
  expect(Object.keys(schemas)).toEqual([...models.keys()]);
  for (const schema of Object.values(schemas)) {
    expect(String(schema['description'])).toMatch(/[\u4e00-\u9fff].* \/ [A-Z]/);
    expect(String(schema['x-provenance'])).toMatch(/^[ANI]$/);
  }
});

test('it says what the profile says: names, numbers, words, paging, paths', () => {
  const document = documentOf(other);
  const properties = (model: string) => part(document, 'components', 'schemas', model, 'properties');
  expect(part(document, 'paths', '/merchants/register', 'post', 'operationId')).toBe('createMerchant');
  expect(properties('MerchantCreateDto')).toMatchObject({
    out_request_no: { 'x-name-inside': 'merchantOrderNo', type: 'string' },
    merchant_type: { enum: ['C', 'P'] },
    corporate: { $ref: '#/components/schemas/MerchantCompanyDto' },
  });
  expect(properties('MerchantDetailVo')).toMatchObject({
    merchant_id: { type: 'integer' },
    state: { type: 'integer', 'x-known-values': [0, 1, 2] },
    create_time: { type: 'integer', 'x-format': 'epoch-ms' },
  });
  // "." puts the query's fields beside the page's.
  expect(Object.keys(properties('BasePageRequestApiCardFeeOrderDto'))).toEqual(
    expect.arrayContaining(['page', 'size', 'card_id']),
  );
  expect(properties('RestResultString')).toMatchObject({ ret_code: { type: 'integer' }, biz_data: {} });
});

test('the card’s number and CVV are said of one operation alone', () => {
  const text = JSON.stringify(part(documentOf(defaultProfile), 'paths'));
  expect(text.split('UnsafeCardWithSecretsVo')).toHaveLength(2);
});
