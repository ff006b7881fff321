import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startBodies } from '../../../src/client/index';
import { START_EXAMPLES } from '../../../src/gateway/examples';
import { ApiDescription } from '../../setup/api-description';
import { gateway, type Gateway } from './parts';

interface Document {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly security: unknown;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}
interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string }[];
  readonly security?: readonly unknown[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
  readonly responses?: Readonly<Record<string, { readonly content?: object; readonly headers?: object }>>;
}

/** The validator is an ES module, which jest cannot load: it runs as its own program. */
function validate(file: string): unknown {
  const manifest = createRequire(__filename).resolve('@seriousme/openapi-schema-validator/package.json');
  const program = join(dirname(manifest), 'bin', 'validate-api-cli.js');
  return JSON.parse(execFileSync(process.execPath, [program, file], { encoding: 'utf8' }));
}

let parts: Gateway;
let document: Document;
beforeAll(async () => {
  parts = gateway();
  document = (await parts.app.inject('/openapi.json')).json();
});
afterAll(() => parts.app.close());

test('every route of the API is described, with what it answers', () => {
  expect(document.openapi).toBe('3.1.0');
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const started = [
    '/v1/card-issuances/{orderNo}',
    '/v1/onboardings/{merchantOrderNo}',
    '/v1/recharges/{orderNo}',
    '/v1/wallet-openings/{orderNo}',
    '/v1/wallet-status-changes/{orderNo}',
    '/v1/withdrawals/{orderNo}',
  ].flatMap((path) => [`GET ${path}`, `PUT ${path}`, `POST ${path}/cancel`, `POST ${path}/corrections`]);
  const others = [
    'GET /v1/cards/{cardId}/limit-changes/{orderNo}',
    'PUT /v1/cards/{cardId}/limit-changes/{orderNo}',
    'GET /healthz',
    'GET /readyz',
    'GET /v1/card-bins',
    'GET /v1/cards/{id}',
    'GET /v1/cards/{id}/fees',
    'GET /v1/cards/{id}/transactions',
    'GET /v1/events',
    'GET /v1/flows',
    'GET /v1/flows/{kind}/{number}',
    'GET /v1/merchants/{id}',
    'GET /v1/reconciliations/{date}',
    'GET /v1/wallets/{id}',
    'GET /v1/wallets/{id}/recharge-methods',
    'GET /v1/wallets/{id}/transactions',
    'POST /v1/cards/{id}/reveal',
    'POST /v1/files',
    'POST /v1/flows/{kind}/{number}/actions/abort',
    'POST /v1/flows/{kind}/{number}/actions/amend',
    'POST /v1/flows/{kind}/{number}/actions/resolve',
    'POST /v1/flows/{kind}/{number}/actions/restart',
    'POST /v1/flows/{kind}/{number}/actions/retry',
    'POST /v1/flows/{kind}/{number}/actions/skip',
  ];
  expect(described.sort()).toEqual([...started, ...others].sort());
  const put = document.paths['/v1/onboardings/{merchantOrderNo}']?.['put'];
  expect(Object.keys(put?.responses ?? {})).toEqual([
    '200',
    '201',
    '400',
    '401',
    '403',
    '409',
    '413',
    '415',
    '422',
    '429',
    '500',
    '503',
  ]);
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  expect(put?.responses?.['422']).toEqual({ description: 'Unprocessable Entity', content });
  expect(document.components.schemas['Problem']).toHaveProperty(['properties', 'errors']);
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, name: `${method.toUpperCase()} ${path}` })),
  );

test('a public validator accepts it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardflow-api-'));
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  expect(validate(file)).toMatchObject({ valid: true });
  rmSync(folder, { recursive: true });
});

test('every route says what it is for, whom it lets in, and where it belongs', () => {
  const tags = document.tags.map(({ name }) => name);
  for (const { name, summary, tags: own = [], security } of operations()) {
    expect({ name, summary }).toEqual({ name, summary: expect.stringMatching(/^[A-Z]/) });
    expect(tags).toEqual(expect.arrayContaining([...own]));
    expect(own).toHaveLength(1);
    // Absent: that of the whole document, an API key.
    expect({ name, open: security?.length === 0 }).toEqual({ name, open: /z$/.test(name) });
  }
  expect(document.security).toEqual([{ apiKey: [] }]);
});

test('a report may be CSV, and a state that is polled has an ETag', () => {
  const report = document.paths['/v1/reconciliations/{date}']?.['get']?.responses?.['200'];
  expect(Object.keys(report?.content ?? {})).toEqual(['application/json', 'text/csv']);
  const polled = operations().filter(({ parameters }) => parameters?.some(({ name }) => name === 'if-none-match'));
  expect(polled.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['GET /v1/onboardings/{merchantOrderNo}', 'GET /v1/flows/{kind}/{number}']),
  );
  for (const { name, responses } of polled) {
    expect([name, responses?.['200']?.headers]).toEqual([name, { etag: expect.any(Object) }]);
  }
});

test('an answer that is not described is told', async () => {
  const description = await ApiDescription.of(parts.app);
  const check = (body: unknown, status = 200) => description.check('GET', '/v1/flows?kind=card', { status, body });
  check({ items: [] });
  expect(() => check({})).toThrow("GET /v1/flows → 200 is not as described: data must have required property 'items'");
  expect(() => check({}, 418)).toThrow('GET /v1/flows → 418 is not described');
});

test('the bodies that are shown can be sent', () => {
  for (const [kind, example] of Object.entries(START_EXAMPLES)) {
    const { error } = startBodies[kind as keyof typeof startBodies].safeParse(example);
    expect({ kind, issues: error?.issues }).toEqual({ kind });
  }
  const body = document.paths['/v1/recharges/{orderNo}']?.['put']?.requestBody?.content['application/json'];
  expect(body?.example).toEqual(START_EXAMPLES['wallet-recharge']);
});

test('every reference leads somewhere, and no model is shown that no route speaks of', () => {
  const named = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(Object.keys(document.components.schemas)));
});

test('a card’s number and CVV are named where a card is shown, and nowhere else, and never with an example', () => {
  const reveal = document.paths['/v1/cards/{id}/reveal']?.['post'];
  const others = Object.entries(document.paths).filter(([path]) => !path.endsWith('/reveal'));
  expect(JSON.stringify(reveal?.responses?.['200'])).toMatch(/"cvv"/);
  expect(JSON.stringify({ ...document, paths: others })).not.toMatch(/"(cvv|cardNo)"/);
  expect(JSON.stringify(reveal)).not.toMatch(/example|\d{12,}/);
});
