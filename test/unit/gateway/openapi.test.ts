import { gateway, type Gateway } from './parts';

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}
interface Operation {
  readonly summary?: string;
  readonly responses?: Readonly<Record<string, { readonly content?: object }>>;
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
    'GET /healthz',
    'GET /readyz',
    'GET /v1/card-bins',
    'GET /v1/events',
    'GET /v1/flows',
    'GET /v1/flows/{kind}/{number}',
    'GET /v1/wallets/{id}/recharge-methods',
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
  expect(Object.keys(put?.responses ?? {})).toEqual(['200', '201', '400', '401', '403', '409', '422', '503']);
  expect(put?.responses?.['422']?.content).toHaveProperty([
    'application/problem+json',
    'schema',
    'properties',
    'errors',
  ]);
});

test('every reference leads somewhere, and no model is shown that no route speaks of', () => {
  const named = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(Object.keys(document.components.schemas)));
  expect(JSON.stringify(document)).not.toMatch(/cvv/);
});
