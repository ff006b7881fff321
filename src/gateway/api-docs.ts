/** The API's description, made from the very models that check the requests. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';

/** Routes registered after this, in a plugin of their own, are described at `/openapi.json`. */
export function describeApi(app: FastifyInstance): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Cardflow',
        description:
          'Starts FalPay virtual-card flows by business number, reads their state and steers them. Errors are RFC 9457 problem documents.',
        version: '1',
      },
      tags: [
        { name: 'onboardings', description: 'A merchant from its creation to active cards' },
        { name: 'wallet-openings', description: 'One more wallet of a merchant' },
        { name: 'recharges', description: 'Money into a wallet' },
        { name: 'withdrawals', description: 'Money out of a wallet' },
        { name: 'wallet-status-changes', description: 'A wallet frozen, released or closed' },
        { name: 'card-issuances', description: 'Cards on an existing wallet, up to 500 under one number' },
        { name: 'flows', description: 'Every flow, and the actions of operators' },
        { name: 'events', description: 'What flows told, for a backend that missed some of it' },
        { name: 'falpay', description: 'Queries that are passed on to FalPay' },
        { name: 'files', description: 'Identity papers, whose file keys FalPay takes' },
        { name: 'health', description: 'For whoever runs the gateway' },
      ],
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'An API key' } } },
      security: [{ apiKey: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => withUsedSchemas(jsonSchemaTransformObject(document)),
  });
}

type Described = ReturnType<typeof jsonSchemaTransformObject>;

/** FalPay's models are all known by name here; the API shows those that its own routes speak of. */
function withUsedSchemas(document: Described): Described {
  const { components, ...rest } = document as {
    readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
  };
  const used = new Set<string>();
  const open: unknown[] = [rest];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue;
      used.add(name);
      open.push(components.schemas[name]);
    }
  }
  const schemas = Object.fromEntries(Object.entries(components.schemas).filter(([name]) => used.has(name)));
  return { ...rest, components: { ...components, schemas } } as Described;
}
