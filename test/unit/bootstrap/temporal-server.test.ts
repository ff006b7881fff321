import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkReachable } from '../../../src/bootstrap/dev-server';
import { BootstrapFailure } from '../../../src/bootstrap/failure';
import { Guardian } from '../../../src/bootstrap/guardian';
import { isOlder, probeTemporal } from '../../../src/bootstrap/server-binary';
import { acquireTemporalServer, pinnedVersion, type TemporalServer } from '../../../src/bootstrap/temporal-server';
import { temporaryFolder } from './temporary-folder';

const versionLine = (server: string): string => `temporal version 1.8.2 (Server ${server}, UI 2.50.1)`;

function program(folder: string, name: string, body: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('which server program will do', () => {
  test('one that is recent enough', async () => {
    const file = program(temporaryFolder(), 'temporal', `echo '${versionLine('1.31.2')}'`);
    expect(await probeTemporal(file)).toEqual({ works: true, version: '1.31.2' });
  });
  test.each([
    ['too old', `echo '${versionLine('1.9.0')}'`, 'its server 1.9.0 is older than'],
    ['something else', 'echo hello', 'does not tell a server version'],
    ['one that fails', 'exit 2', 'exit code 2'],
  ])('not %s', async (_, body, why) => {
    const file = program(temporaryFolder(), 'temporal', body);
    expect(await probeTemporal(file)).toEqual({ works: false, why: expect.stringContaining(why) as string });
  });
  test('not a file that was cut off', async () => {
    const file = join(temporaryFolder(), 'temporal');
    writeFileSync(file, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]), { mode: 0o755 });
    expect((await probeTemporal(file)).works).toBe(false);
  });
  test('versions compare as numbers', () => {
    expect([isOlder('1.9.0', '1.31.2'), isOlder('1.31.2', '1.31.2'), isOlder('2.0.0', '1.31.2')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('getting a server', () => {
  const saved = { PATH: process.env['PATH'], HTTPS_PROXY: process.env['HTTPS_PROXY'] };
  let guardian: Guardian;
  let tools: string;
  let cache: string;
  beforeEach(() => {
    guardian = new Guardian();
    tools = temporaryFolder();
    cache = temporaryFolder();
    process.env['PATH'] = `${tools}:/usr/bin:/bin`;
    process.env['HTTPS_PROXY'] = 'http://127.0.0.1:9'; // nobody listens there: the download is refused at once, online or not
  });
  afterEach(async () => {
    for (const [name, value] of Object.entries(saved)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await guardian.dismiss();
  });
  const acquire = (env: Record<string, string> = {}): Promise<TemporalServer> =>
    acquireTemporalServer({ env: { ...process.env, ...env }, report: () => undefined, guardian, cache });

  test('one that runs already is taken as it is', async () => {
    expect(await acquire({ CARDFLOW_DEV_TEMPORAL_ADDRESS: '127.0.0.1:7233' })).toEqual({
      kind: 'running',
      address: '127.0.0.1:7233',
    });
  });

  test('one that does not answer is told by the setting’s name', async () => {
    await expect(checkReachable('127.0.0.1:9')).rejects.toThrow(
      /127\.0\.0\.1:9 \(CARDFLOW_DEV_TEMPORAL_ADDRESS\)[\s\S]*unset/,
    );
  });

  test('an address that is none is refused by the setting’s name', async () => {
    await expect(acquire({ CARDFLOW_DEV_TEMPORAL_ADDRESS: 'http://localhost:7233' })).rejects.toThrow(
      /CARDFLOW_DEV_TEMPORAL_ADDRESS.*\n.*host:port/,
    );
  });

  test('one on the PATH comes before anything else', async () => {
    program(tools, 'temporal', `echo '${versionLine('1.31.2')}'`);
    expect(await acquire()).toMatchObject({ kind: 'binary', path: 'temporal' });
  });

  test('the Go module is built once, then taken from the cache; a damaged one is built again', async () => {
    program(tools, 'temporal', `echo '${versionLine('1.20.0')}'`); // too old
    const calls = join(tools, 'calls');
    program(
      tools,
      'go',
      `[ "$1" = version ] && exit 0
echo built >> ${calls}
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho "${versionLine('1.31.2')}"\\n' > "$2"
chmod +x "$2"`,
    );
    const first = await acquire();
    expect(first).toMatchObject({ kind: 'binary', version: '1.31.2' });
    await acquire();
    expect(readFileSync(calls, 'utf8')).toBe('built\n');
    writeFileSync(first.kind === 'binary' ? first.path : '', 'damaged');
    expect(await acquire()).toMatchObject({ version: '1.31.2' });
    expect(readFileSync(calls, 'utf8')).toBe('built\nbuilt\n');
  });

  test('when nothing works, one message says what was tried and how to mend each', async () => {
    process.env['PATH'] = tools;
    const failed = await acquire().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(BootstrapFailure);
    const { message } = failed as BootstrapFailure;
    for (const part of [
      '`temporal` on the PATH: not found',
      'CARDFLOW_DEV_TEMPORAL_ADDRESS=host:port',
      `the Temporal SDK's own download (${pinnedVersion()})`,
      'HTTPS_PROXY',
      'tools/temporal-server',
      'install Go',
      'GOPROXY',
    ]) {
      expect(message).toContain(part);
    }
  });

  test('a build that cannot reach its modules names the mirror settings', async () => {
    program(
      tools,
      'go',
      '[ "$1" = version ] && exit 0\necho "dial tcp: lookup proxy.golang.org: no such host" >&2; exit 1',
    );
    await expect(acquire()).rejects.toThrow(/no such host[\s\S]*GOPROXY/);
  });
});
