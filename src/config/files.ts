/** The store of identity papers. */
import type { SettingReader } from './reader';
import { flag, httpUrl, nonEmpty, parsed } from './schemas';

export interface S3Config {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string;
  /** Absent: the AWS SDK's own chain of credentials (a role of the machine or pod). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** `endpoint/bucket/key` instead of `bucket.endpoint/key`. */
  readonly pathStyle: boolean;
}

export interface FilesConfig {
  /** Absent: no bucket of our own; files can go to presigned URLs alone. */
  readonly s3?: S3Config;
  /** The bucket's name, which presigned URLs may have in their path. */
  readonly bucket?: string;
  /** Stands before each key. */
  readonly prefix: string;
  readonly maxBytes: number;
  /** For one file of the command line. */
  readonly presignedUrl?: string;
  /** Whose presigned URLs the gateway takes, as `https://host`. */
  readonly presignedOrigins: readonly string[];
}

const MEGABYTE = 1_000_000;
const DEFAULT_MAX_BYTES = 100 * MEGABYTE;

const prefix = parsed((text) =>
  /^[A-Za-z0-9!_.*'()/=-]{1,128}$/.test(text) && !text.startsWith('/')
    ? { value: text.endsWith('/') ? text : `${text}/` }
    : { wrong: 'is no prefix of keys' },
);
const megabytes = parsed((text) => {
  const value = Number(text);
  return /^\d{1,4}$/.test(text) && value > 0 ? { value: value * MEGABYTE } : { wrong: 'is no number of megabytes' };
});
const presignedUrl = parsed((text) =>
  URL.canParse(text) && new URL(text).search !== '' ? { value: text } : { wrong: 'is no presigned URL' },
);
const origins = parsed<readonly string[]>((text) => {
  const parts = text.split(',').map((part) => part.trim());
  const wrong = parts.find((part) => !URL.canParse(part) || new URL(part).origin !== part.replace(/\/$/, ''));
  return wrong === undefined
    ? { value: parts.map((part) => new URL(part).origin) }
    : { wrong: 'holds what is no origin such as https://bucket.s3.eu-central-1.amazonaws.com' };
});

export function readFiles(reader: SettingReader): FilesConfig {
  return {
    s3: readS3(reader),
    bucket: reader.text('S3_BUCKET'),
    prefix: reader.read('S3_PREFIX', prefix, 'write it like kyc/') ?? 'kyc/',
    maxBytes: reader.read('S3_MAX_FILE_MB', megabytes, 'give a whole number from 1 to 9999') ?? DEFAULT_MAX_BYTES,
    presignedUrl: reader.read('S3_PRESIGNED_URL', presignedUrl, 'give the whole URL, with its query'),
    presignedOrigins:
      reader.read('S3_PRESIGNED_ORIGINS', origins, 'write https://host, several with commas between') ?? [],
  };
}

function readS3(reader: SettingReader): S3Config | undefined {
  const bucket = reader.text('S3_BUCKET');
  const endpoint = reader.read('S3_ENDPOINT', httpUrl, 'write it like https://s3.example.com');
  const pathStyle = reader.read('S3_PATH_STYLE', flag, 'write true or false');
  const accessKeyId = reader.text('S3_ACCESS_KEY_ID');
  const secretAccessKey = reader.text('S3_SECRET_ACCESS_KEY');
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined))
    reader.problems.add(
      accessKeyId === undefined ? 'S3_ACCESS_KEY_ID' : 'S3_SECRET_ACCESS_KEY',
      'is not set, but its counterpart is',
      'set both, or neither to use the role of the machine',
    );
  // Only a name for presigned URLs to be read by.
  if (bucket === undefined || isForPresignedOnly(reader)) return undefined;
  const region = reader.require('S3_REGION', nonEmpty, 'name the bucket’s region, like eu-central-1');
  return region
    ? {
        bucket,
        region,
        endpoint,
        credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
        // Servers that are not AWS's seldom have a name for each bucket.
        pathStyle: pathStyle ?? endpoint !== undefined,
      }
    : undefined;
}

function isForPresignedOnly(reader: SettingReader): boolean {
  const isPresigned = reader.text('S3_PRESIGNED_ORIGINS') ?? reader.text('S3_PRESIGNED_URL');
  return isPresigned !== undefined && reader.text('S3_REGION') === undefined;
}
