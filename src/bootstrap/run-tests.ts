import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Guardian } from './guardian';
import { projectRoot } from './paths';
import { onStop } from './stop-signals';

/** Of all settings only this one reaches the tests: which server to use instead of one of our own. */
const kept = 'CARDFLOW_DEV_TEMPORAL_ADDRESS';

/**
 * Runs jest with the given arguments and exits as it does. Jest and its workers form a process group of their own, which
 * ends with us whatever ends us.
 */
export function runTests(args: readonly string[]): void {
  const guardian = new Guardian();
  // Watch modes read the keyboard, which only the terminal's foreground group may.
  const interactive = args.some((arg) => arg.startsWith('--watch'));
  const jest = spawn(process.execPath, [join(projectRoot, 'node_modules', 'jest', 'bin', 'jest.js'), ...args], {
    cwd: projectRoot,
    stdio: 'inherit',
    detached: !interactive,
    env: testEnvironment(process.env),
  });
  if (!interactive) guardian.guard(jest);
  const { pid } = jest;
  const signalJest = (signal: NodeJS.Signals): void => {
    if (pid === undefined) return;
    try {
      process.kill(interactive ? pid : -pid, signal);
    } catch {
      // gone already
    }
  };
  let stopped = false;
  const settle = onStop(
    () => {
      stopped = true;
      signalJest('SIGTERM');
      setTimeout(() => signalJest('SIGKILL'), 5_000).unref();
    },
    () => signalJest('SIGKILL'),
  );
  jest.once('exit', (code) => {
    signalJest('SIGKILL'); // workers that hang on after jest has gone
    settle();
    void guardian.dismiss().then(() => process.exit(stopped ? 130 : (code ?? 1)));
  });
}

/** The environment less the settings of Cardflow and Temporal: a sandbox must never run against a real cluster. */
export function testEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const settings = /^(TEMPORAL|CARDFLOW|FALPAY|GATEWAY|SANDBOX|CODEC|BACKEND)_/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => name === kept || !settings.test(name)));
}
