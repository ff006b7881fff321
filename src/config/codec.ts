/** Payload encryption keys. */
import { z } from 'zod';
import { LOCAL_NAME_PREFIX } from './keys';
import type { SettingReader } from './reader';
import { json } from './schemas';

export interface CodecConfig {
  /** AES-256 keys by id; all of them decrypt. */
  readonly keys: ReadonlyMap<string, Buffer>;
  /** The one that encrypts. */
  readonly activeKeyId: string;
}

const REMEDY = 'write JSON like {"2026-01": "<Base64 of 32 random bytes>"}; openssl rand -base64 32 makes a key';
const KEY_ID = /^[A-Za-z0-9._-]{1,40}$/;

const key = z.string('is no text').transform((text, context) => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 32 && /^[A-Za-z0-9+/]{43}=?$/.test(text)) return bytes;
  context.addIssue({ code: 'custom', message: 'is not the Base64 of 32 bytes' });
  return z.NEVER;
});

const keysSchema = json(
  z
    .record(
      z.string().regex(KEY_ID, 'an id is 1 to 40 letters, digits, dots, underscores or hyphens'),
      key,
      'is no JSON object',
    )
    .refine((keys) => Object.keys(keys).length > 0, 'holds no key'),
);

export function readCodec(reader: SettingReader, production: boolean): CodecConfig | undefined {
  const { problems } = reader;
  if (production) reader.demand('CODEC_KEYS', `production encrypts what it keeps in Temporal: ${REMEDY}`);
  const keys = reader.read('CODEC_KEYS', keysSchema, REMEDY);
  const active = reader.text('CODEC_ACTIVE_KEY');
  if (keys === undefined) {
    if (active !== undefined && reader.text('CODEC_KEYS') === undefined)
      problems.add('CODEC_ACTIVE_KEY', 'is set without CODEC_KEYS', 'set CODEC_KEYS too, or remove it');
    return undefined;
  }
  const ids = Object.keys(keys);
  const local = ids.find((id) => id.startsWith(LOCAL_NAME_PREFIX));
  if (production && local)
    problems.add('CODEC_KEYS', `key "${local}" was made for local use`, 'make a key of its own for production');
  if (active === undefined && ids.length > 1)
    return problems.add(
      'CODEC_ACTIVE_KEY',
      `is not set, and CODEC_KEYS holds ${ids.length} keys`,
      `name one of ${ids.join(', ')}`,
    );
  const activeKeyId = active ?? ids[0];
  if (activeKeyId === undefined || !ids.includes(activeKeyId))
    return problems.add('CODEC_ACTIVE_KEY', `"${active}" is no id in CODEC_KEYS`, `name one of ${ids.join(', ')}`);
  return { keys: new Map(Object.entries(keys)), activeKeyId };
}
