import { z } from 'zod';
import type { InputIssue } from '../errors';
import { callbackTopics } from './callbacks';
import { modelsOnTheWire } from './model-names';
import type { OperationName } from './operations';
import { callNames, type FalpayProfile } from './profile-schema';
import { isWrittenInDigits } from './time-pattern';
import { INLINE, marked, unwrap, wireFields } from './wire-fields';
import { isWordOf, mappableLists } from './words';

/** What is wrong with a profile of the right shape: entries that contradict each other, or would silently do nothing. */
export function profileIssues(profile: FalpayProfile): readonly InputIssue[] {
  return [
    ...pathIssues(profile),
    ...signatureIssues(profile),
    ...lookupIssues(profile),
    ...writingIssues(profile),
    ...nameIssues(profile),
    ...wordIssues(profile),
    ...topicIssues(profile),
  ];
}

/** Two operations at one path could not be told apart by whoever answers them. */
function pathIssues({ operations, token }: FalpayProfile): readonly InputIssue[] {
  const places = [
    { at: 'token.path', path: token.path },
    ...callNames.map((name) => ({ at: `operations.${name}.path`, path: operations[name].path })),
  ];
  return places.flatMap(({ at, path }, index) => {
    const earlier = places.slice(0, index).find((other) => other.path === path);
    return earlier ? [{ path: at, message: `is the same as ${earlier.at}` }] : [];
  });
}

/** What is signed must be sent, and what only a request has cannot be in what FalPay signs of its own. */
function signatureIssues({ headers, signature }: FalpayProfile): readonly InputIssue[] {
  const answers = signature.answers?.parts ?? signature.parts;
  const callbacks = signature.callbacks?.parts ?? answers;
  const unsent = (['timestamp', 'nonce'] as const)
    .filter((part) => headers[part] === undefined)
    .filter((part) => [signature.parts, answers, callbacks].some((parts) => parts.includes(part)))
    .map((part) => ({ path: `headers.${part}`, message: 'must be given, since it is signed' }));
  const theirs = [
    ['signature.answers.parts', answers],
    ['signature.callbacks.parts', callbacks],
  ] as const;
  const message = 'must be given without "method", "path" and "clientId": answers and callbacks have none';
  const impossible = theirs
    .filter(([, parts]) => parts.some((part) => part === 'method' || part === 'path' || part === 'clientId'))
    .map(([path]) => ({ path, message }));
  return [...unsent, ...impossible];
}

const LOOKUP_KEYS: Readonly<Partial<Record<OperationName, readonly string[]>>> = {
  getMerchant: ['merchantId', 'merchantOrderNo'],
  getWallet: ['walletId', 'walletOrderNo'],
  getCard: ['cardId', 'cardOrderNo'],
  listWalletFlows: ['merchantOrderNo', 'orderNo'],
};

/** A look-up that cannot work would be found out only when money hangs on it. */
function lookupIssues(profile: FalpayProfile): readonly InputIssue[] {
  return callNames.flatMap((name) => {
    const entry = profile.operations[name].lookup;
    if (entry === undefined) return [];
    const keys = LOOKUP_KEYS[entry.operation];
    const at = `operations.${name}.lookup`;
    if (keys === undefined)
      return [{ path: `${at}.operation`, message: `must be one of ${Object.keys(LOOKUP_KEYS).join(', ')}` }];
    return keys.includes(entry.key) ? [] : [{ path: `${at}.key`, message: `must be one of ${keys.join(', ')}` }];
  });
}

function writingIssues({ time, wire, envelope }: FalpayProfile): readonly InputIssue[] {
  const issues: InputIssue[] = [];
  if (time.writtenAs === 'number' && !isWrittenInDigits(time.format))
    issues.push({ path: 'time.writtenAs', message: `must be "string": ${time.format} is no number` });
  if (String(wire.booleans.true) === String(wire.booleans.false))
    issues.push({ path: 'wire.booleans.false', message: 'must differ from wire.booleans.true' });
  if (envelope.notFoundCodes.includes(envelope.successCode))
    issues.push({ path: 'envelope.notFoundCodes', message: 'must not hold the code of success' });
  return issues;
}

/** A rename that names no model or field would silently do nothing; two fields of one name would be one. */
function nameIssues(profile: FalpayProfile): readonly InputIssue[] {
  const models = modelsOnTheWire();
  const unknown = Object.entries(profile.wire.names).flatMap(([model, names]) => {
    const schemas = models.get(model);
    const at = `wire.names.${model}`;
    if (!schemas) return [{ path: at, message: 'is not a model of FalPay that crosses the wire' }];
    const fieldOf = (field: string): z.ZodType | undefined =>
      schemas.map(({ shape }) => (Object.hasOwn(shape, field) ? (shape[field] as z.ZodType) : undefined)).find(Boolean);
    return Object.entries(names).flatMap(([field, name]) => {
      const schema = fieldOf(field);
      if (!schema) return [{ path: `${at}.${field}`, message: `is not a field of ${model}` }];
      if (name !== INLINE || unwrap(schema) instanceof z.ZodObject) return [];
      return [{ path: `${at}.${field}`, message: 'must be a name: only an object can stand in the one around it' }];
    });
  });
  if (unknown.length > 0) return unknown;
  return [...models].flatMap(([model, [schema]]) => (schema ? sharedNames(model, schema, profile) : []));
}

function sharedNames(model: string, schema: z.ZodObject, profile: FalpayProfile): readonly InputIssue[] {
  const seen = new Map<string, string>();
  return flatFields(schema, profile).flatMap(({ key, name }) => {
    const first = seen.get(name);
    if (first === undefined) seen.set(name, key);
    return first === undefined
      ? []
      : [{ path: `wire.names.${model}.${key}`, message: `must not be "${name}", as ${first} is` }];
  });
}

function flatFields(
  schema: z.ZodObject,
  profile: FalpayProfile,
): readonly { readonly key: string; readonly name: string }[] {
  return wireFields(schema, profile).flatMap((field) => {
    const inner = unwrap(field.schema);
    return field.name === INLINE && inner instanceof z.ZodObject ? flatFields(inner, profile) : [field];
  });
}

/** A map of words that maps nothing, or one word of FalPay's to two of ours. */
function wordIssues({ wire }: FalpayProfile): readonly InputIssue[] {
  const models = modelsOnTheWire();
  return Object.entries(wire.enums).flatMap(([name, words]) => {
    const at = `wire.enums.${name}`;
    const [model = '', field = ''] = name.split('.');
    const schema = models
      .get(model)
      ?.map(({ shape }) => shape[field] as z.ZodType | undefined)
      .find(Boolean);
    const list = name.includes('.') ? schema && marked(schema, 'wireWords') : name;
    if (list === undefined || isWordOf(list, '') === undefined)
      return [{ path: at, message: `must be one of ${mappableLists.join(', ')}, or a field that has such words` }];
    const strangers = Object.keys(words)
      .filter((word) => !isWordOf(list, word))
      .map((word) => ({ path: `${at}.${word}`, message: `is not a word of ${list}` }));
    const theirs = Object.entries(words).flatMap(([word, values]) =>
      [values].flat().map((one) => [word, one] as const),
    );
    const twice = theirs.flatMap(([word, value], index) => {
      const earlier = theirs.slice(0, index).find(([, other]) => String(other) === String(value));
      return earlier ? [{ path: `${at}.${word}`, message: `must not be ${value}, as ${earlier[0]} is` }] : [];
    });
    // Else a word of ours that is not mapped would go out as FalPay's word for another.
    const taken = theirs
      .filter(([, value]) => isWordOf(list, String(value)) && !Object.hasOwn(words, String(value)))
      .map(([word, value]) => ({
        path: `${at}.${word}`,
        message: `must not be ${value} unless ${value} is mapped too`,
      }));
    return [...strangers, ...twice, ...taken];
  });
}

/** Topics that come to one address must be told apart by a field of their own. */
function topicIssues({ callbacks }: FalpayProfile): readonly InputIssue[] {
  const { topics, fields } = callbacks;
  const wordsOf = (topic: keyof typeof topics): readonly string[] => [topics[topic].value].flat().map(String);
  return callbackTopics.flatMap((topic, index) => {
    const twin = callbackTopics.slice(0, index).find((other) => topics[other].path === topics[topic].path);
    if (twin === undefined) return [];
    if (fields.topic === undefined)
      return [
        {
          path: `callbacks.topics.${topic}.path`,
          message: `is the same as ${twin}'s, and without callbacks.fields.topic nothing tells the two apart`,
        },
      ];
    const shared = callbackTopics
      .slice(0, index)
      .filter((other) => topics[other].path === topics[topic].path)
      .find((other) => wordsOf(other).some((word) => wordsOf(topic).includes(word)));
    return shared === undefined
      ? []
      : [{ path: `callbacks.topics.${topic}.value`, message: `must differ from ${shared}'s, which has the same path` }];
  });
}
