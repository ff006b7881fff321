/** Where the parts of a callback stand, by the profile: topic, event id, time and data, in the body or in headers. */
import { isLosslessNumber, LosslessNumber } from 'lossless-json';
import { callbacks, type CallbackRow, type CallbackTopic } from '../../falpay/contract';
import type { FalpayProfile } from '../../falpay/contract/profile';
import { toJson, type WireCodec } from './codec';
import { wireTime } from './times';

export interface WrittenCallback {
  /** Below the address that callbacks go to. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param event `data` as it is inside; `at` epoch milliseconds */
export function writeCallback(
  event: {
    readonly topic: CallbackTopic;
    readonly eventId: string;
    readonly at: number;
    readonly data: Readonly<Record<string, unknown>>;
  },
  profile: FalpayProfile,
  codec: WireCodec,
): WrittenCallback {
  const { topics, fields } = profile.callbacks;
  const { path, value, orderNo, ref } = topics[event.topic];
  const row: CallbackRow = callbacks[event.topic];
  const body: Record<string, unknown> = {};
  const headers: Record<string, string> = {};
  const put = (place: string | undefined, what: unknown): void => {
    if (place === undefined || what === undefined) return;
    const [where, ...steps] = place.split('.');
    if (where === 'header') headers[steps.join('.')] = String(what);
    else putAt(body, steps, what);
  };
  put(fields.data, codec.write(row.data, event.data));
  const word = Array.isArray(value) ? value[0] : value;
  put(fields.topic, typeof word === 'number' ? new LosslessNumber(String(word)) : word);
  put(fields.eventId, event.eventId);
  const at = wireTime(event.at, profile.time);
  put(fields.occurredAt, profile.time.writtenAs === 'number' ? new LosslessNumber(at) : at);
  put(ref, event.data[row.ref]);
  if (row.orderNo !== undefined) put(orderNo, event.data[row.orderNo]);
  return { path, headers, body: toJson(body).toString('utf8') };
}

function putAt(target: Record<string, unknown>, steps: readonly string[], what: unknown): void {
  const [key, ...rest] = steps;
  if (key === undefined) {
    // The data is the body.
    Object.assign(target, what);
    return;
  }
  if (rest.length === 0) {
    target[key] = what;
    return;
  }
  const inner = isRecord(target[key]) ? { ...target[key] } : {};
  putAt(inner, rest, what);
  target[key] = inner;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}
