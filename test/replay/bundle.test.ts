/** What is loaded for every flow: the workflow bundle, as workers get it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtinModules } from 'node:module';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { projectRoot } from '../../src/bootstrap/paths';
import { fromSetup, shared } from '../setup/shared';
import { HISTORIES, historyFiles } from './history';

/** Code alone, without the source map. 1.03 MB with reconciliations, of which the Temporal SDK is 0.5. */
const AT_MOST_BYTES = 1_250_000;
const ALLOWED = ['@temporalio/common', '@temporalio/workflow', 'decimal.js', 'long', 'ms', 'nexus-rpc'];

const code = readFileSync(fromSetup(shared.workflowBundle), 'utf8').split('//# sourceMappingURL=')[0] ?? '';
const modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map(([, id = '']) => id);

test('the bundle holds our workflows, and the few packages that a workflow may have', () => {
  expect(modules).toContain('./src/workflows/merchant-onboarding.ts');
  const packages = modules.flatMap((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? []);
  expect([...new Set(packages)].sort()).toEqual(ALLOWED);
});

test('of our own code only workflows, messages and decimal money are in it', () => {
  const own = modules.filter((id) => id.startsWith('./src/'));
  const allowed = /^\.\/src\/(workflows|messages)\/|^\.\/src\/falpay\/(money|contract\/iso)\.ts$/;
  expect(own.filter((id) => !allowed.test(id))).toEqual([]);
});

test('no Node built-in is asked for', () => {
  const asked = modules.filter((id) => /^(external )?"?node:/.test(id) || builtinModules.includes(id));
  expect(asked).toEqual([]);
  expect(code).not.toMatch(/require\(["']node:/);
});

test('it stays small', () => {
  expect(Buffer.byteLength(code)).toBeLessThan(AT_MOST_BYTES);
});

test('there is one protobufjs for histories: a recorded one can be read', () => {
  const fromProto = require.resolve('protobufjs', { paths: [require.resolve('@temporalio/proto')] });
  expect(fromProto).toBe(require.resolve('protobufjs', { paths: [projectRoot] }));
  const [file = ''] = historyFiles();
  const { events } = historyFromJSON(JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')));
  expect(events?.[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name).toMatch(/./);
});
