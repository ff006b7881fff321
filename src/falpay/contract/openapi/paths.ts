import { envelopeOf, isFalpaysName } from '../catalogue';
import { english } from '../english';
import { groupOf } from '../navigation';
import { type OperationName, operationNames, operationRow } from '../operations';
import type { FalpayProfile } from '../profile';
import { type JsonSchema, schemaOf } from './schema';

const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });

/** Every operation at the profile's path. */
export function pathsOf(profile: FalpayProfile): JsonSchema {
  return Object.fromEntries(
    operationNames.map((name) => {
      const { path, method } = name === 'getToken' ? profile.token : { ...profile.operations[name], ...profile.http };
      return [
        path,
        { [method.toLowerCase()]: name === 'getToken' ? tokenOperation(profile) : operation(name, profile) },
      ];
    }),
  );
}

function operation(name: Exclude<OperationName, 'getToken'>, profile: FalpayProfile): JsonSchema {
  const row = operationRow(name);
  const { idempotent, lookup } = profile.operations[name];
  return {
    ...heading(name),
    'x-provenance': row.provenance,
    'x-path-provenance': 'I',
    'x-idempotent': idempotent,
    ...(row.orderNo === undefined ? {} : { 'x-order-no': row.orderNo }),
    ...(lookup === undefined ? {} : { 'x-lookup': lookup }),
    security: [{ token: [] }],
    parameters: signedHeaders(profile, true).map((header) => ref('parameters', header)),
    ...(row.request === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { [mediaType(profile)]: { schema: schemaOf(row.request, profile) } },
          },
        }),
    responses: { ...answers(envelopeSchema(name), profile, true) },
  };
}

function tokenOperation(profile: FalpayProfile): JsonSchema {
  const { transport, parameters, grantType } = profile.token;
  const fields = {
    [parameters.grantType]: { type: 'string', const: grantType, 'x-provenance': 'A' },
    [parameters.clientId]: { type: 'string', description: '客户端编号 / Client id', 'x-provenance': 'A' },
    [parameters.clientSecret]: { type: 'string', description: '客户端密钥 / Client secret', 'x-provenance': 'A' },
  };
  const inBody = transport === 'basic' ? Object.fromEntries(Object.entries(fields).slice(0, 1)) : fields;
  const body = { type: 'object', properties: inBody, required: Object.keys(inBody) };
  const type = transport === 'json' ? mediaType(profile) : 'application/x-www-form-urlencoded';
  return {
    ...heading('getToken'),
    'x-provenance': 'A',
    'x-path-provenance': 'A',
    security: transport === 'basic' ? [{ basic: [] }] : [],
    ...(transport === 'query'
      ? {
          parameters: Object.entries(fields).map(([name, schema]) => ({ name, in: 'query', required: true, schema })),
        }
      : { requestBody: { required: true, content: { [type]: { schema: body } } } }),
    responses: answers(envelopeSchema('getToken'), profile, false),
  };
}

function heading(name: OperationName): JsonSchema {
  const { title } = operationRow(name);
  return { operationId: name, summary: `${title} / ${english(title)}`, tags: [groupOf(name).title] };
}

/** The envelope, with what the operation puts into it where FalPay's list has no envelope for that. */
function envelopeSchema(name: OperationName): JsonSchema {
  const envelope = ref('schemas', envelopeOf(name));
  // 查询卡片详细信息 is the one operation whose card carries its number and CVV; the token's envelope is the general one.
  const data = { getToken: 'TokenVo', getCard: 'UnsafeCardWithSecretsVo' }[name as string];
  return data === undefined ? envelope : { ...envelope, 'x-data': data };
}

function answers(envelope: JsonSchema, profile: FalpayProfile, isSigned: boolean): JsonSchema {
  const { 'x-data': data, ...general } = envelope;
  const schema =
    typeof data === 'string'
      ? { allOf: [ref('schemas', 'RestResultSerializable'), dataSchema(data, profile)] }
      : general;
  const headers =
    isSigned && profile.signature.answerSignature !== 'ignored' ? { headers: answerHeaders(profile) } : {};
  const content = (body: JsonSchema) => ({ content: { [mediaType(profile)]: { schema: body } } });
  return {
    200: { description: '成功 / Success, or a refusal that `success` and `code` tell', ...headers, ...content(schema) },
    default: { description: '失败 / Failure', ...content(ref('schemas', 'RestResultVoid')) },
  };
}

function dataSchema(model: string, { envelope }: FalpayProfile): JsonSchema {
  const own = isFalpaysName(model) ? {} : { 'x-provenance': model === 'TokenVo' ? 'A' : 'I' };
  const inside = envelope.data === 'data' ? {} : { 'x-name-inside': 'data' };
  return { type: 'object', properties: { [envelope.data]: { ...ref('schemas', model), ...own, ...inside } } };
}

const SIGNED_HEADERS = ['timestamp', 'nonce', 'signature'] as const;

/** What the profile sends or expects in headers for the signature, and with a request for the client. */
export const signedHeaders = ({ headers }: FalpayProfile, isRequest: boolean): readonly string[] =>
  [...SIGNED_HEADERS, ...(isRequest ? (['clientId'] as const) : [])].filter((name) => headers[name] !== undefined);

const answerHeaders = ({ headers }: FalpayProfile): JsonSchema =>
  Object.fromEntries(
    SIGNED_HEADERS.map((name) => [headers[name] ?? '', { schema: { type: 'string' } }]).filter(([name]) => name !== ''),
  );

/** Without its parameters: they are no part of a media type's name. */
export const mediaType = ({ http }: FalpayProfile): string =>
  http.contentType.split(';')[0]?.trim() ?? http.contentType;
