/** Whatever a profile says, what goes out in its words comes back in ours. */
import fc from 'fast-check';
import type { z } from 'zod';
import {
  callbacks,
  callbackTopics,
  decode,
  encode,
  loadProfile,
  parseCallback,
  parseLossless,
  stringifyLossless,
  topicOf,
  topicsAt,
  writeCallback,
  type CallbackTopic,
  type FalpayProfile,
} from '../../../src/falpay';
import { modelsOnTheWire } from '../../../src/falpay/contract/model-names';
import { WireCodec } from '../../../src/sandbox/wire/codec';
import { arbitraryProfile } from './arbitrary-profile';
import { arbitraryValue, limitsOf, type Limits } from './arbitrary-model';

const models = [...modelsOnTheWire()].flatMap(([name, schemas]) => schemas.map((schema) => ({ name, schema })));
const overTheWire = (value: unknown): unknown => parseLossless(stringifyLossless(value));

interface Sample {
  readonly schema: z.ZodType;
  readonly value: unknown;
}

/** Under any profile, `check` holds for values of some models. */
function holds(limits: Partial<Limits>, check: (profile: FalpayProfile, sample: Sample) => void): void {
  const cases = fc
    .tuple(arbitraryProfile, fc.shuffledSubarray(models, { minLength: 5, maxLength: 5 }))
    .chain(([{ override, profile }, some]) =>
      fc
        .tuple(...some.map(({ schema }) => arbitraryValue(schema, { ...limitsOf(profile), ...limits })))
        .map((values) => ({
          profile,
          samples: some.map(({ schema }, index) => ({ schema, value: values[index] })),
          // What a failure prints: enough to repeat it by hand.
          [fc.toStringMethod]: () =>
            fc.stringify({
              override,
              values: Object.fromEntries(some.map(({ name }, index) => [name, values[index]])),
            }),
        })),
    );
  fc.assert(
    fc.property(cases, ({ profile, samples }) => {
      for (const sample of samples) check(profile, sample);
    }),
    { numRuns: 200, endOnFailure: true },
  );
}

test('any model comes back from the wire as it went out, under any profile', () => {
  holds({}, (profile, { schema, value }) => {
    expect(decode(schema, overTheWire(encode(schema, value, profile)), profile)).toEqual(value);
  });
});

// The sandbox's writer and reader are another program: a mistake must have been made twice to pass here.
const regular = { millis: false, odd: false };

test('the sandbox writes what the client writes, and each reads the other, under any profile', () => {
  holds(regular, (profile, { schema, value }) => {
    const sandbox = new WireCodec(profile);
    const [ours, theirs] = [encode(schema, value, profile), sandbox.write(schema, value)].map(overTheWire);
    expect(theirs).toEqual(ours);
    expect(sandbox.read(schema, ours)).toEqual(value);
    expect(decode(schema, theirs, profile)).toEqual(value);
  });
});

describe('a callback', () => {
  const place = (name: string) => fc.constantFrom(`body.${name}`, `body.meta.${name}`, `header.X-${name}`);
  const places = fc
    .record({
      topic: place('kind'),
      eventId: place('event'),
      occurredAt: place('when'),
      data: fc.constantFrom('body', 'body.data', 'body.meta.content'),
      ref: place('theirs'),
      orderNo: place('ours'),
      path: fc.constantFrom('', '/notify', '/a/b'),
      values: fc.uniqueArray(fc.oneof(fc.nat(), fc.stringMatching(/^[A-Z_]{1,12}$/)), {
        minLength: 6,
        maxLength: 6,
        selector: String,
      }),
    })
    .map(({ topic, eventId, occurredAt, data, ref, orderNo, path, values }) => ({
      fields: { topic, eventId, occurredAt, data },
      topics: Object.fromEntries(
        callbackTopics.map((name, index) => [name, { path, value: values[index], ref, orderNo }]),
      ),
    }));

  test('to one address for all topics is told apart and read, wherever its parts stand', () => {
    const drafts = fc
      .tuple(places, fc.constantFrom(...callbackTopics), fc.constantFrom('string', 'number'))
      .chain(([callbacksOverride, topic, ids]) => {
        const profile = loadProfile({ callbacks: callbacksOverride, wire: { ids, naming: 'snake_case' } });
        return arbitraryValue(callbacks[topic].data, { ...regular, cents: false }).map((data) => ({
          profile,
          topic,
          data,
        }));
      });
    fc.assert(
      fc.property(drafts, fc.bigInt({ min: 1n, max: 10n ** 19n }), ({ profile, topic, data }, event) => {
        const draft = { topic, eventId: String(event), occurredAt: '2026-01-05 10:00:00', data: data as never };
        const { path, headers, body } = writeCallback(draft, profile);
        const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
        const reading = { profile, headers: lower };
        const parsed = parseLossless(body);
        const told: CallbackTopic = topicOf(topicsAt(path, profile), parsed, reading);
        expect(told).toBe(topic);
        // What the models themselves refuse (an amount written with 40 digits) is not the profile's business.
        const { success } = callbacks[topic].data.safeParse(data);
        fc.pre(success);
        expect(parseCallback(told, parsed, reading)).toMatchObject({
          eventId: String(event),
          occurredAt: '2026-01-05 10:00:00',
          ref: (data as Readonly<Record<string, string>>)[callbacks[topic].ref],
        });
      }),
      { numRuns: 200 },
    );
  });
});
