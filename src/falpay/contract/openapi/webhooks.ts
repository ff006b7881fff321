import { callbacks, callbackTopics, type CallbackTopic } from '../callbacks';
import { english } from '../english';
import type { FalpayProfile } from '../profile';
import { mediaType, signedHeaders } from './paths';
import { type JsonSchema, labelled, schemaOf } from './schema';

/** Every callback, as a webhook: what FalPay sends, and what it takes as received. */
export function webhooksOf(profile: FalpayProfile): JsonSchema {
  return Object.fromEntries(callbackTopics.map((topic) => [topic, { post: webhook(topic, profile) }]));
}

function webhook(topic: CallbackTopic, profile: FalpayProfile): JsonSchema {
  const { title, provenance } = callbacks[topic];
  const { path } = profile.callbacks.topics[topic];
  const { status, body } = profile.callbacks.acknowledgement;
  const { headers, schema } = message(topic, profile);
  const acknowledged =
    typeof body === 'string'
      ? { 'text/plain': { schema: { type: 'string', const: body } } }
      : { 'application/json': { schema: { type: 'object' }, example: body } };
  return {
    operationId: topic,
    summary: `${title} / ${english(title)}`,
    tags: ['异步回调'],
    'x-provenance': provenance,
    'x-path': path,
    'x-path-provenance': 'I',
    security: [],
    parameters: [
      ...signedHeaders(profile, false).map((name) => ({ $ref: `#/components/parameters/${name}` })),
      ...headers,
    ],
    requestBody: { required: true, content: { [mediaType(profile)]: { schema } } },
    responses: { [status]: { description: '已收到 / Received', 'x-provenance': 'I', content: acknowledged } },
  };
}

/** The parts of a callback, each where the profile finds it. */
function message(
  topic: CallbackTopic,
  profile: FalpayProfile,
): { readonly headers: JsonSchema[]; readonly schema: JsonSchema } {
  const { fields, topics } = profile.callbacks;
  const words = [topics[topic].value].flat();
  const text = { type: 'string', ...labelled(undefined, 'I') };
  const parts: readonly (readonly [string | undefined, JsonSchema])[] = [
    [fields.eventId, { ...text, ...labelled('事件号', 'I') }],
    [
      fields.topic,
      { ...text, type: typeof words[0] === 'number' ? 'integer' : 'string', enum: words, ...labelled('主题', 'I') },
    ],
    [fields.occurredAt, { ...text, 'x-format': profile.time.format, 'x-kind': 'time', ...labelled('发生时间', 'I') }],
    [topics[topic].orderNo, text],
    [topics[topic].ref, text],
    [fields.data, schemaOf(callbacks[topic].data, profile)],
  ];
  let schema: JsonSchema = { type: 'object' };
  const headers: JsonSchema[] = [];
  for (const [place, part] of parts) {
    if (place === undefined) continue;
    const [where, ...path] = place.split('.');
    if (where === 'header') headers.push({ name: path.join('.'), in: 'header', required: true, schema: part });
    else schema = placed(schema, path, part);
  }
  return { headers, schema };
}

function placed(target: JsonSchema, [key, ...rest]: readonly string[], part: JsonSchema): JsonSchema {
  // The whole body: whatever else stands in it stands beside the data's own fields.
  if (key === undefined) return target['properties'] === undefined ? part : { allOf: [target, part] };
  const properties = (target['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const inner = rest.length === 0 ? part : placed(properties[key] ?? { type: 'object' }, rest, part);
  const required = [...new Set([...((target['required'] ?? []) as readonly string[]), key])];
  return { ...target, properties: { ...properties, [key]: inner }, required };
}
