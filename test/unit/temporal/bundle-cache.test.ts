import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cached, type BundleCache } from '../../../src/temporal/bundle-cache';

const root = mkdtempSync(join(tmpdir(), 'cardflow-bundle-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
function tree(): BundleCache & { readonly write: (text: string) => void } {
  const folder = join(root, String(count++));
  mkdirSync(join(folder, 'src', 'workflows'), { recursive: true });
  const write = (text: string) => writeFileSync(join(folder, 'src', 'workflows', 'index.ts'), text);
  write('one');
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  return {
    sources: join(folder, 'src'),
    lockFile: join(folder, 'package-lock.json'),
    folder: join(folder, 'cache'),
    write,
  };
}
const codeOf = (made: { codePath: string } | { code: string }) =>
  'code' in made ? made.code : readFileSync(made.codePath, 'utf8');

test('unchanged sources are bundled once', async () => {
  const cache = tree();
  const make = jest.fn(async () => ({ code: 'bundle' }));
  await cached(cache, 'plain', make);
  expect(codeOf(await cached(cache, 'plain', make))).toBe('bundle');
  expect(make).toHaveBeenCalledTimes(1);
});

test('a changed source or another set of packages makes a new bundle, and the old one goes', async () => {
  const cache = tree();
  await cached(cache, 'plain', async () => ({ code: 'first' }));
  cache.write('two');
  expect(codeOf(await cached(cache, 'plain', async () => ({ code: 'second' })))).toBe('second');
  writeFileSync(cache.lockFile, '{"lockfileVersion": 3}');
  expect(codeOf(await cached(cache, 'plain', async () => ({ code: 'third' })))).toBe('third');
  expect(readdirSync(cache.folder)).toHaveLength(1);
});

test('the encrypted and the plain bundle are kept apart', async () => {
  const cache = tree();
  await cached(cache, 'plain', async () => ({ code: 'plain' }));
  expect(codeOf(await cached(cache, 'encrypted', async () => ({ code: 'encrypted' })))).toBe('encrypted');
  expect(codeOf(await cached(cache, 'plain', async () => ({ code: 'again' })))).toBe('plain');
});

test('where nothing can be kept, the bundle serves this start', async () => {
  const cache = tree();
  writeFileSync(cache.folder, 'a file where the folder should be');
  expect(codeOf(await cached(cache, 'plain', async () => ({ code: 'bundle' })))).toBe('bundle');
  expect(existsSync(join(cache.folder, 'x'))).toBe(false);
});

test('a bundle that cannot be made leaves nothing behind', async () => {
  const cache = tree();
  await expect(cached(cache, 'plain', () => Promise.reject(new Error('webpack says no')))).rejects.toThrow(
    'webpack says no',
  );
  expect(codeOf(await cached(cache, 'plain', async () => ({ code: 'now' })))).toBe('now');
});
