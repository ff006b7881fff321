import {
  ConfigError,
  loadCliConfig,
  loadGatewayConfig,
  loadSandboxConfig,
  loadWorkerConfig,
  SETTING_NAMES,
  SETTINGS,
} from '../../../src/config';
import {
  API_KEY,
  bare,
  client,
  gatewayEnv,
  platform,
  problemsOf,
  rsaPair,
  sandboxEnv,
  temporaryFiles,
  workerEnv,
  type Env,
} from './environment-of';

const files = temporaryFiles();
const weak = rsaPair(1024);
const keys = (...entries: object[]): string => JSON.stringify(entries);
const loaders = {
  worker: { load: loadWorkerConfig, env: workerEnv },
  gateway: { load: loadGatewayConfig, env: gatewayEnv },
  sandbox: { load: loadSandboxConfig, env: sandboxEnv },
  cli: { load: loadCliConfig, env: { CARDFLOW_ENVIRONMENT: 'test' } },
} as const;

type Row = readonly [process: keyof typeof loaders, mistake: Env, setting: string, problem: RegExp];

/** One row per mistake: the process, what is set, the setting that is named, what is said of it. */
const ROWS: readonly Row[] = [
  ['worker', { CARDFLOW_ENVIRONMENT: undefined }, 'CARDFLOW_ENVIRONMENT', /not set/],
  ['cli', { CARDFLOW_ENVIRONMENT: '' }, 'CARDFLOW_ENVIRONMENT', /not set/],
  ['worker', { CARDFLOW_ENVIRONMENT: 'Test' }, 'CARDFLOW_ENVIRONMENT', /lower-case/],
  ['worker', { CARDFLOW_ENVIRONMENT: 'a b' }, 'CARDFLOW_ENVIRONMENT', /lower-case/],
  ['worker', { CARDFLOW_ENVIRONMENT: 'prod' }, 'CARDFLOW_ENVIRONMENT', /looks like production/],
  ['worker', { CARDFLOW_ENVIRONMENT: 'Production' }, 'CARDFLOW_ENVIRONMENT', /looks like production/],
  ['worker', { CARDFLOW_ENVIRONMENT: 'prodution' }, 'CARDFLOW_ENVIRONMENT', /looks like production/],
  ['worker', { CARDFLOW_ENVIRONMENT: 'live-eu' }, 'CARDFLOW_ENVIRONMENT', /looks like production/],
  ['sandbox', { CARDFLOW_ENVIRONMENT: 'production' }, 'CARDFLOW_ENVIRONMENT', /no sandbox may run/],
  ['worker', { CARDFLOW_TIMINGS: '/nowhere/timings.json' }, 'CARDFLOW_TIMINGS', /does not exist/],

  ['worker', { TEMPORAL_ADDRESS: 'http://temporal:7233' }, 'TEMPORAL_ADDRESS', /not host:port/],
  ['worker', { TEMPORAL_ADDRESS: 'temporal:abc' }, 'TEMPORAL_ADDRESS', /not host:port/],
  ['worker', { TEMPORAL_TLS: 'maybe' }, 'TEMPORAL_TLS', /neither true nor false/],
  ['worker', { TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'k' }, 'TEMPORAL_TLS', /only TLS can use/],
  ['worker', { TEMPORAL_TLS: 'false', TEMPORAL_TLS_SERVER_NAME: 'x' }, 'TEMPORAL_TLS', /only TLS can use/],
  ['worker', { TEMPORAL_TLS_CLIENT_CERT_DATA: 'nonsense' }, 'TEMPORAL_TLS_CLIENT_CERT_DATA', /no certificate/],
  ['worker', { TEMPORAL_TLS_CLIENT_CERT_DATA: 'nonsense' }, 'TEMPORAL_TLS_CLIENT_KEY_PATH', /not set/],
  ['worker', { TEMPORAL_TLS_CLIENT_KEY_DATA: client.privatePem }, 'TEMPORAL_TLS_CLIENT_CERT_PATH', /not set/],
  ['worker', { TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere/cert.pem' }, 'TEMPORAL_TLS_CLIENT_CERT_PATH', /does not exist/],
  ['worker', { TEMPORAL_TLS_CLIENT_KEY_PATH: '/nowhere/key.pem' }, 'TEMPORAL_TLS_CLIENT_KEY_PATH', /does not exist/],
  ['worker', { TEMPORAL_TLS_CLIENT_KEY_DATA: 'nonsense' }, 'TEMPORAL_TLS_CLIENT_KEY_DATA', /no private key/],
  ['worker', { TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'nonsense' }, 'TEMPORAL_TLS_SERVER_CA_CERT_DATA', /no certificate/],
  [
    'worker',
    { TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'x', TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/y' },
    'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    /set together/,
  ],

  ['worker', { FALPAY_BASE_URL: undefined }, 'FALPAY_BASE_URL', /not set/],
  ['worker', { FALPAY_BASE_URL: 'openapi.example.com' }, 'FALPAY_BASE_URL', /no URL/],
  ['worker', { FALPAY_BASE_URL: 'ftp://example.com' }, 'FALPAY_BASE_URL', /neither http/],
  ['worker', { FALPAY_BASE_URL: 'https://me:pw@example.com' }, 'FALPAY_BASE_URL', /user name or password/],
  ['worker', { FALPAY_BASE_URL: 'https://example.com/?a=b' }, 'FALPAY_BASE_URL', /query/],
  ['worker', { FALPAY_CLIENT_ID: undefined }, 'FALPAY_CLIENT_ID', /not set/],
  ['worker', { FALPAY_CLIENT_ID: '12 34' }, 'FALPAY_CLIENT_ID', /space/],
  ['worker', { FALPAY_CLIENT_SECRET: undefined }, 'FALPAY_CLIENT_SECRET', /not set/],
  ['worker', { FALPAY_CLIENT_SECRET: 'a b' }, 'FALPAY_CLIENT_SECRET', /space/],
  ['worker', { FALPAY_PRIVATE_KEY: undefined }, 'FALPAY_PRIVATE_KEY', /not set/],
  ['worker', { FALPAY_PRIVATE_KEY: client.publicPem }, 'FALPAY_PRIVATE_KEY', /public key/],
  ['worker', { FALPAY_PRIVATE_KEY: 'nonsense!' }, 'FALPAY_PRIVATE_KEY', /not Base64/],
  ['worker', { FALPAY_PRIVATE_KEY: weak.privatePem }, 'FALPAY_PRIVATE_KEY', /1024 bits/],
  ['worker', { FALPAY_PLATFORM_PUBLIC_KEYS: undefined }, 'FALPAY_PLATFORM_PUBLIC_KEYS', /not set/],
  ['worker', { FALPAY_PLATFORM_PUBLIC_KEYS: ',' }, 'FALPAY_PLATFORM_PUBLIC_KEYS', /no key/],
  ['worker', { FALPAY_PLATFORM_PUBLIC_KEYS: platform.privatePem }, 'FALPAY_PLATFORM_PUBLIC_KEYS', /private key/],
  ['worker', { FALPAY_PLATFORM_PUBLIC_KEYS: client.publicPem }, 'FALPAY_PLATFORM_PUBLIC_KEYS', /our own public key/],
  [
    'worker',
    { FALPAY_PLATFORM_PUBLIC_KEYS: `${bare(platform.publicPem)},AAAA` },
    'FALPAY_PLATFORM_PUBLIC_KEYS',
    /key 2 of 2/,
  ],
  ['worker', { FALPAY_PROFILE: '/nowhere/profile.json' }, 'FALPAY_PROFILE', /does not exist/],
  [
    'worker',
    { FALPAY_PROFILE: files.write('profile-1.json', '{"headers": {"nonse": "X"}}') },
    'FALPAY_PROFILE: headers.nonse',
    /not a known field/,
  ],
  ['worker', { FALPAY_PROFILE: files.write('profile-2.json', '{') }, 'FALPAY_PROFILE', /not JSON/],

  ['gateway', { GATEWAY_HOST: 'http://x' }, 'GATEWAY_HOST', /no host/],
  ['gateway', { GATEWAY_PORT: '70000' }, 'GATEWAY_PORT', /no port/],
  ['gateway', { GATEWAY_PORT: 'tcp://10.0.0.1:8080' }, 'GATEWAY_PORT', /no port/],
  ['gateway', { GATEWAY_RATE_LIMIT: '-1' }, 'GATEWAY_RATE_LIMIT', /no number of requests/],
  ['gateway', { GATEWAY_RATE_LIMIT: '1.5' }, 'GATEWAY_RATE_LIMIT', /no number of requests/],
  ['gateway', { GATEWAY_RATE_LIMIT: '100/s' }, 'GATEWAY_RATE_LIMIT', /no number of requests/],
  ['gateway', { GATEWAY_API_KEYS: undefined }, 'GATEWAY_API_KEYS', /not set/],
  ['gateway', { GATEWAY_API_KEYS: '[{' }, 'GATEWAY_API_KEYS', /not JSON/],
  ['gateway', { GATEWAY_API_KEYS: '{}' }, 'GATEWAY_API_KEYS', /no JSON array/],
  ['gateway', { GATEWAY_API_KEYS: '[]' }, 'GATEWAY_API_KEYS', /no key/],
  ['gateway', { GATEWAY_API_KEYS: keys({ ...API_KEY, name: 'a b' }) }, 'GATEWAY_API_KEYS: 0.name', /letters/],
  [
    'gateway',
    { GATEWAY_API_KEYS: keys({ ...API_KEY, sha256: 'abc' }) },
    'GATEWAY_API_KEYS: 0.sha256',
    /64 lower-case hex/,
  ],
  [
    'gateway',
    {
      GATEWAY_API_KEYS: keys({
        ...API_KEY,
        sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      }),
    },
    'GATEWAY_API_KEYS: 0.sha256',
    /empty key/,
  ],
  ['gateway', { GATEWAY_API_KEYS: keys({ ...API_KEY, roles: ['admin'] }) }, 'GATEWAY_API_KEYS: 0.roles.0', /none of/],
  [
    'gateway',
    { GATEWAY_API_KEYS: keys({ ...API_KEY, roles: ['card:reveal'] }) },
    'GATEWAY_API_KEYS: 0.roles',
    /at least one/,
  ],
  ['gateway', { GATEWAY_API_KEYS: keys({ ...API_KEY, key: 'x' }) }, 'GATEWAY_API_KEYS: 0', /key/],
  ['gateway', { GATEWAY_API_KEYS: keys(API_KEY, API_KEY) }, 'GATEWAY_API_KEYS: 1.name', /twice/],

  ['worker', { BACKEND_WEBHOOK_URL: 'nonsense' }, 'BACKEND_WEBHOOK_URL', /no URL/],
  ['worker', { BACKEND_WEBHOOK_URL: 'https://b.example' }, 'BACKEND_WEBHOOK_SECRET', /not set/],
  ['worker', { BACKEND_WEBHOOK_SECRET: 'whsec_AAAA' }, 'BACKEND_WEBHOOK_URL', /not set/],
  [
    'worker',
    { BACKEND_WEBHOOK_URL: 'https://b.example', BACKEND_WEBHOOK_SECRET: 'AAAA' },
    'BACKEND_WEBHOOK_SECRET',
    /whsec_/,
  ],
  [
    'worker',
    { BACKEND_WEBHOOK_URL: 'https://b.example', BACKEND_WEBHOOK_SECRET: 'whsec_AAAA' },
    'BACKEND_WEBHOOK_SECRET',
    /3 bytes/,
  ],

  ['worker', { CODEC_KEYS: 'k1' }, 'CODEC_KEYS', /not JSON/],
  ['worker', { CODEC_KEYS: '{}' }, 'CODEC_KEYS', /no key/],
  ['worker', { CODEC_KEYS: '{"k1": "AAAA"}' }, 'CODEC_KEYS: k1', /32 bytes/],
  ['worker', { CODEC_ACTIVE_KEY: 'k1' }, 'CODEC_ACTIVE_KEY', /without CODEC_KEYS/],
  ['worker', { CODEC_KEYS: codecKeys('k1', 'k2') }, 'CODEC_ACTIVE_KEY', /holds 2 keys/],
  ['worker', { CODEC_KEYS: codecKeys('k1'), CODEC_ACTIVE_KEY: 'k2' }, 'CODEC_ACTIVE_KEY', /no id/],

  ['sandbox', { FALPAY_CLIENT_ID: undefined }, 'FALPAY_CLIENT_ID', /not set/],
  ['sandbox', { FALPAY_CLIENT_SECRET: undefined }, 'FALPAY_CLIENT_SECRET', /not set/],
  ['sandbox', { SANDBOX_HOST: 'a b' }, 'SANDBOX_HOST', /no host/],
  ['sandbox', { SANDBOX_PORT: '-1' }, 'SANDBOX_PORT', /no port/],
  ['sandbox', { SANDBOX_CALLBACK_URL: 'gateway' }, 'SANDBOX_CALLBACK_URL', /no URL/],
  ['sandbox', { SANDBOX_CLIENT_PUBLIC_KEY: undefined }, 'SANDBOX_CLIENT_PUBLIC_KEY', /not set/],
  ['sandbox', { SANDBOX_CLIENT_PUBLIC_KEY: client.privatePem }, 'SANDBOX_CLIENT_PUBLIC_KEY', /private key/],
  ['sandbox', { SANDBOX_PLATFORM_PRIVATE_KEY: undefined }, 'SANDBOX_PLATFORM_PRIVATE_KEY', /not set/],
  ['cli', { SANDBOX_PLATFORM_PRIVATE_KEY: platform.publicPem }, 'SANDBOX_PLATFORM_PRIVATE_KEY', /public key/],
  ['sandbox', { SANDBOX_AUDIT_DELAY: '2' }, 'SANDBOX_AUDIT_DELAY', /neither "manual" nor a duration/],
  ['sandbox', { SANDBOX_ARRIVAL_DELAY: 'soon' }, 'SANDBOX_ARRIVAL_DELAY', /neither "manual" nor a duration/],
  ['sandbox', { SANDBOX_ISSUE_DELAY: '-1s' }, 'SANDBOX_ISSUE_DELAY', /neither "manual" nor a duration/],

  ['worker', { CARDFLOW_RECONCILE_AT: '24:00' }, 'CARDFLOW_RECONCILE_AT', /no time of day/],
  ['worker', { METRICS_PORT: 'x' }, 'METRICS_PORT', /no port/],
  ['worker', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL', /no level/],
  ['gateway', { S3_ENDPOINT: 'x' }, 'S3_ENDPOINT', /no URL/],
  ['gateway', { S3_PREFIX: '/x y' }, 'S3_PREFIX', /no prefix/],
  ['gateway', { S3_MAX_FILE_MB: '0' }, 'S3_MAX_FILE_MB', /no number of megabytes/],
  ['gateway', { S3_PATH_STYLE: 'perhaps' }, 'S3_PATH_STYLE', /neither true nor false/],
  ['gateway', { S3_PRESIGNED_URL: 'https://x.example/a.pdf' }, 'S3_PRESIGNED_URL', /no presigned URL/],
  ['gateway', { S3_PRESIGNED_ORIGINS: 'https://x.example/a' }, 'S3_PRESIGNED_ORIGINS', /no origin/],
  ['gateway', { S3_BUCKET: 'papers' }, 'S3_REGION', /not set/],
  ['gateway', { S3_ACCESS_KEY_ID: 'x' }, 'S3_SECRET_ACCESS_KEY', /counterpart/],
  ['gateway', { S3_SECRET_ACCESS_KEY: 'x' }, 'S3_ACCESS_KEY_ID', /counterpart/],
];

function codecKeys(...ids: string[]): string {
  return JSON.stringify(Object.fromEntries(ids.map((id) => [id, Buffer.alloc(32, 1).toString('base64')])));
}

describe('each mistake is told with the setting’s name, what is wrong and what to do', () => {
  test.each(ROWS)('%s, row %#: %j → %s', (process, mistake, setting, problem) => {
    const { load, env } = loaders[process];
    const found = problemsOf(() => load({ ...env, ...mistake })).find((known) => known.setting === setting);
    expect(found?.problem).toMatch(problem);
    expect(found?.remedy).toMatch(/\S{3}/);
  });

  test('every setting that can be wrong has a row', () => {
    const anyTextIsRight = [
      ...['CARDFLOW_DEV_TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY', 'TEMPORAL_TLS_SERVER_NAME'],
      ...['SANDBOX_DB', 'S3_BUCKET', 'S3_REGION'],
    ];
    const named = new Set(ROWS.map(([, , setting]) => setting.split(':')[0]));
    expect(SETTING_NAMES.filter((name) => !named.has(name) && !anyTextIsRight.includes(name))).toEqual([]);
  });
});

describe('the error as a whole', () => {
  test('all mistakes are told at once, each with its remedy', () => {
    const load = () => loadGatewayConfig({ ...gatewayEnv, LOG_LEVEL: 'loud', FALPAY_BASE_URL: 'x', GATEWAY_PORT: 'y' });
    expect(problemsOf(load).map(({ setting }) => setting)).toEqual(['LOG_LEVEL', 'FALPAY_BASE_URL', 'GATEWAY_PORT']);
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/3 mistakes:\n {2}LOG_LEVEL: "loud" is no level\n {4}→ write trace/);
  });

  test('an empty environment lists everything a process needs', () => {
    expect(problemsOf(() => loadGatewayConfig({})).map(({ setting }) => setting)).toEqual([
      ...['CARDFLOW_ENVIRONMENT', 'FALPAY_BASE_URL', 'FALPAY_CLIENT_ID', 'FALPAY_CLIENT_SECRET'],
      ...['FALPAY_PRIVATE_KEY', 'FALPAY_PLATFORM_PUBLIC_KEYS', 'GATEWAY_API_KEYS'],
    ]);
  });

  test('no secret is printed, however wrong it is', () => {
    const secrets = Object.entries(SETTINGS).flatMap(([name, setting]) => ('secret' in setting ? [name] : []));
    expect(secrets.length).toBeGreaterThan(6);
    const spoilt = Object.fromEntries(secrets.map((name) => [name, `LEAK me, ${name}`]));
    for (const { load, env } of Object.values(loaders)) {
      const problems = problemsOf(() => load({ ...env, ...spoilt }));
      expect(problems.length).toBeGreaterThan(0);
      expect(JSON.stringify(problems)).not.toContain('LEAK');
    }
  });

  test('a codec key in the place of its id is not printed', () => {
    const key = Buffer.alloc(32, 9).toString('base64');
    const problems = problemsOf(() => loadWorkerConfig({ ...workerEnv, CODEC_KEYS: JSON.stringify({ [key]: 'k1' }) }));
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toContain(key);
  });
});
