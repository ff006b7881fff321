import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, digestOf, type Artifact } from '../../../src/bootstrap/artifact-cache';
import { temporaryFolder } from './temporary-folder';

function artifact(cache: string, make: (folder: string) => Promise<void>, said: string[] = []): Artifact {
  return {
    name: 'thing',
    key: 'k1',
    cache,
    report: (line) => void said.push(line),
    make,
    fault: (folder) =>
      Promise.resolve(
        existsSync(join(folder, 'thing')) && readFileSync(join(folder, 'thing'), 'utf8') === 'whole'
          ? undefined
          : 'not whole',
      ),
  };
}
const makeWhole = (folder: string): Promise<void> => Promise.resolve(writeFileSync(join(folder, 'thing'), 'whole'));

test('two comers make it once', async () => {
  const cache = temporaryFolder();
  let made = 0;
  const make = async (folder: string): Promise<void> => {
    made++;
    await new Promise((resolve) => setImmediate(resolve));
    await makeWhole(folder);
  };
  const folders = await Promise.all([cached(artifact(cache, make)), cached(artifact(cache, make))]);
  expect(made).toBe(1);
  expect(folders[0]).toBe(folders[1]);
});

test('a damaged one is made again, and people are told why', async () => {
  const cache = temporaryFolder();
  const folder = await cached(artifact(cache, makeWhole));
  writeFileSync(join(folder, 'thing'), 'half');
  const said: string[] = [];
  await cached(artifact(cache, makeWhole, said));
  expect(readFileSync(join(folder, 'thing'), 'utf8')).toBe('whole');
  expect(said.join()).toContain('damaged (not whole)');
});

test('a failure leaves nothing behind that could pass for the whole', async () => {
  const cache = temporaryFolder();
  const broken = artifact(cache, () => Promise.reject(new Error('no network')));
  await expect(cached(broken)).rejects.toThrow('no network');
  expect(readdirSync(join(cache, 'thing'))).toEqual([]);
});

test('one that does not work after making is refused, not kept', async () => {
  const cache = temporaryFolder();
  const broken = artifact(cache, (folder) => Promise.resolve(writeFileSync(join(folder, 'thing'), 'half')));
  await expect(cached(broken)).rejects.toThrow('the new thing does not work: not whole');
  expect(readdirSync(join(cache, 'thing'))).toEqual([]);
});

test('what a killed start left half-made is cleared away', async () => {
  const cache = temporaryFolder();
  mkdirSync(join(cache, 'thing', 'k1.draft-4711'), { recursive: true });
  await cached(artifact(cache, makeWhole));
  expect(readdirSync(join(cache, 'thing'))).toEqual(['k1']);
});

test('the key changes with each file and word', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'go.mod');
  writeFileSync(file, 'v1');
  const key = digestOf([file], ['linux']);
  expect(digestOf([file], ['darwin'])).not.toBe(key);
  writeFileSync(file, 'v2');
  expect(digestOf([file], ['linux'])).not.toBe(key);
});
