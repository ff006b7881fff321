/** Where results are pushed to. */
import type { SettingReader } from './reader';
import { httpUrl, parsed } from './schemas';

export interface WebhookConfig {
  readonly url: string;
  /** HMAC key of the Standard Webhooks rules. */
  readonly secret: Buffer;
}

/** `whsec_` and Base64 of 24 to 64 bytes, as Standard Webhooks has it. */
const webhookSecret = parsed((text) => {
  const base64 = text.startsWith('whsec_') ? text.slice('whsec_'.length) : undefined;
  if (base64 === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { wrong: 'is not whsec_ and Base64' };
  const value = Buffer.from(base64, 'base64');
  return value.length >= 24 && value.length <= 64 ? { value } : { wrong: `holds ${value.length} bytes, not 24 to 64` };
});

export function readWebhook(reader: SettingReader): WebhookConfig | undefined {
  const address = reader.text('BACKEND_WEBHOOK_URL');
  if (address === undefined) {
    if (reader.text('BACKEND_WEBHOOK_SECRET') !== undefined)
      reader.problems.add('BACKEND_WEBHOOK_URL', 'is not set, but BACKEND_WEBHOOK_SECRET is', 'set both, or neither');
    return undefined;
  }
  const url = reader.read('BACKEND_WEBHOOK_URL', httpUrl, 'write it like https://backend.example.com/cardflow');
  const secret = reader.require(
    'BACKEND_WEBHOOK_SECRET',
    webhookSecret,
    'write whsec_ followed by what openssl rand -base64 32 prints',
  );
  return url && secret ? { url, secret } : undefined;
}
