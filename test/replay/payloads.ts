/** Payloads in clear, wherever they stand in a history's JSON. */
import { defaultPayloadConverter } from '@temporalio/common';
import { JSONToPayload } from '@temporalio/common/lib/proto-utils';

/** Every payload's value: arguments, results, markers, search attributes, memo, summaries. */
export function* payloadsIn(json: unknown): Generator<unknown> {
  if (typeof json !== 'object' || json === null) return;
  if (isPayload(json)) yield defaultPayloadConverter.fromPayload(JSONToPayload(json as never));
  else for (const inner of Object.values(json)) yield* payloadsIn(inner);
}

function isPayload(json: object): boolean {
  return (
    'metadata' in json && typeof json.metadata === 'object' && json.metadata !== null && 'encoding' in json.metadata
  );
}

/** Every value with the name it stands under, to any depth; items of a list under the list's name. */
export function* fieldsIn(value: unknown, name = ''): Generator<{ readonly name: string; readonly value: unknown }> {
  if (typeof value !== 'object' || value === null) yield { name, value };
  else
    for (const [key, inner] of Object.entries(value)) {
      if (!Array.isArray(value)) yield { name: key, value: undefined };
      yield* fieldsIn(inner, Array.isArray(value) ? name : key);
    }
}
