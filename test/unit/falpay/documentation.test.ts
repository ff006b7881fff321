import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { createSandbox, type SandboxServer } from '../../../src/sandbox/index';

const run = promisify(execFile);
const root = path.join(__dirname, '../../..');
const page = readFileSync(path.join(root, 'docs/falpay-client.md'), 'utf8');
/** All examples are one program, in the page's order. */
const story = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? '').join('\n');
const promised = [...story.matchAll(/console\.log\(.*\/\/ (.+)$/gm)].map(([, text]) => text);

let folder: string;
let sandbox: SandboxServer;
const pem = (): { publicKey: string; privateKey: string } =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
const client = pem();
const platform = pem();
const CREDENTIALS = { clientId: '1934567890123456789', clientSecret: 's'.repeat(43) };
let callbackPort: number;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cardflow-page-'));
  install(path.join(folder, 'node_modules', 'cardflow'));
  write(path.join(folder, 'page.mts'), story);
  write(path.join(folder, 'page.mjs'), javaScript(story, ts.ModuleKind.ES2022));
  callbackPort = await freePort();
  sandbox = createSandbox({
    ...CREDENTIALS,
    clientPublicKey: client.publicKey,
    platformPrivateKey: platform.privateKey,
    settings: {
      ...{ merchantAuditDelay: 50, walletAuditDelay: 50, arrivalDelay: 50, issueDelay: 50 },
      callbackUrl: `http://127.0.0.1:${callbackPort}/falpay`,
      callbackLadder: [0, 100, 500, 1000, 5000],
    },
  });
  await sandbox.start();
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

/** The package as a backend has it: its manifest and the compiled client, and nothing else of Cardflow. */
function install(at: string): void {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
  write(path.join(at, 'package.json'), JSON.stringify({ ...manifest, dependencies: {} }));
  const source = path.join(root, 'src/falpay');
  for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const compiled = javaScript(readFileSync(path.join(source, name), 'utf8'), ts.ModuleKind.CommonJS);
    write(path.join(at, 'dist/falpay', name.replace(/\.ts$/, '.js')), compiled);
  }
}

const javaScript = (code: string, module: ts.ModuleKind): string =>
  ts.transpileModule(code, { compilerOptions: { module, target: ts.ScriptTarget.ES2023 } }).outputText;

function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('the page has examples, and says what they print', () => {
  expect(story.length).toBeGreaterThan(3000);
  expect(promised.length).toBeGreaterThan(12);
});

test('every example of the page runs against the sandbox and prints what the page says', async () => {
  const env = {
    // The client's own dependencies; npm would install them beside it.
    NODE_PATH: path.join(root, 'node_modules'),
    FALPAY_BASE_URL: sandbox.url,
    FALPAY_CLIENT_ID: CREDENTIALS.clientId,
    FALPAY_CLIENT_SECRET: CREDENTIALS.clientSecret,
    FALPAY_PRIVATE_KEY: client.privateKey,
    FALPAY_PLATFORM_PUBLIC_KEY: platform.publicKey,
    CALLBACK_PORT: String(callbackPort),
  };
  const page = path.join(folder, 'page.mjs');
  const { stdout, stderr } = await run(process.execPath, [page], { cwd: folder, env, timeout: 50_000 });
  expect(stderr).toBe('');
  expect(stdout.trimEnd().split('\n')).toEqual(promised);
});

test('every example of the page is well typed', async () => {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const compilerOptions = {
    ...{ noEmit: true, strict: true, skipLibCheck: true, noUncheckedIndexedAccess: true },
    ...{ module: 'node20', target: 'es2023', types: ['node'], typeRoots: [path.join(root, 'node_modules/@types')] },
    paths: { 'cardflow/falpay': [path.join(root, 'src/falpay/index.ts')] },
  };
  write(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['page.mts'] }));
  const told = await run(process.execPath, [tsc, '--project', folder], { cwd: folder }).catch(
    (error: { readonly stdout: string }) => error,
  );
  expect(told.stdout).toBe('');
});

test('the client brings nothing of Temporal, of the gateway or of the sandbox with it', async () => {
  const script = `
    require('tsx/cjs');
    require(${JSON.stringify(path.join(root, 'src/falpay/index.ts'))});
    console.log(Object.keys(require.cache).join('\\n'));`;
  const { stdout } = await run(process.execPath, ['-e', script], { cwd: root });
  const loaded = stdout.split('\n').map((name) => path.relative(root, name));
  const own = loaded.filter((name) => name.startsWith('src/'));
  expect(own.length).toBeGreaterThan(20);
  expect(own.filter((name) => !name.startsWith('src/falpay/'))).toEqual([]);
  const packages = loaded.flatMap((name) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []);
  expect(packages.filter((name) => /temporal|fastify|pino|aws|commander|yaml/.test(name))).toEqual([]);
});
