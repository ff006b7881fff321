import { createPrivateKey, createPublicKey } from 'node:crypto';
import { loadCliConfig, loadGatewayConfig, loadSandboxConfig, loadWorkerConfig } from '../../../src/config';
import { FalpayClient } from '../../../src/falpay';
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
} from './environment-of';

const files = temporaryFiles();
const sameKey = (a: string, b: string) => createPublicKey(a).equals(createPublicKey(b));

describe('values', () => {
  test('a worker needs no more than environment and FalPay’s six settings', () => {
    const config = loadWorkerConfig(workerEnv);
    expect(config).toMatchObject({
      environment: 'test',
      production: false,
      temporal: { address: 'localhost:7233', namespace: 'default', tls: undefined },
      logLevel: 'info',
      metricsPort: undefined,
      codec: undefined,
      falpay: { baseUrl: 'https://openapi.falpay.example', clientId: '1904371880045457410' },
    });
    expect(() => new FalpayClient(config.falpay)).not.toThrow();
  });

  test('FALPAY_BASE_URL loses its last slash and keeps its path', () => {
    expect(loadWorkerConfig({ ...workerEnv, FALPAY_BASE_URL: 'https://x.example/falpay/' }).falpay.baseUrl).toBe(
      'https://x.example/falpay',
    );
  });

  test.each([
    ['PEM', client.privatePem, platform.publicPem],
    [
      'PEM on one line with \\n written out',
      client.privatePem.replaceAll('\n', '\\n'),
      platform.publicPem.replaceAll('\n', '\\n'),
    ],
    ['bare Base64', bare(client.privatePem), bare(platform.publicPem)],
  ])('keys may be given as %s', (_, privateKey, publicKeys) => {
    const { falpay } = loadWorkerConfig({
      ...workerEnv,
      FALPAY_PRIVATE_KEY: privateKey,
      FALPAY_PLATFORM_PUBLIC_KEYS: publicKeys,
    });
    expect(createPrivateKey(falpay.privateKey).equals(createPrivateKey(client.privatePem))).toBe(true);
    expect(falpay.platformPublicKeys.map((key) => sameKey(key, platform.publicPem))).toEqual([true]);
  });

  test.each([
    ['PEM blocks one after the other', (a: string, b: string) => `${a}\n${b}`],
    ['Base64 with a comma between', (a: string, b: string) => `${bare(a)}, ${bare(b)}`],
  ])('several platform keys are %s, and keep their order', (_, join) => {
    const next = rsaPair().publicPem;
    const { falpay } = loadWorkerConfig({ ...workerEnv, FALPAY_PLATFORM_PUBLIC_KEYS: join(platform.publicPem, next) });
    expect(falpay.platformPublicKeys.map((key) => [sameKey(key, platform.publicPem), sameKey(key, next)])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  test('the gateway gets its keys with roles, and listens on this machine alone unless told otherwise', () => {
    const both = { ...API_KEY, roles: ['operator', 'card:reveal'] };
    const { gateway } = loadGatewayConfig({ ...gatewayEnv, GATEWAY_API_KEYS: JSON.stringify([both]) });
    expect(gateway).toEqual({ host: '127.0.0.1', port: 8080, apiKeys: [both], rateLimit: 6_000 });
    expect(loadGatewayConfig({ ...gatewayEnv, GATEWAY_HOST: '0.0.0.0', GATEWAY_PORT: '0' }).gateway).toMatchObject({
      host: '0.0.0.0',
      port: 0,
    });
  });

  test('a key may make as many requests a minute as is set, 0 for as many as it likes', () => {
    const limitOf = (GATEWAY_RATE_LIMIT: string) => loadGatewayConfig({ ...gatewayEnv, GATEWAY_RATE_LIMIT }).gateway;
    expect(limitOf('120').rateLimit).toBe(120);
    expect(limitOf('0').rateLimit).toBe(0);
  });

  test('the sandbox derives the client’s public key, and finds the gateway where it listens by default', () => {
    const rest = { ...sandboxEnv, SANDBOX_CLIENT_PUBLIC_KEY: undefined };
    const config = loadSandboxConfig({
      ...rest,
      FALPAY_PRIVATE_KEY: client.privatePem,
      GATEWAY_HOST: '0.0.0.0',
      GATEWAY_PORT: '9000',
    });
    expect(sameKey(config.clientPublicKey, client.publicPem)).toBe(true);
    expect(config.callbackUrl).toBe('http://127.0.0.1:9000/callbacks/falpay');
  });

  test('sandbox delays are durations or "manual", and absent when not set', () => {
    expect(
      loadSandboxConfig({ ...sandboxEnv, SANDBOX_AUDIT_DELAY: 'manual', SANDBOX_ISSUE_DELAY: '0s' }),
    ).toMatchObject({
      auditDelay: 'manual',
      arrivalDelay: undefined,
      issueDelay: 0,
    });
  });

  test('the command line needs the environment alone, and knows where gateway and sandbox listen', () => {
    expect(loadCliConfig({ CARDFLOW_ENVIRONMENT: 'local', GATEWAY_PORT: '8081' })).toMatchObject({
      gatewayUrl: 'http://127.0.0.1:8081',
      sandboxUrl: 'http://127.0.0.1:8090',
    });
  });

  test('one codec key is the active one without saying so; of several, CODEC_ACTIVE_KEY names it', () => {
    const a = Buffer.alloc(32, 1).toString('base64');
    expect(loadWorkerConfig({ ...workerEnv, CODEC_KEYS: JSON.stringify({ a }) }).codec?.activeKeyId).toBe('a');
    const codec = loadWorkerConfig({
      ...workerEnv,
      CODEC_KEYS: JSON.stringify({ a, b: a }),
      CODEC_ACTIVE_KEY: 'b',
    }).codec;
    expect(codec?.activeKeyId).toBe('b');
    expect([...(codec?.keys.keys() ?? [])]).toEqual(['a', 'b']);
  });

  test('a webhook has an address and a secret of 24 to 64 bytes', () => {
    const secret = Buffer.alloc(32, 5);
    const { webhook } = loadWorkerConfig({
      ...workerEnv,
      BACKEND_WEBHOOK_URL: 'https://b.example/in',
      BACKEND_WEBHOOK_SECRET: `whsec_${secret.toString('base64')}`,
    });
    expect(webhook).toEqual({ url: 'https://b.example/in', secrets: [secret] });
  });
});

describe('Temporal by the standard variables', () => {
  test('an API key turns TLS on; TEMPORAL_TLS=true does so without one', () => {
    expect(loadCliConfig({ CARDFLOW_ENVIRONMENT: 't', TEMPORAL_API_KEY: 'k' }).temporal).toMatchObject({
      apiKey: 'k',
      tls: {},
    });
    expect(loadCliConfig({ CARDFLOW_ENVIRONMENT: 't', TEMPORAL_TLS: 'true' }).temporal.tls).toEqual({});
  });

  test.each([
    ['temporal.example.com', 'temporal.example.com:7233'],
    ['temporal.example.com:443', 'temporal.example.com:443'],
    ['[::1]', '[::1]:7233'],
    ['[::1]:8000', '[::1]:8000'],
  ])('the address %s means %s', (address, meant) => {
    expect(loadCliConfig({ CARDFLOW_ENVIRONMENT: 't', TEMPORAL_ADDRESS: address }).temporal.address).toBe(meant);
  });
});

describe('values from files', () => {
  test('NAME_FILE gives the value in a file, without the line end there', () => {
    const path = files.write('secret', 'from-a-file\n');
    const rest = { ...workerEnv, FALPAY_CLIENT_SECRET: undefined };
    expect(loadWorkerConfig({ ...rest, FALPAY_CLIENT_SECRET_FILE: path }).falpay.clientSecret).toBe('from-a-file');
  });

  test.each([
    ['both are set', { FALPAY_CLIENT_ID_FILE: files.write('id', '1') }, 'FALPAY_CLIENT_ID', /set twice/],
    [
      'the file is missing',
      { FALPAY_CLIENT_ID: '', FALPAY_CLIENT_ID_FILE: '/nowhere' },
      'FALPAY_CLIENT_ID_FILE',
      /does not exist/,
    ],
    ['the file is a folder', { FALPAY_CLIENT_ID: '', FALPAY_CLIENT_ID_FILE: '/' }, 'FALPAY_CLIENT_ID_FILE', /folder/],
    [
      'the file is empty',
      { FALPAY_CLIENT_ID: '', FALPAY_CLIENT_ID_FILE: files.write('none', '\n') },
      'FALPAY_CLIENT_ID_FILE',
      /empty/,
    ],
  ])('%s: one mistake, named', (_, spoilt, setting, problem) => {
    const problems = problemsOf(() => loadWorkerConfig({ ...workerEnv, ...spoilt }));
    expect(problems).toEqual([expect.objectContaining({ setting, problem: expect.stringMatching(problem) as string })]);
  });
});

describe('unknown names', () => {
  test.each([
    ['FALPAY_BASEURL', /did you mean FALPAY_BASE_URL\?/],
    ['FALPAY_PRIVATE_KEY_FILES', /did you mean FALPAY_PRIVATE_KEY_FILE\?/],
    ['CARDFLOW_TIMING', /did you mean CARDFLOW_TIMINGS\?/],
    ['CARDFLOW_ENV', /did you mean|remove it/],
    ['CARDFLOW_SOMETHING_QUITE_DIFFERENT', /remove it/],
    ['CARDFLOW_GATEWAY_SERVICE_HOST', /enableServiceLinks/],
    ['CARDFLOW_GATEWAY_PORT_8080_TCP_ADDR', /enableServiceLinks/],
  ])('%s is a mistake, with the remedy', (name, remedy) => {
    expect(problemsOf(() => loadWorkerConfig({ ...workerEnv, [name]: 'x' }))).toEqual([
      { setting: name, problem: 'is no setting of Cardflow', remedy: expect.stringMatching(remedy) as string },
    ]);
  });

  test('names of others, and of Cardflow’s other processes, are none of this process’s business', () => {
    expect(
      problemsOf(() => loadWorkerConfig({ ...workerEnv, PATH: '/bin', TEMPORAL_PROFILE: 'x', GATEWAY_PORT: 'x' })),
    ).toEqual([]);
  });
});
