import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localKeys } from '../../../src/bootstrap/local-keys';
import {
  loadCliConfig,
  loadGatewayConfig,
  loadSandboxConfig,
  loadWorkerConfig,
  SETTING_NAMES,
} from '../../../src/config';
import { SEARCH_ATTRIBUTES } from '../../../src/messages/search-attributes';
import { composeFile, dockerStages, read, ROOT, withDefaults, type Stage } from './compose-file';

const stages = dockerStages();
const stageOf = (name: string): Stage => {
  const found = stages.find((stage) => stage.name === name);
  if (!found) throw new Error(`no stage ${name}`);
  return found;
};
const PROCESSES = ['sandbox', 'gateway', 'worker'] as const;

test('images stand on Debian with the Node the project is made for, and run as nobody special', () => {
  for (const { name, base } of stages)
    expect([name, base]).toEqual([name, expect.stringMatching(/^(node:20-bookworm-slim|base)$/)]);
  expect(stageOf('base').user).toBe('node');
  for (const name of [...PROCESSES, 'cli'])
    expect([name, stageOf(name).base, stageOf(name).user]).toEqual([name, 'base', undefined]);
});

test('every target of the compose file is a stage', () => {
  for (const { build } of Object.values(composeFile().services))
    if (build) expect(stages.map(({ name }) => name)).toContain(build.target);
});

test('what the image starts is compiled from a source that exists', () => {
  for (const name of PROCESSES) {
    const file = stageOf(name).cmd?.[1] ?? '';
    expect(file).toBe(`dist/${name}.js`);
    expect(existsSync(join(ROOT, file.replace(/^dist\/(.*)\.js$/, 'src/$1.ts')))).toBe(true);
  }
  const { entrypoint = [] } = stageOf('cli');
  expect(existsSync(join(ROOT, entrypoint[1] ?? ''))).toBe(true);
  const keys = composeFile().services['keys']?.entrypoint?.[2] ?? '';
  expect(keys).toContain('./dist/bootstrap/local-keys');
  expect(typeof localKeys).toBe('function');
});

test('the build is npm’s own, from the lock file', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const build = stageOf('build').lines.join('\n');
  expect(build).toContain('RUN npm ci\n');
  expect(build).toContain('npm run build');
  expect(scripts['build']).toContain('tsconfig.build.json');
});

test('everything an image copies from the source passes .dockerignore', () => {
  const allowed = read('.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copied = stages
    .flatMap(({ lines }) => lines.filter((line) => /^COPY (?!--from)/.test(line)))
    .flatMap((line) => line.split(' ').slice(1, -1))
    .map((path) => path.replace(/^\.\//, ''));
  expect(copied.filter((path) => !allowed.includes(path) || !existsSync(join(ROOT, path)))).toEqual([]);
});

test('settings that an image presets are settings', () => {
  for (const { name, env } of stages)
    expect([
      name,
      Object.keys(env).filter((key) => key !== 'NODE_ENV' && !(SETTING_NAMES as readonly string[]).includes(key)),
    ]).toEqual([name, []]);
});

describe('health checks', () => {
  const paths = { sandbox: '/healthz', gateway: '/readyz', worker: '/readyz' } as const;
  /** Where the process has the path: routes are registered by these words. */
  const sources = { sandbox: 'src/sandbox', gateway: 'src/gateway', worker: 'src/temporal' } as const;

  test.each(PROCESSES)(
    'that of the %s passes when its process is well, and fails when it is not or is away',
    async (name) => {
      let status = 200;
      const asked: (string | undefined)[] = [];
      const server = createServer((request, response) => {
        asked.push(request.url);
        response.writeHead(status).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const port = String((server.address() as AddressInfo).port);
      const { healthcheck = [], env } = stageOf(name);
      const setting = name === 'worker' ? 'METRICS_PORT' : `${name.toUpperCase()}_PORT`;
      expect(env[setting]).toBe(stageOf(name).expose[0]);

      expect(await exitCode(healthcheck, { [setting]: port })).toBe(0);
      status = 503;
      expect(await exitCode(healthcheck, { [setting]: port })).toBe(1);
      await new Promise((resolve) => server.close(resolve));
      expect(await exitCode(healthcheck, { [setting]: port })).toBe(1);
      expect(asked).toEqual([paths[name], paths[name]]);
    },
  );

  test.each(PROCESSES)('the path is one that the %s has', (name) => {
    const folder = join(ROOT, sources[name]);
    const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
    expect(code).toContain(`'${paths[name]}'`);
  });
});

describe('with the defaults and the keys made by the service "keys"', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardflow-keys-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const loaders = {
    sandbox: loadSandboxConfig,
    gateway: loadGatewayConfig,
    worker: loadWorkerConfig,
    cli: loadCliConfig,
  };

  test.each(['sandbox', 'gateway', 'worker', 'cli'] as const)('the configuration of the %s is complete', (name) => {
    localKeys(folder);
    const { environment = {} } = composeFile().services[name] ?? {};
    const given = Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [key, withDefaults(value).replace(/^\/keys/, folder)]),
    );
    expect(() => loaders[name]({ ...stageOf(name).env, ...given })).not.toThrow();
  });

  test('production refuses those keys and the sandbox', () => {
    localKeys(folder);
    const { environment = {} } = composeFile().services['worker'] ?? {};
    const given = Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [key, withDefaults(value).replace(/^\/keys/, folder)]),
    );
    expect(() => loadWorkerConfig({ ...given, CARDFLOW_ENVIRONMENT: 'production' })).toThrow(
      /FALPAY_BASE_URL: is a sandbox[\s\S]*FALPAY_PRIVATE_KEY: was made by npm start/,
    );
  });
});

test('the script that prepares the namespace registers exactly the search attributes that flows set', () => {
  const names = /for name in ([\w ]+); do/.exec(read('deploy/temporal/prepare-namespace.sh'))?.[1]?.split(' ');
  expect(names).toEqual(Object.keys(SEARCH_ATTRIBUTES));
});

function exitCode([command = '', ...args]: readonly string[], env: Record<string, string>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command === 'node' ? process.execPath : command, args, { env, stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
