import { loadGatewayConfig, loadWorkerConfig, markLocalKey } from '../../../src/config';
import { API_KEY, client, platform, problemsOf, productionEnv } from './environment-of';

const codecKey = Buffer.alloc(32, 3).toString('base64');

test('production with an https address, real keys and a codec key is accepted', () => {
  expect(loadWorkerConfig(productionEnv)).toMatchObject({ production: true, environment: 'production' });
});

test('production-eu is production too', () => {
  const problems = problemsOf(() =>
    loadWorkerConfig({ ...productionEnv, CARDFLOW_ENVIRONMENT: 'production-eu', FALPAY_BASE_URL: 'http://x.example' }),
  );
  expect(problems.map(({ setting }) => setting)).toEqual(['FALPAY_BASE_URL']);
});

test.each([
  'http://openapi.falpay.example',
  'https://localhost:8090',
  'https://localhost.:8090',
  'https://sandbox.localhost',
  'https://127.0.0.1',
  'https://127.8.8.8',
  'https://2130706433',
  'https://0.0.0.0:8090',
  'https://[::1]:8090',
  'https://[::]',
  'https://[::ffff:127.0.0.1]',
])('production refuses the sandbox’s address %s', (url) => {
  expect(problemsOf(() => loadWorkerConfig({ ...productionEnv, FALPAY_BASE_URL: url }))).toEqual([
    expect.objectContaining({ setting: 'FALPAY_BASE_URL', problem: expect.stringContaining('sandbox') as string }),
  ]);
});

test.each([
  ['a missing codec key', { CODEC_KEYS: undefined }, 'CODEC_KEYS'],
  ['a codec key made for local use', { CODEC_KEYS: JSON.stringify({ 'local-1': codecKey }) }, 'CODEC_KEYS'],
  ['a private key that npm start made', { FALPAY_PRIVATE_KEY: markLocalKey(client.privatePem) }, 'FALPAY_PRIVATE_KEY'],
  [
    'platform keys that npm start made',
    { FALPAY_PLATFORM_PUBLIC_KEYS: markLocalKey(platform.publicPem) },
    'FALPAY_PLATFORM_PUBLIC_KEYS',
  ],
])('production refuses %s', (_, spoilt, setting) => {
  expect(problemsOf(() => loadWorkerConfig({ ...productionEnv, ...spoilt })).map((problem) => problem.setting)).toEqual(
    [setting],
  );
});

test('production refuses an API key made for local use', () => {
  const env = { ...productionEnv, GATEWAY_API_KEYS: JSON.stringify([{ ...API_KEY, name: 'local-backend' }]) };
  expect(problemsOf(() => loadGatewayConfig(env)).map(({ setting }) => setting)).toEqual(['GATEWAY_API_KEYS']);
});

test('all of that is fine anywhere else', () => {
  const local = {
    ...productionEnv,
    CARDFLOW_ENVIRONMENT: 'local',
    FALPAY_BASE_URL: 'http://127.0.0.1:8090',
    FALPAY_PRIVATE_KEY: markLocalKey(client.privatePem),
    FALPAY_PLATFORM_PUBLIC_KEYS: markLocalKey(platform.publicPem),
    CODEC_KEYS: undefined,
  };
  expect(problemsOf(() => loadWorkerConfig(local))).toEqual([]);
});
