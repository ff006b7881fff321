/** docs/sandbox.md names everything that there is, and nothing that there is not. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SETTING_NAMES } from '../../../src/config';
import { CALL_FAULTS, CALLBACK_FAULTS } from '../../../src/sandbox/faults/rules';
import { planSchema } from '../../../src/sandbox/plans';
import { settingsSchema } from '../../../src/sandbox/settings';
import { BIN } from './support/world';

const ROOT = join(__dirname, '../../..');
const text = readFileSync(join(ROOT, 'docs/sandbox.md'), 'utf8');

const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].toSorted();

/** As the control plane's files declare them. */
function routes(): readonly string[] {
  const folder = join(ROOT, 'src/sandbox/control');
  return readdirSync(folder).flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/app\.(get|post|put|delete)(?:<[^(]*>)?\('([^']+)'/g)].map(
      ([, method = '', path = '']) => `${method.toUpperCase()} ${path}`,
    ),
  );
}

/** The names in backticks of the first cell of each row under a heading. */
function firstCells(heading: string): readonly string[] {
  const part = text.split(/^#{2,3} /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  const rows = part.split('\n').filter((line) => line.startsWith('| `'));
  return rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
}

test('every call of the control plane is in the table', () => {
  expect(routes().length).toBeGreaterThan(25);
  expect(sorted(firstCells('The control plane'))).toEqual(sorted(routes()));
});

test('every setting, plan and fault is in its table', () => {
  expect(sorted(firstCells('Settings'))).toEqual(sorted(Object.keys(settingsSchema.shape)));
  expect(sorted(firstCells('Plans'))).toEqual(sorted(planSchema.options.map(({ shape }) => shape.step.value)));
  expect(sorted(firstCells('Faults'))).toEqual(sorted([...CALL_FAULTS, ...CALLBACK_FAULTS]));
});

test('settings of the process exist under their names', () => {
  const named = [...text.matchAll(/\b(?:FALPAY|SANDBOX|CARDFLOW)_[A-Z_]+\b/g)].map(([name]) =>
    name.replace(/_FILE$/, ''),
  );
  expect(sorted(named).filter((name) => !(SETTING_NAMES as readonly string[]).includes(name))).toEqual([]);
  expect(sorted(named)).toEqual(expect.arrayContaining(SETTING_NAMES.filter((name) => name.startsWith('SANDBOX_'))));
});

test('the BINs are those that there are, and the picture is there', () => {
  expect([...text.matchAll(/^\| (\d) \| /gm)].map(([, digit]) => `600000000000000000${digit}`)).toEqual(
    sorted(Object.values(BIN)),
  );
  for (const [, image = ''] of text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
    expect(existsSync(join(ROOT, 'docs', image))).toBe(true);
});
