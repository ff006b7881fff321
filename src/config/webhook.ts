/** Where results are pushed to. */
import type { SettingReader } from './reader';
import { exactUrl, parsed } from './schemas';

export interface WebhookConfig {
  readonly url: string;
  /** HMAC keys of the Standard Webhooks rules: each signs, so that the backend can go over from one to the next. */
  readonly secrets: readonly Buffer[];
}

/** `whsec_` and Base64 of 24 to 64 bytes, as Standard Webhooks has it; several with spaces or commas between. */
const webhookSecrets = parsed((text) => {
  const value: Buffer[] = [];
  for (const one of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const base64 = one.startsWith('whsec_') ? one.slice('whsec_'.length) : '';
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { wrong: 'is not whsec_ and Base64' };
    const secret = Buffer.from(base64, 'base64');
    if (secret.length < 24 || secret.length > 64) return { wrong: `holds ${secret.length} bytes, not 24 to 64` };
    value.push(secret);
  }
  return value.length > 0 ? { value } : { wrong: 'is empty' };
});

export function readWebhook(reader: SettingReader): WebhookConfig | undefined {
  const address = reader.text('BACKEND_WEBHOOK_URL');
  if (address === undefined) {
    if (reader.text('BACKEND_WEBHOOK_SECRET') !== undefined)
      reader.problems.add('BACKEND_WEBHOOK_URL', 'is not set, but BACKEND_WEBHOOK_SECRET is', 'set both, or neither');
    return undefined;
  }
  const url = reader.read('BACKEND_WEBHOOK_URL', exactUrl, 'write it like https://backend.example.com/cardflow');
  const secrets = reader.require(
    'BACKEND_WEBHOOK_SECRET',
    webhookSecrets,
    'write whsec_ followed by what openssl rand -base64 32 prints',
  );
  return url && secrets ? { url, secrets } : undefined;
}
