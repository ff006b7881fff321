/** The API's description, made from the very models that check the requests. */
import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

const DESCRIPTION = [
  'Starts FalPay virtual-card flows by business number, reads their state and steers them.',
  'Errors are RFC 9457 problem documents that name the field at fault; every answer carries `x-request-id`.',
  'Lists answer `{items, nextPageToken?}`. Amounts and ids are strings.',
  'Times inside FalPay’s models are in its own zone, `yyyy-MM-dd HH:mm:ss`; all others are ISO 8601.',
].join(' ');

/** Routes registered after this, in a plugin of their own, are described at `/openapi.json`. */
export function describeApi(app: FastifyInstance): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Cardflow', description: DESCRIPTION, version: '1' },
      tags: [
        { name: 'onboardings', description: 'A merchant from its creation to active cards' },
        { name: 'wallet-openings', description: 'One more wallet of a merchant' },
        { name: 'recharges', description: 'Money into a wallet' },
        { name: 'withdrawals', description: 'Money out of a wallet' },
        { name: 'wallet-status-changes', description: 'A wallet frozen, released or closed' },
        { name: 'card-issuances', description: 'Cards on an existing wallet, up to 500 under one number' },
        { name: 'flows', description: 'Every flow, and the actions of operators' },
        { name: 'events', description: 'What flows told, for a backend that missed some of it' },
        { name: 'merchants', description: 'Merchants as FalPay has them' },
        { name: 'wallets', description: 'Wallets as FalPay has them: balances, movements, where to pay' },
        { name: 'cards', description: 'Cards as FalPay has them: BINs, limits, payments, fees' },
        { name: 'reconciliations', description: 'FalPay’s books against what the flows know' },
        { name: 'files', description: 'Identity papers, whose file keys FalPay takes' },
        { name: 'health', description: 'For whoever runs the gateway' },
      ],
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key' } } },
      security: [{ apiKey: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => finished(jsonSchemaTransformObject(document)),
  });
}

type Described = ReturnType<typeof jsonSchemaTransformObject>;
type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;

interface Operation {
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly security?: readonly unknown[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: JsonObject };
}

/** FalPay's models are all known by name here; the API shows those that its own routes speak of, and without our notes on the wire. */
function finished(described: Described): Described {
  const { paths, components, ...rest } = withoutNotes(described as unknown as Json) as unknown as Document;
  const shown = Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [path, mapValues(methods, completed)] as const),
  );
  return {
    ...rest,
    paths: shown,
    components: { ...components, schemas: usedSchemas(shown as unknown as Json, components.schemas) },
  } as unknown as Described;
}

/** What every route of the API may answer besides its own; and each answer by the name of its status. */
function completed(operation: Operation): Operation {
  const open = operation.security?.length === 0;
  const responses = {
    ...operation.responses,
    ...(operation.parameters?.some(({ name }) => name === 'if-none-match') && {
      '200': { ...operation.responses['200'], headers: ETAG },
    }),
    ...(open ? {} : COMMON),
    ...(operation.requestBody && OF_BODIES),
  };
  return { ...operation, responses: mapValues(responses, named) };
}

const problem = {
  description: '',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
const ETAG = { etag: { schema: { type: 'string' }, description: 'Of this state: for If-None-Match' } };
const COMMON = {
  '429': { ...problem, headers: { 'retry-after': { schema: { type: 'string' }, description: 'Seconds' } } },
  '500': problem,
};

/** Whatever takes a body can get one that is too large, or none that it reads. */
const OF_BODIES = { '413': problem, '415': problem };

function named<Answer extends object>(answer: Answer, status: string): Answer & { readonly description: string } {
  return { ...answer, description: STATUS_CODES[status] ?? status };
}

const NOTES: ReadonlySet<string> = new Set(['wireKind', 'wireWords', 'wirePaging', 'amountIn', 'provenance', 'model']);

function withoutNotes(part: Json, inProperties = false): Json {
  if (part === null || typeof part !== 'object') return part;
  if (isList(part)) return part.map((item) => withoutNotes(item));
  // Below `properties` stand the names of fields, whatever they are.
  const kept = Object.entries(part).filter(([key]) => inProperties || !NOTES.has(key));
  return Object.fromEntries(
    kept.map(([key, value]) => [key, withoutNotes(value, !inProperties && key === 'properties')]),
  );
}

const isList = (part: object): part is readonly Json[] => Array.isArray(part);

function usedSchemas(paths: Json, schemas: JsonObject): JsonObject {
  const used = new Set<string>();
  const open: Json[] = [paths];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      open.push(schemas[name] ?? null);
    }
  }
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  map: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
