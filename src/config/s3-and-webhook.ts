/** Where results are pushed to, and the store of identity papers. */
import type { SettingReader } from './reader';
import { httpUrl, nonEmpty, parsed } from './schemas';

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

export interface S3Config {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string;
  /** Absent: the AWS SDK's own chain of credentials (a role of the machine or pod). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

export function readS3(reader: SettingReader): S3Config | undefined {
  const bucket = reader.text('S3_BUCKET');
  const endpoint = reader.read('S3_ENDPOINT', httpUrl, 'write it like https://s3.example.com');
  const accessKeyId = reader.text('S3_ACCESS_KEY_ID');
  const secretAccessKey = reader.text('S3_SECRET_ACCESS_KEY');
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    reader.problems.add(
      accessKeyId === undefined ? 'S3_ACCESS_KEY_ID' : 'S3_SECRET_ACCESS_KEY',
      'is not set, but its counterpart is',
      'set both, or neither to use the role of the machine',
    );
  if (bucket === undefined) return undefined;
  const region = reader.require('S3_REGION', nonEmpty, 'name the bucket’s region, like eu-central-1');
  return region
    ? {
        bucket,
        region,
        endpoint,
        credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
      }
    : undefined;
}
