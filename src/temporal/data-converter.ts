/** The one data converter: clients and workers must have the same, or neither reads the other. */
import type { DataConverter } from '@temporalio/common';
import type { CodecConfig, TemporalConfig } from '../config';
import { EncryptionCodec } from './payload-codec';

export interface ConverterConfig {
  readonly temporal: Pick<TemporalConfig, 'namespace'>;
  readonly codec?: CodecConfig;
}

/** Undefined without CODEC_KEYS: then the SDK's own converter keeps payloads readable. */
export function dataConverter({ codec, temporal }: ConverterConfig): DataConverter | undefined {
  if (codec === undefined) return undefined;
  return {
    payloadCodecs: [new EncryptionCodec(codec, temporal.namespace)],
    failureConverterPath: failureConverterPath(),
  };
}

/** A module path, since the workflow sandbox loads it by itself. */
export function failureConverterPath(): string {
  return require.resolve('./failure-converter');
}
