'use strict';
// Installs the dependencies of a fresh clone, or of one whose lock file changed. Plain Node: nothing is installed yet.
const { spawn } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { tmpdir, userInfo } = require('node:os');
const { join, resolve } = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');

const root = resolve(__dirname, '..');
const lockFile = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json'); // npm writes it last
const installedFor = join(root, 'node_modules', '.cardflow-installed');

const digest = () => createHash('sha256').update(readFileSync(lockFile)).digest('hex');

function upToDate() {
  if (!existsSync(installed)) return false;
  if (existsSync(installedFor) && readFileSync(installedFor, 'utf8') === digest()) return true;
  return statSync(installed).mtimeMs >= statSync(lockFile).mtimeMs; // somebody ran npm by hand
}

function fail(message, remedy) {
  process.stderr.write(`${message}\n  → ${remedy}\n`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(
    `Cardflow needs Node 20.19 or newer; this is ${process.versions.node}.`,
    'install a newer Node (https://nodejs.org)',
  );
}

/** npm itself when it started us, so that no other npm on the PATH gets in between. */
function npmCommand() {
  const npm = process.env.npm_execpath;
  return npm && /npm-cli\.c?js$/.test(npm) ? [process.execPath, [npm]] : ['npm', []];
}

/** Standard output stays free for results: npm writes to standard error, and shows its progress there on a terminal. */
function npmCi() {
  const [command, args] = npmCommand();
  const child = spawn(command, [...args, 'ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  const pass = (signal) => child.kill(signal);
  process.on('SIGINT', pass).on('SIGTERM', pass);
  return new Promise((done) => {
    child.once('error', (error) => done(error.code === 'ENOENT' ? '`npm` was not found' : error.message));
    child.once('exit', (code, signal) =>
      done(code === 0 ? undefined : signal ? `ended by ${signal}` : `exit code ${code}`),
    );
  }).finally(() => process.off('SIGINT', pass).off('SIGTERM', pass));
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two installs into one folder destroy each other's work, so the second start waits for the first. */
async function exclusively(work) {
  const name = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const lock = join(tmpdir(), `cardflow-install-${userInfo().uid}-${name}`);
  for (let told = false; ; told = true) {
    try {
      mkdirSync(lock, { mode: 0o700 });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = existsSync(join(lock, 'pid')) ? Number(readFileSync(join(lock, 'pid'), 'utf8')) : undefined;
      const abandoned = holder === undefined ? Date.now() - statSync(lock).mtimeMs > 5000 : !alive(holder);
      if (abandoned) rmSync(lock, { recursive: true, force: true });
      else if (!told) process.stderr.write('Another start is installing the dependencies; waiting for it …\n');
      if (!abandoned) await pause(250);
    }
  }
  try {
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** @returns what went wrong, or nothing */
async function install() {
  if (upToDate()) return undefined;
  process.stderr.write('Installing the dependencies (npm ci), about a minute, once per clone …\n');
  const problem = await npmCi();
  if (!problem) writeFileSync(installedFor, digest());
  return problem;
}

/** Ends the process with a message and a remedy when the dependencies cannot be installed. */
exports.ensureInstalled = async function ensureInstalled() {
  checkNode();
  if (upToDate()) return;
  const problem = await exclusively(install);
  if (!problem) return;
  fail(
    `The dependencies could not be installed: npm ci: ${problem}.`,
    "see npm's message above. If the registry cannot be reached: `npm config set registry <your mirror>`, or set HTTPS_PROXY; then start again",
  );
};
