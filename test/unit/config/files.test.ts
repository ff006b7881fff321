import { loadFilesConfig, loadGatewayConfig } from '../../../src/config';
import { gatewayEnv } from './environment-of';

const keys = { S3_BUCKET: 'papers', S3_REGION: 'eu-central-1' };

test('nothing set: no store, and the defaults of files', () => {
  expect(loadGatewayConfig(gatewayEnv).files).toEqual({
    prefix: 'kyc/',
    maxBytes: 100_000_000,
    presignedOrigins: [],
  });
});

test('a bucket with the machine’s role, and one at another server with keys', () => {
  expect(loadFilesConfig(keys).s3).toEqual({ bucket: 'papers', region: 'eu-central-1', pathStyle: false });
  const own = { ...keys, S3_ENDPOINT: 'https://s3.example.com/', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' };
  expect(loadFilesConfig(own).s3).toEqual({
    bucket: 'papers',
    region: 'eu-central-1',
    endpoint: 'https://s3.example.com',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    pathStyle: true,
  });
  expect(loadFilesConfig({ ...own, S3_PATH_STYLE: 'false', S3_PREFIX: 'a/b', S3_MAX_FILE_MB: '20' })).toMatchObject({
    s3: { pathStyle: false },
    prefix: 'a/b/',
    maxBytes: 20_000_000,
  });
});

test('presigned URLs alone need no region', () => {
  const env = { S3_BUCKET: 'papers', S3_PRESIGNED_ORIGINS: 'https://a.example, https://b.example:8443/' };
  expect(loadFilesConfig(env)).toMatchObject({
    s3: undefined,
    bucket: 'papers',
    presignedOrigins: ['https://a.example', 'https://b.example:8443'],
  });
});
