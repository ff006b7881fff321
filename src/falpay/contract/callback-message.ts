import { createHash } from 'node:crypto';
import { isLosslessNumber } from 'lossless-json';
import { InvalidInput, issuesOf } from '../errors';
import {
  type CallbackBody,
  callbackBodies,
  type CallbackRow,
  callbacks,
  type CallbackTopic,
  callbackTopics,
} from './callbacks';
import { decode, encode, stringifyLossless } from './codec';
import { defaultProfile } from './profile.default';
import type { FalpayProfile } from './profile-schema';
import { wireId, wireTime } from './scalars';

/** Header names in lower case. */
type Headers = Readonly<Record<string, string | undefined>>;

export interface CallbackReading {
  /** The default profile when left out. */
  readonly profile?: FalpayProfile;
  readonly headers?: Headers;
  /** What stands for the event's time where the profile has no place for it. */
  readonly cameAt?: string;
}

/** The topics that come to an address below the one FalPay was given, such as `/merchant-audit`. */
export function topicsAt(path: string, profile: FalpayProfile): readonly CallbackTopic[] {
  return callbackTopics.filter((topic) => profile.callbacks.topics[topic].path === path);
}

/**
 * Which of `candidates` a callback is about: the only one there is, else the one that the profile's field names.
 * @throws InvalidInput when the field names none of them
 */
export function topicOf(
  candidates: readonly CallbackTopic[],
  body: unknown,
  { profile = defaultProfile, headers = {} }: CallbackReading,
): CallbackTopic {
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only;
  const { topics, fields } = profile.callbacks;
  const word = fields.topic === undefined ? undefined : textAt(fields.topic, body, headers);
  const topic = candidates.find((one) => word !== undefined && isWordFor(word, topics[one].value));
  if (topic !== undefined) return topic;
  const words = candidates.flatMap((one) => [topics[one].value].flat()).join(', ');
  throw new InvalidInput('Callback', [{ path: fields.topic ?? 'topic', message: `must be one of ${words}` }]);
}

/**
 * Reads the body of a callback, parsed from JSON with or without loss, as the topic's model. Unknown fields are
 * dropped, unknown statuses are kept. [N topics, I fields]
 * @throws InvalidInput with the path of each field that does not fit, such as `data.creditedAmount`
 */
export function parseCallback(topic: CallbackTopic, body: unknown, reading: CallbackReading = {}): CallbackBody {
  const { profile = defaultProfile, headers = {}, cameAt } = reading;
  const { fields, topics } = profile.callbacks;
  const row: CallbackRow = callbacks[topic];
  const word = fields.topic === undefined ? undefined : textAt(fields.topic, body, headers);
  const parsed = callbackBodies[topic].safeParse({
    eventId:
      fields.eventId === undefined ? digestOf(topic, body) : decode(wireId, valueAt(fields.eventId, body, headers)),
    topic: fields.topic === undefined || (word !== undefined && isWordFor(word, topics[topic].value)) ? topic : word,
    occurredAt:
      fields.occurredAt === undefined ? cameAt : decode(wireTime, valueAt(fields.occurredAt, body, headers), profile),
    data: withPlaced(
      decode(row.data, valueAt(fields.data, body, headers), profile),
      {
        [row.ref]: topics[topic].ref,
        ...(row.orderNo === undefined ? {} : { [row.orderNo]: topics[topic].orderNo }),
      },
      (place) => textAt(place, body, headers),
    ),
  });
  if (!parsed.success) throw new InvalidInput(`Callback ${topic}`, issuesOf(parsed.error));
  const { eventId, occurredAt } = parsed.data;
  const data = parsed.data.data as Readonly<Record<string, unknown>>;
  const orderNo = row.orderNo === undefined ? undefined : data[row.orderNo];
  return {
    eventId,
    topic,
    occurredAt,
    data,
    ...(typeof orderNo === 'string' ? { orderNo } : {}),
    ref: String(data[row.ref]),
    // The row's model has just checked what the compiler cannot see through the lookup by topic.
  } as unknown as CallbackBody;
}

/** A callback to be written; times as they are inside. */
export interface CallbackDraft {
  readonly topic: CallbackTopic;
  readonly eventId: string;
  readonly occurredAt: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A callback as FalPay would write it under the profile, unsigned: for trying a receiver of callbacks. */
export function writeCallback(
  { topic, eventId, occurredAt, data }: CallbackDraft,
  profile: FalpayProfile,
): { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const { topics, fields } = profile.callbacks;
  const row: CallbackRow = callbacks[topic];
  const { path, value, orderNo, ref } = topics[topic];
  const body: Record<string, unknown> = {};
  const headers: Record<string, string> = {};
  const put = (place: string | undefined, written: unknown): void => {
    if (place === undefined || written === undefined) return;
    const [where = '', ...rest] = place.split('.');
    if (where === 'header') headers[rest.join('.')] = String(written);
    else if (rest.length === 0) Object.assign(body, written);
    else putAt(body, rest, written);
  };
  put(fields.data, encode(row.data, data, profile));
  put(fields.topic, [value].flat()[0]);
  put(fields.eventId, encode(wireId, eventId, profile));
  put(fields.occurredAt, encode(wireTime, occurredAt, profile));
  put(ref, encode(wireId, data[row.ref], profile));
  if (row.orderNo !== undefined) put(orderNo, data[row.orderNo]);
  return { path, headers, body: stringifyLossless(body) };
}

function putAt(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = isRecord(target[key]) ? { ...target[key] } : {};
  putAt(inner, rest, value);
  target[key] = inner;
}

/** The data with what the profile finds outside of it. */
function withPlaced(
  data: unknown,
  places: Readonly<Record<string, string | undefined>>,
  find: (place: string) => string | undefined,
): unknown {
  if (!isRecord(data)) return data;
  const found = Object.entries(places).flatMap(([key, place]) => {
    const text = place === undefined ? undefined : find(place);
    return text === undefined ? [] : [[key, text] as const];
  });
  return { ...data, ...Object.fromEntries(found) };
}

function valueAt(place: string, body: unknown, headers: Headers): unknown {
  const [where = '', ...rest] = place.split('.');
  if (where === 'header') return headers[rest.join('.').toLowerCase()];
  return rest.reduce<unknown>(
    (value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    body,
  );
}

function textAt(place: string, body: unknown, headers: Headers): string | undefined {
  const value = valueAt(place, body, headers);
  if (isLosslessNumber(value) || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value : undefined;
}

const isWordFor = (word: string, value: unknown): boolean => [value].flat().some((one) => String(one) === word);

/** The same callback sent again gets the same id; another one gets another. */
const digestOf = (topic: CallbackTopic, body: unknown): string =>
  createHash('sha256')
    .update(`${topic}\n${stringifyLossless(body)}`)
    .digest('hex');

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}
