import { models } from '../catalogue';
import { groups } from '../navigation';
import type { FalpayProfile } from '../profile';
import { pathsOf } from './paths';
import { componentSchema, type JsonSchema } from './schema';
import { webhooksOf } from './webhooks';

const ABOUT = `FalPay 虚拟卡 Open API，按本项目所知与所设。 / FalPay's virtual-card Open API, as far as it is known and as it is assumed here.

\`x-provenance\`: **A** 官方页面所载 / attested on FalPay's page; **N** 由页面上的名称推得 / follows from a name on that page; **I** 本项目的假设 / assumed by us, to be confirmed.`;

/** The contract under a profile as an OpenAPI 3.1 document: operations, callbacks (as webhooks) and every model. */
export function openApiDocument(profile: FalpayProfile): JsonSchema {
  return {
    openapi: '3.1.0',
    info: { title: 'FalPay Open API', version: '1.0.0', description: ABOUT },
    servers: [
      {
        url: `{baseUrl}${profile.http.basePath}`,
        variables: {
          baseUrl: {
            default: 'https://openapi.falpay.example',
            description: '未公布 / not published: FALPAY_BASE_URL',
          },
        },
      },
    ],
    tags: [
      ...groups.map(({ title, english }) => ({ name: title, description: english })),
      { name: '异步回调', description: 'Callbacks' },
    ],
    paths: pathsOf(profile),
    webhooks: webhooksOf(profile),
    components: {
      schemas: Object.fromEntries([...models.keys()].map((name) => [name, componentSchema(name, profile)])),
      parameters: headerParameters(profile),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: '获取令牌 / the token of getToken', 'x-provenance': 'I' },
        ...(profile.token.transport === 'basic' ? { basic: { type: 'http', scheme: 'basic' } } : {}),
      },
    },
  };
}

function headerParameters({ headers, signature }: FalpayProfile): JsonSchema {
  const construction = [...signature.parts.map((part) => `<${part}>`)].join(
    JSON.stringify(signature.separator).slice(1, -1),
  );
  const header = (name: string, description: string): JsonSchema => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
    'x-provenance': 'I',
  });
  const described: readonly (readonly [string, string | undefined, string])[] = [
    ['timestamp', headers.timestamp, `时间戳 / Time of signing (${signature.timestampUnit})`],
    ['nonce', headers.nonce, '随机串 / Number used once'],
    [
      'signature',
      headers.signature,
      `签名 / Signature: ${signature.algorithm} of ${construction}, in ${signature.encoding}`,
    ],
    ['clientId', headers.clientId, '客户端编号 / Client id'],
  ];
  return Object.fromEntries(
    described.flatMap(([name, wireName, about]) => (wireName === undefined ? [] : [[name, header(wireName, about)]])),
  );
}
