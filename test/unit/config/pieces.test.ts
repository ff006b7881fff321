import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { SETTING_NAMES } from '../../../src/config';
import { formatDuration, parseDuration } from '../../../src/config/duration';
import { distance, nearest } from '../../../src/config/nearest';

test.each([
  ['250ms', 250],
  ['5s', 5_000],
  ['1.5h', 5_400_000],
  ['1m', 60_000],
  ['14d', 1_209_600_000],
  ['0s', 0],
  [' 2s ', 2_000],
])('"%s" is %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['5', '', 's', '-5s', '1e3s', '5 s', '5sec', '1h30m', 'P1D', '9999999999s'])('"%s" is no duration', (text) =>
  expect(parseDuration(text)).toBeUndefined(),
);

test('a duration survives writing and reading', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (ms) => parseDuration(formatDuration(ms)) === ms));
});

test('a swap of neighbours, a letter too many, too few or wrong is one step', () => {
  expect(['FALPAY', 'AFLPAY', 'FALPAYY', 'FALPY', 'FELPAY'].map((name) => distance(name, 'FALPAY'))).toEqual([
    0, 1, 1, 1, 1,
  ]);
});

test('what resembles nothing gets no suggestion', () => {
  expect(nearest('ladder2', ['ladder', 'deadline'])).toBe('ladder');
  expect(nearest('zzz', ['ladder', 'deadline'])).toBeUndefined();
});

test('every setting in the list is read somewhere', () => {
  const folder = join(__dirname, '../../../src');
  const sources = [
    join(folder, 'config.ts'),
    ...readdirSync(join(folder, 'config')).map((name) => join(folder, 'config', name)),
  ]
    .filter((path) => !path.endsWith('settings.ts'))
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  // readListen makes its two names from a prefix; npm start and npm test read theirs themselves.
  const otherwise = /^(GATEWAY|SANDBOX)_(HOST|PORT)$|^CARDFLOW_DEV_/;
  expect(SETTING_NAMES.filter((name) => !otherwise.test(name) && !sources.includes(`'${name}'`))).toEqual([]);
});
