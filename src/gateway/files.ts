import type { FilesConfig } from '../config';
import { S3Store } from '../upload';
import type { GatewayFiles } from './routes/files';

/** What the gateway does with files, by its settings; undefined: it takes none. */
export function gatewayFiles({
  s3,
  bucket,
  prefix,
  maxBytes,
  presignedOrigins,
}: FilesConfig): GatewayFiles | undefined {
  if (s3 === undefined && presignedOrigins.length === 0) return undefined;
  return {
    ...(s3 === undefined ? {} : { store: new S3Store(s3) }),
    rules: { prefix, maxBytes },
    bucket,
    presignedOrigins,
  };
}
