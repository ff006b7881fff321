import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Guardian } from '../../../src/bootstrap/guardian';
import { localKeys } from '../../../src/bootstrap/local-keys';
import { gatewaySettings, sandboxSettings, surroundings, workerSettings } from '../../../src/bootstrap/local-settings';
import { parseOptions } from '../../../src/bootstrap/options';
import { ownIdentity } from '../../../src/bootstrap/process-identity';
import { duration } from '../../../src/bootstrap/report';
import { claimDataFolder } from '../../../src/bootstrap/run-lock';
import { testEnvironment } from '../../../src/bootstrap/run-tests';
import type { ApiKey } from '../../../src/config';
import { SETTING_NAMES } from '../../../src/config/settings';
import { temporaryFolder } from './temporary-folder';

describe('arguments of npm start', () => {
  test('none, and all of them', () => {
    expect(parseOptions([])).toEqual({ once: false, json: false });
    expect(parseOptions(['--once', '--json', '--delay', '500ms', '--data', '/d'])).toEqual({
      once: true,
      json: true,
      delay: '500ms',
      data: '/d',
    });
  });
  test.each([['--bogus'], ['--delay=5'], ['--delay=-1s'], ['--delay=11m'], ['--data='], ['start']])(
    '%s is refused with the usage',
    (arg) => {
      expect(() => parseOptions([arg])).toThrow(/Usage: npm start/);
    },
  );
});

describe('keys for this machine', () => {
  test('are made once, kept, and readable by their owner only', () => {
    const folder = join(temporaryFolder(), 'keys');
    const first = localKeys(folder);
    expect(localKeys(folder)).toEqual(first);
    expect(first.clientId).toMatch(/^9\d{18}$/);
    for (const file of [
      first.clientPrivateKeyFile,
      first.platformPrivateKeyFile,
      first.clientSecretFile,
      first.apiKeysFile,
      first.apiKeyFiles.backend,
    ]) {
      expect(statSync(file).mode & 0o077).toBe(0);
    }
  });

  test('let the operator show a card, so that it can be tried, and nobody else', () => {
    const { apiKeysFile } = localKeys(join(temporaryFolder(), 'keys'));
    const keys = JSON.parse(readFileSync(apiKeysFile, 'utf8')) as readonly ApiKey[];
    expect(keys.map(({ name, roles }) => [name, roles])).toEqual([
      ['local-backend', ['backend']],
      ['local-operator', ['operator', 'card:reveal']],
      ['local-finance', ['finance']],
    ]);
  });
});

describe('settings of the processes', () => {
  const stack = {
    temporalAddress: '127.0.0.1:7233',
    ports: { gateway: 1, sandbox: 2, workerMetrics: 3 },
    keys: localKeys(join(temporaryFolder(), 'keys')),
    dataFolder: '/data',
    delay: '0s',
  };
  test('every name is one that the configuration knows', () => {
    const given = [workerSettings(stack), gatewaySettings(stack), sandboxSettings(stack, {})].flatMap((one) =>
      Object.keys(one),
    );
    const known: readonly string[] = SETTING_NAMES;
    expect(given.filter((name) => !known.includes(name.replace(/_FILE$/, '')))).toEqual([]);
  });
  test('a real cluster’s address and a real FalPay’s never reach a local process', () => {
    const env = { TEMPORAL_ADDRESS: 'prod:7233', FALPAY_BASE_URL: 'https://falpay', LOG_LEVEL: 'debug', PATH: '/bin' };
    expect(surroundings(env)).toEqual({ LOG_LEVEL: 'debug', PATH: '/bin' });
    expect(testEnvironment({ ...env, CARDFLOW_DEV_TEMPORAL_ADDRESS: 'dev:7233' })).toEqual({
      CARDFLOW_DEV_TEMPORAL_ADDRESS: 'dev:7233',
      LOG_LEVEL: 'debug',
      PATH: '/bin',
    });
  });
  test('a delay that the user set wins over the start’s own', () => {
    const own = sandboxSettings(stack, { SANDBOX_AUDIT_DELAY: '9s' });
    expect(own).not.toHaveProperty('SANDBOX_AUDIT_DELAY');
    expect(own).toMatchObject({ SANDBOX_ARRIVAL_DELAY: '0s', SANDBOX_ISSUE_DELAY: '0s' });
  });
});

describe('the data folder', () => {
  let guardian: Guardian;
  beforeEach(() => (guardian = new Guardian()));
  afterEach(() => guardian.dismiss());
  const silent = (): void => undefined;

  test('a second start is told about the first, with three ways out', async () => {
    const folder = temporaryFolder();
    const lock = await claimDataFolder(folder, guardian, silent);
    lock.annotate({
      main: ownIdentity(),
      since: '10:00',
      gateway: 'http://127.0.0.1:8080',
      ui: 'http://127.0.0.1:8233',
    });
    await expect(claimDataFolder(folder, guardian, silent)).rejects.toThrow(
      new RegExp(
        `process ${process.pid}, since 10:00, Temporal UI http://127.0.0.1:8233, gateway http://127.0.0.1:8080[\\s\\S]*kill ${process.pid}[\\s\\S]*--data`,
      ),
    );
  });

  test('a start after a kill waits until the guardian of the killed one has ended its processes', async () => {
    const folder = temporaryFolder();
    const old = new Guardian();
    (await claimDataFolder(folder, old, silent)).annotate({
      main: { pid: process.pid, started: 'long ago' },
      since: '10:00',
    });
    const said: string[] = [];
    const second = claimDataFolder(folder, guardian, (line) => {
      said.push(line);
      void old.dismiss();
    });
    (await second).release();
    expect(said).toEqual([expect.stringContaining('was killed; waiting')]);
  });
});

test('durations read as people say them', () => {
  expect([12.4, 1_234, 59_600, 130_000].map(duration)).toEqual(['12 ms', '1.2 s', '1m00s', '2m10s']);
});
